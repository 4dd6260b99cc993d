"""CSV and tab-separated text: one table, its encoding decided like a note's."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from ingest.page import Extract, Page
from ingest.readers.excel.grid import Grid, blocks
from ingest.readers.excel.sheet import MOST_COLUMNS, MOST_ROWS
from ingest.readers.notes.text import decode
from kb.base.errors import ReadError
from kb.base.messages import message

_DELIMITERS = ",\t;|"
_STATED = re.compile(r"sep=(.)\s*$", re.IGNORECASE)
_SAMPLE = 20_000  # characters that the delimiter is told from


def read_csv(path: Path, content: bytes, password: str | None = None) -> Extract:
    """The rows of a CSV file, without a page number. Raises ReadError: ``encoding`` or ``empty``."""
    decoded = decode(content)
    warnings = list(decoded.warnings)
    text, delimiter = _stated(decoded.text)
    rows, more = _rows(text, delimiter or _delimiter(text, path))
    found = blocks(Grid({at: dict(enumerate(row)) for at, row in enumerate(rows)}))
    if not found:
        raise ReadError("read.empty.table")
    if more:
        warnings.append(message("warn.large", rows=MOST_ROWS, columns=MOST_COLUMNS))
    if text.count('"') % 2 and rows and any("\n" in cell for cell in rows[-1]):
        warnings.append(message("warn.quote", row=len(rows)))
    return Extract("csv", (Page(None, found),), warnings=tuple(warnings))


def _stated(text: str) -> tuple[str, str]:
    """The text without the line in which Excel is told the delimiter, and that; "" where none is."""
    first, _, rest = text.partition("\n")
    stated = _STATED.match(first)
    return (rest, stated[1]) if stated else (text, "")


def _delimiter(text: str, path: Path) -> str:
    """The sign that most rows of the beginning hold equally often."""
    if path.suffix.lower() == ".tsv":
        return "\t"
    lines = [line for line in text[:_SAMPLE].splitlines() if line.strip()][:50]
    counts = {sign: [line.count(sign) for line in lines] for sign in _DELIMITERS}
    return max(_DELIMITERS, key=lambda sign: (sum(n > 0 for n in counts[sign]), sum(counts[sign])))


def _rows(text: str, delimiter: str) -> tuple[list[tuple[str, ...]], bool]:
    """Rows of trimmed cells up to the limits, and whether there were more."""
    rows: list[tuple[str, ...]] = []
    wide = False
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if len(rows) >= MOST_ROWS:
                return rows, True
            wide = wide or len(row) > MOST_COLUMNS
            rows.append(tuple(_cell(cell) for cell in row[:MOST_COLUMNS]))
    except csv.Error as error:  # a cell beyond the module's limit: an unclosed quote, as a rule
        raise ReadError("read.damaged.quote", line_num=reader.line_num) from error
    return rows, wide


def _cell(text: str) -> str:
    lines = (line.replace("\t", " ").strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)
