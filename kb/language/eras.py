"""The one table of the Japanese eras."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Era:
    """An era by its name, its letter and its name in English; ``begin`` is its first day."""

    name: str
    letter: str
    english: str
    begin: datetime.date

    @property
    def before(self) -> int:
        """The western year before its first: 2018 for 令和."""
        return self.begin.year - 1


ALL = (
    Era("令和", "r", "Reiwa", datetime.date(2019, 5, 1)),
    Era("平成", "h", "Heisei", datetime.date(1989, 1, 8)),
    Era("昭和", "s", "Showa", datetime.date(1926, 12, 25)),
    Era("大正", "t", "Taisho", datetime.date(1912, 7, 30)),
    Era("明治", "m", "Meiji", datetime.date(1868, 1, 25)),
)
"""The eras since the calendar is the western one, the newest first."""

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

BEFORE: Mapping[str, int] = {name: era.before for era in ALL for name in (era.name, era.letter)}
"""The western year before the first of every era, by its name and by its letter (folded)."""


def era_of(date: datetime.date) -> Era | None:
    """The era that a day belongs to; None before 1868."""
    return next((era for era in ALL if date >= era.begin), None)


def in_era(year: int) -> tuple[Era, int] | None:
    """The era in which a fiscal year (April to March) is counted, and its count: 2019 is 令和1."""
    era = next((era for era in ALL if year > era.before), None)
    return (era, year - era.before) if era else None


def written(year: int) -> tuple[str, ...]:
    """How texts write a year: 2023, 令和5年, in digits of both widths."""
    told, era = [str(year)], in_era(year)
    if era:
        told += [f"{era[0].name}{era[1]}年", *([f"{era[0].name}元年"] if era[1] == 1 else [])]
    return tuple(dict.fromkeys((*told, *(word.translate(_WIDE) for word in told))))
