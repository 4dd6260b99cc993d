"""`make bench` at its smallest, over a corpus of a few notes; no test judges a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.bench import __main__ as bench
from benchmarks.bench.candidates import CANDIDATES, is_installed
from benchmarks.bench.grown import grow
from benchmarks.bench.served import corpus_of
from kb.base.types import Viewer
from kb.ranking.search import Searcher
from kb.storage.store import Store


def test_bench_measures_every_side_or_says_why_not(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "bench.json"
    said = ["bench", "--sizes", "60", "--peers", "SQLite FTS5", "bm25s + FAISS", "--no-quality"]
    serving = ["--clients", "2", "--requests", "4", "--processes", "1"]
    monkeypatch.setattr("sys.argv", [*said, *serving, "--out", str(out)])
    bench.main()
    told = json.loads(out.read_text(encoding="utf-8"))
    assert told["machine"]["cores"] >= 1
    size = told["sizes"]["60"]
    sides = size["sides"]
    assert size["cases"] == 6 < size["passages"]
    assert sides["dxkb"]["hits"] > 0 < sides["dxkb"]["ingest_s"]
    assert 0 < sides["SQLite FTS5"]["hits"] <= 10
    assert sides["SQLite FTS5"]["p50_ms_to_dxkb"] > 0 and sides["dxkb"]["p50_ms_to_dxkb"] == 1
    assert ("missing" in sides["bm25s + FAISS"]) is not is_installed("bm25s + FAISS")
    assert told["serving"]["60"]["1"]["2"]["per_second"] > 0


def test_beyond_what_is_read_notes_are_put_together(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.bench.grown.READ", 20)
    settings = corpus_of(tmp_path)
    grow(settings, 60, say=lambda told: None)
    counts = Store.open(settings).counts(Viewer.owner())
    assert (counts["documents"], counts["cases"]) == (6, 6)
    searcher = Searcher(settings, Store.open(settings))
    titles = [line.split('"')[1] for line in _heads(settings.corpus)]
    found = {title: searcher.search(title).results[0].case.title for title in titles}
    assert found == {title: title for title in titles}


def test_every_candidate_is_among_the_requirements_for_peers() -> None:
    listed = (Path(bench.ROOT) / "benchmarks" / "peers.txt").read_text(encoding="utf-8")
    packages = {package for package, _ in CANDIDATES.values()} - {"sqlite3"}
    assert all(f"\n{package}" in listed for package in packages)


def _heads(corpus: Path) -> list[str]:
    return [
        path.read_text(encoding="utf-8").splitlines()[1] for path in sorted(corpus.rglob("*.md"))
    ]
