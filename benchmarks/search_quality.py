"""Search quality on every set, for each leg and peer: ``python -m benchmarks.search_quality``.

Prints nDCG@10 / Recall@10 through the product's own ingest and search with shipped settings. ``--keep``
writes what the hybrid search found to ``benchmarks/results/SET-COMMIT.json``; ``--against COMMIT``
compares with what that commit found: paired bootstrap over all queries, and the gain in each of five folds.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from benchmarks import kept, peers
from benchmarks.retrieval_sets import RetrievalSet, amagasaki, casenotes, corpus, jaquad, notes
from ingest.flow.pipeline import ingest
from ingest.flow.sentences import embed_waiting
from kb.base.config import load_settings
from kb.base.types import Mode
from kb.evaluation.figures import Report, evaluate
from kb.ranking.search import Searcher
from kb.storage.store import Store

ROOT = Path(__file__).resolve().parent.parent
SETS = ("corpus", "casenotes", "notes", "amagasaki", "jaquad")


def main() -> None:
    """Measures the chosen sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--sets", nargs="*", choices=SETS, default=SETS)
    parser.add_argument("--modes", nargs="*", choices=get_args(Mode), default=get_args(Mode))
    parser.add_argument("--keep", action="store_true", help="write the results of this commit")
    parser.add_argument("--against", default="", help="an earlier commit whose results are kept")
    options = parser.parse_args()
    if missing := [
        s for s in options.sets if options.against and not kept.of(s, options.against).is_file()
    ]:
        parser.error(f"nothing is kept of {options.against} for {', '.join(missing)}")
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    with tempfile.TemporaryDirectory() as work:
        for name in options.sets:
            chosen = load_set(name, options.shared, Path(work))
            found = measure(chosen, Path(work) / f"data-{name}", options.modes)
            if found and options.against:
                kept.compare(chosen, found, options.against)
            if found and options.keep:
                print(f"  written to {kept.keep(chosen, found)}")


def measure(chosen: RetrievalSet, data: Path, modes: Sequence[Mode]) -> Report | None:
    """Ingests the set's corpus and prints a line for each leg and each kind of query; what the hybrid
    search found, None where it was not asked."""
    settings = replace(load_settings({}), data=data, corpus=chosen.corpus)
    report = ingest(settings)
    embed_waiting(settings)
    print(f"\n{chosen.name}: {report.found} files ingested in {report.seconds:.1f} s")
    searcher = Searcher(settings, Store.open(settings))
    hybrid = None
    for mode in modes:
        result = evaluate(searcher, chosen.queries, mode=mode)
        print(f"  {mode:8} {_line(result)}")
        if mode == "hybrid":
            hybrid = result
            _print_kinds(result)
            if chosen.off_topic:
                off = evaluate(searcher, chosen.off_topic)
                print(f"    off topic: weak {off.overall.weak:.2f} of {off.overall.n}")
    for name, (gain, share) in peers.figures(chosen).items():
        print(f"  {name}: nDCG@10 {gain:.4f}  Recall@10 {share:.4f}")
    return hybrid


def _line(report: Report) -> str:
    overall = report.overall
    return f"nDCG@10 {overall.ndcg:.4f}  Recall@10 {overall.recall:.4f}  weak {overall.weak:.2f}  n {overall.n}  said to answer: precision {overall.precision:.2f}, coverage {overall.coverage:.2f}"


def _print_kinds(report: Report) -> None:
    for kind, figures in report.by_kind.items():
        print(
            f"    {kind:20} nDCG@10 {figures.ndcg:.4f}  Recall@10 {figures.recall:.4f}  weak {figures.weak:.2f}"
        )


def load_set(name: str, shared: Path, work: Path) -> RetrievalSet:
    """One of :data:`SETS`, its corpus in ``work``."""
    if name == "corpus":
        return corpus(ROOT)
    makers = {"amagasaki": amagasaki, "jaquad": jaquad, "casenotes": casenotes, "notes": notes}
    return makers[name](shared, work)


if __name__ == "__main__":
    main()
