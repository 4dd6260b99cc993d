"""The cases that meet what a question says about place, year and size, and what that is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb.base.types import Case, Filters, Viewer
from kb.query.conditions import Condition
from kb.query.filters import size_similarity
from kb.ranking.fusion import Scored
from kb.storage.store import Store


def met(store: Store, condition: Condition, viewer: Viewer) -> frozenset[int]:
    """Numbers of the cases that meet one condition."""
    found = store.case_nos(condition.wanted, viewer) or frozenset()
    if not condition.other_than:
        return found
    own = store.case_nos(Filters(municipalities=(condition.other_than,)), viewer)
    return found - (own or frozenset())


def met_by_all(conditions: Sequence[Condition], each: Sequence[frozenset[int]]) -> frozenset[int]:
    """Of the cases that meet ``each`` condition those that meet all, or all places where none meets
    all; empty without conditions."""
    places = [found for one, found in zip(conditions, each, strict=True) if one.kind == "place"]
    return _common(each) or _common(places)


def _common(each: Sequence[frozenset[int]]) -> frozenset[int]:
    return frozenset.intersection(*each) if each else frozenset()


def moved_up(
    scored: list[Scored],
    conditions: Sequence[Condition],
    each: Sequence[frozenset[int]],
    worth: Mapping[str, float],
) -> list[Scored]:
    """The cases in order, those that meet what the question says about place, year and size higher
    by what each kind of condition is ``worth``; ``each`` holds the numbers of those that meet it."""
    if not conditions:
        return scored
    gains = [(worth[c.kind], found) for c, found in zip(conditions, each, strict=True)]
    moved = [
        replace(s, score=s.score + sum(gain for gain, found in gains if s.case_no in found))
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
