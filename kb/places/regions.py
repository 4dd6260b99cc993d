"""Parts of Japan that people name instead of prefectures: 東北, 山陰, 信州, Kyushu."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kb.base.tables import TableLine, read_table

_DATA = Path(__file__).parent / "data" / "regions.tsv"


@dataclass(frozen=True, slots=True)
class Region:
    """A region that is named in a folded text at ``start`` to ``end``, with its prefectures by
    their full names."""

    label: str
    label_en: str
    start: int
    end: int
    prefectures: tuple[str, ...]


def regions(folded: str) -> tuple[Region, ...]:
    """The regions that a folded text names, in order."""
    rows, patterns = _table()
    found = []
    for pattern in patterns:
        for match in pattern.finditer(folded):
            label, _, english, _ = rows[(match.lastindex or 1) - 1].cells
            prefectures = rows[(match.lastindex or 1) - 1].words(3, " ")
            label_en = english.replace("?", "").title()
            found.append(Region(label, label_en, *match.span(), prefectures))
    return tuple(sorted(found, key=lambda region: region.start))


@cache
def _table() -> tuple[tuple[TableLine, ...], tuple[re.Pattern[str], re.Pattern[str]]]:
    """The rows of the table, and patterns of them all in Japanese and in English."""
    rows = read_table(_DATA, ("label", "Japanese", "English", "prefectures"))
    japanese = re.compile("|".join(f"({row.cells[1]})" for row in rows))
    return rows, (japanese, re.compile("|".join(rf"\b({row.cells[2]})\b" for row in rows)))
