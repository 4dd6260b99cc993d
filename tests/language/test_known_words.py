"""Known words in running text: what the longest-first alternatives of an expression would find."""

from __future__ import annotations

import random
import re
from string import ascii_lowercase

from kb.language.known_words import KnownWords

WORDS = ("ai", "ai-ocr", "line", "line works", "予約", "予約システム", "窓", "窓口dx", "x", "c++")


def test_finds_what_alternatives_find_the_longest_first() -> None:
    alternatives = re.compile(
        "|".join(
            rf"(?<![a-z]){re.escape(w)}(?![a-z])" if w.isascii() else re.escape(w)
            for w in sorted(WORDS, key=lambda w: (-len(w), w))
        )
    )
    words, chance = KnownWords(WORDS, joining=ascii_lowercase), random.Random(11)
    pieces = (*WORDS, "a", "l", "-", " ", "1", "予", "口", "システ", "<!-- ", "\n")
    for _ in range(3_000):
        text = "".join(chance.choices(pieces, k=chance.randint(0, 12)))
        expected = [match.span() for match in alternatives.finditer(text)]
        assert list(words.spans(text)) == expected, text
