"""Fiscal years in Japanese text: 令和6年度, R6.6.1, 平成元年, 令和6～8年度, ２０２４年, FY2024.

A date counts for the fiscal year it falls in, April to March: 2025年1月 is 2024.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kb.language.eras import ERAS
from kb.language.text import Folded, fold

_KANJI = "〇一二三四五六七八九"
_RANGE = r"(?:\s*(?:年度?)?\s*[~〜～\-‐–—−・,、及からと]{1,2}\s*(?:令和|平成|r)?\s*\d{1,2})?"
_BOTH = r"(?:\s*\(\s*(?:令和|平成|昭和)?\s*(?:元|\d{1,4})\s*年?\s*\))?"  # 令和5（2023）年度
_REST = r"\s*(?:年\s*(?P<{0}fy>度)|年\s*(?P<{0}month>\d{{1,2}})\s*月|年(?!齢|間|代|生|以上|\s*目|ほど|前|後))"
_ERA = (
    rf"(?P<era>令和|平成|昭和)\s*(?P<n>元|\d{{1,2}}|[一二三四五六七八九十]{{1,3}}){_RANGE}{_BOTH}{_REST.format('e')}"
    rf"|(?<![a-z0-9])(?P<letter>[rhs])\s*\.?\s*(?P<m>元|\d{{1,2}})"
    rf"(?:{_RANGE}\s*年\s*(?P<lfy>度)|\s*[./年]\s*(?P<lmonth>\d{{1,2}})(?!\d)(?:\s*[./月])?|\s*年(?!間)|(?<=[rh]元)|(?<=[rh]\d)(?![a-z0-9.,%])|(?<=[rh]\d\d)(?![a-z0-9.,%]))"
)
_WEST = (
    r"(?<!\d)(?P<y>(?:19[5-9]|20[0-6])\d)"
    rf"(?:\s*[~〜～\-–—−・]\s*(?:20)?\d{{2}}(?=\s*年))?{_BOTH}{_REST.format('w')}"
    r"|(?<!\d)(?P<z>20[0-6]\d)\s*[./-]\s*(?P<zmonth>1[0-2]|0?[1-9])(?:\s*[./-]\s*\d{1,2})?(?!\d)"
    r"|\bfy\s*'?(?P<f>20[0-6]\d|[12]\d)(?!\d)|(?P<season>20[0-6]\d)(?=[春夏秋冬])"
    r"|(?P<k>[一二][〇零九][〇零一二三四五六七八九]{2})\s*年(?P<kfy>度)?"
)
_YEAR = re.compile(f"{_ERA}|{_WEST}")


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
    found = []
    for match in _YEAR.finditer(folded.text):
        got = match.groupdict()
        year = _calendar_year(got)
        month = next(
            (int(got[k]) for k in ("emonth", "lmonth", "wmonth", "zmonth") if got[k]), None
        )
        if not 1950 <= year <= 2069 or (month is not None and not 1 <= month <= 12):
            continue
        fiscal = any(got[name] for name in ("efy", "lfy", "wfy", "kfy", "f"))
        early = month is not None and month <= 3 and not fiscal
        span = folded.span(match.start(), match.end())
        found.append(YearMention(year - early, *span, fiscal, month))
    return tuple(found)


def _calendar_year(got: dict[str, str | None]) -> int:
    era, count = got["era"] or got["letter"], got["n"] or got["m"]
    if era and count:
        return ERAS[era] + _number(count)
    if got["k"]:
        return int("".join(str(_KANJI.index(sign)) for sign in got["k"].replace("零", "〇")))
    year = int(got["y"] or got["z"] or got["season"] or got["f"] or 0)
    return year + 2000 if year < 100 else year


def _number(count: str) -> int:
    """元, 6, 六, 十二, 二十三 as a number."""
    if count.isdecimal():
        return int(count)
    if count == "元":
        return 1
    tens, ten, ones = count.rpartition("十")
    return (_KANJI.find(tens or "一") * 10 if ten else 0) + (_KANJI.find(ones) if ones else 0)
