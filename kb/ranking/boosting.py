"""The cases that meet what a question says about place, size and time, and what that is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.base.types import Case, Filters, Viewer
from kb.index.views import Views
from kb.query.conditions.detect import Condition
from kb.query.filters import size_similarity
from kb.ranking.fusion import Scored
from kb.storage.store import Store

_EITHER = (("place", "region"), ("kind",), ("status",))
"""Kinds of which a case can meet only one: 「長野県と山梨県」 asks for either; so does 「2017年度と2019年度」."""

STEP = 1e-4
"""The least by which one case stands above another: the newest edition above older ones."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where all cases stand to one condition: those that meet it, and those that do not say."""

    condition: Condition
    met: frozenset[int]
    untold: frozenset[int]

    def of(self, case_no: int) -> bool | None:
        """Whether a case meets it; None where the case does not say."""
        return None if case_no in self.untold else case_no in self.met


def standings(
    store: Store, conditions: Sequence[Condition], viewer: Viewer, views: Views | None = None
) -> tuple[Standing, ...]:
    """Where the cases that ``viewer`` may see stand to each condition."""
    return tuple(_standing(store, condition, viewer, views) for condition in conditions)


def saying(
    store: Store, words: Sequence[str], viewer: Viewer, views: Views | None = None
) -> frozenset[int]:
    """The visible cases that say one of ``words`` to the letter; without views the database is looked through."""
    if views is None:
        return store.saying(words, viewer)
    return views.lexical.literally(words) & store.all_case_nos(viewer)


def _standing(store: Store, condition: Condition, viewer: Viewer, views: Views | None) -> Standing:
    found = store.case_nos(condition.wanted, viewer) or frozenset()
    untold = store.untold(condition.wanted, viewer) - found
    if condition.says:  # of those that do not say it, nobody knows
        found |= saying(store, condition.says, viewer, views)
        untold = store.all_case_nos(viewer) - found
    if condition.exclude:
        return Standing(condition, store.all_case_nos(viewer) - found - untold, untold)
    if condition.other_than:
        own = store.case_nos(Filters(municipalities=(condition.other_than,)), viewer)
        found -= own or frozenset()
    if condition.tells:  # a case of another year may have gone on in this one
        untold |= saying(store, condition.tells, viewer, views) - found
    return Standing(condition, found, untold)


def bound(each: Sequence[Standing], *, strict: bool = False) -> frozenset[int] | None:
    """The cases that no binding condition forbids: they meet it or do not say (``strict``: they meet
    it). None where nothing binds, or where nothing at all would be left."""
    binding = [
        (s.condition, s.met if strict else s.met | s.untold) for s in each if s.condition.must
    ]
    groups = _groups([condition for condition, _ in binding], [found for _, found in binding])
    return (_common(groups) or None) if groups else None


def met_by_all(each: Sequence[Standing]) -> frozenset[int]:
    """The cases that meet every condition, of several places any; empty without conditions."""
    return _common(_groups([s.condition for s in each], [s.met for s in each]))


def possible(each: Sequence[Standing]) -> frozenset[int]:
    """The cases that may meet every condition: they do, or do not say; empty without conditions."""
    return _common(_groups([s.condition for s in each], [s.met | s.untold for s in each]))


def met_first(each: Sequence[Standing]) -> frozenset[int]:
    """The cases that meet all; where none does, those of the places that are named."""
    places = [s for s in each if s.condition.kind in _EITHER[0]]
    return met_by_all(each) or met_by_all(places)


def _groups(
    conditions: Sequence[Condition], found: Sequence[frozenset[int]]
) -> list[frozenset[int]]:
    """The cases of each condition; those of which a case can meet only one are put together."""
    together: dict[object, frozenset[int]] = {}
    for i, (condition, nos) in enumerate(zip(conditions, found, strict=True)):
        either = next((kinds for kinds in _EITHER if condition.kind in kinds), None)
        if condition.kind == "year" and condition.low == condition.high:
            either = ("year",)
        key: object = i if condition.exclude or either is None else either
        together[key] = together.get(key, frozenset()) | nos
    return list(together.values())


def _common(groups: Sequence[frozenset[int]]) -> frozenset[int]:
    return frozenset.intersection(*groups) if groups else frozenset()


def moved_up(
    scored: list[Scored], each: Sequence[Standing], worth: Mapping[str, float]
) -> list[Scored]:
    """The cases in order, those that meet what the question says about place, year and size higher
    by what each kind of condition is ``worth``."""
    if not each:
        return scored
    moved = [
        replace(
            s,
            score=s.score + sum(worth[one.condition.kind] for one in each if s.case_no in one.met),
        )
        for s in scored
    ]
    return sorted(moved, key=lambda s: (-s.score, s.case_no))


def nearer(
    ranked: list[Scored], cases: Mapping[int, Case], population: int, worth: float
) -> list[Scored]:
    """Cases of municipalities with about this population move up; the very same is ``worth`` most."""
    return sorted(
        ranked,
        key=lambda s: -(s.score + worth * size_similarity(population, cases[s.case_no].population)),
    )


def newest_first(scored: list[Scored], newer: Mapping[int, int]) -> list[Scored]:
    """An older edition never stands above the newest one."""
    best = {s.case_no: s.score for s in scored}
    bounded = [
        replace(s, score=min(s.score, best[newer[s.case_no]] - STEP))
        if newer.get(s.case_no) in best
        else s
        for s in scored
    ]
    return sorted(bounded, key=lambda s: (-s.score, s.case_no))


def leading(scored: Sequence[Scored], first: Collection[int]) -> tuple[Scored, ...]:
    """The cases numbered in ``first`` before all others, each part in its order."""
    before = [s for s in scored if s.case_no in first]
    behind = [s for s in scored if s.case_no not in first]
    lift = max(0.0, behind[0].score - before[-1].score + STEP) if before and behind else 0.0
    return (*(replace(s, score=s.score + lift) for s in before), *behind)


def one_of_each(scored: Sequence[Scored], cases: Mapping[int, Case]) -> tuple[Scored, ...]:
    """The best of each 分野, then the second of each and so on: for a question that tells no case
    from another."""
    seen: Counter[str] = Counter()
    turns = []
    for one in scored:
        turns.append((seen[cases[one.case_no].field], one))
        seen[cases[one.case_no].field] += 1
    return tuple(one for _, one in sorted(turns, key=lambda turn: turn[0]))
