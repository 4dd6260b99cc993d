"""Sheets with one letter a cell (神エクセル): the letters of a word put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from ingest.readers.grid import Cell

_FEWEST = 3
"""Different letters of a word; fewer side by side may be marks in the columns of a table."""
_WIDEST = 4
"""Columns of the widest cell that holds one letter."""
_MOSTLY = 0.5
"""Share of single letters among the cells of a sheet from which all of it is such a grid."""


def put_together(cells: Sequence[Cell]) -> list[Cell]:
    """The cells, words that were typed one letter a cell as one cell each, as wide as the word.

    A sheet that is mostly single letters is read so in whole; in another one only words with
    nothing below them, because 日, 月 and 火 above the days of a calendar are no word.
    """
    single = _letters(cells)
    if len({cell.text for cell in single}) < _FEWEST:
        return list(cells)
    used = {at for cell in single for at in range(cell.column, cell.column + cell.across)}
    words = [word for row in _rows(single) for word in _words(row, used)]
    if not any(_is_word(word) for word in words):
        return list(cells)
    if sum(cell.text.isalpha() for cell in single) < _MOSTLY * len(cells):
        below = _below(cells)
        words = [
            word
            for word in words
            if _is_word(word)
            and 2 * sum(c.column in below.get(word[0].row, ()) for c in word) < len(word)
        ]
    taken = {(letter.row, letter.column) for word in words for letter in word}
    kept = [cell for cell in cells if (cell.row, cell.column) not in taken]
    return [*kept, *(_joined(word) for word in words)]


def _letters(cells: Sequence[Cell]) -> list[Cell]:
    """The single letters in cells as wide as most of them: one column, or a few that were merged."""
    alone = [cell for cell in cells if len(cell.text) == 1 and cell.across <= _WIDEST]
    if not alone:
        return []
    usual = Counter(cell.across for cell in alone).most_common(1)[0][0]
    return [cell for cell in alone if cell.across == usual]


def _rows(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    ordered = sorted(cells, key=lambda cell: (cell.row, cell.column))
    for _, row in groupby(ordered, key=lambda cell: cell.row):
        yield list(row)


def _below(cells: Sequence[Cell]) -> dict[int, set[int]]:
    """The columns in which the next row with text holds some, by row."""
    rows = [(row[0].row, {cell.column for cell in row}) for row in _rows(cells)]
    return {at: columns for (at, _), (_, columns) in pairwise(rows)}


def _words(row: list[Cell], used: set[int]) -> Iterator[list[Cell]]:
    """The words of a row. Letters set wide apart (内□容) are one word up to a wider gap or a column
    that no letter of the sheet stands in."""
    word = [row[0]]
    for before, letter in pairwise(row):
        gap = letter.column - before.column
        steps = [b.column - a.column for a, b in pairwise(word)]
        usual = steps[0] if steps else gap
        is_free = any(column not in used for column in range(before.column, letter.column))
        if gap != usual or (gap > before.across and is_free and len(word) > 1):
            yield word
            word = []
        word.append(letter)
    yield word


def _is_word(word: Sequence[Cell]) -> bool:
    return len({cell.text for cell in word if cell.text.isalpha()}) >= _FEWEST


def _joined(word: Sequence[Cell]) -> Cell:
    first, last = word[0], word[-1]
    text = "".join(cell.text for cell in word)
    return Cell(first.row, first.column, text, across=last.column + last.across - first.column)
