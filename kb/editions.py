"""Which edition of a title a document is: 第2.0版, Ver.3, R6, 令和5年度版, 2024年."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.text import fold_text

_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988}
_YEAR = re.compile(
    r"(?:(令和|平成)(元|\d{1,2})|(?<![a-z0-9])([rh])(\d{1,2})(?![\d.])|(?<!\d)((?:19|20)\d\d)(?!\d))"
    r"年?度?版?"
)
_VERSION = re.compile(
    r"第?(?<![\d.])(\d{1,2}(?:\.\d{1,2}){0,2})版|(?:ver(?:sion)?|rev|v)\.?\s*(\d+(?:\.\d+)*)"
)
_DATE = re.compile(
    r"(?<!\d)(?:(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?([0-3]\d)|[rh]?0?(\d)(0[1-9]|1[0-2])([0-3]\d))(?!\d)"
)
_WORDS = re.compile(r"改訂版|改定版|改訂|改定|最新版|確定版|初版|版")
_SIGNS = re.compile(r"[\s_\-–—・/()\[\]【】「」『』.,、。:~〜]+")
_LEAST = 4
"""Characters of a title without its edition under which two documents share it by chance."""


@dataclass(frozen=True, slots=True, order=True)
class Edition:
    """Comparable: the year counts first, then the version, then the day."""

    year: int = 0
    version: tuple[int, ...] = ()
    day: tuple[int, ...] = ()


def edition(title: str) -> tuple[str, Edition]:
    """(the title without what tells its edition, folded; the edition). The title is "" when too
    little is left to know it by."""
    text = fold_text(title)
    day: tuple[int, ...] = ()
    if match := _DATE.search(text):
        day = tuple(int(part) for part in match.groups() if part)
        text = text.replace(match.group(), " ", 1)
    versions = [m.group(1) or m.group(2) for m in _VERSION.finditer(text)]
    text = _VERSION.sub(" ", text)
    years = [_year(match) for match in _YEAR.finditer(text)]
    text = _WORDS.sub("", _YEAR.sub(" ", text))
    key = _SIGNS.sub("", text)
    version = tuple(int(part) for part in versions[0].split(".")) if versions else ()
    told = Edition(max(years, default=0), version, day)
    return (key if len(key) >= _LEAST else ""), told


def _year(match: re.Match[str]) -> int:
    era, of_era, letter, of_letter, western = match.groups()
    if western:
        return int(western)
    count = of_era or of_letter
    return _ERAS[era or letter] + (1 if count == "元" else int(count))
