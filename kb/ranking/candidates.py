"""The candidates of a question: the best of each leg, all scored exactly by both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.base.types import Mode
from kb.index.views import Views
from kb.query.terms import Query
from kb.ranking.fusion import Scored, fuse, weights
from kb.ranking.tuning import Tuning

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Legs:
    """A question asked of both views: ``vector`` is what it means, None where only words count."""

    views: Views
    query: Query
    vector: Vector | None
    mode: Mode
    tuning: Tuning

    def top(
        self, k: int, among: Collection[int] | None
    ) -> tuple[dict[int, float], dict[int, float]]:
        """The best ``k`` cases of each leg (lexical, dense) with their scores, ``among`` these
        (None: all)."""
        terms, readings = self.query.terms, self.tuning.readings
        return (
            {} if self.mode == "dense" else self.views.lexical.top(terms, k, among, readings),
            {} if self.vector is None else self.views.dense.top(self.vector, k, among),
        )

    def best(self, among: Collection[int] | None) -> tuple[float, float]:
        """The best score of each leg (lexical, dense)."""
        lexical, dense = self.top(1, among)
        return max(lexical.values(), default=0.0), max(dense.values(), default=0.0)

    def candidates(
        self, allowed: Collection[int] | None, meeting: Collection[int] = ()
    ) -> list[Scored]:
        """Every candidate, best first: the best of all ``allowed``, over which the scores are
        standardised, and the best of those ``meeting`` the question's conditions."""
        lexical, dense = self.top(self.tuning.candidates, allowed)
        basis = lexical.keys() | dense.keys()
        if meeting and len(meeting) <= self.tuning.candidates_most:
            more = self.top(self.tuning.candidates, both(allowed, meeting))
            lexical, dense = lexical | more[0], dense | more[1]
        union = sorted(lexical.keys() | dense.keys())
        if self.mode != "dense":
            missing = [case for case in union if case not in lexical]
            terms, readings = self.query.terms, self.tuning.readings
            lexical |= self.views.lexical.scores(terms, missing, readings)
        if self.vector is not None:
            missing = [case for case in union if case not in dense]
            dense |= self.views.dense.scores(self.vector, missing)
        weight = weights(len(self.query.typed), self.mode, self.tuning)
        return fuse(union, lexical, dense, weight, basis)


def both(allowed: Collection[int] | None, meeting: Collection[int]) -> Collection[int]:
    """The cases of ``meeting`` that are ``allowed`` (None: all)."""
    return meeting if allowed is None else frozenset(meeting).intersection(allowed)


def related(
    scored: Sequence[Scored], tuning: Tuning, best: tuple[float, float] | None = None
) -> list[Scored]:
    """The result set: what matches by words nearly as well as the ``best`` (lexical, dense; None:
    of these), or is near in meaning. Where filters leave none of it, what comes nearest."""
    own = max((s.lexical for s in scored), default=0.0), max((s.dense for s in scored), default=0.0)
    lexical, dense = best or own
    least = tuning.related_words * lexical
    near = min(tuning.related_meaning, tuning.related_meaning_share * dense)
    kept = [s for s in scored if s.lexical > least or s.dense >= near]
    return kept if kept or best is None else related(scored, tuning)
