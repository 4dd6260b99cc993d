"""Which fiscal years a question means: 令和5年度以降, R4, ここ3年, since 2022."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.language.eras import ERAS

_RECENT = 3
"""Fiscal years before this one that 「最近の」 and "recent" reach back: about one term of a plan."""

# A number after these is no year: 2000人, 2000円.
_COUNTED = "人|円|件|台|世帯|戸|校|社|枚|万|千|,|\\d|\\.\\d"
_LETTER = "(?<![a-z0-9])[rh](?=(?:元|\\d{1,2})(?![a-z0-9.+-]))"


def _one(side: str) -> str:
    """The pattern of a year; its groups begin with ``side``."""
    return (
        f"(?:(?P<{side}era>令和|平成|昭和|{_LETTER})(?P<{side}n>元|\\d{{1,2}})"
        f"|(?P<{side}year>(?:19|20)\\d\\d)(?!{_COUNTED}))年?度?"
    )


_RANGE = re.compile(
    _one("a") + r"\s*(?:から|[~〜-]|to|and)\s*(?:"
    + _one("b") + r"|(?P<short>\d{1,2})年度?)(?:まで)?(?!\d)"
)  # fmt: skip
_YEAR = re.compile(_one("a") + r"\s*(?P<bound>以降|以後|から|より後|以前|まで|より前)?(?:の間)?")
_ENGLISH = re.compile(
    r"\b(?P<bound>since|after|from|before|until|in)\s+(?:fy\s?)?(?P<year>(?:19|20)\d\d)\b"
)
_SPAN = re.compile(
    r"(?:ここ|過去|直近|最近|この)の?(?P<n>\d{1,2}|[一二三四五六七八九十])[年箇か]年?(?:間|度)?"
    r"|\b(?:last|past|recent) (?P<en>\d{1,2}|two|three|four|five|ten) years\b"
)
_AGO = re.compile(
    r"(?P<n>\d{1,2}|[一二三四五六七八九])年(?:ほど|くらい)?前|\b(?P<en>\d{1,2}|two|three|four|five|ten) years ago\b"
)
_NAMED = re.compile(
    r"(?P<two>一昨年度?|おととし)|(?P<one>昨年度?|去年度?|前年度|\blast (?:fiscal )?year\b)"
    r"|(?P<now>今年度?|本年度|\bthis (?:fiscal )?year\b)|(?P<recent>最近|近年|最新|\brecent(?:ly)?\b)"
)
_WORDS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
          "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}  # fmt: skip
_AFTER = frozenset("以降 以後 から より後 since after from".split())
_BEFORE = frozenset("以前 まで より前 before until".split())


@dataclass(frozen=True, slots=True)
class Years:
    """Fiscal years from ``low`` to ``high``, both inclusive (None: no bound), as the words
    ``typed`` say."""

    typed: str
    low: int | None
    high: int | None

    @property
    def label(self) -> str:
        """How to show them: 2023年度から."""
        if self.low == self.high:
            return f"{self.low}年度"
        if self.low and self.high:
            return f"{self.low}〜{self.high}年度"
        return f"{self.low}年度から" if self.low else f"{self.high}年度まで"

    @property
    def label_en(self) -> str:
        """The same in English: FY2023 or later."""
        if self.low == self.high:
            return f"FY{self.low}"
        if self.low and self.high:
            return f"FY{self.low}–{self.high}"
        return f"FY{self.low} or later" if self.low else f"FY{self.high} or earlier"


def years(folded: str, today: datetime.date) -> tuple[Years, ...]:
    """The fiscal years that a folded text names, in order; relative ones are counted from the
    fiscal year of ``today``."""
    found: list[tuple[int, int, Years]] = []
    for start, end, said in (*_ranges(folded), *_single(folded), *_relative(folded, today)):
        if all(end <= s or start >= e for s, e, _ in found):
            found.append((start, end, said))
    return tuple(said for _, _, said in sorted(found, key=lambda item: item[0]))


def _ranges(folded: str) -> Iterator[tuple[int, int, Years]]:
    for match in _RANGE.finditer(folded):
        low = _western(match, "a")
        if match["short"]:
            high = (ERAS[match["aera"]] if match["aera"] else low // 100 * 100) + int(
                match["short"]
            )
        else:
            high = _western(match, "b")
        if low <= high:
            yield match.start(), match.end(), Years(match.group(), low, high)


def _single(folded: str) -> Iterator[tuple[int, int, Years]]:
    for match in _ENGLISH.finditer(folded):
        yield *match.span(), _bounded(match.group(), int(match["year"]), match["bound"])
    for match in _YEAR.finditer(folded):
        yield *match.span(), _bounded(match.group(), _western(match, "a"), match["bound"])


def _bounded(typed: str, year: int, bound: str | None) -> Years:
    if bound in _AFTER:
        return Years(typed, year, None)
    return Years(typed, None if bound in _BEFORE else year, year)


def _western(match: re.Match[str], side: str) -> int:
    if match[f"{side}year"]:
        return int(match[f"{side}year"])
    number = match[f"{side}n"]
    return ERAS[match[f"{side}era"]] + (1 if number == "元" else int(number))


def _relative(folded: str, today: datetime.date) -> Iterator[tuple[int, int, Years]]:
    this = today.year - (today.month < 4)
    for match in _SPAN.finditer(folded):
        yield *match.span(), Years(match.group(), this - _number(match), None)
    for match in _AGO.finditer(folded):
        year = this - _number(match)
        yield *match.span(), Years(match.group(), year, year)
    for match in _NAMED.finditer(folded):
        if match["recent"]:
            yield *match.span(), Years(match.group(), this - _RECENT, None)
        else:
            year = this - (2 if match["two"] else 1 if match["one"] else 0)
            yield *match.span(), Years(match.group(), year, year)


def _number(match: re.Match[str]) -> int:
    word = match["n"] or match["en"]
    return _WORDS.get(word) or int(word)
