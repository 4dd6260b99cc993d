"""What is judged by eye: ``python -m benchmarks.judged [--data DIR]``.

Asks the questions in the table of ``docs/answers-judged.md``, and the needs in those of ``docs/liaison-requests.md``, of the
shipped corpus with all its sentences read (or of a data folder that is there). Prints for each question the conditions understood,
how many cases answer, and the first five with the excerpt that a card shows; for each need its precedents with the
passage that answers and how near it is. ``*``: counts as an answer; ``!``: a condition that binds. The verdicts stand in the documents.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.kept import commit
from benchmarks.search_quality import ROOT
from ingest.flow.pipeline import ingest
from ingest.flow.sentences import embed_waiting
from kb.advice.precedents import precedents
from kb.base.config import Settings, load_settings
from kb.base.types import Answer, Understood, Viewer
from kb.query.filters import resolve_place
from kb.ranking.search import Searcher
from kb.storage.store import Store

SHOWN = 5
"""Results of a question that are judged."""

_ANSWERS, _REQUESTS = "docs/answers-judged.md", "docs/liaison-requests.md"
_IN_PREFECTURE = re.compile(r"(.+)（(.+)）")  # 美郷町（島根県）
_SIGNS = {True: "✓", False: "✗", None: "–"}


def main() -> None:
    """Prints what there is to judge of both documents."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a data folder that is there, all of it read")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        settings = _settings(options.data, Path(work))
        store = Store.open(settings)
        counts, read = store.counts(Viewer.owner()), store.sentence_progress(Viewer.owner())
        print(f"commit {commit()}, {counts}, {read}")
        searcher = Searcher(settings, store)
        for number, question, *_ in rows(_ANSWERS):
            print(f"\n== {number} {question}")
            _tell(searcher.search(question, k=SHOWN))
        for number, name, need, *_ in rows(_REQUESTS):
            print(f"\n== {number} {name}: {need}")
            _advise(searcher, need, name)


def rows(document: str) -> Iterator[list[str]]:
    """The cells of every numbered row of a document's tables."""
    for line in (ROOT / document).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and cells[0].isdecimal():
            yield cells


def _settings(data: Path | None, work: Path) -> Settings:
    """Of ``data``, or of the shipped corpus, read now."""
    settings = replace(load_settings(), data=data or work / "data", corpus=ROOT / "corpus")
    if data is None:
        ingest(settings)
        embed_waiting(settings)
    return settings


def _tell(answer: Answer) -> None:
    """What an answer shows first, and how the question was understood."""
    conditions = [f"{_condition(c)} ({c.cases})" for c in answer.understood]
    print(f"   {answer.total} of {answer.listed} answer, {answer.all_met} meet all of {conditions}")
    for result in answer.results:
        met = " ".join(f"{_SIGNS[m.met]} {_condition(m.condition)}" for m in result.conditions)
        case, star = result.case, "*" if result.answers else " "
        print(f" {star}{result.rank} {case.title} [{case.status}] {met}".rstrip())
        print(f"     {' '.join(result.snippet.split())}")


def _condition(condition: Understood) -> str:
    return f"{'not ' * condition.exclude}{condition.label}{'!' * condition.must}"


def _advise(searcher: Searcher, need: str, name: str) -> None:
    """The precedents that a municipality's page shows for a need."""
    told = _IN_PREFECTURE.fullmatch(name)
    place = resolve_place(told[2] + told[1] if told else name)
    for found in precedents(searcher, need, place, Viewer.owner()):
        said = " ".join(found.passage.text.split()) if found.passage else ""
        near = f"{found.reading or 0:.3f}"
        print(f"   {near} {found.case.municipality}: {found.case.title}\n     {said}")


if __name__ == "__main__":
    main()
