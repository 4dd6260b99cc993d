"""Fiscal years in Japanese text: 令和6年度, R6.6.1, 平成元年, 令和6～8年度, ２０２４年, FY2024.

A date counts for the fiscal year it falls in, April to March: 2025年1月 is 2024.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kb.language.dates import Date, dates
from kb.language.text import Folded, fold

_NOT_BARE = re.compile(r"[a-z0-9.,%]")
_POSSIBLE = range(1950, 2070)


@dataclass(frozen=True, slots=True)
class YearMention:
    """A year in a text: the fiscal year it means, where it stands in the original text, whether it
    was said as a fiscal year (年度), and the month if it was a date."""

    year: int
    start: int
    end: int
    fiscal: bool
    month: int | None


@lru_cache(maxsize=512)
def folded_once(text: str) -> Folded:
    """``text`` folded; the steps that read a case one after the other share the work."""
    return fold(text)


def year_mentions(text: str) -> tuple[YearMention, ...]:
    """The years named in ``text``, in order; of a range the first."""
    folded = folded_once(text)
    return tuple(
        YearMention(date.first_fiscal, *folded.span(date.start, date.end), date.fiscal, date.month)
        for date in dates(folded.text)
        if date.year in _POSSIBLE and _is_said(folded.text, date)
    )


def _is_said(text: str, date: Date) -> bool:
    """True where 年, a month or FY tell that it is a year; R6 alone is one where nothing follows."""
    if date.marked or date.form != "letter":
        return date.marked
    return text[date.start] in "rh" and not _NOT_BARE.match(text, date.end)
