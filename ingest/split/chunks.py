"""Sections → passages for the vectors. Word vectors: windows of two sentences, each overlapping the
next. The sentence model: as many whole sentences as fit, each once.

Two sentences were measured to be the best unit (see docs/design.md); every sentence but those at the
ends of a section stands in two windows, so that no pair of neighbours is torn.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from kb.base.types import CaseDraft, Chunk
from kb.language.text import sentences

LONGEST = 300
"""Characters after which a sentence is cut, at 、 where there is one."""
READ_AT_ONCE = 200
"""Characters that the sentence model reads at once (with the title before them): the measured unit of
its training, and short enough that one passage is about one thing."""
_SHORT = 120
"""Characters of a section that is one passage, however many sentences it has."""
_WORD = re.compile(r"\w")
_BULLET = re.compile(r"(?<=\S)[ \t　]+(?=[・‧•①-⑳㉑-㉟❶-❿●○■◆※])")
_CUTS = ("、", "，", "，", "；", "・", " ", "　")


def chunks(draft: CaseDraft) -> tuple[Chunk, ...]:
    """The passages of a case in reading order; together they cover all its text."""
    return tuple(
        Chunk(index, start, end, section.page, section.text[start:end])
        for index, section in enumerate(draft.sections)
        for start, end in windows(section.text)
    )


def reading_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of whole sentences, each up to READ_AT_ONCE characters where a sentence is not longer
    itself; together they cover the text once."""
    found: list[tuple[int, int]] = []
    for start, end in _all_units(text):
        if found and end - found[-1][0] <= READ_AT_ONCE:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return tuple(found)


def windows(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of two sentences each, stride one; one span for a short text, none for a blank one."""
    units = _all_units(text)
    if not units:
        return ()
    whole = units[0][0], units[-1][1]
    if len(units) <= 2 or whole[1] - whole[0] <= _SHORT:
        return (whole,) if whole[1] - whole[0] <= 2 * LONGEST else tuple(units)
    return tuple((a[0], b[1]) for a, b in pairwise(units))


@lru_cache(maxsize=8)  # its passages, then its reading spans
def _all_units(text: str) -> tuple[tuple[int, int], ...]:
    """Sentences; one without a word (what a broken file repeats) is part of the one before."""
    found: list[tuple[int, int]] = []
    for unit in (unit for span in sentences(text) for unit in _units(text, *span)):
        if found and unit[1] - found[-1][0] <= LONGEST and not _WORD.search(text, *unit):
            found[-1] = found[-1][0], unit[1]
        else:
            found.append(unit)
    return tuple(found)


def _units(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """One sentence as its bullets, none longer than LONGEST."""
    borders = [start, *(m.end() for m in _BULLET.finditer(text, start, end)), end]
    if len(borders) == 2 and end - start <= LONGEST:
        return [(start, end)]
    found = []
    for a, b in pairwise(borders):
        while b - a > LONGEST:
            cut = _cut(text, a)
            found.append((a, cut))
            a = cut
        found.append((a, b))
    trimmed = ((a + _lead(text[a:b]), a + len(text[a:b].rstrip())) for a, b in found)
    return [(a, b) for a, b in trimmed if b > a]


def _cut(text: str, start: int) -> int:
    """Where to cut the sentence at ``start``: behind the last 、 of its first LONGEST characters."""
    for mark in _CUTS:
        at = text.rfind(mark, start + LONGEST // 3, start + LONGEST)
        if at >= 0:
            return at + 1
    return start + LONGEST


def _lead(text: str) -> int:
    return len(text) - len(text.lstrip())
