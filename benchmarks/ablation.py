"""What each ingredient of the ranking is worth: ``python -m benchmarks.ablation``.

Every line changes one thing from the shipped settings; the first line is the shipped settings.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

from benchmarks.retrieval_sets import RetrievalSet, amagasaki, casenotes, corpus
from benchmarks.search_quality import ROOT
from ingest.flow.pipeline import ingest
from kb.base.config import load_settings
from kb.evaluation.figures import evaluate
from kb.index import lexical
from kb.language.lexicon import Lexicon
from kb.query import terms as query
from kb.ranking import boosting as meeting
from kb.ranking import fusion
from kb.ranking.search import Searcher
from kb.storage.store import Store

_EACH = meeting.WEIGHTS
_CHANGES: tuple[tuple[str, ModuleType | None, str, object], ...] = (
    ("shipped", None, "", None),
    ("keywords weighed like sentences", fusion, "KEYWORDS", 0),
    ("sentences weighed like keywords", fusion, "KEYWORDS", 99),
    ("sentences: dense weight 2.0", fusion, "SENTENCE_WEIGHTS", (0.83, 1.67)),
    ("no conditions", meeting, "WEIGHTS", dict.fromkeys(_EACH, 0.0)),
    ("no year or size conditions", meeting, "WEIGHTS", {**_EACH, "year": 0.0, "size": 0.0}),
    ("no places", meeting, "WEIGHTS", {**_EACH, "place": 0.0}),
    ("places at the weight of years", meeting, "WEIGHTS", {**_EACH, "place": 1.2}),
    ("kinds at the weight of years", meeting, "WEIGHTS", {**_EACH, "kind": 1.2}),
    ("no readings or loanword origins", lexical, "FIELD_BOOSTS", {"body": 1.0}),
    ("asking words count", query, "_ASKING", frozenset()),
    (
        "synonyms at half weight",
        query,
        "SYNONYM_WEIGHTS",
        {"same": 0.3, "en": 0.3, "related": 0.15},
    ),
)


def main() -> None:
    """Prints a line per change and set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    shared = parser.parse_args().shared
    with tempfile.TemporaryDirectory() as work:
        sets = [corpus(ROOT), casenotes(shared, Path(work)), amagasaki(shared, Path(work))]
        searchers = [_searcher(chosen, Path(work)) for chosen in sets]
        for label, module, name, value in _CHANGES:
            with _changed(module, name, value):
                _print(label, sets, searchers)
        for searcher in searchers:
            searcher.lexicon = Lexicon([])
        _print("no lexicon", sets, searchers)


def _searcher(chosen: RetrievalSet, work: Path) -> Searcher:
    settings = replace(load_settings({}), data=work / f"data-{chosen.name}", corpus=chosen.corpus)
    ingest(settings)
    return Searcher(settings, Store.open(settings))


@contextmanager
def _changed(module: ModuleType | None, name: str, value: object) -> Iterator[None]:
    if module is None:
        yield
    else:
        with patch.object(module, name, value):
            yield


def _print(label: str, sets: list[RetrievalSet], searchers: list[Searcher]) -> None:
    figures = [
        evaluate(searcher, chosen.queries).overall
        for chosen, searcher in zip(sets, searchers, strict=True)
    ]
    cells = "  ".join(
        f"{chosen.name} {figure.ndcg:.4f} / {figure.recall:.4f}"
        for chosen, figure in zip(sets, figures, strict=True)
    )
    print(f"{label:36} {cells}", flush=True)


if __name__ == "__main__":
    main()
