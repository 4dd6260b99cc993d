"""Which edition of a title a document is: 第2.0版, Ver.3, R6, 令和5年度版, 2024年3月, （案）, 改訂版."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.language.dates import compact, dates
from kb.language.numerals import whole
from kb.language.text import fold_text

_NUMBER = r"(\d{1,2}|[一二三四五六七八九十])"
_VERSION = re.compile(
    r"第?(?<![\d.])(\d{1,2}(?:\.\d{1,2}){0,2})版|(?<![a-z])(?:ver(?:sion)?|rev|v)\.?\s*(\d+(?:\.\d+)*)(?![a-z\d])"
    rf"|第{_NUMBER}[版期]|(初)版|第{_NUMBER}次(?=[^改]*(?:計画|戦略|プラン|方針|ビジョン))"
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
_LATEST = 2050  # 2050年ゼロカーボン is a goal, no edition
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
    if written := compact(text):
        start, end, date = written
        year, day = date.year, (date.month, date.day)
        text = f"{text[:start]} {text[end:]}"
    versions = [next(filter(None, match.groups())) for match in _VERSION.finditer(text)]
    text = _VERSION.sub(" ", text)
    rest, at = "", 0
    for told in dates(text):
        rest, at = f"{rest}{text[at : told.start]} ", told.end
        if year < told.year < _LATEST:
            year, day = told.year, tuple(filter(None, (told.month, told.day)))
    stage, text = _stage(rest + text[at:])
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


def _numeral(count: str) -> int:
    return 1 if count == "初" else whole(count)
