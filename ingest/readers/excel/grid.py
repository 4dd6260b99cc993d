"""Cells of a sheet as blocks: its tables apart, letters of a fine grid put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.page import Block
from ingest.readers import grid
from ingest.readers.excel.letters import put_together
from ingest.readers.grid import Cell

Area = tuple[int, int, int, int]
"""A merged area: top, left, bottom, right, 0-based, ends open."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Texts of cells by row and column, 0-based, and merged areas."""

    rows: Mapping[int, Mapping[int, str]]
    merged: tuple[Area, ...] = ()


def blocks(sheet: Grid) -> tuple[Block, ...]:
    """Blocks from top to bottom: a row with one text is a line, neighbouring rows are a table. Each
    block knows the number of its row."""
    found: list[Block] = []
    for number, part in enumerate(_tables(_cells(sheet))):
        found += _table(part, number)
    return tuple(found)


def _cells(sheet: Grid) -> list[Cell]:
    """The cells with text, those of merged areas with their size."""
    sizes = {(top, left): (bottom - top, right - left) for top, left, bottom, right in sheet.merged}
    cells = [
        Cell(row, column, text, *sizes.get((row, column), (1, 1)))
        for row, texts in sheet.rows.items()
        for column, text in texts.items()
        if text
    ]
    return put_together(cells)


def _tables(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    """The cells of neighbouring rows; rows that a merged cell reaches into are no gap."""
    part: list[Cell] = []
    reach = 0
    for row, group in groupby(sorted(cells, key=lambda cell: cell.row), key=lambda cell: cell.row):
        if part and row > reach:
            yield part
            part = []
        for cell in group:
            part.append(cell)
            reach = max(reach, row + cell.down)
    if part:
        yield part


def _table(cells: list[Cell], number: int) -> list[Block]:
    """Leading rows with a single text are lines above the table."""
    found: list[Block] = []
    above = True
    for row in grid.rows(cells):
        texts = [text for text in row.cells if text]
        above = above and len(texts) == 1
        block = Block(texts[0]) if above else row.block(number)
        found.append(replace(block, row=row.at + 1))
    return found
