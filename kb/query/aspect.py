"""Which side of the cases a question asks about: their effects, cost, problems, people, or craft."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from kb.base.tables import read_table
from kb.language.text import fold_text

_TABLE = Path(__file__).parent / "data" / "aspects.tsv"


def asked_roles(question: str) -> frozenset[str]:
    """The section roles that answer the question best; empty when it asks about all of a case."""
    folded = fold_text(question)
    return frozenset(r for roles, words in _aspects() if words.search(folded) for r in roles)


@cache
def _aspects() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    rows = read_table(_TABLE, ("roles", "pattern"))
    return tuple((row.words(0), re.compile(row.cells[1])) for row in rows)
