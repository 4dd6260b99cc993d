"""Tables that people keep by hand: a row a line, cells parted by tabs, UTF-8, # before a remark.

Every word list of the product is one, and so is a municipality's own lexicon. A row that cannot be
right is refused, with its file and line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.base.errors import UsageError
from kb.base.messages import Message, message

__all__ = ["TableLine", "read_table"]


@dataclass(frozen=True, slots=True)
class TableLine:
    """The stripped ``cells`` of one line, as many as the table has columns ("" where it ends early);
    ``line`` counts from 1."""

    path: Path
    line: int
    cells: tuple[str, ...]

    def words(self, column: int, sign: str = "|") -> tuple[str, ...]:
        """The words of a cell, parted by ``sign``; none of an empty cell."""
        return tuple(filter(None, map(str.strip, self.cells[column].split(sign))))

    def number(self, column: int) -> float:
        """A cell as a number. Raises UsageError."""
        try:
            return float(self.cells[column])
        except ValueError as error:
            said = self.cells[column]
            raise self.wrong(message("usage.table_number", said=said)) from error

    def wrong(self, what: Message) -> UsageError:
        """The error that names this line and says, in whole sentences, what is wrong with it."""
        return UsageError("usage.table_line", path=self.path, line=self.line, what=what)


def read_table(
    path: Path, columns: Sequence[str], least: int | None = None
) -> tuple[TableLine, ...]:
    """The rows of the table at ``path``, whose ``columns`` are named as people call them; the first
    must not be empty, and each row has at least ``least`` cells (None: all of them).

    Raises UsageError naming the file, and the line where one is wrong.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("usage.table_unreadable", path=path, error=error) from error
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = tuple(map(str.strip, line.split("\t")))
        row = TableLine(path, number, (*cells, *[""] * (len(columns) - len(cells))))
        if not cells[0] or not (least or len(columns)) <= len(cells) <= len(columns):
            raise row.wrong(message("usage.table_columns", columns=columns))
        rows.append(row)
    return tuple(rows)
