"""Likeness and nearness to a municipality: 「うちと同じ規模」, 「多可町と同じくらいの規模」, 「多可町の近く」."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.base.types import Filters
from kb.places.gazetteer import distance_km, load_gazetteer
from kb.places.names import PREFECTURE, Place
from kb.query.conditions.contexts import stands
from kb.query.conditions.found import Found
from kb.query.conditions.typed import Typed

_NEAR = re.compile(
    r"(?:(?:うち|自分|当市|当町|当村|当区|本市|本町|本村|わが[市町村]|我が[市町村])(?:の[市町村]|の自治体)?と?)?"
    r"(?:同じ(?:くらい|ぐらい|程度|位)?の?|似た)(?:自治体)?(?:の)?(?:規模|大きさ|人口)|同(?:程度の)?規模"
    r"|(?:a |of )?similar size|about (?:our|the same) size|(?:as large as|like) (?:us|ours|our (?:town|city|village))"
)
_LIKE = re.compile(
    r"(?:くらい|ぐらい|ほど|程度|並み)の(?:規模|大きさ|人口)(?:の(?:市町村?|自治体|[市町村]|まち))?"
    r"|(?:みたいな|のような|に似た|と似た)(?:小さな|大きな)?(?:規模の?)?(?:市町村?|自治体|[市町村]|まち)"
)
"""Behind a municipality: 「神河町くらいの規模」, 「多可町のような町」."""

_LIKENESS = 2
"""Populations that are at most twice as large or half as small are about the same."""

_AROUND = re.compile(
    r"の?(?:近く|近隣|近所|近辺|周辺|付近|まわり|周り)(?:の?(?:市町村?|自治体|町|市))?"
    r"|に近い(?:市町村?|自治体|[市町村]|まち|ところ)"
)
_AROUND_EN = re.compile(r"\b(?:near(?: to)?|around|close to) (?:the )?$")
_KM = 30.0
"""Between town halls that people call near: an hour's drive there and back."""


def neighbours(typed: Typed, places: Sequence[Found]) -> Iterator[Found]:
    """What lies within a short drive of the municipalities that are named with 「の近く」."""
    for one in places:
        behind = _AROUND.match(typed.folded, one.end)
        before = _AROUND_EN.search(typed.folded[: one.start])
        place = _place(typed, one) if (behind or before) and one.kind == "place" else None
        if place is None or place.kind == PREFECTURE:
            continue
        near = [p.code for p in load_gazetteer().places() if distance_km(place, p) <= _KM]
        start, end = before.start() if before else one.start, behind.end() if behind else one.end
        yield Found(
            "near", start, end, f"{place.name}の近く", f"near {place.name}",
            Filters(municipalities=tuple(near)), other_than=place.code,
        )  # fmt: skip


def likeness(
    typed: Typed, own: Place | None, places: Sequence[Found]
) -> tuple[Found | None, Found | None]:
    """(what is asked of likeness; the place among ``places`` that was only named for it). Nothing
    when nobody has said which municipality is asking."""
    behind = ((p, _LIKE.match(typed.folded, p.end)) for p in places if p.kind == "place")
    named, match = next(((p, m) for p, m in behind if m), (None, _NEAR.search(typed.folded)))
    if not match:
        return None, None
    start, end = match.span()
    before = (p for p in places if typed.folded[p.end : start] in ("と", "と人口が"))
    named = named or next(before, None)
    if named is None and not stands("near", typed, start, end):
        return None, None
    if named is not None:
        own, start = _place(typed, named), named.start
    if own is None or not own.population:
        return None, named
    like = Filters(
        population_from=-(-own.population // _LIKENESS),
        population_to=own.population * _LIKENESS,
    )
    label, label_en = f"{own.name}と同じくらいの規模", f"about as large as {own.name}"
    found = Found(
        "near", start, end, label, label_en, like,
        like.population_from, like.population_to, other_than=own.code,
    )  # fmt: skip
    return found, named


def _place(typed: Typed, named: Found) -> Place | None:
    """The one place that a name means."""
    candidates = load_gazetteer().find(typed.folded[named.start : named.end])
    return candidates[0] if len(candidates) == 1 else None
