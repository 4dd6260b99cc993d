"""What a question costs: ``python -m benchmarks.question_speed [--passages N [--keep FOLDER]] [--data DIR] [--every 3]``.

Asks the project's own questions (tests/queries) of the shipped corpus, of so many passages grown from articles of laws (needs
``../shared``), or of a data folder that is there, which is brought up to date: the answer, the page and suggestions. Prints processor time
(p50 and p95, milliseconds); what the sentence model takes to read a question is told by itself. Each question is asked once,
of a process that has answered five others: ``cold``; ``again`` is the second time.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.one_change import write_notes
from benchmarks.search_quality import ROOT
from ingest.flow.pipeline import ingest
from ingest.flow.sentences import embed_waiting
from kb.base.config import Settings, load_settings
from kb.base.errors import UsageError
from kb.base.filters import Filters
from kb.base.types import Viewer
from kb.ranking.search import Searcher
from kb.storage.database import connect
from kb.storage.store import Store
from web.app import create_app
from web.services import Services

_PASSAGES = 10.2  # of a note
_WARM = 5
_TYPED = ("まど", "窓口", "ぼうさい", "D")


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, help="how many to grow")
    parser.add_argument("--keep", type=Path, help="a folder for what is grown")
    parser.add_argument("--data", type=Path, help="a data folder that is there")
    parser.add_argument("--every", type=int, default=1, help="one of so many questions")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(options, Path(folder))
        asked = _Asked(settings)
        told = _questions()[:: options.every]
        for question in told[:_WARM]:
            asked.searched(question, Filters())
        store = asked.store
        print(f"{store.counts(Viewer.owner())}, {len(told)} questions", flush=True)
        name, counts = next(iter(store.facet_values(Viewer.owner()).items()))
        narrow = Filters(fields=(next(iter(counts)),)) if name == "field" else Filters()
        _tell("suggestion, first", [asked.suggested(text) for text in _TYPED])
        for way, filters in (("", Filters()), (", one 分野", narrow)):
            for turn in ("cold", "again"):
                _tell(f"search {turn}{way}", [asked.searched(q, filters) for q in told])
            field = {"field": filters.fields} if filters.fields else {}
            _tell(f"page{way}", [asked.shown(q, **field) for q in told])
        _tell("reading the question", asked.readings)


def _settings(options: argparse.Namespace, folder: Path) -> Settings:
    """Of a data folder that is filled."""
    settings = load_settings()
    if options.data:
        settings = replace(settings, data=options.data, corpus=options.data)
        connect(settings.place, create=True).close()  # of an earlier version
        return settings
    kept = options.keep or folder
    settings = replace(settings, data=kept / "data", corpus=ROOT / "corpus")
    if options.passages:
        settings = replace(settings, corpus=kept / "corpus")
        if not settings.corpus.is_dir():
            write_notes(settings.corpus, int(options.passages / _PASSAGES))
    ingest(settings)
    if not options.passages:  # a hundred thousand take hours
        embed_waiting(settings)
    return settings


def _questions() -> list[str]:
    lines = (
        line
        for path in sorted((ROOT / "tests" / "queries").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    return list(dict.fromkeys(json.loads(line)["query"] for line in lines))


class _Timed:
    """The sentence encoder with what it took; asked again, it remembers."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder
        self.known: dict[tuple[str, str], npt.NDArray[np.float32]] = {}
        self.seconds = 0.0

    def encode_queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return self._encoded("query", self._encoder.encode_queries, texts)

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return self._encoded("passage", self._encoder.encode_passages, texts)

    def _encoded(self, kind: str, encode: Callable[..., Any], texts: Sequence[str]) -> Any:
        began = time.process_time()
        for text in texts:
            if (kind, text) not in self.known:
                self.known[kind, text] = encode([text])[0]
        found = np.stack([self.known[kind, text] for text in texts])
        self.seconds += time.process_time() - began
        return found


class _Asked:
    """Measures what is asked, less what the sentence model takes: that goes into ``readings``, a question's at a time
    (it is read twice, as a question and as a passage)."""

    def __init__(self, settings: Settings) -> None:
        self.store = Store.open(settings)
        self.searcher = Searcher(settings, self.store)
        self.encoder = _Timed(self.searcher.sentence_encoder)
        self.searcher.__dict__["sentence_encoder"] = self.encoder
        self.services = Services(settings, self.store, self.searcher)
        self.client = create_app(self.services).test_client()
        self.readings: list[float] = []

    def searched(self, question: str, filters: Filters) -> float:
        """Seconds of a search."""

        def ask() -> None:
            with suppress(UsageError):  # nothing but what is to be left out
                self.searcher.search(question, filters=filters)

        return self._seconds(ask)

    def shown(self, question: str, **narrowed: Sequence[str]) -> float:
        """Seconds of a page of answers."""

        def ask() -> None:
            asked = {"q": question, **narrowed}
            status = self.client.get("/", query_string=asked).status_code
            assert status in (200, 400), status

        return self._seconds(ask)

    def suggested(self, typed: str) -> float:
        """Seconds of the first suggestion of a generation."""
        client = create_app(self.services).test_client()
        return self._seconds(lambda: client.get("/suggest", query_string={"q": typed}))

    def _seconds(self, ask: Callable[[], object]) -> float:
        began, read, known = time.process_time(), self.encoder.seconds, len(self.encoder.known)
        ask()
        taken, reading = time.process_time() - began, self.encoder.seconds - read
        if len(self.encoder.known) > known:
            self.readings.append(reading)
        return taken - reading


def _tell(name: str, seconds: Sequence[float]) -> None:
    if len(seconds) > 1:
        p95 = quantiles(seconds, n=20)[-1]
        print(f"{name:28} p50 {median(seconds) * 1000:7.1f}  p95 {p95 * 1000:7.1f}", flush=True)


if __name__ == "__main__":
    main()
