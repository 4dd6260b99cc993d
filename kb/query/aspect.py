"""Which side of the cases a question asks about: what went wrong, what it cost, who does it, how to begin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kb.base.tables import read_table
from kb.query.conditions.typed import Typed

_TABLE = Path(__file__).parent / "data" / "aspects.tsv"
_COLUMNS = ("name", "roles", "fields", "stages", "pattern", "cues", "like")


@dataclass(frozen=True, slots=True)
class Aspect:
    """A side of a case. Sections with one of the ``roles`` answer best, as do the ``fields`` of the
    record and the ``stages``; a text that answers says one of the ``cues`` (None: any text of these
    roles). ``like`` is a sentence that would answer."""

    name: str
    roles: tuple[str, ...]
    fields: tuple[str, ...]
    stages: tuple[str, ...]
    cues: re.Pattern[str] | None
    like: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An aspect that is asked about, by the words from ``start`` to ``end`` of what was typed."""

    aspect: Aspect
    start: int
    end: int


def asked_aspects(question: str) -> tuple[Asked, ...]:
    """The aspects that a question asks about, as the table orders them; mostly none or one."""
    return tuple(_asked(Typed(question)))


def _asked(typed: Typed) -> Iterator[Asked]:
    for pattern, aspect in _aspects():
        if match := pattern.search(typed.folded):
            yield Asked(aspect, *typed.span(*match.span()))


@cache
def _aspects() -> tuple[tuple[re.Pattern[str], Aspect], ...]:
    found = []
    for row in read_table(_TABLE, _COLUMNS):
        name, _, _, _, pattern, cues, like = row.cells
        said = re.compile(cues) if cues else None
        aspect = Aspect(name, row.words(1), row.words(2), row.words(3), said, like)
        found.append((re.compile(pattern), aspect))
    return tuple(found)
