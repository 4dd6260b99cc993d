"""Known words in running text, in one pass over it however many words there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


class KnownWords:
    """Finds ``words``, which are folded, in folded text: the longest at each place, none inside
    another. A word of ASCII alone stands between characters that are not among ``joining``."""

    def __init__(self, words: Iterable[str], joining: str) -> None:
        self._joining = frozenset(joining)
        self._by_head: dict[str, list[str]] = {}
        for word in sorted(words, key=lambda word: (-len(word), word)):
            self._by_head.setdefault(word[:2], []).append(word)
        firsts = "".join(sorted({head[0] for head in self._by_head}))
        self._first = re.compile(f"[{re.escape(firsts)}]")

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of each word in ``text``."""
        at = 0
        for found in self._first.finditer(text):
            start = found.start()
            if start >= at and (end := self._end(text, start)):
                yield start, end
                at = end

    def _end(self, text: str, start: int) -> int:
        """End of the longest word that begins at ``start``, 0 for none."""
        for head in (text[start : start + 2], text[start]):
            for word in self._by_head.get(head, ()):
                if text.startswith(word, start) and self._stands(word, text, start):
                    return start + len(word)
        return 0

    def _stands(self, word: str, text: str, start: int) -> bool:
        """False for ASCII inside a longer word."""
        if not word.isascii():
            return True
        end = start + len(word)
        before, after = text[start - 1 : start] if start else "", text[end : end + 1]
        return before not in self._joining and after not in self._joining
