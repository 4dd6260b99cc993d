"""Words of a case as a paper quotes them: never changed, each with its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.base.types import Evidence
from kb.language.text import sentences

_IN_CONTEXT = frozenset({"effect", "period", "trouble"})
"""Facts that say little without the words around them."""
_BULLET = re.compile(r"^\s*[-*・•●○◆■◇□▪▶➢✓]\s*")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a case and the page they stand on (None in unpaged sources); ``own`` is False for
    what comes from elsewhere and names its source itself."""

    text: str
    page: int | None
    own: bool = True


def unmarked(text: str) -> str:
    """``text`` without the sign of a list before it."""
    return _BULLET.sub("", text).strip()


def fact_words(found: Evidence) -> str:
    """A fact in words, with the amount that they mean: 4,200千円（4,200,000円）."""
    if found.name in _IN_CONTEXT:
        return fact_sentence(found)
    return f"{found.shown}（{found.number}）" if found.number else found.shown


def fact_sentence(found: Evidence) -> str:
    """The words around a fact that tell it; the fact where none do."""
    around = unmarked(" ".join(found.text.split()))
    return around if " ".join(found.value.split()) in around else found.shown


def bullets(text: str) -> Iterator[str]:
    """The lines of a section without the signs before them."""
    for line in text.splitlines():
        if said := unmarked(line):
            yield said


def lines(text: str) -> Iterator[str]:
    """The sentences of a section, one by one."""
    for start, end in sentences(text):
        if said := unmarked(text[start:end]):
            yield said
