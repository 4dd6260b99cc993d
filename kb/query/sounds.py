"""How words sound, whatever they are written in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.language.tokens import tokenize

_ALL_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc]+")
_SMALL = str.maketrans("ぁぃぅぇぉゃゅょゎっ", "あいうえおやゆよわつ")
_ALIKE = (("ゔぁ", "ば"), ("ゔぃ", "び"), ("ゔぇ", "べ"), ("ゔぉ", "ぼ"), ("ゔ", "ぶ"), ("ぢ", "じ"),
          ("づ", "ず"), ("ー", ""))  # fmt: skip
TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_LETTERS = dict(zip(
    "abcdefghijklmnopqrstuvwxyz",
    "えー びー しー でぃー いー えふ じー えいち あい じぇー けー える えむ えぬ おー ぴー きゅー あーる えす てぃー ゆー ぶい "
    "だぶりゅー えっくす わい ぜっと".split(),
    strict=True,
))  # fmt: skip
_SPELT = 4  # letters of the longest abbreviation that is read letter by letter


def sound(kana: str) -> str:
    """How kana sound, so that サーヴィス is サービス and ユーザ is ユーザー."""
    told = kana.translate(TO_HIRAGANA)
    for written, heard in _ALIKE:
        told = told.replace(written, heard)
    return told.translate(_SMALL)


def sounds(words: Iterable[str]) -> dict[str, str]:
    """How each of the words sounds; "" for one that the dictionary does not know and for an English one."""
    return {word: "" if word.isascii() and not _spelt(word) else _reading(word) for word in words}


def _reading(word: str) -> str:
    """The sound of a word; "" when the dictionary does not know it."""
    if _ALL_KANA.fullmatch(word):
        return sound(word)
    heard = [token.reading or _spelt(token.surface.lower()) for token in tokenize(word)]
    return sound("".join(heard)) if all(heard) else ""


def _spelt(word: str) -> str:
    """How an abbreviation is read letter by letter; "" for what is no abbreviation."""
    is_short = 2 <= len(word) <= _SPELT and set(word) <= _LETTERS.keys()
    return "".join(_LETTERS[letter] for letter in word) if is_short else ""
