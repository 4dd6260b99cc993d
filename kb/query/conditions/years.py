"""Which fiscal years a question means: 令和5年度以降, R4, ここ3年, since 2022."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import replace

from kb.base.types import Filters
from kb.language.dates import Date, dates
from kb.language.eras import written
from kb.language.numerals import NUMBER, whole
from kb.query.conditions.contexts import stands
from kb.query.conditions.found import Found, apart
from kb.query.conditions.typed import Typed

_RECENT = 3
"""Fiscal years before this one that 「最近の」 and "recent" reach back: about one term of a plan."""

_OLDEST = 2000  # no case of municipal DX is older; an older year dates something else

# A bound behind a year, and how far it moves it: 2020年より前 ends with 2019.
_AFTER = {"以降": 0, "以後": 0, "から": 0, "より後": 1, "since": 0, "after": 1, "from": 0,
          **dict.fromkeys(("or later", "and later", "onwards", "onward"), 0)}  # fmt: skip
_BEFORE = {
    "以前": 0,
    "まで": 0,
    "より前": -1,
    "before": -1,
    "until": 0,
    "up to": 0,
    "by": 0,
    "or earlier": 0,
}
_BEHIND = re.compile(
    r"\s*(?P<bound>以降|以後|から|より後|以前|まで|より前)(?:の間)?|\s+(?P<en>(?:or|and) later|or earlier|onwards?)\b"
)
_BEGUN = re.compile(
    r"に(?:始め|はじめ|始ま|スタートし)た(?=取り?組|事例|ところ|自治体|市町村|もの|例)"
)
_AROUND = re.compile(r"(?:ごろ|頃|あたり)(?!の(?:子|気))")
_ENGLISH = re.compile(
    r"\b(?P<bound>since|after|from|before|until|up to|by|in|during|between)\s+(?:the )?$"
)
_LATIN_BEFORE, _LATIN_BEHIND = re.compile(r"[a-z.)] $"), re.compile(r" [a-z(]")

_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
_EN = r"(?P<en>\d{1,2}|two|three|four|five|ten)"
_SPAN = re.compile(
    rf"(?:ここ|過去|直近|最近|この)の?(?:[1-9一二三四五][、,・〜~-]|[一二三四](?=[二三四五]年))?(?P<n>{NUMBER})[年箇かヶカ]年?(?:間|度)?|\b(?:last|past|recent) {_EN} years\b"
)
_AGO = re.compile(rf"(?P<n>{NUMBER})年(?:ほど|くらい)?前|\b{_EN} years ago\b")
_NAMED = re.compile(
    r"(?P<two>一昨年度?|おととし)|(?P<one>昨年度?|去年度?|前年度|\blast (?:fiscal )?year\b)"
    r"|(?P<now>今年度?|本年度|\bthis (?:fiscal )?year\b)|(?P<recent>最近|近年|(?:ここ|この)数年(?:間)?|\brecent(?:ly)?\b)|(?P<newest>最新|直近)"
)
_YEARS_BACK = 10  # what lies longer ago than a plan lasts is told of other things


def years(typed: Typed, today: datetime.date) -> tuple[Found, ...]:
    """The fiscal years that a question names; relative ones are counted from that of ``today``."""
    this = today.year - (today.month < 4)
    return tuple(apart((*_said(typed, this), *_relative(typed, this))))


def _said(typed: Typed, this: int) -> Iterator[Found]:
    for date in dates(typed.folded):
        first, last = date.first_fiscal, date.last_fiscal
        if not _OLDEST <= first <= last <= this + 1 or not _is_meant(typed, date):
            continue
        behind = None if date.last else _BEHIND.match(typed.folded, date.end)
        before = _ENGLISH.search(typed.folded[: date.start])
        start, end, bound = date.start, date.end, ""
        if behind and stands("since", typed, date.end, behind.end()):
            end, bound = behind.end(), behind["bound"] or behind["en"]
        elif before:
            start, bound = before.start(), "" if date.last else before["bound"]
        elif date.last and (until := re.compile("まで(?:の間)?").match(typed.folded, end)):
            end = until.end()
        if bound in _AFTER or bound in _BEFORE:
            yield _bounded(start, end, first, bound)
        else:
            if around := _AROUND.match(typed.folded, end):
                end, first, last = around.end(), first - 1, last + 1
            told = {date.year, date.last or date.year}
            tells = tuple(word for year in sorted(told) for word in written(year))
            yield replace(_years(start, end, first, last), tells=tells)


def _is_meant(typed: Typed, date: Date) -> bool:
    """True for a fiscal year, and for what else stands for itself: H3 in H3ロケット does not."""
    if date.fiscal:
        return stands("fiscal", typed, date.start, date.end)
    if date.marked:
        return stands("year", typed, date.start, date.end)
    if date.form == "letter":
        is_possible = date.year <= 2018 and typed.folded[date.start] == "h"
        is_possible |= date.year > 2018 and typed.folded[date.start] == "r"
        is_possible &= date.year > 2005 and typed.splits_no_word(date.start, date.end)
        return is_possible and stands("letter", typed, date.start, date.end)
    if date.form == "west" and not date.last and not _ENGLISH.search(typed.folded[: date.start]):
        beside = _LATIN_BEFORE.search(typed.folded[: date.start]) or _LATIN_BEHIND.match(
            typed.folded, date.end
        )
        if beside and not _BEHIND.match(typed.folded, date.end):  # Office 2019, 2025 digital cliff
            return False
    return stands("bare", typed, date.start, date.end)


def _relative(typed: Typed, this: int) -> Iterator[Found]:
    for match in _SPAN.finditer(typed.folded):
        back = _count(match)
        if 0 < back <= _YEARS_BACK and stands("span", typed, *match.span()):
            yield _years(*match.span(), this - back, None)
    for match in _AGO.finditer(typed.folded):
        back = _count(match)
        is_end = not typed.folded[match.end() :].strip() or bool(typed.of(match.end()))
        is_end = is_end or bool(_BEGUN.match(typed.folded, match.end()))
        if is_end and 0 < back <= _YEARS_BACK and stands("ago", typed, *match.span()):
            yield _years(*match.span(), this - back, this - back)
    for match in _NAMED.finditer(typed.folded):
        start, end = match.span()
        what = match.lastgroup if match.lastgroup in ("recent", "newest") else "year"
        if not typed.splits_no_word(start, end) or not stands(what, typed, start, end):
            continue
        if what == "year":
            year = this - (2 if match["two"] else 1 if match["one"] else 0)
            yield _named(typed, start, end, year)
        else:
            yield _years(start, end, this - _RECENT, None, is_number=False)


def _named(typed: Typed, start: int, end: int, year: int) -> Found:
    """The year 「昨年度」, or from it on (昨年度から, since last year), or up to it."""
    behind = _BEHIND.match(typed.folded, end)
    before = _ENGLISH.search(typed.folded[:start])
    if behind and stands("since", typed, end, behind.end()):
        return _bounded(start, behind.end(), year, behind["bound"] or behind["en"])
    if before and (before["bound"] in _AFTER or before["bound"] in _BEFORE):
        return _bounded(before.start(), end, year, before["bound"])
    return _years(start, end, year, year)


def _bounded(start: int, end: int, year: int, bound: str) -> Found:
    if bound in _AFTER:
        return _years(start, end, year + _AFTER[bound], None)
    return _years(start, end, None, year + _BEFORE[bound])


def _count(match: re.Match[str]) -> int:
    word = match["n"] or match["en"]
    return _COUNTS.get(word) or whole(word)


def _years(
    start: int, end: int, low: int | None, high: int | None, *, is_number: bool = True
) -> Found:
    wanted = Filters(year_from=low, year_to=high)
    return Found(
        "year", start, end, _label(low, high), _label_en(low, high), wanted, low, high, is_number
    )


def _label(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"{low}年度" if low == high else f"{low}〜{high}年度"
    return f"{low}年度から" if high is None else f"{high}年度まで"


def _label_en(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"FY{low}" if low == high else f"FY{low}–{high}"
    return f"FY{low} or later" if high is None else f"FY{high} or earlier"
