"""What each ingredient of the ranking is worth: ``python -m benchmarks.ablation``.

Every line changes one thing from the shipped settings; the first line is the shipped settings.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.retrieval_sets import RetrievalSet, amagasaki, casenotes, corpus
from benchmarks.search_quality import ROOT
from ingest.flow.pipeline import ingest
from ingest.flow.sentences import embed_waiting
from kb.base.config import Settings, load_settings
from kb.evaluation.figures import evaluate
from kb.language.lexicon import Lexicon
from kb.ranking.search import Searcher
from kb.ranking.tuning import SHIPPED, Tuning
from kb.storage.store import Store

_EACH = SHIPPED.conditions
_CHANGES: tuple[tuple[str, Tuning], ...] = (
    ("shipped", SHIPPED),
    ("keywords weighed like sentences", replace(SHIPPED, keywords=0)),
    ("sentences weighed like keywords", replace(SHIPPED, keywords=99)),
    ("sentences: dense weight 2.0", replace(SHIPPED, sentence_legs=(0.83, 1.67))),
    ("no conditions", replace(SHIPPED, conditions=dict.fromkeys(_EACH, 0.0))),
    (
        "no year or size conditions",
        replace(SHIPPED, conditions={**_EACH, "year": 0.0, "size": 0.0}),
    ),
    ("no places", replace(SHIPPED, conditions={**_EACH, "place": 0.0})),
    ("places at the weight of years", replace(SHIPPED, conditions={**_EACH, "place": 1.2})),
    ("kinds at the weight of years", replace(SHIPPED, conditions={**_EACH, "kind": 1.2})),
    ("no readings or loanword origins", replace(SHIPPED, readings=0.0)),
    (
        "synonyms at half weight",
        replace(SHIPPED, terms=replace(SHIPPED.terms, same=0.3, en=0.3, related=0.15)),
    ),
)


def main() -> None:
    """Prints a line per change and set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    shared = parser.parse_args().shared
    with tempfile.TemporaryDirectory() as work:
        sets = [corpus(ROOT), casenotes(shared, Path(work)), amagasaki(shared, Path(work))]
        settings = [_ingested(chosen, Path(work)) for chosen in sets]
        for label, tuning in _CHANGES:
            _print(label, sets, [Searcher(s, Store.open(s), tuning) for s in settings])
        searchers = [Searcher(s, Store.open(s)) for s in settings]
        for searcher in searchers:
            searcher.lexicon = Lexicon([])
        _print("no lexicon", sets, searchers)


def _ingested(chosen: RetrievalSet, work: Path) -> Settings:
    settings = replace(load_settings({}), data=work / f"data-{chosen.name}", corpus=chosen.corpus)
    ingest(settings)
    embed_waiting(settings)
    return settings


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
