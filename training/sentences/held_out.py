"""Small figures on pairs held out of the training, by which a checkpoint is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from transformers import BertModel

from training.gzipped import rows
from training.sentences.encoder import PASSAGE, QUERY, encode
from training.sentences.mining import Array, Embed
from training.sentences.texts import Pair

MEASURED = {
    "faq": 100, "dx": 100, "residents": 130, "questions": 130, "bulletins": 130, "procedures": 60,
    "sentences": 90,
}  # fmt: skip
"""How many pairs of a source are measured; passages of all are each other's wrong answers."""


class HeldOut:
    """Pairs like each other, so that they are hard to tell apart, and sentences whose likeness
    people have judged (JSTS, JSICK), which no training has seen."""

    def __init__(self, sets: Mapping[str, Sequence[Pair]], folder: Path, embed: Embed) -> None:
        self._sets = {name: _alike(sets[name], n, embed) for name, n in MEASURED.items()}
        self._judged = _judged(folder)

    def figures(self, model: BertModel, tokens: Tokenizer) -> dict[str, float]:
        """Mean reciprocal rank of the right passage by source, and rank correlation with people."""
        tokens.enable_truncation(112)
        found = {name: _rank(model, tokens, pairs) for name, pairs in self._sets.items()}
        left = encode(model, tokens, [a for a, _, _ in self._judged], QUERY)
        right = encode(model, tokens, [b for _, b, _ in self._judged], QUERY)
        said = np.array([score for _, _, score in self._judged])
        found["similar"] = _correlation((left * right).sum(1), said)
        tokens.enable_truncation(512)
        return found | {"mean": float(np.mean(list(found.values())))}


def _alike(pairs: Sequence[Pair], count: int, embed: Embed) -> list[Pair]:
    """Some held-out pairs, in clusters of eight passages near each other."""
    held = list({p.passage: p for p in pairs if p.held}.values())[:2000]
    vectors = embed([p.passage for p in held])
    chosen: dict[int, None] = {}
    for seed in range(0, len(held), max(1, len(held) * 8 // count)):
        chosen.update(dict.fromkeys(np.argsort(-(vectors @ vectors[seed]))[:8].tolist()))
    return [held[i] for i in list(chosen)[:count]]


def _rank(model: BertModel, tokens: Tokenizer, pairs: Sequence[Pair]) -> float:
    asked = encode(model, tokens, [p.question for p in pairs], QUERY)
    found = encode(model, tokens, [p.passage for p in pairs], PASSAGE)
    groups = np.array([p.group for p in pairs])
    ranks = []
    for vector, group in zip(asked, groups, strict=True):
        order = np.argsort(-(found @ vector), kind="stable")
        ranks.append(1 / (1 + int(np.argmax(groups[order] == group))))
    return float(np.mean(ranks))


def _judged(folder: Path, every: int = 150) -> list[tuple[str, str, float]]:
    judged = islice(rows(folder / "sts.tsv.gz"), 0, None, every)
    return [(row[0], row[1], float(row[2])) for row in judged]


def _correlation(a: Array, b: Array) -> float:
    """Spearman's rank correlation."""
    ranks = [np.argsort(np.argsort(x, kind="stable"), kind="stable") for x in (a, b)]
    return float(np.corrcoef(*ranks)[0, 1])
