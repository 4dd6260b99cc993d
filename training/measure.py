"""Compares models on the retrieval sets in seconds: ``python -m training.measure MODEL...``.

Every set is ingested once by the product itself; a model then only encodes its queries, windows and
titles again. Prints nDCG@10 / Recall@10 of the vectors alone and fused with the product's lexical
scores. For measuring only: nothing here is read by training.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.retrieval_sets import RetrievalSet, amagasaki, casenotes, jaquad
from ingest.flow.pipeline import ingest
from ingest.flow.sentences import embed_waiting
from kb.base.config import BUILTIN_MODEL, load_settings
from kb.base.types import Viewer
from kb.evaluation.figures import Judged, ndcg, recall
from kb.index.views import ViewKeeper
from kb.language.encoder import Encoder, load_encoder
from kb.ranking.boosting import standings
from kb.ranking.search import Searcher
from kb.ranking.tuning import SHIPPED
from kb.storage.store import Store

Array = npt.NDArray[np.float32]
_SETS = {"casenotes": casenotes, "amagasaki": amagasaki, "jaquad": jaquad}


@dataclass(frozen=True, slots=True)
class Ground:
    """A set as texts and lexical scores: ``lexical`` and what meeting its ``conditions`` is worth
    (queries, cases);
    windows are ordered by case, those of case ``i`` begin at ``starts[i]``."""

    queries: tuple[Judged, ...]
    paths: list[str]
    titles: list[str]
    windows: list[str]
    starts: npt.NDArray[np.int64]
    lexical: Array
    conditions: Array


def main() -> None:
    """Prints a line for each set, model and weighting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=[str(BUILTIN_MODEL)])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--sets", nargs="*", choices=_SETS, default=list(_SETS))
    parser.add_argument("--dense", nargs="*", type=float, default=[1.0, 1.5, 2.0])
    parser.add_argument("--title", nargs="*", type=float, default=[1.0])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        for name in options.sets:
            ground = prepare(_SETS[name](options.shared, Path(work)), Path(work) / f"data-{name}")
            print(f"{name}: {len(ground.titles)} cases, {len(ground.windows)} windows")
            for model in options.models:
                for title in options.title:
                    line = measure(ground, load_encoder(model), title, options.dense)
                    print(f"  {model} title {title:g}: {line}", flush=True)


def prepare(chosen: RetrievalSet, data: Path) -> Ground:
    """Ingests the set and scores every query lexically against every case."""
    settings = replace(load_settings({}), data=data, corpus=chosen.corpus)
    ingest(settings)
    embed_waiting(settings)
    store = Store.open(settings)
    searcher = Searcher(settings, store)
    vectors = store.all_vectors(store.model_id())
    nos, starts = np.unique(vectors.case_nos, return_index=True)
    cases = store.cases_by_no(nos.tolist(), Viewer.owner())
    chunks = store.chunks(vectors.chunk_nos.tolist())
    view = ViewKeeper(settings, store).views().lexical
    column = {int(no): i for i, no in enumerate(nos)}
    lexical = np.zeros((len(chosen.queries), len(nos)), np.float32)
    conditions = np.zeros_like(lexical)
    for row, worth, judged in zip(lexical, conditions, chosen.queries, strict=True):
        question = searcher.understand(judged.query)
        for no, score in view.top(question.query.terms, len(nos), None, SHIPPED.readings).items():
            if no in column:
                row[column[no]] = score
        for one in standings(store, question.conditions, Viewer.owner()):
            for no in one.met & column.keys():
                worth[column[no]] += SHIPPED.conditions[one.condition.kind]
    ordered = [cases[int(no)] for no in nos]
    return Ground(
        chosen.queries,
        [case.path for case in ordered],
        [case.title for case in ordered],
        [
            cases[(c := chunks[int(n)]).case_no].sections[c.section].text[c.start : c.end]
            for n in vectors.chunk_nos
        ],
        starts,
        lexical,
        conditions,
    )


def measure(ground: Ground, encoder: Encoder, title: float, weights: Sequence[float]) -> str:
    """Figures of the vectors alone and with each weight beside the lexical score."""
    queries = encoder.encode_queries([judged.query for judged in ground.queries])
    windows = queries @ encoder.encode_passages(ground.windows).T
    titles = queries @ encoder.encode_passages(ground.titles).T
    dense: Array = np.maximum.reduceat(windows, ground.starts, axis=1) + title * titles
    figures = [f"alone {_figures(ground, dense)}"]
    figures += [f"{w:g} {_figures(ground, _fused(ground, dense, w))}" for w in weights]
    return "  ".join(figures)


def _fused(ground: Ground, dense: Array, weight: float) -> Array:
    """z(lexical) + weight · z(dense) over the union of both legs' best, as kb.ranking.search does it."""
    out = np.full(dense.shape, -np.inf, np.float32)
    k = min(SHIPPED.candidates, dense.shape[1])
    for i, (meant, said) in enumerate(zip(dense, ground.lexical, strict=True)):
        best = np.argpartition(-said, k - 1)[:k]
        union = np.union1d(np.argpartition(-meant, k - 1)[:k], best[said[best] > 0])
        out[i, union] = _z(said[union]) + weight * _z(meant[union])
        out[i, union] += ground.conditions[i, union]
    return out


def _figures(ground: Ground, scores: Array, k: int = 10) -> str:
    found = []
    for judged, row in zip(ground.queries, scores, strict=True):
        ranking = [ground.paths[i] for i in np.argsort(-row, kind="stable")[:k]]
        found.append((ndcg(ranking, judged.relevant, k), recall(ranking, judged.relevant, k)))
    gain, share = np.mean(found, axis=0)
    return f"{gain:.4f}/{share:.3f}"


def _z(scores: Array) -> Array:
    spread = float(scores.std())
    z: Array = (scores - scores.mean()) / spread if spread > 0 else np.zeros_like(scores)
    return z


if __name__ == "__main__":
    main()
