"""What a corpus of a size costs to keep: ``python -m benchmarks.at_size 100000 --keep FOLDER [--sentences] [--measure start idle …]``.

Grows the corpus (as ``benchmarks.bench`` does; what lies in ``--keep`` stays; with ``--files N`` one of N small notes), with ``--sentences``
gives every passage a random sentence vector, and prints as JSON lines: ``start`` (``dxkb serve`` until its first answer, and its memory then
and after questions: of all processes, MiB with the pages of mapped files, without those, and with each page shared out among those that
map it), ``search`` (processor time in one process, with and without a filter), ``idle`` (share of a core of a server that nobody asks, in the minute
after its first answer and once it has come to rest),
``serving`` (1 to 16 clients, one process and two). One changed note: ``benchmarks.one_change --keep FOLDER/PASSAGES``.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from statistics import median

from benchmarks.bench.grown import draw_sentences, grow, scatter
from benchmarks.bench.making import questions_alone
from benchmarks.bench.served import (
    at_rest,
    corpus_of,
    get_page,
    idle_share,
    search_path,
    serving,
    throughput,
)
from benchmarks.bench.side import measured, product
from benchmarks.searching_while_ingesting import QUESTIONS
from kb.base.config import Settings
from kb.base.types import Viewer
from kb.ranking.search import Searcher
from kb.storage.store import Store

_MEASURES = ("start", "search", "idle", "serving")
_CLIENTS = (1, 2, 4, 8, 16)


def main() -> None:
    """Prints the figures as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("passages", type=int, nargs="?", default=0)
    parser.add_argument("--files", type=int, default=0)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--sentences", action="store_true")
    parser.add_argument("--measure", nargs="*", choices=_MEASURES, default=_MEASURES)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--requests", type=int, default=100)
    options = parser.parse_args()
    settings = corpus_of(options.keep / str(options.passages or options.files))
    began = time.process_time()
    if options.passages:
        grow(settings, options.passages)
    else:
        scatter(settings, options.files)
    if options.sentences:
        draw_sentences(settings)
    Searcher(settings, Store.open(settings)).search(QUESTIONS[0])  # every view is built
    counts = Store.open(settings).counts(Viewer.owner())
    data = sum(path.stat().st_size for path in settings.data.rglob("*") if path.is_file())
    _tell(
        "grown", passages=counts["chunks"], cases=counts["cases"], data_mib=data / 2**20,
        processor_s=time.process_time() - began,
    )  # fmt: skip
    measures = {"start": _start, "search": _search, "idle": _idle, "serving": _serving}
    for name in options.measure:
        measures[name](settings, options)


def _start(settings: Settings, options: argparse.Namespace) -> None:
    clock, cpu = [], []
    for run in range(options.runs):
        with serving(settings, QUESTIONS[0]) as server:
            clock.append(server.first_answer_s)
            cpu.append(server.first_answer_cpu_s)
            if run == options.runs - 1:
                _tell("memory after the first answer", **server.memory())
                for question in QUESTIONS:
                    get_page(server.address, search_path(question))
                _tell("memory after questions", **server.memory())
    _tell(
        "start to first answer",
        processor_s=median(cpu),
        clock_s=median(clock),
        least_clock_s=min(clock),
    )


def _search(settings: Settings, options: argparse.Namespace) -> None:
    ask = product(questions_alone(QUESTIONS), settings.data)
    _tell("search", **measured(ask, len(QUESTIONS), options.runs))


def _idle(settings: Settings, options: argparse.Namespace) -> None:
    with serving(settings, QUESTIONS[0]) as server:
        first = idle_share(server, 60.0)
        at_rest(server)
        _tell("idle", in_the_first_minute=first, share_of_a_core=idle_share(server, 60.0))


def _serving(settings: Settings, options: argparse.Namespace) -> None:
    for processes in (1, 2):
        more = ("--processes", str(processes)) if processes > 1 else ()
        with serving(settings, QUESTIONS[0], *more) as server:
            throughput(server, QUESTIONS, max(_CLIENTS), 2 * len(QUESTIONS) * processes)
            for clients in _CLIENTS:
                found = throughput(server, QUESTIONS, clients, options.requests)
                _tell("serving", processes=processes, clients=clients, **found)


def _tell(what: str, **figures: float) -> None:
    print(json.dumps({"what": what} | {k: round(v, 4) for k, v in figures.items()}), flush=True)


if __name__ == "__main__":
    main()
