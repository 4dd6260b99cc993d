"""Two scores become one: each standardised over the candidates, then added."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Collection, Mapping, Sequence
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
    cases: Sequence[int],
    lexical: Mapping[int, float],
    dense: Mapping[int, float],
    mode: Mode,
    basis: Collection[int] | None = None,
) -> list[Scored]:
    """Candidates with the sum of their scores, each standardised over those in ``basis`` (None: all
    of them); best first, ties by number."""
    raw_lexical = [lexical.get(case, 0.0) for case in cases]
    raw_dense = [dense.get(case, 0.0) for case in cases]
    inside = [basis is None or case in basis for case in cases]
    weight = DENSE_WEIGHT if mode == "hybrid" else 1.0
    z_lexical, z_dense = z_scores(raw_lexical, inside), z_scores(raw_dense, inside)
    scored = [
        Scored(case, lex, sim, z_lex, z_sim, z_lex + weight * z_sim)
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
