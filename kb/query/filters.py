"""Filters as people write them, turned into what the store compares."""

from __future__ import annotations

import math
from dataclasses import replace

from kb.base.errors import UnknownPlaceError, UsageError
from kb.base.types import FIELDS, Filters
from kb.places.gazetteer import Place, load_gazetteer


def resolve_filters(filters: Filters) -> Filters:
    """``filters`` with municipalities as codes (and names, for cases whose municipality was left
    open) and prefectures by their full name.

    Raises UnknownPlaceError or UsageError, naming what is unknown.
    """
    prefectures = tuple(_prefecture(name) for name in filters.prefectures)
    unknown = [field for field in filters.fields if field not in FIELDS]
    if unknown:
        raise UsageError("usage.unknown_field", name=unknown[0], choices=FIELDS)
    if filters.year_from and filters.year_to and filters.year_from > filters.year_to:
        raise UsageError(
            "usage.years_reversed", year_from=filters.year_from, year_to=filters.year_to
        )
    wanted: list[str] = []
    for name in filters.municipalities:
        places = _municipalities(name)
        wanted += [place.code for place in places] + [place.name for place in places]
    return replace(filters, municipalities=tuple(dict.fromkeys(wanted)), prefectures=prefectures)


def resolve_place(name: str) -> Place:
    """The one municipality of that name or code. Raises UnknownPlaceError."""
    places = _municipalities(name)
    if len(places) > 1:
        choices = "、".join(f"{place.prefecture}{place.name}" for place in places)
        raise UnknownPlaceError("usage.ambiguous_place", name=name, choices=choices)
    return places[0]


def size_similarity(population: int, other: int | None) -> float:
    """Likeness of two populations, 1 for the same and 0.5 for half or double: 2^-|log2(a/b)|,
    which is the smaller divided by the larger."""
    if not population or not other:
        return 0.0
    return math.exp(-abs(math.log(population / other)))


def _municipalities(name: str) -> tuple[Place, ...]:
    places = load_gazetteer().find(name.strip())
    if not places:
        raise UnknownPlaceError("usage.unknown_place", name=name)
    return places


def _prefecture(name: str) -> str:
    found = [p for p in load_gazetteer().find(name.strip()) if p.kind == "都道府県"]
    if not found:
        raise UnknownPlaceError("usage.unknown_prefecture", name=name)
    return found[0].prefecture
