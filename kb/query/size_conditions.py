"""How large a municipality a question means: 人口2万人以下, 人口5万人規模, small towns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SMALL = 30_000
"""Inhabitants up to which people call a municipality small (about the smaller half of Japan's)."""

LARGE = 200_000
"""Inhabitants from which people call a city large: the least a core city (中核市) must have
(地方自治法第252条の22)."""

_ABOUT = 1.5
"""「5万人規模」 reaches from two thirds to one and a half times as many."""

_LEAST = 100  # smaller numbers count something else
_NUMBER = r"(?P<{0}>[\d,.]+)(?P<{0}unit>万|千)?"
_COUNT = _NUMBER.format("n")
_PEOPLE = re.compile(
    rf"(?:人口(?:が|は|規模)?)(?:約|およそ|おおよそ)?{_COUNT}人?\s*"
    r"(?P<bound>以下|未満|以内|弱|くらいまで|を?下回る|より少ない|以上|超|を?超える|を?上回る|より多い|強)?"
    r"(?P<about>規模|程度|前後|くらい|ぐらい|ほど|台)?"
)
_RANGE = re.compile(
    rf"人口(?:が|は)?{_NUMBER.format('a')}人?\s*(?:から|[~〜-])\s*{_NUMBER.format('b')}人?(?:まで)?(?:程度|くらい|ぐらい)?"
)
_SCALE = re.compile(
    rf"{_COUNT}人\s*(?:(?P<bound>以下|未満|以上|超)の(?=[市町村自団])|(?P<about>規模|都市|程度の(?=[市町村自団])|くらいの(?=[市町村自団])))"
)
_ENGLISH = re.compile(
    r"(?:population\s+(?:of\s+)?)?(?P<bound>under|below|less than|fewer than|at most|up to|over|above|more than|at least"
    r"|around|about|roughly|of)\s+(?P<n>[\d,]+)(?P<people>\s+(?:people|inhabitants|residents))?"
)
_MOST = frozenset(
    "以下 未満 以内 弱 くらいまで 下回る を下回る より少ない under below upto".split()
) | {"less than", "fewer than", "at most", "up to"}  # fmt: skip
_LEAST_WORDS = frozenset(
    "以上 超 超える を超える 上回る を上回る より多い 強 over above".split()
) | {"more than", "at least"}  # fmt: skip
_SMALL_WORDS = re.compile(
    r"(?:小さ[ないく]|人口[がの]少ない)(?:な)?(?:町|村|市|自治体|まち|役場|団体)|小規模(?:な|の)?(?:自治体|市町村|団体|町|村)?"
    r"|\bsmall(?:er)? (?:rural )?(?:towns?|villages?|municipalit(?:y|ies)|local governments?)"
)
_LARGE_WORDS = re.compile(
    r"大きな(?:市|都市|自治体)|大都市|大規模な?(?:自治体|団体|市)"
    r"|\b(?:large|big|major)(?:r)? (?:cit(?:y|ies)|municipalit(?:y|ies))"
)


@dataclass(frozen=True, slots=True)
class Size:
    """Populations from ``low`` to ``high``, both inclusive (None: no bound), as the words ``typed``
    say; ``about`` is the number they give where they give one for both."""

    typed: str
    low: int | None
    high: int | None
    about: int | None = None

    @property
    def label(self) -> str:
        """How to show it: 人口20,000人以下."""
        if self.about:
            return f"人口約{self.about:,}人"
        if self.low and self.high:
            return f"人口{self.low:,}〜{self.high:,}人"
        return f"人口{self.low:,}人以上" if self.low else f"人口{self.high:,}人以下"

    @property
    def label_en(self) -> str:
        """The same in English: up to 20,000 people."""
        if self.about:
            return f"about {self.about:,} people"
        if self.low and self.high:
            return f"{self.low:,}–{self.high:,} people"
        return f"{self.low:,} people or more" if self.low else f"up to {self.high:,} people"


def sizes(folded: str) -> tuple[Size, ...]:
    """The sizes that a folded text names; what small and large mean where it gives no number."""
    found: list[tuple[int, int, Size]] = []
    for start, end, said in (*_between(folded), *_numbers(folded)):
        if all(end <= s or start >= e for s, e, _ in found):
            found.append((start, end, said))
    if found:
        return tuple(said for _, _, said in sorted(found, key=lambda item: item[0]))
    if match := _SMALL_WORDS.search(folded):
        return (Size(match.group(), None, SMALL),)
    if match := _LARGE_WORDS.search(folded):
        return (Size(match.group(), LARGE, None),)
    return ()


def _between(folded: str) -> Iterator[tuple[int, int, Size]]:
    for match in _RANGE.finditer(folded):
        unit = match["aunit"] or match["bunit"]  # 1〜3万人
        low, high = _people(match["a"], unit), _people(match["b"], match["bunit"])
        if _LEAST <= low <= high:
            yield *match.span(), Size(match.group(), low, high)


def _numbers(folded: str) -> Iterator[tuple[int, int, Size]]:
    for pattern in (_PEOPLE, _SCALE):
        for match in pattern.finditer(folded):
            count = _people(match["n"], match["nunit"])
            if count >= _LEAST:
                yield *match.span(), _bounded(match.group(), count, match["bound"])
    for match in _ENGLISH.finditer(folded):
        count = _people(match["n"], None)
        told = match["people"] or match.group().startswith("population")
        if count >= (_LEAST if told else 1000) and (told or match["bound"] in _MOST | _LEAST_WORDS):
            yield *match.span(), _bounded(match.group(), count, match["bound"])


def _bounded(typed: str, count: int, bound: str | None) -> Size:
    if bound in _MOST:
        return Size(typed, None, count)
    if bound in _LEAST_WORDS:
        return Size(typed, count, None)
    return Size(typed, round(count / _ABOUT), round(count * _ABOUT), count)


def _people(number: str, unit: str | None) -> int:
    digits = number.replace(",", "").strip(".")
    try:
        return round(float(digits) * {"万": 10_000, "千": 1_000, None: 1}[unit])
    except ValueError:
        return 0
