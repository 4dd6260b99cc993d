"""The bands of population as conditions of a question."""

from __future__ import annotations

from dataclasses import dataclass

from kb.places.gazetteer import POPULATION_BANDS, population_band
from web.language import language


@dataclass(frozen=True, slots=True)
class Band:
    """``name`` is as the gazetteer calls it; the last has no ``most``."""

    name: str
    least: int
    most: int | None

    def label(self) -> str:
        """For people: 1万〜2万人, 50万人超."""
        return range_label(self.least, self.most)

    def within(self, small: int | None, large: int | None) -> bool:
        """True when a range takes the whole band in; one without ends is no range."""
        if small is None and large is None:
            return False
        return (small or 0) <= self.least and (
            large is None or (self.most is not None and self.most <= large)
        )


BANDS = tuple(
    Band(population_band(least), least, most)
    for least, most in zip(
        [0, *(most + 1 for most, _ in POPULATION_BANDS)],
        [*(most for most, _ in POPULATION_BANDS), None],
        strict=True,
    )
)
"""Every band, smallest first."""


def range_label(small: int | None, large: int | None) -> str:
    """A range of population for people; either end may be open."""
    if language() == "en":
        return f"{small or 0:,}+" if large is None else f"{small or 0:,}–{large:,}"
    if not small:
        return f"{_count(large or 0)}人以下"
    beyond = small - 1 if (small - 1) % 1000 == 0 else small
    return f"{_count(beyond)}人超" if large is None else f"{_count(beyond)}〜{_count(large)}人"


def _count(number: int) -> str:
    """5千, 1万, 1,234."""
    if number and number % 10_000 == 0:
        return f"{number // 10_000:,}万"
    return (
        f"{number // 1000}千"
        if number and number % 1000 == 0 and number < 10_000
        else f"{number:,}"
    )
