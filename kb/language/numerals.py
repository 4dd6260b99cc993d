"""The one grammar of numbers, in folded text: 1,250 and 1250, 2.5, 5万, 3千, 千二百五十, 二〇二四."""

from __future__ import annotations

import re

DIGITS = "〇一二三四五六七八九"
"""The kanji digits, each at the place of its value."""

_KANJI = "〇零一二三四五六七八九"
_SMALL = {"十": 10, "百": 100, "千": 1_000}
_LARGE = {"万": 10_000, "億": 100_000_000, "兆": 1_000_000_000_000}
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,20})(?:\.\d{1,6})?"
_PART = rf"(?:{_ARABIC}[十百千]?|[{_KANJI}十百千]{{1,12}})"

NUMBER = rf"(?:{_PART}(?:[万億兆](?:{_PART})?){{0,3}}|[百千](?=円))"
"""The pattern of a number, without groups; what stands before it is the caller's matter."""

_YEN = re.compile(rf"(?<![\d.,])(?P<n>{NUMBER})円")
_PIECE = re.compile(rf"(?P<part>{_PART})?(?P<unit>[万億兆])?")
_POSITIONAL = re.compile(f"[{_KANJI}]+")
_UNITS = re.compile(rf"(?P<count>{_ARABIC}|[{_KANJI}]+)?(?P<unit>[十百千])?")
_VALUES = str.maketrans("〇零一二三四五六七八九", "00123456789")


def number(written: str) -> float:
    """The value of what NUMBER matches; 0.0 for what is no number. 一万二千 is 12,000, 二〇二四
    is 2,024, 2.5万 is 25,000."""
    total = 0.0
    for piece in _PIECE.finditer(written):
        if piece["part"] or piece["unit"]:
            value = _below_10_000(piece["part"]) if piece["part"] else 1.0
            total += value * _LARGE.get(piece["unit"] or "", 1)
    return total


def whole(written: str) -> int:
    """:func:`number`, rounded."""
    return round(number(written))


def yen(text: str) -> tuple[int, ...]:
    """The amounts of money in a folded text, in yen: 初期 120万円、月額5千円 are 1,200,000 and 5,000."""
    return tuple(whole(match["n"]) for match in _YEN.finditer(text))


def yen_shown(amount: float) -> str:
    """An amount of money as people write it: 300万円, 4,200円, 1億5,000万円."""
    whole_yen = round(amount)
    if whole_yen >= 10**8 and not whole_yen % 10_000:
        rest = whole_yen % 10**8 // 10_000
        return f"{whole_yen // 10**8:,}億{f'{rest:,}万' if rest else ''}円"
    return (
        f"{whole_yen:,}円"
        if whole_yen % 10_000 or not whole_yen
        else f"{whole_yen // 10_000:,}万円"
    )


def _below_10_000(part: str) -> float:
    """千二百五十, 3千, 1,250 or 二〇二四."""
    if _POSITIONAL.fullmatch(part):
        return float(part.translate(_VALUES))
    total = 0.0
    for piece in _UNITS.finditer(part):
        if piece["count"] or piece["unit"]:
            count = piece["count"] or "一"
            value = float(count.translate(_VALUES).replace(",", ""))
            total += value * _SMALL.get(piece["unit"] or "", 1)
    return total
