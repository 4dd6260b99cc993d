"""`make bench` at its smallest, over a corpus of a few notes; no test judges a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.bench import __main__ as bench
from benchmarks.bench.candidates import CANDIDATES, is_installed
from benchmarks.bench.grown import grow
from benchmarks.bench.served import corpus_of
from ingest.flow.pipeline import ingest
from ingest.flow.prepare import termed
from ingest.readers.notes.note import read_note
from kb.base.types import Viewer
from kb.ranking.search import Searcher
from kb.storage.store import Store


def test_bench_measures_every_side_or_says_why_not(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "bench.json"
    said = ["bench", "--sizes", "60", "--peers", "SQLite FTS5", "bm25s + FAISS", "--no-quality"]
    serving = ["--clients", "2", "--requests", "4", "--runs", "1", "--processes", "1"]
    monkeypatch.setattr("sys.argv", [*said, *serving, "--out", str(out)])
    bench.main()
    told = json.loads(out.read_text(encoding="utf-8"))
    assert told["machine"]["cores"] >= 1
    size = told["sizes"]["60"]
    sides = size["sides"]
    assert size["cases"] == 6 < size["passages"]
    assert sides["dxkb"]["hits"] > 0 < sides["dxkb"]["ingest_s"]
    assert 0 < sides["SQLite FTS5"]["hits"] <= 10
    assert sides["SQLite FTS5"]["p50_ms_to_dxkb"] > 0
    assert ("missing" in sides["bm25s + FAISS"]) is not is_installed("bm25s + FAISS")
    assert told["serving"]["60"]["1"]["2"]["per_second"] > 0


def test_beyond_what_is_read_notes_are_put_together_as_they_would_be_read(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.bench.grown.READ", 20)
    settings = corpus_of(tmp_path)
    grow(settings, 60, say=lambda told: None)
    store = Store.open(settings)
    counts = store.counts(Viewer.owner())
    assert (counts["documents"], counts["cases"]) == (6, 6)
    stored = {
        c.title: c for c in store.cases_by_no(sorted(store.all_case_nos()), Viewer.owner()).values()
    }
    for path in sorted(settings.corpus.rglob("*.md")):
        read = termed(read_note(path, path.read_bytes())).cases[0].draft
        held = stored[read.title]
        assert (held.sections, held.code, held.year) == (read.sections, read.code, read.year)
    assert ingest(settings).count("unchanged") == 6
    assert Searcher(settings, store).search(read.title).results


def test_every_candidate_is_among_the_requirements_for_peers() -> None:
    listed = (Path(bench.ROOT) / "benchmarks" / "peers.txt").read_text(encoding="utf-8")
    packages = {package for package, _ in CANDIDATES.values()} - {"sqlite3"}
    assert all(f"\n{package}" in listed for package in packages)
