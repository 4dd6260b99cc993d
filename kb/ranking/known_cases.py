"""Cases without their texts, and how well each answers an aspect, kept while the store stays as it is: the same
ones are candidates of many questions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

from kb.base.once import Once
from kb.base.types import Case, Viewer
from kb.query.aspect import Aspect
from kb.ranking.aspects import strength_of
from kb.storage.store import Store

_MOST = 8192  # cases (about 2 KB each) and strengths that are kept
Key = TypeVar("Key")
Value = TypeVar("Value")


class KnownCases:
    """Cases of the ``store`` as candidates need them. Safe to share between threads."""

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
        if len(known) > _MOST:
            known.clear()
        return known
