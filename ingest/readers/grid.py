"""Tables of every format as rows: a merged cell's text stands once, where it reaches is structure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from ingest.page import Block, Span

_LONGEST_LABEL = 100
"""Characters of a merged cell that is a label of the rows it reaches into; longer text is none."""
_STACKED = re.compile("[\u3041-\u30ff\u4e00-\u9fff々・](?:\n[\u3041-\u30ff\u4e00-\u9fff々・])+")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its first ``row`` and ``column`` (any numbers in order) and how many of them it
    goes ``down`` and ``across``."""

    row: int
    column: int
    text: str
    down: int = 1
    across: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row that says something: its number ``at`` in the grid and its cells from left to right. A
    cell that began in a row above is empty and known by its span's ``above``. ``spans`` is empty in
    a table where every cell is one column wide and one row high."""

    at: int
    cells: tuple[str, ...]
    spans: tuple[Span, ...] = ()

    @property
    def is_line(self) -> bool:
        """True for a row that says one thing, at its beginning: a heading or text across."""
        return not any(self.cells[1:]) and not any(span.above for span in self.spans)

    def block(self, table: int) -> Block:
        """The row as a block of the table with this number; a line when it says one thing."""
        if self.is_line:
            return Block(self.cells[0], table=table)
        return Block("\t".join(self.cells), "row", self.cells, table=table, spans=self.spans)


@dataclass(frozen=True, slots=True)
class _Open:
    """A cell that reaches into further rows, up to the one numbered ``until`` (exclusive)."""

    until: int
    first: int
    last: int
    text: str


def rows(cells: Iterable[Cell], always: Iterable[int] = ()) -> list[Row]:
    """The rows of one table in order. Rows in which no text begins stay out, and so do such columns
    but for those named in ``always``."""
    placed = sorted(cells, key=lambda cell: (cell.row, cell.column))
    columns = sorted({cell.column for cell in placed if cell.text}.union(always))
    is_open: list[_Open] = []
    found: list[Row] = []
    for at, group in groupby(placed, key=lambda cell: cell.row):
        is_open = [one for one in is_open if one.until > at]
        begun = [(cell, *_reach(cell, columns)) for cell in group]
        if any(cell.text for cell, _, _ in begun):
            found.append(_row(at, begun, is_open))
        is_open += [
            _Open(at + cell.down, first, last, unstacked(cell.text))
            for cell, first, last in begun
            if cell.down > 1 and last > first
        ]
    if all(span.across == 1 and not span.above for row in found for span in row.spans):
        return [Row(row.at, row.cells) for row in found]
    return found


def unstacked(text: str) -> str:
    """Text set downwards, one letter a line, as it is read: 「取⏎組⏎名」 is 取組名."""
    return text.replace("\n", "") if _STACKED.fullmatch(text) else text


def _reach(cell: Cell, columns: list[int]) -> tuple[int, int]:
    """The columns that are kept which the cell covers: the first, and the last (exclusive)."""
    return bisect_left(columns, cell.column), bisect_left(columns, cell.column + cell.across)


def _row(at: int, begun: list[tuple[Cell, int, int]], is_open: list[_Open]) -> Row:
    """The cells that cover the columns of one row; where none does before the last, one is empty."""
    texts: list[str] = []
    spans: list[Span] = []
    starts = {
        first: (last, unstacked(cell.text), "") for cell, first, last in begun if last > first
    }
    for one in is_open:
        label = one.text if len(one.text) <= _LONGEST_LABEL else ""
        starts.setdefault(one.first, (one.last, "", label))
    column = 0
    width = max((last for last, _, _ in starts.values()), default=0)
    while column < width:
        last, text, above = starts.get(column, (column + 1, "", ""))
        until = min((c for c in starts if column < c < last), default=last)
        texts.append(text)
        spans.append(Span(column, until - column, above))
        column = until
    return Row(at, tuple(texts), tuple(spans))
