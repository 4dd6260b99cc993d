"""Cells of a sheet as blocks: its tables apart, merged cells filled, headers said again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.page import Block

HEADER_EVERY = 20
"""Rows after which a table says its header again, so that a passage from its middle can be read."""

_HEADER_ROWS = 3  # rows that a merged header takes at most
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Texts of cells, row by row, and merged areas (top, left, bottom, right), 0-based, ends open."""

    rows: tuple[Row, ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()


def blocks(grid: Grid) -> tuple[Block, ...]:
    """Blocks from top to bottom: a row with one text is a line, neighbouring rows are a table."""
    rows = _filled(grid)
    found: list[Block] = []
    for number, part in enumerate(_tables(rows)):
        found += _table(part, number)
    return tuple(found)


def header_of(rows: Sequence[Row]) -> tuple[Row, int]:
    """The header of a table as one row, and the number of rows that it takes; ((), 0) without one.

    A header is a full row of short texts without figures above rows that are longer or hold figures;
    rows above it that name groups of columns are put before its words.
    """
    for i, row in enumerate(rows[:_HEADER_ROWS]):
        if i + 1 < len(rows) and _is_header(row, rows[i + 1 :]):
            above = rows[:i]
            words = [
                " ".join(dict.fromkeys(text for text in (*(r[c] for r in above), name) if text))
                for c, name in enumerate(row)
            ]
            return tuple(words), i + 1
        if len(set(filter(None, row))) == len(row):
            break  # it names no groups of columns
    return (), 0


def _is_header(row: Row, below: Sequence[Row]) -> bool:
    texts = [cell for cell in row if cell]
    if len(texts) < 2 or len(texts) < 0.7 * len(row) or len(set(texts)) < len(texts):
        return False
    if any(len(text) > 30 or _is_figure(text) for text in texts):
        return False
    others = [cell for other in below[:20] for cell in other if cell]
    longer = sum(map(len, others)) / max(len(others), 1) > 1.2 * sum(map(len, texts)) / len(texts)
    return longer or any(_is_figure(cell) for cell in others)


def _is_figure(text: str) -> bool:
    return bool(text) and text[0].isdigit() and sum(c.isdigit() for c in text) * 2 >= len(text)


def _filled(grid: Grid) -> list[Row]:
    """Rows with merged areas filled: a cell merged over several columns or rows counts in each of
    them; a whole row merged into one cell stays one text."""
    rows = [list(row) for row in grid.rows]
    for top, left, bottom, right in grid.merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        text = rows[top][left]
        alone = sum(bool(cell) for cell in rows[top]) == 1 and bottom == top + 1
        if alone or not text:
            continue
        for row in rows[top : min(bottom, len(rows))]:
            row[left:right] = [text] * (min(right, len(row)) - left)
    return [tuple(row) for row in rows]


def _tables(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Runs of rows between empty ones, without the columns that are empty in all of them."""
    part: list[Row] = []
    for row in [*rows, ()]:
        if any(row):
            part.append(row)
        elif part:
            used = [c for c in range(max(map(len, part))) if any(len(r) > c and r[c] for r in part)]
            yield [tuple(r[c] if c < len(r) else "" for c in used) for r in part]
            part = []


def _table(rows: list[Row], number: int) -> list[Block]:
    """Leading rows with a single text are lines above the table."""
    start = next((i for i, row in enumerate(rows) if sum(map(bool, row)) > 1), len(rows))
    found = [Block(next(filter(None, row))) for row in rows[:start]]
    header, taken = header_of(rows[start:])
    if header:
        found.append(_row(header, number))
    for i, row in enumerate(rows[start + taken :]):
        if header and i and i % HEADER_EVERY == 0:
            found.append(_row(header, number))
        found.append(_row(row, number))
    return found


def _row(cells: Row, number: int) -> Block:
    if sum(map(bool, cells)) < 2 and len(cells) < 2:
        return Block("".join(cells))
    return Block("\t".join(cells), "row", cells, table=number)
