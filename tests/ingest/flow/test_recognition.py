"""Scans are listed at once, their text follows, and nothing waits for them."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from ingest.flow.pipeline import ingest
from ingest.flow.recognition import as_json, pages_of, recognise_waiting
from ingest.flow.report import IngestReport
from ingest.page import Block, Mark, Page
from kb.base.config import Settings
from kb.base.messages import render as say
from kb.base.types import Viewer
from kb.documents.recognised import put_recognised, recognised_words, waiting_pages
from kb.ranking.search import Searcher
from kb.storage.database import connect
from kb.storage.store import Store
from tests.ingest.readers.test_ocr import scan
from tests.ingest.readers.test_pdf import picture
from tests.support.pdfs import build, lines
from tests.support.samples import note
from web.page_images import Request, find_seen, render

WORDS = ["書かない窓口の取組について", "待ち時間を三十分から五分に短縮しました。", "多可町役場"]
OWNER = Viewer.owner()


def found(settings: Settings, query: str) -> list[str]:
    answer = Searcher(settings, Store.open(settings)).search(query)
    return [result.case.path for result in answer.results[: answer.total]]


def reasons(report: IngestReport) -> dict[str, tuple[str, str | None]]:
    return {file.path: (file.status, file.reason_code) for file in report.files}


def test_a_scan_is_listed_at_once_and_its_text_follows(settings: Settings) -> None:
    scan(settings.corpus / "scan.pdf", *WORDS)
    (settings.corpus / "blank.pdf").write_bytes(build(picture))
    note(settings.corpus, "a.md", "## 取組\n\n予防接種の予約。", title="予約")
    report = ingest(settings)
    assert reasons(report) == {
        "a.md": ("indexed", None),
        "blank.pdf": ("indexed", "ocr_waiting"),
        "scan.pdf": ("indexed", "ocr_waiting"),
    }
    assert found(settings, "予防接種") == ["a.md"]
    assert found(settings, "書かない窓口") == []
    (entry,) = [e for e in Store.open(settings).ledger(OWNER) if e.path == "scan.pdf"]
    assert entry.reason is not None
    assert "文字認識待ち（1ページ）" in say(entry.reason)

    told = []
    assert recognise_waiting(settings, progress=told.append)
    assert recognise_waiting(settings, progress=told.append)
    assert not recognise_waiting(settings)
    assert (told[0].done, told[0].total) == (0, 2)
    assert (told[-1].done, told[-1].total) == (2, 2)
    later = ingest(settings, retry=False)
    assert reasons(later)["scan.pdf"] == ("indexed", None)
    assert reasons(later)["blank.pdf"] == ("failed", "ocr_nothing")
    assert reasons(report.followed_by(later))["a.md"] == ("indexed", None)
    assert found(settings, "書かない窓口") == ["scan.pdf"]
    store = Store.open(settings)
    (entry,) = [e for e in store.ledger(OWNER) if e.path == "scan.pdf"]
    assert "OCR" in say(entry.warnings[-1])
    (case,) = store.cases_of(document_id=entry.document_id, viewer=OWNER)
    assert case.municipality == "多可町"
    # a move asks for no second recognition, and the page shows where the words stand
    (settings.corpus / "scan.pdf").rename(settings.corpus / "moved.pdf")
    assert reasons(ingest(settings))["moved.pdf"] == ("indexed", "moved")
    assert not recognise_waiting(settings)
    seen = recognised_words(store, case.document_id, 1, OWNER)
    boxes = find_seen(seen, ["窓口"])
    assert len(boxes) == 2
    assert all(0 < left < right and 0 < top < bottom for left, top, right, bottom in boxes)
    path = settings.corpus / "moved.pdf"
    plain, marked = (render(Request(path, 1, words, None, seen)) for words in ((), ("窓口",)))
    assert plain != marked


def test_a_page_that_waits_holds_no_other_back(settings: Settings) -> None:
    path = settings.corpus / "mixed.pdf"
    path.write_bytes(build(lines("一枚目には文字がある。多可町の窓口の取組。"), picture))
    report = ingest(settings)
    assert reasons(report)["mixed.pdf"] == ("indexed", "ocr_waiting")
    assert found(settings, "多可町の窓口") == ["mixed.pdf"]
    assert recognise_waiting(settings)
    with closing(connect(settings.database)) as database:  # the power went before it was told on
        database.execute("UPDATE files SET size = ?", [path.stat().st_size])
        database.execute("UPDATE documents SET fingerprint = 'x'")
    assert recognise_waiting(settings)
    assert not recognise_waiting(settings)
    (file,) = ingest(settings, retry=False).files
    assert (file.status, file.reason_code) == ("indexed", None)


@pytest.mark.parametrize("twin", [True, False])
def test_copies_of_a_scan_that_waits(settings: Settings, twin: bool) -> None:
    path = settings.corpus / "a.pdf"
    path.write_bytes(build(lines("一枚目には文字がある。多可町の窓口の取組。"), picture))
    ingest(settings)
    if twin:
        (settings.corpus / "b.pdf").write_bytes(path.read_bytes())
    else:
        path.rename(settings.corpus / "b.pdf")
    ingest(settings)
    with closing(connect(settings.database)) as database:
        (page,) = waiting_pages(database, 9)
        put_recognised(database, page, "null")
    assert recognise_waiting(settings)
    report = ingest(settings, retry=False)
    assert {status for status, _ in reasons(report).values()} == {"indexed"}
    assert "ocr_waiting" not in {code for _, code in reasons(report).values()}
    assert not recognise_waiting(settings)
    assert len(found(settings, "多可町の窓口")) == 1


def test_without_recognition_nothing_waits(settings: Settings) -> None:
    (settings.corpus / "blank.pdf").write_bytes(build(picture))
    none = replace(settings, ocr="0")
    assert reasons(ingest(none)) == {"blank.pdf": ("failed", "ocr")}
    assert not recognise_waiting(none)
    assert reasons(ingest(settings))["blank.pdf"] == ("indexed", "ocr_waiting")


def test_a_page_is_kept_as_it_was() -> None:
    page = Page(
        3,
        (
            Block("題", size=12.0, box=(1.0, 2.0, 3.0, 4.0)),
            Block("a\tb", "row", ("a", "b"), table=0),
        ),
        (595.0, 842.0),
        0.9,
        ocr=True,
        words=(Mark("題", (1.0, 2.0, 3.0, 4.0)),),
    )
    assert pages_of({3: json.loads(as_json(page)), 4: None}) == {3: page, 4: None}


def test_words_are_marked_whatever_pieces_they_were_read_in() -> None:
    seen = [
        ("書かない", (0.0, 0.0, 4.0, 1.0)),
        ("窓口", (4.0, 0.0, 6.0, 1.0)),
        ("の", (6.0, 0.0, 7.0, 1.0)),
    ]
    assert find_seen(seen, ["ない窓口"]) == [box for _, box in seen[:2]]
    assert find_seen(seen, ["町"]) == []
    assert np.array(find_seen(seen, ["の"])).shape == (1, 4)
