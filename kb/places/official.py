"""What the ministries' tables tell of a municipality beside others: the newest figure of each kind, how alike
two are in them, and who among those like it has a service already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.base.types import OfficialFigure
from kb.places.names import Place

FINANCE, SORT = "財政力指数", "類似団体区分"
"""Figures that say how alike two municipalities are."""

Official = Mapping[str, Mapping[str, OfficialFigure]]
"""The newest figures by the municipality's code and their name."""


@dataclass(frozen=True, slots=True)
class ServiceOfOthers:
    """Whether a municipality has a service (None where no table says), the figure that says so, and those
    like it that have it, of so many that a table ``asked``."""

    name: str
    own: OfficialFigure | None
    having: tuple[Place, ...]
    asked: int
    newest: OfficialFigure


def newest_of(figures: Iterable[OfficialFigure]) -> Official:
    """The figures, of those of one name the latest, of one year that of the document that came last."""
    found: dict[str, dict[str, OfficialFigure]] = {}
    for figure in sorted(figures, key=lambda one: (_year(one), one.document_id)):
        found.setdefault(figure.code, {})[figure.name] = figure
    return found


def with_finance(
    official: Official, place: Place, other: Place, likeness: float, weight: float
) -> float:
    """The ``likeness`` of two municipalities (0 to 1) with their 財政力指数 at that weight beside all else;
    as it was where one of them has none."""
    pair = [official.get(code, {}).get(FINANCE) for code in (place.code, other.code)]
    numbers = sorted(figure.number or 0.0 for figure in pair if figure)
    if len(numbers) < 2 or not numbers[1]:
        return likeness
    return (likeness + weight * numbers[0] / numbers[1]) / (1 + weight)


def services_of_others(
    official: Official, place: Place, alike: Sequence[Place]
) -> tuple[ServiceOfOthers, ...]:
    """Each service that a table tells of, those first that the municipality has not and others have."""
    own = official.get(place.code, {})
    told: dict[str, list[tuple[Place, OfficialFigure]]] = {
        name: [] for name, figure in own.items() if figure.met is not None
    }
    for other in alike:
        for name, figure in official.get(other.code, {}).items():
            if figure.met is not None:
                told.setdefault(name, []).append((other, figure))
    found = [
        ServiceOfOthers(
            name, own.get(name), tuple(other for other, figure in asked if figure.met), len(asked),
            max([*(f for _, f in asked), *([own[name]] if name in own else [])], key=_year),
        )
        for name, asked in told.items()
    ]  # fmt: skip
    return tuple(
        sorted(found, key=lambda one: (bool(one.own and one.own.met), -len(one.having), one.name))
    )


def _year(figure: OfficialFigure) -> int:
    return figure.year or 0
