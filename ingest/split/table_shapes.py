"""Lists of cases in other shapes, brought into one row for each case below one row of heads: merged
cells, a column for each municipality, or a row for each part of a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from ingest.page import Block, Span
from ingest.split.labels import Label, exact_label
from ingest.split.plates import plate
from kb.places.gazetteer import Gazetteer, load_gazetteer

_MOST = 0.8
"""Share of the cells of a column that must be labels, for it to tell the parts of cases."""


_ABOVE = 4  # rows among which that of the municipalities stands
_HEADER_ROWS = 3  # rows that a head of merged cells takes at most


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: its block, and the number and the index of the page it stands on. ``above``
    holds for each cell what a merged cell says that reaches into it from a row above, ``sheet`` is
    the name of the sheet."""

    block: Block
    number: int | None
    page: int
    above: tuple[str, ...] = ()
    sheet: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The cells, those that go on from above with what they go on with."""
        above = self.above or ("",) * len(self.block.cells)
        return tuple(cell or label for cell, label in zip(self.block.cells, above, strict=True))

    def with_cells(self, cells: Sequence[str], above: Sequence[str] = ()) -> TableRow:
        """The same row with other cells."""
        block = replace(self.block, text="\t".join(cells), cells=tuple(cells), spans=())
        return replace(self, block=block, above=tuple(above))


def one_row_each(rows: Sequence[TableRow]) -> Sequence[TableRow]:
    """``rows`` with one row for each case, as far as their shape is known."""
    return _turned(rows) or _gathered(rows) or rows


def squared(rows: Sequence[TableRow]) -> Sequence[TableRow]:
    """The rows of a table with merged cells as rows of equal length below one row of heads: a head
    over several columns is put before the words below it, columns under one head are one."""
    if not any(row.block.spans for row in rows):
        return rows
    starts = sorted({span.column for row in rows for span in row.block.places})
    taken = _header_rows(rows)
    heads = [_spread(row.block, starts) for row in rows[:taken]]
    names = [
        " ".join(dict.fromkeys(" ".join(text.split()) for text in column if text))
        for column in zip(*heads, strict=True)
    ]
    firsts = [i for i, name in enumerate(names) if not i or not name or name != names[i - 1]]
    below = [_laid(row, starts, firsts) for row in rows[taken:]]
    return [rows[0].with_cells([names[i] for i in firsts]), *below]


def _header_rows(rows: Sequence[TableRow]) -> int:
    """How many rows the head of a table takes: a row belongs to it as long as words stand only
    below a wider cell of the row above, or a cell of that reaches into it."""
    taken = 1
    while taken < min(_HEADER_ROWS, len(rows) - 1):
        groups = [
            range(span.column, span.column + span.across)
            for text, span in _cells(rows[taken - 1].block)
            if text and span.across > 1
        ]
        block = rows[taken].block
        begun = [span.column for text, span in _cells(block) if text]
        reached = any(span.above for span in block.spans)
        if not begun or not (reached or any(sum(c in g for c in begun) > 1 for g in groups)):
            break
        if not all(any(column in group for group in groups) for column in begun):
            break
        taken += 1
    return taken


def _cells(block: Block) -> Iterator[tuple[str, Span]]:
    return zip(block.cells, block.places, strict=True)


def _spread(block: Block, starts: Sequence[int]) -> list[str]:
    """For each column what the head over it says."""
    covering = {
        column: text
        for text, span in _cells(block)
        for column in range(span.column, span.column + span.across)
    }
    return [covering.get(column, "") for column in starts]


def _laid(row: TableRow, starts: Sequence[int], firsts: Sequence[int]) -> TableRow:
    """The row with a cell for each head; ``firsts`` are the columns where one begins."""
    own = {span.column: text for text, span in _cells(row.block)}
    above = {span.column: span.above for span in row.block.places}
    groups = [starts[a:b] for a, b in pairwise([*firsts, len(starts)])]
    return row.with_cells(
        ["｜".join(filter(None, (own.get(c, "") for c in group))) for group in groups],
        ["｜".join(filter(None, (above.get(c, "") for c in group))) for group in groups],
    )


def _turned(rows: Sequence[TableRow]) -> list[TableRow]:
    """A table of labels down and municipalities across, turned; nothing for any other."""
    gazetteer = load_gazetteer()
    at = next((i for i, row in enumerate(rows[:_ABOVE]) if _names_places(row, gazetteer)), None)
    if at is None:
        return []
    others = [row for row in rows[:at] if exact_label(row.block.cells[0])] + [*rows[at + 1 :]]
    labels, places = [row.block.cells[0] for row in others], rows[at].block.cells[1:]
    if sum((_is_part if not at else exact_label)(label) is not None for label in labels) < 2:
        return []
    cells = [row.block.cells + ("",) * (len(places) + 1) for row in others]
    below = [[place, *(row[i] for row in cells)] for i, place in enumerate(places, 1)]
    return [rows[0].with_cells(line) for line in (["市町村名", *labels], *below)]


def _names_places(row: TableRow, gazetteer: Gazetteer) -> bool:
    """True for a row of municipalities, each above or below what is told of it."""
    places = row.block.cells[1:]
    return len(places) >= 2 and all(plate(cell, gazetteer) for cell in places)


def _gathered(rows: Sequence[TableRow]) -> list[TableRow]:
    """A table with the parts of a case in rows (区分｜内容), gathered; nothing for any other."""
    header = rows[0].block.cells
    below = [row for row in rows[1:] if row.block.cells != header]
    if not below or any(len(row.block.cells) != len(header) for row in below):
        return []
    for at in range(1, len(header) - 1):
        parts = [row.labels[at] for row in below]
        if len(set(parts)) >= 2 and sum(
            _is_part(part) is not None for part in parts
        ) >= _MOST * len(parts):
            break
    else:
        return []
    labels = list(dict.fromkeys(parts))
    found = [rows[0].with_cells([*header[:at], *labels])]
    for naming, group in groupby(below, key=lambda row: row.labels[:at]):
        case = list(group)
        told = dict.fromkeys(labels, "")
        for row in case:
            told[row.labels[at]] = "\n".join(filter(None, row.block.cells[at + 1 :]))
        found.append(case[0].with_cells([*naming, *told.values()]))
    return found


def _is_part(cell: str) -> Label | None:
    label = exact_label(cell)
    return label if label and not label.kind else None
