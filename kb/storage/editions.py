"""Which edition of a title a document is: 第2.0版, Ver.3, R6, 令和5年度版, 2024年3月, （案）, 改訂版."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.language.eras import ERAS
from kb.language.text import fold_text

_NUMBER = r"(\d{1,2}|[一二三四五六七八九十])"
_KANJI = "〇一二三四五六七八九十"
_YEAR = re.compile(
    r"(?:(?P<era>令和|平成)(?P<n>元|\d{1,2})|(?<![a-z0-9])(?P<letter>[rh])(?P<m>\d{1,2}|元)(?![\da-z])"
    r"|(?<!\d)(?P<west>(?:19\d|20[0-4])\d)(?!\d))"
    r"(?:[年.](?P<month>\d{1,2})(?:月|(?=\D|$))(?:(?:(?<=月)|\.)(?P<day>\d{1,2})日?)?)?年?度?版?"
)
_VERSION = re.compile(
    r"第?(?<![\d.])(\d{1,2}(?:\.\d{1,2}){0,2})版|(?<![a-z])(?:ver(?:sion)?|rev|v)\.?\s*(\d+(?:\.\d+)*)(?![a-z\d])"
    rf"|第{_NUMBER}[版期]|(初)版|第{_NUMBER}次(?=[^改]*(?:計画|戦略|プラン|方針|ビジョン))"
)
_DATE = re.compile(
    r"(?<!\d)(?:(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?([0-3]\d)|[rh]?0?(\d)(0[1-9]|1[0-2])([0-3]\d))(?!\d)"
)
_OPEN, _CLOSE = r"(?:[(\[【〔「_\-\s]|^)", r"(?:[)\]】〕」_\-\s]|$)"
_STAGES = tuple(
    (stage, re.compile(rf"{_OPEN}(?:{words}){_CLOSE}"))
    for stage, words in (
        (-4, r"旧|旧版|old"),
        (-3, r"骨子|骨子案|たたき台"),
        (-2, r"素案|原案|ドラフト|draft"),
        (-1, r"案|最終案|修正案|パブリックコメント案|未定稿"),
    )
)
_REVISED = re.compile(rf"(?:第{_NUMBER}次)?(?:一部)?改[訂定]版?")
_WORDS = re.compile(r"最新版|最終版|確定版|完成版|新版|final|版")
_SIGNS = re.compile(r"[\s_\-–—・/()\[\]【】「」『』.,、。:~〜]+")
_FIRST = (1,)
"""The version of an edition of a year that tells none."""
_LEAST = 4
"""Characters of a title without its edition under which two documents share it by chance."""


@dataclass(frozen=True, slots=True, order=True)
class Edition:
    """The year, the version, the stage (drafts are below 0, revisions above) and the day within the
    year that a title tells; 0 or () for what it does not."""

    year: int = 0
    version: tuple[int, ...] = ()
    stage: int = 0
    day: tuple[int, ...] = ()

    def is_before(self, other: Edition) -> bool:
        """True when this is known to be the older one: by the first of these that both tell and that
        differs."""
        if self.year and other.year and self.year != other.year:
            return self.year < other.year
        are_told = bool(self.version and other.version) or 0 < self.year == other.year
        if are_told and (self.version or _FIRST) != (other.version or _FIRST):
            return (self.version or _FIRST) < (other.version or _FIRST)
        if self.stage != other.stage:
            return self.stage < other.stage
        return self.year == other.year and bool(self.day) and self.day < other.day


def edition(title: str) -> tuple[str, Edition]:
    """(the title without what tells its edition, folded; the edition). The title is "" when too
    little is left to know it by."""
    text = fold_text(title)
    year = 0
    day: tuple[int, ...] = ()
    if match := _DATE.search(text):
        western, *found = (int(part) for part in match.groups() if part)
        year, day = (western if western > 100 else ERAS["r"] + western), tuple(found)
        text = text.replace(match.group(), " ", 1)
    versions = [next(filter(None, match.groups())) for match in _VERSION.finditer(text)]
    text = _VERSION.sub(" ", text)
    for match in _YEAR.finditer(text):
        if (told := _year(match)) > year:
            year, day = told, tuple(int(part) for part in (match["month"], match["day"]) if part)
    stage, text = _stage(_YEAR.sub(" ", text))
    key = _SIGNS.sub("", _WORDS.sub("", text))
    version = tuple(_numeral(part) for part in versions[0].split(".")) if versions else ()
    return (key if len(key) >= _LEAST else ""), Edition(year, version, stage, day)


def _stage(text: str) -> tuple[int, str]:
    """The stage that a title tells, and the title without it."""
    for stage, words in _STAGES:
        if words.search(text):
            return stage, words.sub(" ", text)
    if match := _REVISED.search(text):
        return _numeral(match[1] or "1"), _REVISED.sub(" ", text)
    return 0, text


def _year(match: re.Match[str]) -> int:
    if match["west"]:
        return int(match["west"])
    count = match["n"] or match["m"]
    return ERAS[match["era"] or match["letter"]] + (1 if count == "元" else int(count))


def _numeral(count: str) -> int:
    if count == "初":
        return 1
    return int(count) if count.isdecimal() else _KANJI.index(count)
