"""Filters as people write them, turned into what the store compares."""

from __future__ import annotations

import math
from dataclasses import replace

from kb.base.errors import UnknownPlaceError, UsageError
from kb.base.filters import FILTERS, Filter, Filters
from kb.base.record import FACTS, label, own_key
from kb.language.dates import iso_day
from kb.language.programmes import asked
from kb.places.gazetteer import Place, load_gazetteer


def resolve_filters(filters: Filters) -> Filters:
    """``filters`` with municipalities as codes (and names, for cases whose municipality was left
    open) and prefectures by their full name.

    Raises UnknownPlaceError or UsageError, naming what is unknown.
    """
    for row, values in filters.given():
        _check_values(row, values)
    for name, row in FILTERS.items():
        low, high = getattr(filters, name), getattr(filters, name.replace("_from", "_to"), None)
        if name.endswith("_from") and None not in (low, high) and low > high:
            raise UsageError("usage.range_reversed", what=label(row.subject), low=low, high=high)
    prefectures = tuple(_prefecture(name) for name in filters.prefectures)
    wanted: list[str] = []
    for name in filters.municipalities:
        places = _municipalities(name)
        wanted += [place.code for place in places] + [place.name for place in places]
    return replace(
        filters,
        municipalities=tuple(dict.fromkeys(wanted)),
        prefectures=prefectures,
        fundings=asked(filters.fundings),
        facts=tuple(map(_fact, filters.facts)),
    )


def _check_values(row: Filter, values: tuple[object, ...]) -> None:
    what = label(row.subject)
    unknown = [value for value in values if row.choices and value not in row.choices]
    if unknown:
        raise UsageError("usage.unknown_value", what=what, name=unknown[0], choices=row.choices)
    if row.kind == "day" and iso_day(str(values[0])) != values[0]:
        raise UsageError("usage.no_day", what=what, value=values[0])


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


def _fact(said: str) -> str:
    """「調達：公募型」 as procurement:公募型."""
    name, _, value = said.replace("：", ":").partition(":")
    kind = own_key(name)
    if kind not in FACTS:
        raise UsageError("usage.unknown_value", what=label("fact"), name=said, choices=tuple(FACTS))
    return f"{kind}:{value.strip()}"


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
