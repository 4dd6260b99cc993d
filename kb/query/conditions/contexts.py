"""Whether words that look like a condition stand for themselves: the table ``data/contexts.tsv``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kb.base.messages import message
from kb.base.tables import read_table
from kb.query.conditions.typed import Typed

_TABLE = Path(__file__).parent / "data" / "contexts.tsv"
_COLUMNS = ("語", "側", "判断", "となりの語", "例")

OUT = re.compile(
    r"\s*(?:の?(?:自治体|市町村|事例|取り?組み?|もの))?"
    r"(?:以外(?![にで]も)|[をはも]?除(?:く|いた|いて|き|外(?:する|した|して)?)|(?:は|を)?抜き(?!打)"
    r"|では?な[いく]|じゃな[いく]|を外し(?:た|て)"
    r"|[をに](?:使わ|頼ら|使って(?:い)?な|活用しな|活用して(?:い)?な)(?:い|かった|く|ず))"
)
"""The words behind a condition that leave out what meets it; any condition stands before them."""

Rows = tuple[tuple[bool, re.Pattern[str]], ...]


def stands(what: str, typed: Typed, start: int, end: int) -> bool:
    """True where what stands before, behind and behind 「の」 lets ``what`` be a condition."""
    rows = _table()
    beside = {"前": typed.before(start), "後": typed.after(end), "の": typed.of(end)}
    if OUT.match(typed.folded, end):
        beside = {"前": beside["前"]}
    return all(
        _decided(rows.get((what, side), ()), words) for side, words in beside.items() if words
    )


def _decided(rows: Rows, words: str) -> bool:
    return next((verdict for verdict, pattern in rows if pattern.match(words)), True)


@cache
def _table() -> Mapping[tuple[str, str], Rows]:
    found: defaultdict[tuple[str, str], list[tuple[bool, re.Pattern[str]]]] = defaultdict(list)
    for row in read_table(_TABLE, _COLUMNS, least=4):
        what, side, verdict, words, _ = row.cells
        if side not in ("前", "後", "の") or verdict not in ("take", "leave"):
            raise row.wrong(message("usage.table_columns", columns=_COLUMNS))
        pattern = ".*" if words == "*" else f".*(?:{words})$" if side == "前" else words
        found[what, side].append((verdict == "take", re.compile(pattern)))
    return {key: tuple(rows) for key, rows in found.items()}
