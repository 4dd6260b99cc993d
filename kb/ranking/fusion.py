"""Two scores become one: each standardised over the candidates, then added."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kb.base.types import Mode
from kb.ranking.tuning import Tuning


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with the raw score of each leg, both exact, and what they add up to."""

    case_no: int
    lexical: float
    dense: float
    z_lexical: float
    z_dense: float
    score: float


def weights(words: int, mode: Mode, tuning: Tuning) -> tuple[float, float]:
    """Weights of both scores for a question of so many words."""
    if mode != "hybrid":
        return 1.0, 1.0
    return tuning.keyword_legs if words <= tuning.keywords else tuning.sentence_legs


def fuse(
    cases: Sequence[int],
    lexical: Mapping[int, float],
    dense: Mapping[int, float],
    weight: tuple[float, float],
    basis: Collection[int] | None = None,
) -> list[Scored]:
    """Candidates with the sum of their scores, each standardised over those in ``basis`` (None: all
    of them) and multiplied by its ``weight`` (lexical, dense); best first, ties by number."""
    raw_lexical = [lexical.get(case, 0.0) for case in cases]
    raw_dense = [dense.get(case, 0.0) for case in cases]
    inside = [basis is None or case in basis for case in cases]
    z_lexical, z_dense = z_scores(raw_lexical, inside), z_scores(raw_dense, inside)
    scored = [
        Scored(case, lex, sim, z_lex, z_sim, weight[0] * z_lex + weight[1] * z_sim)
        for case, lex, sim, z_lex, z_sim in zip(
            cases, raw_lexical, raw_dense, z_lexical, z_dense, strict=True
        )
    ]
    return sorted(scored, key=lambda s: (-s.score, s.case_no))


def z_scores(scores: Sequence[float], inside: Sequence[bool] | None = None) -> list[float]:
    """Distances in standard deviations from the mean of those ``inside`` (None: of all); all 0 when
    there is no spread."""
    measured = list(scores if inside is None else itertools.compress(scores, inside)) or scores
    if not measured:
        return []
    mean, spread = statistics.fmean(measured), statistics.pstdev(measured)
    return [(score - mean) / spread if spread > 0 else 0.0 for score in scores]
