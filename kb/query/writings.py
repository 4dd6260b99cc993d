"""Numbers of a question in the one writing that documents use, whatever the writing it was typed in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.language.numerals import NUMBER, number

_COUNTERS = (
    "人|名|件|円|時間|分|秒|日間|週間|か月|カ月|ヶ月|回|台|枚|校|戸|世帯|箇所|か所|%|割|万|億"
)
_NUMBER = re.compile(rf"(?<![\d.,])(?P<n>{NUMBER})(?=(?P<unit>{_COUNTERS}))")
_LIVING = re.compile(r"(?<![\d.,])[12](?=人(?:暮らし|ぐらし|住まい))")  # one word of the dictionary
_KANJI = re.compile("[〇零一二三四五六七八九十百千万億]+")
_MOST = 10**15


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
