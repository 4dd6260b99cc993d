"""The one grammar of years, dates and ranges of them, in folded text.

令和6年度, 平成元年, 令和六年度, R6.6.1, 令和5（2023）年度, 二〇二四年度, 2024-08-29, FY24, 令和6～8年度, 上半期.
"""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kb.language.eras import ALL, BEFORE
from kb.language.numerals import DIGITS, whole
from kb.language.text import fold_text

Form = Literal["era", "letter", "west", "kanji", "fy"]

_ERA = "|".join(era.name for era in ALL)
_COUNT = r"(?:元|\d{1,2}|[一二三四五六七八九十]{1,3})"
_KANJI = f"[{DIGITS}零]"
# Every name below stands once for the first (@ is a) and once for the last year (b) of a range.
_WRITTEN = (
    rf"(?:(?P<@era>{_ERA})\s*(?P<@n>{_COUNT})(?![十〇\d])"
    r"|(?<![a-z0-9])(?P<@letter>[rhs])\s*\.?\s*(?P<@m>元|\d{1,2})(?!\d)"
    r"|(?<![a-z0-9])fy\s*'?(?P<@fy>(?:19|20)\d\d|[0-3]\d)(?!\d)"
    r"|(?<![\d.,])(?P<@west>(?:19|20)\d\d)(?!\d)"
    rf"|(?<!{_KANJI})(?P<@kanji>[一二][〇零九]{_KANJI}{{2}})(?!{_KANJI}))"
    rf"(?:\s*\(\s*(?:{_ERA}|[rh])?\s*(?:元|\d{{1,4}})\s*年?度?\s*\))?"
)
_NO_YEAR = "齢|間|代|生|以上|目|ほど|くらい|ぐらい|前|後|分|保存|余"
_REST = (
    r"(?:\s*年\s*(?P<@fiscal>度)|\s*年\s*(?P<@month>\d{1,2}|[一二三四五六七八九]|十[一二]?)\s*月(?:\s*(?P<@day>\d{1,2})\s*日)?"
    rf"|\s*(?P<@said>年)(?!\s*(?:{_NO_YEAR}))|(?P<@bare>度)(?=[のにはで末当,、\s]|$)"
    r"|\s*[./]\s*(?P<@dmonth>1[0-2]|0?[1-9])(?:\s*[./]\s*(?P<@dday>[0-3]?\d))?(?![\d%])\s*月?"
    r"|\s*-\s*(?P<@imonth>1[0-2]|0[1-9]|[1-9](?=\s*-\s*\d))(?:\s*-\s*(?P<@iday>[0-3]\d))?(?!\s*年|\d)"
    r"|(?P<@season>(?=[春夏秋冬])))?"
)
_HALF = r"(?:の?(?:上半期|下半期|上期|下期|第[1-4一二三四]四半期))?"
_BETWEEN = r"\s*(?:(?P<range>から|[~〜‐–—−-]{1,2}|\bto\b|\band\b)|(?P<list>[・,、]|及び?|と))\s*"
_SHORT = rf"(?P<short>\d{{1,2}})\s*年(?!{_NO_YEAR})(?P<sfiscal>度)?(?:\s*(?P<smonth>\d{{1,2}})月)?"
_POINT = _WRITTEN + _REST
_DATES = re.compile(
    f"{_POINT.replace('@', 'a')}{_HALF}"
    f"(?:{_BETWEEN}(?:{_POINT.replace('@', 'b')}|{_SHORT}){_HALF})?"
)
_COMPACT = re.compile(
    r"(?<!\d)(?:(?P<west>20\d\d)[-_.]?(?P<m>0[1-9]|1[0-2])[-_.]?(?P<d>[0-3]\d)"
    r"|(?P<letter>[rh])?0?(?P<n>\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d))(?!\d)"
)

YEAR = re.sub(r"[(][?]P<@\w+>", "(?:", _WRITTEN) + "年?"
"""The pattern of a year, in any writing, for larger patterns; it has no groups."""

_LEAP = 2024  # in which every month has all the days that it can have

MONTH = r"(?:1[0-2]|0?[1-9])月(?:\d{1,2}日|上旬|中旬|下旬|末|初め)?"
"""The pattern of a month or of a day of it."""


@dataclass(frozen=True, slots=True)
class Date:
    """A year, a date or a range from ``start`` to ``end`` of a folded text.

    ``year`` is as it was said: a fiscal year where ``fiscal``, else a calendar year; ``month`` and
    ``day`` are None where not said; ``last`` is the last year of a range (None: no range), also as
    said. ``form`` is how the year is written, ``marked`` True where 年, a month or FY say that it
    is one.
    """

    start: int
    end: int
    year: int
    month: int | None
    day: int | None
    fiscal: bool
    form: Form
    marked: bool
    last: int | None = None
    last_month: int | None = None

    @property
    def first_fiscal(self) -> int:
        """The fiscal year (April to March) in which it begins: 2025年1月 is 2024."""
        return self.year - (not self.fiscal and self.month is not None and self.month < 4)

    @property
    def last_fiscal(self) -> int:
        """The fiscal year in which it ends."""
        if self.last is None:
            return self.first_fiscal
        early = not self.fiscal and self.last_month is not None and self.last_month < 4
        return self.last - early


def dates(folded: str) -> Iterator[Date]:
    """What looks like a year or a date, in order; a month or a range that cannot be is left out."""
    at = 0
    while match := _DATES.search(folded, at):
        found = _read(match)
        yield found
        at = max(found.end, match.start() + 1)


def compact(folded: str) -> tuple[int, int, datetime.date] | None:
    """The first date in digits alone, as in file names (20240401, R060301, 060301), with its span."""
    for match in _COMPACT.finditer(folded):
        count = match["n"]
        year = int(match["west"]) if match["west"] else BEFORE[match["letter"] or "r"] + int(count)
        month, day = int(match["m"] or match["month"]), int(match["d"] or match["day"])
        try:
            return *match.span(), datetime.date(year, month, day)
        except ValueError:
            continue
    return None


def iso_day(text: str) -> str:
    """The day that ``text`` is, as ISO 8601; "" when it is none, or none of the calendar."""
    folded = fold_text(text).strip()
    date = next(dates(folded), None)
    if date is None or folded[date.start : date.end] != folded or not (date.month and date.day):
        return ""
    try:
        return datetime.date(date.year, date.month, date.day).isoformat()
    except ValueError:
        return ""


def _read(match: re.Match[str]) -> Date:
    year, form = _year(match, "a")
    month, day = _month(match, "a")
    fiscal = bool(match["afiscal"] or match["abare"]) or form == "fy"
    marked = fiscal or month is not None or bool(match["asaid"]) or match["aseason"] is not None
    last, last_month, end = None, None, match.end()
    if match["range"] or match["list"]:
        short = match["short"]
        last = _short_year(match, year, form) if short else _year(match, "b")[0]
        said = int(match["smonth"] or 0) or None
        last_month = said if short else _month(match, "b")[0]
        is_range = year < last or (year == last and (month or 0) < (last_month or 0))
        if not is_range or (match["list"] and not short):
            last, last_month, end = None, None, match.start("range" if match["range"] else "list")
        else:
            fiscal = fiscal or bool(match["sfiscal"] or match["bfiscal"])
            marked = marked or bool(short) or any(match[f"b{n}"] for n in ("fiscal", "said"))
    return Date(
        match.start(), _trimmed(match.string, end), year, month, day, fiscal, form, marked,
        last, last_month,
    )  # fmt: skip


def _trimmed(text: str, end: int) -> int:
    while text[end - 1].isspace():
        end -= 1
    return end


def _year(match: re.Match[str], side: str) -> tuple[int, Form]:
    if match[f"{side}era"]:
        return BEFORE[match[f"{side}era"]] + _count(match[f"{side}n"]), "era"
    if match[f"{side}letter"]:
        return BEFORE[match[f"{side}letter"]] + _count(match[f"{side}m"]), "letter"
    if match[f"{side}fy"]:
        year = int(match[f"{side}fy"])
        return year + 2000 if year < 100 else year, "fy"
    if match[f"{side}kanji"]:
        return whole(match[f"{side}kanji"]), "kanji"
    return int(match[f"{side}west"]), "west"


def _short_year(match: re.Match[str], first: int, form: Form) -> int:
    """The 8 of 令和6〜8年度, the 22 of 2020〜22年."""
    count = int(match["short"])
    if form == "era":
        return BEFORE[match["aera"]] + count
    if form == "letter":
        return BEFORE[match["aletter"]] + count
    return first // 100 * 100 + count


def _count(count: str) -> int:
    return 1 if count == "元" else whole(count)


def _month(match: re.Match[str], side: str) -> tuple[int | None, int | None]:
    """(month, day); (None, None) for what cannot be one: 13月, 2月30日."""
    month = match[f"{side}month"] or match[f"{side}dmonth"] or match[f"{side}imonth"]
    day = match[f"{side}day"] or match[f"{side}dday"] or match[f"{side}iday"]
    number = whole(month or "")
    if not 1 <= number <= 12 or not 1 <= int(day or 1) <= monthrange(_LEAP, number)[1]:
        return None, None
    return number, int(day) if day else None
