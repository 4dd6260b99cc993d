"""What was typed, folded and in words, with the way back to the characters that were typed."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from kb.language.text import Folded, fold
from kb.language.tokens import Token, tokenize_folded

_PART = re.compile(r"\S+")


@dataclass(frozen=True)
class Typed:
    """A text as it was typed and folded for matching. Unlike elsewhere a space between Japanese
    words stays, as one space: whoever types it means a border. All spans below are of ``folded``."""

    text: str

    @cached_property
    def parts(self) -> Folded:
        """The folded text with the spans that its characters have in what was typed."""
        chars: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for part in _PART.finditer(self.text):
            told = fold(part.group())
            if chars and told.text:
                chars.append(" ")
                starts.append(ends[-1])
                ends.append(part.start())
            chars += told.text
            starts += [part.start() + at for at in told.starts]
            ends += [part.start() + at for at in told.ends]
        return Folded("".join(chars), starts, ends)

    @property
    def folded(self) -> str:
        """The folded text."""
        return self.parts.text

    @cached_property
    def words(self) -> tuple[Token, ...]:
        """The words of the tokeniser."""
        size = len(self.folded)
        return tokenize_folded(Folded(self.folded, range(size), range(1, size + 1)))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters that were typed for those of the folded text."""
        return self.parts.span(start, end)

    def from_typed(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the folded text for those that were typed."""
        first = max(0, bisect_right(self.parts.starts, start) - 1)
        return first, max(first, bisect_right(self.parts.starts, end - 1))

    def splits_no_word(self, start: int, end: int) -> bool:
        """True where both ends lie between words: 東海 in 東海道 ends within one."""
        return start in self._starts and end in self._ends

    def before(self, start: int) -> str:
        """The words that stand directly before, with nothing like a particle between; "" for none."""
        at = start
        for word in reversed(self.words):
            if word.end == at and word.content:
                at = word.start
            elif word.start < at:
                break
        return self.folded[at:start]

    def after(self, end: int) -> str:
        """The words that stand directly behind, likewise, over a middle dot: 大阪・関西万博."""
        at = end
        for word in self.words:
            if word.start == at and (word.content or (word.surface == "・" and at > end)):
                at = word.end
            elif word.start >= at:
                break
        return self.folded[end:at]

    def of(self, end: int) -> str:
        """The words behind 「の」: the 崖 of 2025年の崖."""
        return self.after(end + 1) if self.folded.startswith("の", end) else ""

    @cached_property
    def _starts(self) -> frozenset[int]:
        return frozenset(word.start for word in self.words)

    @cached_property
    def _ends(self) -> frozenset[int]:
        return frozenset(word.end for word in self.words)
