"""Likeness in size to a municipality: 「うちと同じ規模」, 「多可町と同じくらいの規模」."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.base.types import Filters
from kb.places.gazetteer import load_gazetteer
from kb.places.names import Place
from kb.query.conditions.contexts import stands
from kb.query.conditions.found import Found
from kb.query.conditions.typed import Typed

_NEAR = re.compile(
    r"(?:(?:うち|自分|当市|当町|当村|当区|本市|本町|本村|わが[市町村]|我が[市町村])(?:の[市町村]|の自治体)?と?)?"
    r"(?:同じ(?:くらい|ぐらい|程度|位)?の?|似た)(?:自治体)?(?:の)?(?:規模|大きさ|人口)|同(?:程度の)?規模"
    r"|(?:a |of )?similar size|about (?:our|the same) size|(?:as large as|like) (?:us|ours|our (?:town|city|village))"
)
_LIKENESS = 2
"""Populations that are at most twice as large or half as small are about the same."""


def likeness(
    typed: Typed, own: Place | None, places: Sequence[Found]
) -> tuple[Found | None, Found | None]:
    """(what is asked of likeness; the place among ``places`` that was only named for it). Nothing
    when nobody has said which municipality is asking."""
    match = _NEAR.search(typed.folded)
    if not match or not stands("near", typed, *match.span()):
        return None, None
    start, end = match.span()
    named = next((p for p in places if typed.folded[p.end : start] in ("と", "と人口が")), None)
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
