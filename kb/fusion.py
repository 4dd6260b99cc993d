"""Two scores become one: each standardised over the candidates, then added."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.types import Mode

DENSE_WEIGHT = 1.5
"""Weight of the standardised dense score beside 1.0 for the lexical one."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with the raw score of each leg, both exact, and what they add up to."""

    case_no: int
    lexical: float
    dense: float
    z_lexical: float
    z_dense: float
    score: float


def fuse(
    union: Sequence[int], lexical: Mapping[int, float], dense: Mapping[int, float], mode: Mode
) -> list[Scored]:
    """Candidates with the sum of their scores, each standardised over the candidates; best first, ties by number."""
    raw_lexical = [lexical.get(case, 0.0) for case in union]
    raw_dense = [dense.get(case, 0.0) for case in union]
    weight = DENSE_WEIGHT if mode == "hybrid" else 1.0
    scored = [
        Scored(case, lex, sim, z_lex, z_sim, z_lex + weight * z_sim)
        for case, lex, sim, z_lex, z_sim in zip(
            union, raw_lexical, raw_dense, z_scores(raw_lexical), z_scores(raw_dense), strict=True
        )
    ]
    return sorted(scored, key=lambda s: (-s.score, s.case_no))


def z_scores(scores: Sequence[float]) -> list[float]:
    """Distances from the mean in standard deviations; all 0 when there is no spread."""
    if not scores:
        return []
    mean, spread = statistics.fmean(scores), statistics.pstdev(scores)
    return [(score - mean) / spread if spread > 0 else 0.0 for score in scores]
