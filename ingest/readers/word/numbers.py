"""The numbers and bullets that Word prints before paragraphs but keeps out of their text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.word.styles import VAL, W

_AIUEO = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
)
_IROHA = (
    "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
)
_DIGITS = "〇一二三四五六七八九"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_PLACE = re.compile(r"%([1-9])")
_DEEPEST = 9  # levels of a list (ISO/IEC 29500-1, 17.9.6)
_MOST = 100_000
_LONGEST = 60  # characters of a label


@dataclass(frozen=True, slots=True)
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class _List:
    """One list: its levels, and where each stands."""

    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class Numbers:
    """The lists of a file, from ``word/numbering.xml`` (None when it has none), counted up as the
    paragraphs go by."""

    def __init__(self, root: Any) -> None:
        self._lists: dict[str, _List] = {}
        if root is None:
            return
        shared = {
            item.get(W + "abstractNumId", ""): _List(_levels(item))
            for item in root.iterfind(W + "abstractNum")
        }
        for item in root.iterfind(W + "num"):
            link = item.find(W + "abstractNumId")
            base = shared.get(link.get(VAL, "") if link is not None else "")
            if base is None:
                continue
            starts = _overrides(item)
            own = _List(base.levels | _restarted(base.levels, starts)) if starts else base
            self._lists[item.get(W + "numId", "")] = own

    def label(self, number: tuple[str, int]) -> str:
        """What stands before the next paragraph of this (list id, level); "" for nothing."""
        found = self._lists.get(number[0])
        level = number[1]
        if found is None or level not in found.levels:
            return ""
        for deeper in [at for at in found.counts if at > level]:
            del found.counts[deeper]
        before = found.counts.get(level, found.levels[level].start - 1)
        found.counts[level] = min(before + 1, _MOST)
        return _label(found, level)


def _label(found: _List, level: int) -> str:
    own = found.levels[level]
    if own.form == "none":
        return ""
    if own.form == "bullet":
        return "・" if own.text.strip() else ""

    def spelled(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        shown = found.levels.get(at, own)
        return spell(found.counts.get(at, shown.start), shown.form)

    text = _PLACE.sub(spelled, own.text).strip()
    if not text:
        return ""
    return text + (" " if text[-1].isascii() else "　")


def spell(number: int, form: str) -> str:
    """A number in one of Word's formats (ISO/IEC 29500-1, 17.18.59); decimal for those left out."""
    n = max(number, 0)
    if form in ("decimalFullWidth", "decimalFullWidth2"):
        return str(n).translate(_WIDE)
    if form == "decimalZero":
        return f"{n:02d}"
    if form.startswith("decimalEnclosedCircle") and 1 <= n <= 20:
        return chr(0x2460 + n - 1)
    if form.startswith("aiueo") and 1 <= n <= len(_AIUEO):
        return _AIUEO[n - 1]
    if form.startswith("iroha") and 1 <= n <= len(_IROHA):
        return _IROHA[n - 1]
    if form in ("upperLetter", "lowerLetter") and 1 <= n <= 26 * 20:
        letters = chr(ord("a") + (n - 1) % 26) * ((n - 1) // 26 + 1)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("upperRoman", "lowerRoman") and 1 <= n < 4000:
        return _roman(n).upper() if form == "upperRoman" else _roman(n)
    if form in ("japaneseCounting", "chineseCounting", "taiwaneseCounting") and 1 <= n < 100:
        return _counted(n)
    if form in ("ideographDigital", "japaneseDigitalTenThousand", "chineseCountingThousand"):
        return "".join(_DIGITS[int(digit)] for digit in str(n))
    return str(n)


def _roman(n: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (n // value)
        n %= value
    return text


def _counted(n: int) -> str:
    """十二, 三十: a number under a hundred in words."""
    tens, ones = divmod(n, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones else "")


def _levels(item: Any) -> dict[int, _Level]:
    found: dict[int, _Level] = {}
    for level in item.iterfind(W + "lvl"):
        at = _int(level.get(W + "ilvl", ""), -1)
        if not 0 <= at < _DEEPEST:
            continue
        found[at] = _Level(
            _value(level, "numFmt", "decimal"),
            _value(level, "lvlText", "")[:_LONGEST],
            _int(_value(level, "start", "1"), 1),
        )
    return found


def _overrides(item: Any) -> dict[int, int]:
    """Where a list begins anew, by level."""
    return {
        _int(override.get(W + "ilvl", ""), -1): _int(start.get(VAL, ""), 1)
        for override in item.iterfind(W + "lvlOverride")
        for start in override.iterfind(W + "startOverride")
    }


def _restarted(levels: dict[int, _Level], starts: dict[int, int]) -> dict[int, _Level]:
    return {
        at: _Level(levels[at].form, levels[at].text, start)
        for at, start in starts.items()
        if at in levels
    }


def _value(item: Any, tag: str, default: str) -> str:
    found = item.find(W + tag)
    return found.get(VAL, default) if found is not None else default


def _int(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else default
