"""What the sentence model adds to the product: ``python -m training.sentences.fusion_check``.

Takes the product's own scores of every case, adds the model's standardised cosine to the best passage
with weight w and to the title with a share of w, and prints nDCG@10 for several w. The cosines are
those that :mod:`.measure` kept.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.retrieval_sets import amagasaki
from ingest.flow.pipeline import ingest
from kb.base.config import load_settings
from kb.ranking.search import Searcher
from kb.ranking.tuning import SHIPPED
from kb.storage.store import Store
from training.sentences.measure import Judged, figures, load

Array = npt.NDArray[np.float32]

WEIGHTS = (0.0, 1.0, 1.5, 2.0, 2.5, 3.0)
TITLES = (0.0, 0.4)


def main() -> None:
    """Prints a line for each set, model and share of the title."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", required=True, help="names of measured folders")
    parser.add_argument("--cosines", type=Path, required=True, help="folder that measure kept")
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--sets", nargs="*", default=["casenotes", "corpus", "amagasaki"])
    options = parser.parse_args()
    for name in options.sets:
        judged = load(name, options.shared)
        product = _product(name, judged, options.shared, options.cosines)
        for model in options.models:
            kept = np.load(options.cosines / f"{name}-{model}.npz")
            for share in TITLES:
                line = [
                    f"{figures(judged, product + w * (_z(kept['best']) + share * _z(kept['titles'])))['all']:.3f}"
                    for w in WEIGHTS
                ]
                print(
                    f"{name:10} {model:12} title {share}: w {WEIGHTS} {' '.join(line)}", flush=True
                )


def _product(name: str, judged: Judged, shared: Path, work: Path) -> Array:
    """(questions, documents) scores of the product as shipped, all cases being candidates; kept."""
    kept = work / f"{name}-product.npy"
    if kept.is_file():
        found: Array = np.load(kept)
        return found
    with tempfile.TemporaryDirectory() as folder:
        corpus = _corpus(name, shared, Path(folder))
        settings = replace(load_settings({}), data=Path(folder) / "data", corpus=corpus)
        ingest(settings)
        everything = replace(SHIPPED, candidates=10_000, related_words=-1.0, related_meaning=-9.0)
        searcher = Searcher(settings, Store.open(settings), everything)
        rows = [_scores(searcher, text, list(judged.documents)) for _, text, _ in judged.questions]
    np.save(kept, np.array(rows, np.float32))
    return np.array(rows, np.float32)


def _corpus(name: str, shared: Path, work: Path) -> Path:
    if name == "amagasaki":
        return amagasaki(shared, work).corpus
    for part in ["casenotes"] if name == "casenotes" else ["casenotes", "casenotes_more"]:
        shutil.copytree(
            shared / part,
            work / "notes",
            ignore=shutil.ignore_patterns("*.csv"),
            dirs_exist_ok=True,
        )
    return work / "notes"


def _scores(searcher: Searcher, question: str, keys: Sequence[str]) -> list[float]:
    ranking = searcher.rank(question)
    found: dict[str, float] = {}
    for scored in ranking.scored:
        path = Path(ranking.cases[scored.case_no].path)
        for key in (path.name, path.stem):
            found[key] = max(found.get(key, scored.score), scored.score)
    least = min(found.values(), default=0.0)
    return [found.get(key, least) for key in keys]


def _z(scores: Array) -> Array:
    spread = scores.std(axis=1, keepdims=True)
    standard: Array = (scores - scores.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-9)
    return standard


if __name__ == "__main__":
    main()
