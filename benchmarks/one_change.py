"""What one changed note costs: ``python -m benchmarks.one_change --notes 20000 [--keep FOLDER]``.

Notes of four articles of laws each (needs ``../shared``) are ingested without the sentence model, unless they
lie in ``--keep`` already. Then, as a server would, the folder is watched; a note is changed again and again.
Prints the processor time from each change until its report, of the first search that finds it, and of the first suggestion.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import statistics
import tempfile
import threading
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path

from benchmarks.search_quality import ROOT
from ingest.flow.pipeline import ingest
from ingest.flow.report import IngestReport
from ingest.flow.watch import watch
from kb.base.config import Settings, load_settings
from kb.base.errors import DxkbError
from kb.base.types import Viewer
from kb.ranking.search import Searcher
from kb.storage.store import Store
from web.app import create_app
from web.services import Services

_ARTICLES = ROOT.parent / "shared" / "training" / "law_articles.tsv.gz"
_PER_NOTE, _PER_FOLDER = 4, 100
_SHORTEST, _LONGEST = 80, 600  # characters of an article
_TITLE = re.compile(r'^(?:# |title: ")', re.MULTILINE)
_AT_REST = 2  # looks without news; they are up to ten seconds apart


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=1000)
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="a folder for corpus and data")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = options.keep or Path(folder)
        settings = replace(load_settings(), corpus=kept / "corpus", data=kept / "data")
        if not settings.corpus.is_dir():
            write_notes(settings.corpus, options.notes)
        ingest(settings)
        counts = Store.open(settings).counts(Viewer.owner())
        print(f"{counts['cases']} cases, {counts['chunks']} passages", flush=True)
        found = _Changes(settings, options.changes).made()
    for name, seconds in zip(
        ("until it is taken in", "first search", "first suggestion"),
        zip(*found, strict=True),
        strict=True,
    ):
        print(f"{name:22} median {statistics.median(seconds):.3f} s  longest {max(seconds):.3f} s")


def write_notes(corpus: Path, notes: int) -> None:
    """Fills ``corpus`` with as many notes."""
    with gzip.open(_ARTICLES, "rt", encoding="utf-8") as file:
        rows = (line.rstrip("\n").split("\t") for line in file)
        articles = (row for row in rows if len(row) == 3 and len(row[2]) > _SHORTEST)
        for n in range(notes):
            parts = list(islice(articles, _PER_NOTE))
            path = corpus / f"{n // _PER_FOLDER:04}" / f"{n:06}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            told = "\n\n".join(f"## {name}\n\n{text[:_LONGEST]}" for _, name, text in parts)
            path.write_text(f"# {parts[0][0]} {parts[0][1]} {n}\n\n{told}\n", encoding="utf-8")


class _Changes:
    """Changes a note whenever the watch is at rest, and measures."""

    def __init__(self, settings: Settings, changes: int) -> None:
        self._settings, self._left = settings, changes
        self._note = sorted(settings.corpus.rglob("*.md"))[
            len(list(settings.corpus.iterdir())) // 2
        ]
        self._before = self._note.read_text(encoding="utf-8")
        store = Store.open(settings)
        self._searcher = Searcher(settings, store)
        self._client = create_app(Services(settings, store, self._searcher)).test_client()
        self._stop = threading.Event()
        self._idle, self._began, self._word = 0, 0.0, ""
        self._found: list[tuple[float, float, float]] = []

    def made(self) -> list[tuple[float, float, float]]:
        """(seconds until the report, of the search after it, of the suggestion) of each change."""
        self._searcher.search("心裡留保")  # everything is loaded
        self._client.get("/suggest?q=a")
        try:
            watch(
                self._settings, self._stop, interval=0.01,
                on_report=self._reported, on_error=self._failed, on_idle=self._looked,
            )  # fmt: skip
        finally:
            self._note.write_text(self._before, encoding="utf-8")
            ingest(self._settings)
        return self._found[1:]  # the first loads what the ingest needs

    def _looked(self) -> None:
        self._idle += 1
        if self._word or self._idle < _AT_REST:
            return
        if self._left < 0:
            self._stop.set()
            return
        self._left -= 1
        self._word = f"kotoba{self._left}qx"
        self._began = _processor()
        titled = _TITLE.sub(rf"\g<0>題{self._left}qx ", self._before, count=1)
        told = f"{titled}\n\n## 追記\n\n{self._word}の取組。\n"
        self._note.write_text(told, encoding="utf-8")

    def _reported(self, report: IngestReport) -> None:
        if not self._word:
            return
        assert report.count("indexed") == 1, report
        taken = _processor()
        answer = self._searcher.search(self._word)
        assert answer.results[0].case.path.endswith(self._note.name), self._word
        searched = _processor() - taken
        self._found.append((taken - self._began, searched, self._suggested(f"題{self._left}qx")))
        print("  {:.3f} {:.3f} {:.3f}".format(*self._found[-1]), flush=True)
        self._word, self._idle = "", 0

    def _suggested(self, title: str) -> float:
        """Seconds of a suggestion of the note by its title."""
        began = _processor()
        found = self._client.get("/suggest", query_string={"q": title}).get_json()
        taken = _processor() - began
        assert len(found) == 1, title
        return taken

    def _failed(self, error: DxkbError) -> None:
        raise SystemExit(str(error))


def _processor() -> float:
    """Processor seconds of this process and of the workers that have ended."""
    return time.process_time() + sum(os.times()[2:4])


if __name__ == "__main__":
    main()
