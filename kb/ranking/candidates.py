"""The candidates of a question: the best of each leg, all scored exactly by both."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.base.types import Mode, Viewer
from kb.index.views import Views
from kb.language.text import fold_text
from kb.query.terms import Query, is_in_hiragana
from kb.ranking.fusion import LegScores, Scored, fuse, weights
from kb.ranking.tuning import Tuning
from kb.storage.store import Store

Vector = npt.NDArray[np.float32]

_DOCUMENT = re.compile(
    r"\d|\.(?:pdf|md|docx?|xlsx?|pptx?|csv|html?|txt|eml)$|(?:メニューブック|事例集|報告書|ガイドライン|手引き?|白書|年報)"
)
_LEAST = 6  # characters under which a title shares them by chance


@dataclass(frozen=True, slots=True)
class Legs:
    """A question asked of all views: ``vector`` is what its words mean, None where only words count,
    ``sentence`` what it says as a whole, None where no sentence model reads."""

    views: Views
    query: Query
    vector: Vector | None
    mode: Mode
    tuning: Tuning
    sentence: Vector | None = None

    def top(self, k: int, among: Collection[int] | None) -> tuple[dict[int, float], ...]:
        """The best ``k`` cases of each leg (lexical, dense, sentences) with their scores, ``among``
        these (None: all)."""
        terms, readings, views = self.query.terms, self.tuning.readings, self.views
        return (
            {} if self.mode == "dense" else views.lexical.top(terms, k, among, readings),
            {} if self.vector is None else views.dense.top(self.vector, k, among),
            {} if self.sentence is None else views.sentences.top(self.sentence, k, among),
        )

    def best(self, among: Collection[int] | None) -> tuple[float, float]:
        """The best score of each leg (lexical, dense)."""
        lexical, dense, _ = self.top(1, among)
        return max(lexical.values(), default=0.0), max(dense.values(), default=0.0)

    def candidates(
        self, allowed: Collection[int] | None, meeting: Collection[int] = ()
    ) -> list[Scored]:
        """Every candidate, best first: the best of all ``allowed``, over which the scores are
        standardised, and the best of those ``meeting`` the question's conditions."""
        legs = self.top(self.tuning.candidates, allowed)
        basis = frozenset[int]().union(*legs)
        if meeting and len(meeting) <= self.tuning.candidates_most:
            more = self.top(self.tuning.candidates, both(allowed, meeting))
            legs = tuple(one | other for one, other in zip(legs, more, strict=True))
        union = sorted(frozenset[int]().union(*legs))
        weight = weights(len(self.query.typed), self.mode, self.tuning)
        return fuse(union, self._exact(union, *legs), weight, self.tuning.unread, basis)

    def _exact(
        self,
        union: Sequence[int],
        lexical: dict[int, float],
        dense: dict[int, float],
        sentences: dict[int, float],
    ) -> LegScores:
        """The scores of each leg for all of ``union``."""
        if self.mode != "dense":
            missing = [case for case in union if case not in lexical]
            terms, readings = self.query.terms, self.tuning.readings
            lexical = lexical | self.views.lexical.scores(terms, missing, readings)
        if self.vector is not None:
            missing = [case for case in union if case not in dense]
            dense = dense | self.views.dense.scores(self.vector, missing)
        if self.sentence is not None:
            missing = [case for case in union if case not in sentences]
            sentences = sentences | self.views.sentences.scores(self.sentence, missing)
        return LegScores(lexical, dense, sentences)


def both(allowed: Collection[int] | None, meeting: Collection[int]) -> Collection[int]:
    """The cases of ``meeting`` that are ``allowed`` (None: all)."""
    return meeting if allowed is None else frozenset(meeting).intersection(allowed)


def related(
    scored: Sequence[Scored],
    tuning: Tuning,
    best: tuple[float, float] | None = None,
    named: Collection[int] = (),
) -> list[Scored]:
    """The result set: what matches by words nearly as well as the ``best`` (lexical, dense; None:
    of these), is near in meaning or is ``named``. Where filters leave none of it, what comes nearest."""
    own = max((s.lexical for s in scored), default=0.0), max((s.dense for s in scored), default=0.0)
    lexical, dense = best or own
    least = tuning.related_words * lexical
    near = min(tuning.related_meaning, tuning.related_meaning_share * dense)
    kept = [s for s in scored if s.lexical > least or s.dense >= near > 0.0 or s.case_no in named]
    return kept if kept or best is None else related(scored, tuning)


def named_document(store: Store, typed: str, viewer: Viewer) -> frozenset[int]:
    """The cases whose document is called so, in its title or the name of its file; empty where what
    was typed is no name of a document."""
    name = fold_text(typed).replace(" ", "")
    if len(name) < _LEAST or not _DOCUMENT.search(name):
        return frozenset()
    return store.saying([name], viewer, of_source=True)


def named_in_hiragana(store: Store, typed: str, viewer: Viewer) -> frozenset[int]:
    """The cases that say a word of nothing but hiragana (のるーと) letter by letter."""
    name = typed.strip(" 　?？!！。、")
    return store.saying([name], viewer) if is_in_hiragana(name) else frozenset()
