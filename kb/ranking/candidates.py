"""The candidates of a question: the best of each leg, all scored exactly by both."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from kb.base.once import Once
from kb.base.types import Case, Mode, Viewer
from kb.index.views import Views
from kb.language.text import fold_text
from kb.query.aspect import Aspect
from kb.query.terms import Query, is_in_hiragana
from kb.ranking.aspects import strength_of
from kb.ranking.boosting import saying
from kb.ranking.fusion import LegScores, Scored, fuse, weights
from kb.ranking.tuning import Tuning
from kb.storage.store import Store

Vector = npt.NDArray[np.float32]

_DOCUMENT = re.compile(
    r"\d|\.(?:pdf|md|docx?|xlsx?|pptx?|csv|html?|txt|eml)$|(?:メニューブック|事例集|報告書|ガイドライン|手引き?|白書|年報)"
)
_LEAST = 6  # characters under which a title shares them by chance

_KEPT = 8192  # cases (about 2 KB each) and strengths that are kept
Key = TypeVar("Key")
Value = TypeVar("Value")


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
        sentences = self.views.sentences
        read = {} if self.sentence is None else sentences.top(self.sentence, k, among)
        return *self._of_words(k, among), read

    def _of_words(self, k: int, among: Collection[int] | None) -> tuple[dict[int, float], ...]:
        terms, readings, views = self.query.terms, self.tuning.readings, self.views
        return (
            {} if self.mode == "dense" else views.lexical.top(terms, k, among, readings),
            {} if self.vector is None else views.dense.top(self.vector, k, among),
        )

    def best(self, among: Collection[int] | None) -> tuple[float, float]:
        """The best score of each leg (lexical, dense)."""
        lexical, dense = self._of_words(1, among)
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


def named_document(store: Store, typed: str, viewer: Viewer, views: Views) -> frozenset[int]:
    """The cases whose document is called so, in its title or the name of its file; empty where what
    was typed is no name of a document."""
    name = fold_text(typed).replace(" ", "")
    if len(name) < _LEAST or not _DOCUMENT.search(name):
        return frozenset()
    found = views.lexical.called(name)
    return found & store.all_case_nos(viewer) if found else found


def named_in_hiragana(store: Store, typed: str, viewer: Viewer, views: Views) -> frozenset[int]:
    """The cases that say a word of nothing but hiragana (のるーと) letter by letter."""
    name = typed.strip(" 　?？!！。、")
    return saying(store, [name], viewer, views) if is_in_hiragana(name) else frozenset()


class KnownCases:
    """Cases of the ``store`` as candidates need them, kept while it stays as it is: the same ones are
    candidates of many questions. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._once = Once()

    def by_no(self, nos: Collection[int], viewer: Viewer) -> dict[int, Case]:
        """The cases among these numbers that ``viewer`` may see, without sections and evidence."""
        known = self._kept(viewer.visibilities, dict[int, Case | None]())
        held = {no: known[no] for no in nos if no in known}
        missing = [no for no in nos if no not in held]
        if missing:
            fresh = self._store.cases_by_no(missing, viewer, whole=False)
            told = {no: fresh.get(no) for no in missing}
            held |= told
            known.update(told)
        return {no: case for no in nos if (case := held[no]) is not None}

    def strengths(
        self, aspects: Sequence[Aspect], cases: Collection[int], viewer: Viewer
    ) -> dict[int, float]:
        """By case, how well it answers the ``aspects`` (see :func:`strength_of`), of several the sum. Empty for
        no aspect."""
        if not aspects:
            return {}
        known = self._kept("strengths", dict[tuple[str, int], float]())
        keys = [(aspect.name, no) for aspect in aspects for no in cases]
        held = {key: known[key] for key in keys if key in known}
        missing = sorted({no for name, no in keys if (name, no) not in held})
        for no, case in self._store.cases_by_no(missing, viewer).items():
            held |= {(aspect.name, no): strength_of(aspect, case) for aspect in aspects}
        known.update(held)
        return {no: sum(held.get((a.name, no), 0.0) for a in aspects) for no in cases}

    def _kept(self, kind: object, empty: dict[Key, Value]) -> dict[Key, Value]:
        """What is known of a ``kind`` of the store as it is now."""
        state = self._store.identity(), self._store.generation()
        known = self._once.get((kind,), state, lambda: empty)
        if len(known) > _KEPT:
            known.clear()
        return known
