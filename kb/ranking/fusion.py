"""Three scores become one: each standardised over the candidates, then added."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.base.types import Mode
from kb.ranking.tuning import Tuning


@dataclass(frozen=True, slots=True)
class Weights:
    """What a standard deviation of each leg is worth."""

    lexical: float
    dense: float
    sentences: float = 0.0


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with the raw score of each leg, all exact, and what they add up to. ``sentences``
    is None while the sentence model has not read the case; its ``z_sentences`` is then guessed."""

    case_no: int
    lexical: float
    dense: float
    z_lexical: float
    z_dense: float
    score: float
    sentences: float | None = None
    z_sentences: float = 0.0


def weights(words: int, mode: Mode, tuning: Tuning) -> Weights:
    """Weights of the scores for a question of so many words."""
    if mode == "lexical":
        return Weights(1.0, 0.0)
    sentences = tuning.keyword_reading if words <= tuning.keywords else tuning.sentence_reading
    if mode == "dense":
        return Weights(0.0, 1.0, sentences)
    lexical, dense = tuning.keyword_legs if words <= tuning.keywords else tuning.sentence_legs
    return Weights(lexical, dense, sentences)


@dataclass(frozen=True, slots=True)
class LegScores:
    """Raw scores by case; a case that is missing from ``sentences`` has not been read yet."""

    lexical: Mapping[int, float]
    dense: Mapping[int, float]
    sentences: Mapping[int, float]


def fuse(
    cases: Sequence[int],
    legs: LegScores,
    weight: Weights,
    unread: float,
    basis: Collection[int] | None = None,
) -> list[Scored]:
    """Candidates with the sum of their scores, each standardised over those in ``basis`` (None: all
    of them) and multiplied by its ``weight``; best first, ties by number.

    A case that the sentence model has not read yet counts as ``unread`` times the mean of its other
    two scores, which is what it may be expected to get.
    """
    lexical = [legs.lexical.get(case, 0.0) for case in cases]
    dense = [legs.dense.get(case, 0.0) for case in cases]
    inside = [basis is None or case in basis for case in cases]
    z_lexical, z_dense = z_scores(lexical, inside), z_scores(dense, inside)
    read = [case for case in cases if case in legs.sentences]
    z_read = z_scores(
        [legs.sentences[case] for case in read], [basis is None or c in basis for c in read]
    )
    z_known = dict(zip(read, z_read, strict=True))
    scored = []
    for i, case in enumerate(cases):
        z_sentences = z_known.get(case, unread * (z_lexical[i] + z_dense[i]) / 2 if read else 0.0)
        total = weight.lexical * z_lexical[i] + weight.dense * z_dense[i]
        total += weight.sentences * z_sentences
        scored.append(
            Scored(
                case, lexical[i], dense[i], z_lexical[i], z_dense[i], total,
                legs.sentences.get(case), z_sentences,
            )
        )  # fmt: skip
    return sorted(scored, key=lambda s: (-s.score, s.case_no))


def z_scores(scores: Sequence[float], inside: Sequence[bool] | None = None) -> list[float]:
    """Distances in standard deviations from the mean of those ``inside`` (None: of all); all 0 when
    there is no spread."""
    measured = list(scores if inside is None else itertools.compress(scores, inside)) or scores
    if not measured:
        return []
    if min(measured) == max(measured):
        return [0.0] * len(scores)
    mean = math.fsum(measured) / len(measured)
    spread = math.sqrt(math.fsum(np.square(np.array(measured) - mean).tolist()) / len(measured))
    told: list[float] = ((np.array(scores) - mean) / spread).tolist()
    return told
