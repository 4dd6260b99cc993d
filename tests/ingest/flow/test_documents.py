"""Every real and made document of the shared folder goes in, and what is said of it is true."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from rapidfuzz.distance import LCSseq

from ingest.flow.pipeline import ingest
from ingest.flow.reading import read_cleaned
from ingest.flow.report import IngestReport
from kb.base.config import Settings
from kb.base.types import Viewer
from kb.language.text import fold_text
from kb.ranking.search import Searcher
from kb.storage.store import Store
from tests.paths import SHARED

TRUTH = {
    "rl_90ms-RKSJ-H.pdf": "gt_90ms-RKSJ-H.txt",
    "rl_EUC-H.pdf": "gt_EUC-H.txt",
    "chromium_vert.pdf": "gt_vert.txt",
    "chromium_radkx.pdf": "gt_radkx.txt",
    "chromium_ruby.pdf": "gt_ruby.txt",
}
"""The true text of a made file, where it is not gt.txt."""

LEAST = {"lo_impress.pdf": 0.96}
"""Character F1 where it may be under 0.995: a PDF in which LibreOffice left out the text boxes that do not
fit their slide."""

UNREADABLE = {"broken_trunc.pdf": "damaged", "enc_user_aes256.pdf": "password"}


@pytest.fixture(scope="module")
def taken(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Settings, IngestReport]:
    folder = tmp_path_factory.mktemp("documents")
    shared = SHARED
    if not shared.is_dir():
        pytest.skip("needs ../shared")
    shutil.copytree(shared / "documents", folder / "corpus", copy_function=shutil.copyfile)
    settings = Settings(data=folder / "data", corpus=folder / "corpus")
    return settings, ingest(settings)


def test_every_file_is_accounted_for(taken: tuple[Settings, IngestReport]) -> None:
    settings, report = taken
    there = [path for path in settings.corpus.rglob("*") if path.is_file()]
    ours = [file for file in report.files if file.path != "README.md"]
    assert len(ours) == len(there) - 1  # the folder's own guide
    assert report.found == sum(report.count(s) for s in ("indexed", "skipped", "failed"))
    refused = {f.path.rpartition("/")[2]: f.reason_code for f in ours if f.status != "indexed"}
    assert refused == UNREADABLE
    assert all(file.reason for file in ours if file.status != "indexed")
    waiting = {f.path.rpartition("/")[2] for f in ours if f.reason_code == "ocr_waiting"}
    assert waiting >= {"scan_300.pdf", "scan_200_noisy.pdf"}  # their text follows
    assert all(
        file.cases and file.chunks
        for file in ours
        if file.status == "indexed" and file.path.rpartition("/")[2] not in waiting
    )


def made_names() -> list[str]:
    made = SHARED / "documents" / "made"
    files = sorted(path.name for path in made.glob("*.*")) if made.is_dir() else []
    return [n for n in files if not n.startswith(("gt", "scan")) and n not in UNREADABLE]


@pytest.mark.parametrize("name", made_names())
def test_made_files_are_read_as_they_are(shared: Path, name: str) -> None:
    made = shared / "documents" / "made"
    extract = read_cleaned(made / name)
    found = plain("\n".join(page.text for page in extract.pages))
    true = plain((made / TRUTH.get(name, "gt.txt")).read_text("utf-8"))
    f1 = 2 * LCSseq.similarity(found, true) / (len(found) + len(true))
    assert f1 >= LEAST.get(name, 0.995)
    assert not any(page.ocr for page in extract.pages)


def test_labels_of_tables_are_followed_by_their_content(shared: Path) -> None:
    made = shared / "documents" / "made"
    deck = read_cleaned(shared / "seed" / "hyogo_chiiki_dx_r6.pdf")
    rows = [block.cells for page in deck.pages for block in page.blocks if block.kind == "row"]
    pairs = [plain(a) + plain(b)[:8] for a, b, *_ in rows if len(a) > 1 and len(plain(b)) >= 8]
    kept = total = 0
    for name in made_names():
        if name in LEAST or name in TRUTH:  # recognised, or the text itself is another
            continue
        text = plain("\n".join(page.text for page in read_cleaned(made / name).pages))
        true = plain((made / "gt.txt").read_text("utf-8"))
        expected = [pair for pair in pairs if pair in true]
        assert len(expected) >= 30
        kept += sum(pair in text for pair in expected)
        total += len(expected)
    assert kept >= 0.98 * total


def test_the_policy_of_nankoku_is_found_with_its_page(
    taken: tuple[Settings, IngestReport],
) -> None:
    settings, _ = taken
    answer = Searcher(settings, Store.open(settings)).search("南国市の窓口のデジタル化")
    first = answer.results[0]
    assert "南国市ＤＸ推進方針" in first.case.path
    assert first.passages[0].page == 2  # 「本市の取組」; page 1 tells what the state does
    assert len(first.snippet) >= 20


def plain(text: str) -> str:
    return re.sub(r"[\s｜|]", "", fold_text(text))


def test_a_twin_that_is_touched_is_still_told_to_be_one(settings: Settings) -> None:
    for name in ("a.md", "b.md"):
        (settings.corpus / name).write_text("# 題\n\n宍粟市の本文です。", encoding="utf-8")
    ingest(settings)
    for name in ("a.md", "b.md"):
        os.utime(settings.corpus / name, (1, 1))
        ingest(settings)
    ledger = Store.open(settings).ledger(Viewer.owner())
    assert [e.reason_code for e in ledger] == [None, "duplicate"]
