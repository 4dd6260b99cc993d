"""How large a municipality a question means: 人口2万人以下, 人口5万人規模, small towns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.base.types import Filters
from kb.language.numerals import NUMBER, number, whole
from kb.query.conditions.bounds import (
    ENGLISH,
    ENGLISH_BEHIND,
    JAPANESE,
    band,
    bounded,
    shown,
    shown_en,
)
from kb.query.conditions.contexts import stands
from kb.query.conditions.found import Found, apart
from kb.query.conditions.typed import Typed

SMALL = 30_000
"""Inhabitants up to which people call a municipality small (about the smaller half of Japan's)."""

LARGE = 200_000
"""Inhabitants from which people call a city large: the least a core city (中核市) must have
(地方自治法第252条の22)."""

_ABOUT = 1.5
"""「5万人規模」 reaches from two thirds to one and a half times as many."""

_NO_BOUND = (None, "around", "about", "roughly", "of")
_LEAST = 100  # smaller numbers count something else
_APPROX = "約|およそ|おおよそ|概ね|おおむね"
_TOWNS = "市町村|市区町村|地方公共団体|自治体|町村|団体|役場|役所|都市|まち|市|町|村"
_PEOPLE = re.compile(
    rf"人口(?:規模)?(?:が|は|[:：])?\s*(?:{_APPROX})?\s*(?P<n>{NUMBER})\s*人?\s*"
    rf"(?:(?P<bound>{JAPANESE})|(?P<about>規模|程度|前後|くらい|ぐらい|ほど|台))?"
)
_RANGE = re.compile(
    rf"(?:人口(?:規模)?(?:が|は)?\s*(?P<a>{NUMBER})人?\s*(?:以上|から|[~〜-])\s*(?P<b>{NUMBER})人?(?:以下|(?P<open>未満)|まで)?(?:程度|くらい|ぐらい)?)"
)
_RANGE_OF = re.compile(  # 10万人以上20万人未満の市
    rf"(?<![\d,.万千百])(?P<a>{NUMBER})人?\s*(?:以上|から|[~〜-])\s*(?P<b>{NUMBER})人(?:以下|(?P<open>未満)|まで)?"
    rf"(?:規模|程度|くらい|ぐらい)?の?(?=(?:{_TOWNS})(?![一-龥]))"
)
_SCALE = re.compile(
    rf"(?<![\d,.万千百])(?P<n>{NUMBER})人\s*(?:(?P<bound>{JAPANESE})の?(?=\s*(?:{_TOWNS}|{NUMBER}人))|(?P<about>規模|都市|程度|くらい|ぐらい)の?(?=(?:{_TOWNS})))"
)
_CITY = re.compile(
    rf"(?<![\d,.万千百])(?P<n>{NUMBER})(?P<bound>(?!))?都市(?!圏|部|計画)"
)  # 20万都市
_DIGITS = re.compile(r"人口(?:規模)?[がはの]?(?P<d>[3-7三四五六七])[桁ケタ]+")  # 人口3桁の村
_LIVING = re.compile(  # 住民が3000人しかいない村, 3000人の村; 職員200人の町 has no such number
    rf"(?:^|(?<=[\s、。])|(?:住民|市民|町民|村民|島民)[がはの]?)\s*(?:{_APPROX})?(?P<n>{NUMBER})人(?P<bound>(?!))?"
    r"(?:しか(?:い|住んで(?:い)?)ない|ほど|足らず)?の?(?=(?:小さな)?(?:[市町村](?![一-龥]|おこし)|まち(?![あづ])))"
)
_PLACES = r"(?:municipalit(?:y|ies)|towns?|cit(?:y|ies)|villages?)"
_ENGLISH = re.compile(
    rf"(?P<of>\bpopulations?\s+(?:of\s+)?)?\b(?P<bound>{ENGLISH}|around|about|roughly|of)\s+"
    r"(?P<n>\d[\d,]*)(?P<people>\s+(?:people|inhabitants|residents))?"
)
_ENGLISH_BEHIND = re.compile(
    rf"(?P<of>\bof\s+)?\b(?P<n>\d[\d,]*)(?P<people>\s+(?:people|inhabitants|residents))?"
    rf"\s+(?P<bound>{ENGLISH_BEHIND})\b(?:\s+(?:people|inhabitants|residents))?"
)
_SMALL_WORDS = re.compile(
    rf"(?:小さ(?:な|い)|(?:人口|規模|人口規模)[がの](?:少な|小さ)[ないく]な?|小規模[なの]?)(?:{_TOWNS})"
    r"|人口[がの]少ない(?=ところ|所|地域|の)"
    rf"|\bsmall(?:er)? (?:rural |mountain )?(?:local governments?|{_PLACES})\b"
)
_LARGE_WORDS = re.compile(
    rf"(?<!より)大き[ない](?:{_TOWNS})|大都市|大規模[なの]?(?:{_TOWNS})|\b(?:large|big|major)(?:r|er|ger)? {_PLACES}\b"
)


def sizes(typed: Typed) -> tuple[Found, ...]:
    """The sizes that a question names; what small and large mean where it gives no number."""
    found = tuple(apart((*_between(typed), *_numbers(typed))))
    return found or tuple(_words(typed))[:1]


def _between(typed: Typed) -> Iterator[Found]:
    for match in (*_RANGE.finditer(typed.folded), *_RANGE_OF.finditer(typed.folded)):
        low, high = number(match["a"]), number(match["b"])
        if low < 100 <= high:  # 1〜3万人
            low *= next((10**4 if u == "万" else 10**3 for u in match["b"] if u in "万千"), 1)
        if _LEAST <= low <= high and stands("size", typed, *match.span()):
            yield _size(match, round(low), round(high) - bool(match["open"]))
    for match in _DIGITS.finditer(typed.folded):
        digits = whole(match["d"])
        yield _size(match, 10 ** (digits - 1), 10**digits - 1)


def _numbers(typed: Typed) -> Iterator[Found]:
    for pattern in (_PEOPLE, _SCALE, _CITY, _LIVING):
        for match in pattern.finditer(typed.folded):
            count = number(match["n"])
            is_told = pattern is not _PEOPLE or stands("size", typed, *match.span())
            if count >= _LEAST and is_told:
                yield _told(match, count)
    for match in (*_ENGLISH_BEHIND.finditer(typed.folded), *_ENGLISH.finditer(typed.folded)):
        count = float(match["n"].replace(",", ""))
        is_people = bool(match["people"] or match["of"])
        is_number = is_people or (match["bound"] not in _NO_BOUND and count >= 1000)
        is_money = re.match(r"\s*(?:yen|jpy|円|[a-z]+illion)", typed.folded[match.end() :])
        if count >= _LEAST and is_number and not is_money:
            yield _told(match, count)


def _words(typed: Typed) -> Iterator[Found]:
    """What is small or large in words; the noun must end where a word does: 町 in 町内会 does not."""
    for pattern, low, high in ((_SMALL_WORDS, None, SMALL), (_LARGE_WORDS, LARGE, None)):
        for match in pattern.finditer(typed.folded):
            start, end = match.span()
            if typed.splits_no_word(start, end) and stands("small", typed, start, end):
                yield _size(match, low, high, is_number=False)


def _told(match: re.Match[str], count: float) -> Found:
    bound = match["bound"]
    if "about" in match.groupdict() and match["about"] == "台":  # 2万人台: 20,000 to 29,999
        return _size(match, *band(count))
    if bound in _NO_BOUND:
        value = round(min(count, 10**12))
        label, label_en = f"人口約{value:,}人", f"about {value:,} people"
        low, high = round(value / _ABOUT), round(value * _ABOUT)
        wanted = Filters(population_from=low, population_to=high)
        return Found("size", *match.span(), label, label_en, wanted, low, high)
    return _size(match, *bounded(count, bound))


def _size(
    match: re.Match[str], low: int | None, high: int | None, *, is_number: bool = True
) -> Found:
    wanted = Filters(population_from=low, population_to=high)
    label = f"人口{shown(low, high, lambda n: f'{n:,}人')}"
    label_en = shown_en(low, high, lambda n: f"{n:,} people")
    return Found("size", *match.span(), label, label_en, wanted, low, high, is_number)
