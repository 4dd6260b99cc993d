"""What municipalities like one did lately, by 分野, with what it brought, and where none did anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from kb.advice.asked import answers, asked
from kb.advice.quotes import Quote
from kb.base.types import FIELDS, Case
from kb.places.gazetteer import LikenessWeights, Place, load_gazetteer

ALIKE = 40
"""Municipalities with cases that count as like one."""

_EACH = 2  # cases of a 分野


@dataclass(frozen=True, slots=True)
class FieldLately:
    """A 分野 with the latest cases of municipalities like one, each with an effect that it quotes
    (None where it names none)."""

    field: str
    cases: tuple[tuple[Case, Quote | None], ...]


def lately(
    place: Place, cases: Sequence[Case], weights: LikenessWeights
) -> tuple[tuple[FieldLately, ...], tuple[str, ...]]:
    """By 分野 what the municipalities most like ``place`` did, the latest first, those that name an
    effect before others; and the 分野 in which ``cases`` know of none of them."""
    alike = alike_codes(place, cases, weights)
    effect = next(point for point in asked("row") if point.name == "効果")
    found: dict[str, list[tuple[Case, Quote | None]]] = {}
    for case in (c for c in cases if c.code in alike):
        found.setdefault(case.field, []).append((case, next(iter(answers(case, effect)), None)))
    told = []
    for field in FIELDS[:-1]:
        order = sorted(
            found.get(field, ()),
            key=lambda pair: (pair[1] is None, -(pair[0].year or 0), alike[pair[0].code]),
        )
        if order:
            told.append(FieldLately(field, tuple(order[:_EACH])))
    return tuple(told), tuple(field for field in FIELDS[:-1] if field not in found)


def alike_codes(place: Place, cases: Sequence[Case], weights: LikenessWeights) -> dict[str, int]:
    """The municipalities with cases that are most like ``place``, by code, with their ranks."""
    known = {case.code for case in cases}
    likely = (p.code for p, _ in load_gazetteer().similar(place, 10_000, weights))
    return {code: at for at, code in enumerate(islice((c for c in likely if c in known), ALIKE))}
