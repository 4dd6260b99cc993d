"""A file costs only itself: what no file may do to the others, to the ingest or to the machine."""

from __future__ import annotations

import json
import sqlite3

import pytest

from ingest.flow import pipeline
from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.messages import render
from kb.base.types import Viewer
from kb.language.tokens import tokenize
from kb.storage.store import Store

GOOD = "---\ntitle: 窓口の見直し\n---\n## 取組\n\n宍粟市は窓口での書類を減らした。\n"
SIGNS = ("**", "__", "![", "[x](", "<!-- ", "「", "\\", "…", "[[")


def test_no_note_stops_the_others(settings: Settings) -> None:
    files = {
        f"sign{n}.md": f"# 題\n\n本文です。\n\n{sign * 20_000}\n" for n, sign in enumerate(SIGNS)
    }
    files["sign.txt"] = "続き。" + files["sign0.md"]
    cases = [{"id": n, "name": "窓口", "説明": "書類を減らした"} for n in range(2_000)]
    files["dump.txt"] = json.dumps(cases, ensure_ascii=False)
    files["day.md"] = GOOD.replace("---\n", "---\ndate: 2024-02-30\n", 1)
    files["deep.md"] = f"---\na: {'[' * 100_000}\n---\n本文です。\n"
    files["zz.md"] = GOOD
    for name, text in files.items():
        (settings.corpus / name).write_text(text, encoding="utf-8")
    report = ingest(settings)
    found = {file.path: (file.status, file.reason_code) for file in report.files}
    assert found.pop("deep.md") == ("failed", "front_matter")
    assert set(found.values()) == {("indexed", None)}


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyError("x"), sqlite3.DataError("x")])
def test_whatever_storing_throws_costs_that_file_only(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    real = pipeline.with_vectors

    def broken(found: pipeline.Termed, encoder: object) -> object:
        if found.cases[0].draft.title == "壊す":
            raise error
        return real(found, encoder)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "with_vectors", broken)
    (settings.corpus / "a.md").write_text(GOOD.replace("窓口の見直し", "壊す"), encoding="utf-8")
    (settings.corpus / "b.md").write_text(GOOD, encoding="utf-8")
    bad, good = ingest(settings).files
    assert (bad.status, bad.reason_code, good.status) == ("failed", "internal", "indexed")
    assert bad.reason is not None
    assert render(bad.reason)
    assert {e.path: e.status for e in Store.open(settings).ledger(Viewer.owner())} == {
        "a.md": "failed", "b.md": "indexed",
    }  # fmt: skip


def test_half_a_million_characters_are_cut_for_the_dictionary_where_it_does_not_matter() -> None:
    sentence = "宍粟市は窓口での書類を減らした。"
    words = [token.surface for token in tokenize(sentence)]
    many = tokenize(sentence * 30_000)
    assert [token.surface for token in many[: len(words)]] == words
    assert len(many) == len(words) * 30_000
    assert (many[-1].start, many[-1].end) == (len(sentence) * 30_000 - 1, len(sentence) * 30_000)
    assert len(tokenize("窓" * 100_001)) > 0
