"""Numbers and long vowels of a question in the one writing that documents use, whatever was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.language.numerals import NUMBER, number
from kb.language.tokens import tokenize

_COUNTERS = (
    "人|名|件|円|時間|分|秒|日間|週間|か月|カ月|ヶ月|回|台|枚|校|戸|世帯|箇所|か所|%|割|万|億"
)
_NUMBER = re.compile(rf"(?<![\d.,])(?P<n>{NUMBER})(?=(?P<unit>{_COUNTERS}))")
_LIVING = re.compile(r"(?<![\d.,])[12](?=人(?:暮らし|ぐらし|住まい))")  # one word of the dictionary
_KANJI = re.compile("[〇零一二三四五六七八九十百千万億]+")
_MOST = 10**15
_DASH = "-‐‑‒–—―−─━"
_LONG = re.compile(
    rf"(?<=[ァ-ヺ])(?:[{_DASH}一](?=[ァ-ヺ])|[{_DASH}](?=[ぁ-ん]|$)(?<=[ァ-ヺ]{{2}}.))"
)
_END, _BEGIN = re.compile("[ァ-ヺー]+$"), re.compile("[ァ-ヺー]+")


def usual(folded: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, usual writing) of what is written otherwise: numbers, and a dash for a long vowel
    (ドロ-ン, サーバ―の更新)."""
    yield from numbers(folded)
    for match in _LONG.finditer(folded):
        before, behind = _END.search(folded[: match.start()]), _BEGIN.match(folded, match.end())
        if not (before and behind and _is_word(before.group()) and _is_word(behind.group())):
            yield *match.span(), "ー"


def _is_word(text: str) -> bool:
    """True for イベント and ドローン, between which a dash is one."""
    tokens = tokenize(text)
    return len(tokens) == 1 and tokens[0].known and len(text) > 1


def numbers(folded: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, usual writing) of the counted numbers that are written otherwise: 3,000,000円 is
    300万円, 二十四時間 is 24時間, 1250件 is 1,250件. One kanji counts too little to be told from a
    word (十分, 一人)."""
    for match in _LIVING.finditer(folded):
        yield *match.span(), "一二"[int(match.group()) - 1]
    for match in _NUMBER.finditer(folded):
        written = match["n"]
        value = number(written)
        if value != int(value) or value > _MOST or (_KANJI.fullmatch(written) and len(written) < 2):
            continue
        usual = _usual(int(value))
        if usual != written:
            yield *match.span("n"), usual


def _usual(value: int) -> str:
    for unit, sign in ((10**8, "億"), (10**4, "万")):
        if value >= unit and value % unit == 0:
            return f"{value // unit:,}{sign}"
    return f"{value:,}"
