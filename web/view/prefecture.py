"""A prefecture as a map of its municipalities, each a dot where its office stands."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kb.places.gazetteer import Place, load_gazetteer

WIDTH = 600
_MARGIN = 40
_TALLEST = 600
_REACH = 2.0
"""Interquartile ranges from the median within which distances are true. Remote islands beyond are
drawn nearer, or they would leave no room for the rest."""

_LETTER, _LINE = 13, 16  # size of a name


@dataclass(frozen=True, slots=True)
class Dot:
    """A municipality. ``level`` is 0 for none to 4 for the most cases; ``named`` when there is room
    for its name; ``here`` for the one that the page is about."""

    name: str
    x: float
    y: float
    count: int
    level: int
    address: str
    named: bool
    here: bool = False


@dataclass(frozen=True, slots=True)
class PrefectureMap:
    """The drawing, in its own units; those with most cases come last and lie on top."""

    prefecture: str
    dots: tuple[Dot, ...]
    width: int
    height: int


def draw(
    prefecture: str, counts: Mapping[str, int], address: Callable[[Place], str], here: str = ""
) -> PrefectureMap:
    """The map with ``counts`` by name; ``here`` is the code of the municipality to point out."""
    places = load_gazetteer().municipalities(prefecture)
    spots, height = _projected(places)
    most = max((counts.get(place.name, 0) for place in places), default=0)
    order = sorted(
        range(len(places)), key=lambda i: (places[i].code != here, -counts.get(places[i].name, 0))
    )
    taken: list[tuple[float, float, float]] = []
    dots = []
    for i in order:
        place, (x, y) = places[i], spots[i]
        count, is_here = counts.get(place.name, 0), place.code == here
        named = (count > 0 or is_here) and _fits(taken, x, y, len(place.name) * _LETTER)
        level = 0 if not count else max(1, -(-4 * count // most))
        dots.append(Dot(place.name, x, y, count, level, address(place), named, is_here))
    return PrefectureMap(prefecture, tuple(dots[::-1]), WIDTH, height)


def _projected(places: Sequence[Place]) -> tuple[list[tuple[float, float]], int]:
    """Where the places lie in the drawing, north up, a degree as long as it is there; the height."""
    if not places:
        return [], _TALLEST
    narrow = math.cos(math.radians(statistics.median(place.latitude for place in places)))
    across = [x * narrow for x in _pressed([place.longitude for place in places])]
    down = [-y for y in _pressed([place.latitude for place in places])]
    west, north = min(across), min(down)
    scale = min(
        (WIDTH - 2 * _MARGIN - 6 * _LETTER) / max(1e-6, max(across) - west),
        (_TALLEST - 2 * _MARGIN) / max(1e-6, max(down) - north),
    )
    spots = [
        (round(_MARGIN + (x - west) * scale, 1), round(_MARGIN + (y - north) * scale, 1))
        for x, y in zip(across, down, strict=True)
    ]
    return spots, round((max(down) - north) * scale) + 2 * _MARGIN


def _pressed(values: Sequence[float]) -> list[float]:
    """The values with outliers drawn nearer, in the same order."""
    if len(values) < 4:
        return list(values)
    low, middle, high = statistics.quantiles(values, n=4)
    reach = _REACH * max(high - low, 1e-3)

    def press(value: float) -> float:
        far = abs(value - middle) / reach
        if far <= 1:
            return value
        return middle + math.copysign(reach * (1 + 0.15 * math.log(far)), value - middle)

    return [press(value) for value in values]


def _fits(taken: list[tuple[float, float, float]], x: float, y: float, width: float) -> bool:
    """Takes the room right of a dot for its name, unless another name stands there."""
    if any(abs(y - top) < _LINE and x < right and left < x + width for left, top, right in taken):
        return False
    taken.append((x, y, x + width))
    return True
