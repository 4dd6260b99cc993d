"""Lists of cases in other shapes, brought into one row for each case: a column for each municipality,
or a row for each part of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.page import Block
from ingest.split.labels import exact_label
from ingest.split.plates import plate
from kb.places.gazetteer import load_gazetteer

_MOST = 0.8
"""Share of the cells of a column that must be labels, for it to tell the parts of cases."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: its block, and the number and the index of the page it stands on."""

    block: Block
    number: int | None
    page: int

    def with_cells(self, cells: Sequence[str]) -> TableRow:
        """The same row with other cells."""
        block = replace(self.block, text="\t".join(cells), cells=tuple(cells))
        return replace(self, block=block)


def one_row_each(rows: Sequence[TableRow]) -> Sequence[TableRow]:
    """``rows`` with one row for each case, as far as their shape is known."""
    return _turned(rows) or _gathered(rows) or rows


def _turned(rows: Sequence[TableRow]) -> list[TableRow]:
    """A table of labels down and municipalities across, turned; nothing for any other."""
    header, labels = rows[0].block.cells, [row.block.cells[0] for row in rows[1:]]
    gazetteer = load_gazetteer()
    places = header[1:]
    if len(places) < 2 or not all(plate(cell, gazetteer) for cell in places):
        return []
    if sum(_is_part(label) for label in labels) < 2:
        return []
    cells = [row.block.cells + ("",) * len(header) for row in rows[1:]]
    below = [[place, *(row[i] for row in cells)] for i, place in enumerate(places, 1)]
    return [rows[0].with_cells(line) for line in (["市町村名", *labels], *below)]


def _gathered(rows: Sequence[TableRow]) -> list[TableRow]:
    """A table with the parts of a case in rows (区分｜内容), gathered; nothing for any other."""
    header = rows[0].block.cells
    below = [row for row in rows[1:] if row.block.cells != header]
    if not below or any(len(row.block.cells) != len(header) for row in below):
        return []
    for at in range(1, len(header) - 1):
        parts = [row.block.cells[at] for row in below]
        if len(set(parts)) >= 2 and sum(map(_is_part, parts)) >= _MOST * len(parts):
            break
    else:
        return []
    labels = list(dict.fromkeys(parts))
    found = [rows[0].with_cells([*header[:at], *labels])]
    for naming, group in groupby(below, key=lambda row: row.block.cells[:at]):
        case = list(group)
        told = dict.fromkeys(labels, "")
        for row in case:
            told[row.block.cells[at]] = "\n".join(filter(None, row.block.cells[at + 1 :]))
        found.append(case[0].with_cells([*naming, *told.values()]))
    return found


def _is_part(cell: str) -> bool:
    label = exact_label(cell)
    return label is not None and not label.kind
