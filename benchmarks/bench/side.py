"""One side in a process of its own: ``python -m benchmarks.bench.side NAME MATERIAL FOLDER`` prints its figures as JSON.

Processor time of all threads of the process; memory is the process's own at the end, with its libraries.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles

import psutil

from benchmarks.bench.material import FILTERED, Material, read

FIRST = 10
Ask = Callable[[int, bool], Sequence[object]]
"""(number of the question, whether with the filter) to the first ten."""


def main() -> None:
    """Prints the figures of one side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("material", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--ranking", type=int, default=0, help="only the first so many of each question"
    )
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    material = read(options.material)
    began = time.process_time()
    ask = product(material, options.folder) if options.name == "dxkb" else _peer(options, material)
    built = time.process_time() - began
    if options.ranking:
        found = [ask(i, False) for i in range(len(material.questions))]
        print(json.dumps({"ranking": found}))
        return
    told = {"build_s": built, **measured(ask, len(material.questions), options.runs)}
    print(json.dumps(told | {"disk_mib": _mib(options.folder), "memory_mib": _memory()}))


def measured(ask: Ask, questions: int, runs: int) -> dict[str, float]:
    """p50 and p95 of processor time in milliseconds, and how many of ten there are, without and with the filter."""
    told: dict[str, float] = {}
    for name, filtered in (("", False), ("filtered_", True)):
        took, hits = [], []
        for run in range(runs + 1):
            for number in range(questions):
                began = time.process_time()
                found = ask(number, filtered)
                if run:  # the first loads what is needed
                    took.append(1000 * (time.process_time() - began))
                    hits.append(len(found))
        told[f"{name}p50_ms"], told[f"{name}p95_ms"] = median(took), quantiles(took, n=20)[-1]
        told[f"{name}hits"] = sum(hits) / len(hits)
    return told


def product(material: Material, folder: Path) -> Ask:
    """The product's own search over the data in ``folder``: whole answers, of cases, not passages."""
    from kb.base.config import Settings
    from kb.base.filters import Filters
    from kb.ranking.search import Searcher
    from kb.storage.store import Store

    settings = Settings(data=folder, corpus=folder)
    searcher = Searcher(settings, Store.open(settings))

    def ask(number: int, filtered: bool) -> Sequence[object]:
        filters = Filters(prefectures=(FILTERED,)) if filtered else None
        return searcher.search(material.questions[number], filters=filters, k=FIRST).results

    ask(0, False)
    return ask


def _peer(options: argparse.Namespace, material: Material) -> Ask:
    from benchmarks.bench.candidates import CANDIDATES

    options.folder.mkdir(parents=True, exist_ok=True)
    made = CANDIDATES[options.name][1](material, options.folder)
    k = options.ranking or FIRST
    return lambda number, filtered: made.ask(number, k, filtered=filtered)


def _mib(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


def _memory() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20


if __name__ == "__main__":
    main()
