"""Official figures of municipalities in the store: rows as values, and values as rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from kb.base.types import OfficialFigure

SELECT = """SELECT o.*, d.path FROM official_figures o JOIN documents d ON d.no = o.document_no
            WHERE {visible} ORDER BY coalesce(o.year, 0), o.document_no, o.rowid"""


def insert_figures(
    db: sqlite3.Connection, document_no: int, figures: Sequence[OfficialFigure]
) -> None:
    """Stores what a document says. The caller's transaction."""
    rows = [
        (document_no, f.code, f.name, f.value, f.number, f.met, f.year, f.row, f.sheet)
        for f in figures
    ]
    db.executemany("INSERT INTO official_figures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def figure_of(row: sqlite3.Row) -> OfficialFigure:
    """A row of ``SELECT`` as a value."""
    met = None if row["met"] is None else bool(row["met"])
    return OfficialFigure(
        row["code"], row["name"], row["value"], row["number"], met, row["year"], row["row"],
        row["sheet"], row["document_no"], row["path"],
    )  # fmt: skip
