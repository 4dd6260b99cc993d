"""Parts of prefectures that people name: 北播磨, 十勝地方, 岩手県北, Awaji Island."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kb.base.messages import message
from kb.base.tables import TableLine, read_table
from kb.places.gazetteer import load_gazetteer
from kb.places.names import PREFECTURE, bare, english_name, unify

_DATA = Path(__file__).parent / "data" / "areas.tsv"
_COLUMNS = ("label", "English", "named", "Japanese names", "prefecture", "municipalities")
_NAMED = ("alone", "suffix", "prefecture")

_COUNT = "[0-9一二三四五六七八九十]{1,2}"
_OF = (
    "(?P<of>(?:地方(?!創生|自治|交付|債|税|公共|公務|版)|地域(?!おこし|包括|通貨|公共交通|商社|電力)"
    "|広域(?:連合|圏|行政組合|連携)?|内(?=[のでにをはへがも、 ]|$)|エリア|圏域?|管内|一円|全域|半島|諸島|群島|列島|県民局|県民センター|(?:総合)?振興局"
    f"|{_COUNT}市町村?|{_COUNT}市(?:{_COUNT}町)?(?:{_COUNT}村)?|{_COUNT}町村)+"
    f"|(?=(?:の|各|の各)?(?:市町村?|町村|自治体|{_COUNT}(?:[市町]|町村))(?![内会])))"
)
"""What makes a part of any name; the 市町 behind it are left to those who look for them."""
_OF_EN = "(?: (?:regions?|area|district|subprefecture|islands?|peninsula))"
_NO_PART_EN = r"(?![\w'-]| (?:city|town|village|ward|station|earthquake|beef)\b)"
_LONG = str.maketrans("āīūēō", "aiueo")


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a prefecture that a folded text names from ``name`` to ``end``, with its prefecture from
    ``start``, and the codes of its municipalities. ``is_told``: 地域 or the like stands behind it."""

    label: str
    label_en: str
    start: int
    name: int
    end: int
    municipalities: tuple[str, ...]
    is_told: bool


def areas(folded: str) -> Iterator[Area]:
    """The parts of prefectures that a folded text names: the Japanese ones in order, then the English."""
    named, japanese, english = _patterns()
    at = 0
    while match := japanese.search(unify(folded), at):
        at = match.start() + 1  # 県西 in 宮崎県西諸地域
        told = match["of"] is not None
        before = [(row, _before(row, folded[: match.start()])) for row in named[match["name"]]]
        inside = [(row, length) for row, length in before if length]
        for row, length in inside or [one for one in before if one[0].cells[2] != "prefecture"]:
            if told or row.cells[2] != "suffix":
                yield _area(row, match, match.start() - length, told=told)
                at = match.end()
                break
    for match in english.finditer(folded.translate(_LONG)):
        at = next(i for i in range(len(_rows())) if match[f"row{i}"])
        told = match[f"of{at}"] is not None
        if told or _rows()[at].cells[2] != "suffix":
            yield _area(_rows()[at], match, match.start(), told=told)


@cache
def members(label: str) -> tuple[str, ...]:
    """Codes of the municipalities of the part with that label; raises UsageError for a name in the table
    that its prefecture does not have."""
    row = next(row for row in _rows() if row.cells[0] == label)
    here = {place.name: place.code for place in load_gazetteer().municipalities(row.cells[4])}
    codes: list[str] = []
    for name in row.words(5, " "):
        if not name.startswith("+") and name not in here:
            raise row.wrong(message("usage.unknown_place", name=name))
        codes += members(name[1:]) if name.startswith("+") else [here[name]]
    return tuple(codes)


def _area(row: TableLine, match: re.Match[str], start: int, *, told: bool) -> Area:
    label, english = row.cells[:2]
    return Area(label, english, start, match.start(), match.end(), members(label), told)


def _before(row: TableLine, text: str) -> int:
    """How many characters before a name are its prefecture: 兵庫県の, 兵庫."""
    whole = row.cells[4]
    found = re.search(f"(?:{whole}|{bare(whole, PREFECTURE)})の?$", text)
    return len(found[0]) if found else 0


@cache
def _rows() -> tuple[TableLine, ...]:
    rows = read_table(_DATA, _COLUMNS)
    for row in rows:
        if row.cells[2] not in _NAMED:
            raise row.wrong(message("usage.table_columns", columns=_COLUMNS))
    return rows


@cache
def _patterns() -> tuple[Mapping[str, tuple[TableLine, ...]], re.Pattern[str], re.Pattern[str]]:
    """The rows by their Japanese names, and patterns of all names in Japanese, the longest first, and in
    English."""
    named: dict[str, tuple[TableLine, ...]] = {}
    for row in _rows():
        for name in map(unify, row.words(3, " ")):
            named[name] = (*named.get(name, ()), row)
    longest = "|".join(sorted(named, key=len, reverse=True))
    by_length = sorted(enumerate(_rows()), key=lambda one: -len(one[1].cells[1]))
    english = "|".join(_english(i, row) for i, row in by_length)
    japanese = re.compile(f"(?P<name>{longest})(?:{_OF}|地区|(?![市町村区]))")
    return named, japanese, re.compile(rf"\b(?:{english}){_NO_PART_EN}")


def _english(i: int, row: TableLine) -> str:
    """The pattern of an English name: Kita-Harima, kita harima; Tamba, Tanba; with its prefecture."""
    name = re.sub("[- ]", "[- ]?", re.sub("m(?=[bp])", "[mn]", row.cells[1].lower()))
    (prefecture,) = load_gazetteer().find(row.cells[4])[:1]
    inside = f"(?:(?:,| in) {english_name(prefecture).lower()}(?: prefecture)?)?"
    return f"(?P<row{i}>{name})(?P<of{i}>{_OF_EN})?{inside}"
