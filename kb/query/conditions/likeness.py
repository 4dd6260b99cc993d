"""Likeness and nearness to a municipality: 「うちと同じ規模」, 「多可町より小さい町」, 「多可町の近く」."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.base.types import Filters
from kb.places.gazetteer import distance_km, load_gazetteer
from kb.places.names import PREFECTURE, Place
from kb.query.conditions.contexts import stands
from kb.query.conditions.found import Found
from kb.query.conditions.typed import Typed

_OURS = r"(?:うち|自分|当市|当町|当村|当区|本市|本町|本村|わが[市町村]|我が[市町村])(?:の[市町村]|の自治体)?"
_NEAR = re.compile(
    rf"(?:{_OURS}と?)?"
    r"(?:同じ(?:くらい|ぐらい|程度|位)?の?|似た)(?:自治体)?(?:の)?(?:規模|大きさ|人口)|同(?:程度の)?規模"
    r"|(?:a |of )?similar size|about (?:our|the same) size|(?:as large as|like) (?:us|ours|our (?:town|city|village))"
)
_LIKE = re.compile(
    r"(?:くらい|ぐらい|ほど|程度|並み)の(?:規模|大きさ|人口)(?:の(?:市町村?|自治体|[市町村]|まち))?"
    r"|(?:みたいな|のような|に似た|と似た)(?:小さな|大きな)?(?:規模の?)?(?:市町村?|自治体|[市町村]|まち)"
)
"""Behind a municipality: 「神河町くらいの規模」, 「多可町のような町」."""

_SMALLER = r"小さ[いなく]|少な[いくめ]|小規模な?"
_LARGER = r"大き[いなく]|多[いく]|大規模な?"
_IS = r"(?:人口|規模|人口規模)?[がのもは]?"
_OF = (
    r"(?=$|[\s、。でにがはをもの市町村]|自治体|まち|ところ|団体|都市)(?:の?(?:自治体|まち|ところ))?"
)
_THAN = re.compile(
    rf"より(?:も|は)?{_IS}(?:(?P<less>{_SMALLER})|(?:{_LARGER})){_OF}"
    rf"|(?:ほど|程)(?:に?は|に)?{_IS}(?:(?P<no_more>(?:大き|多)く)|(?:小さ|少な)く)は?(?:ない|無い){_OF}"
)
_THAN_EN = re.compile(r"\b(?:(?P<less>smaller)|(?:larger|bigger)) than (?:the (?:city|town) of )?$")
"""Beside a municipality: 「神戸市ほど大きくない市」, "smaller than Kobe"."""

_LIKENESS = 2
"""Populations that are at most twice as large or half as small are about the same."""

_AROUND = re.compile(
    r"の?(?:近く|近隣|近所|近辺|周辺|付近|まわり|周り)(?:の?(?:市町村?|自治体|町|市))?"
    r"|に近い(?:市町村?|自治体|[市町村]|まち|ところ)"
    r"|の?(?:お?隣|お?となり)の(?:市町村?|自治体|[市町村]|まち)|[にと](?:隣接(?:する|した)|隣り合う)(?:市町村?|自治体|[市町村]|まち)"
)
_AROUND_EN = re.compile(
    r"\b(?:near(?: to)?|around|close to|next (?:door )?to|adjacent to|bordering|neighbou?ring) (?:the )?$"
)
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


def compared(typed: Typed, own: Place | None, places: Sequence[Found]) -> Iterator[Found]:
    """What has fewer, or more, inhabitants than a municipality that is named for that alone, or than
    ``own``: 「うちより小さい町」."""
    ours = ((m.start(), m.end(), own) for m in re.finditer(_OURS, typed.folded))
    named = ((p.start, p.end, _place(typed, p)) for p in places if p.kind == "place")
    for start, end, place in (*ours, *named):
        behind = _THAN.match(typed.folded, end)
        before = _THAN_EN.search(typed.folded[:start])
        if place is None or not place.population or not (behind or before):
            continue
        is_less = any(match and match.lastgroup for match in (before, behind))
        low, high = (None, place.population - 1) if is_less else (place.population + 1, None)
        start, end = before.start() if before else start, behind.end() if behind else end
        yield Found(
            "near", start, end, f"{place.name}より{'小さい' if is_less else '大きい'}",
            f"{'smaller' if is_less else 'larger'} than {place.name}",
            Filters(population_from=low, population_to=high), low, high, True, other_than=place.code,
        )  # fmt: skip


def unsaid_own(typed: Typed, places: Sequence[Found]) -> Iterator[tuple[int, int]]:
    """Spans that compare with whoever asks, for when nobody has said who that is: 「うちより大きい」,
    「うちと同じくらいの規模」. As words to look for they find nonsense."""
    for ours in re.finditer(_OURS, typed.folded):
        if behind := _THAN.match(typed.folded, ours.end()):
            yield ours.start(), behind.end()
    near = _NEAR.search(typed.folded)
    if near and re.match(_OURS, near[0]) and likeness(typed, None, places) == (None, None):
        yield near.start(), near.end() + typed.folded[near.end() :].startswith("の")


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
    is_ours = re.match(_OURS, match[0])
    if named is None and not is_ours and not stands("near", typed, start, end):
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
