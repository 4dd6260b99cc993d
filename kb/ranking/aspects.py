"""How well a case answers the side that a question asks about: what went wrong, what it cost."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from kb.base.record import value_of
from kb.base.types import Case
from kb.query.aspect import Aspect
from kb.ranking.fusion import Scored
from kb.ranking.tuning import Tuning

ANSWERS = 1.0
"""Strength from which a case answers a question that asks about nothing but one aspect."""

_ELSEWHERE, _SILENT = 0.5, 0.3
"""Said in another section; a section of the kind that does not say it."""

_TITLE, _TOLD, _EACH, _MOST = 1.0, 0.5, 0.15, 0.6
"""Said in the title, told by a field or the stage, for each word that says so up to so much."""


def answering_aspect(
    aspects: Sequence[Aspect], strength: Mapping[int, float], meeting: Collection[int]
) -> frozenset[int]:
    """The cases that answer a question which asks about nothing but these ``aspects``: they tell all of
    them and are of those ``meeting`` its conditions, where any is."""
    told = frozenset(no for no, one in strength.items() if one >= ANSWERS * len(aspects))
    return told.intersection(meeting) or told


def moved_to(
    scored: Sequence[Scored], strength: Mapping[int, float], tuning: Tuning, *, is_alone: bool
) -> list[Scored]:
    """The cases in order, those that answer the aspects higher; ``is_alone``: nothing else is asked."""
    if not strength:
        return list(scored)
    worth = tuning.aspect_alone if is_alone else tuning.aspect
    moved = [replace(s, score=s.score + worth * strength[s.case_no]) for s in scored]
    return sorted(moved, key=lambda s: (-s.score, s.case_no))


def tells(text: str, role: str, aspects: Collection[Aspect]) -> tuple[bool, bool]:
    """Whether a passage stands in a section of the kind asked about, and whether it says a cue."""
    return (
        any(role in aspect.roles for aspect in aspects),
        any(aspect.cues is not None and bool(aspect.cues.search(text)) for aspect in aspects),
    )


def strength_of(aspect: Aspect, case: Case) -> float:
    """How well a case answers an aspect: 0 for not at all, 1 where a section of the kind says so, up to 3
    where its title and a field tell, too."""
    inside = [s.text for s in case.sections if s.role in aspect.roles]
    if aspect.cues is None:
        return ANSWERS if inside else 0.0
    said = {word for text in inside for word in aspect.cues.findall(text)}
    is_told = case.status in aspect.stages or any(value_of(case, name) for name in aspect.fields)
    more = min(_MOST, _EACH * len(said)) + _TOLD * is_told
    more += _TITLE if aspect.cues.search(case.title) else 0.0
    if is_told or said:
        return ANSWERS + more
    elsewhere = any(aspect.cues.search(section.text) for section in case.sections)
    return more + (_ELSEWHERE if elsewhere else _SILENT if inside else 0.0)
