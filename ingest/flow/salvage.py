"""What can still be read in a damaged database and is not in the corpus."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.base.types import OFFICE
from kb.storage.database import Connection, as_it_is
from kb.storage.sentence_vectors import sentence_matrix


@dataclass(frozen=True, slots=True)
class Saved:
    """The rows of a table that could be read, and whether those are all there were."""

    rows: tuple[Mapping[str, Any], ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What a database still tells: ``documents``, the ``files`` of the ledger, the ``vectors`` of the
    sentence model ``sentence_model``, how often it was changed."""

    documents: Saved
    files: Saved
    vectors: Saved
    sentence_model: str
    generation: int

    @property
    def paths(self) -> frozenset[str]:
        """Where documents lay."""
        held = {row["path"] for row in self.files.rows if row["document_no"] is not None}
        return frozenset(held | {row["path"] for row in self.documents.rows})


def salvage(database: Path) -> Salvaged:
    """What can be read of ``database``; nothing where there is none."""
    read = table_of(database, "meta", "key").rows
    meta = {row["key"]: row["value"] for row in read}
    stamp = str(meta.get("generation", ""))
    return Salvaged(
        table_of(database, "documents", "no"),
        table_of(database, "files", "rowid"),
        table_of(database, "sentence_vectors", "key"),
        str(meta.get("sentence_model", "")),
        int(stamp) if stamp.isdigit() else 0,
    )


def table_of(database: Path, table: str, order: str) -> Saved:
    """The rows of a table up to the first place that cannot be read, and from its end back to the last."""
    try:
        with closing(as_it_is(database)) as connection:
            connection.row_factory = sqlite3.Row
            first, whole = _read(connection, table, f"{order}")
            last = [] if whole else _read(connection, table, f"{order} DESC")[0]
    except (sqlite3.Error, OSError):
        return Saved((), whole=not database.exists())
    rows = {row["at"]: row for row in (*first, *reversed(last))}
    return Saved(tuple(rows.values()), whole)


def seed(connection: Connection, found: Salvaged) -> None:
    """Puts into a new, empty database what makes the addresses of cases outlast it, who may see what,
    and the vectors that would take hours to make again."""
    labels = {row["path"]: str(row["visibility"]) for row in found.files.rows}
    for row in found.documents.rows:
        path, key = str(row["path"]), str(row["key"])
        label = labels.get(path, OFFICE)
        made = connection.execute(
            "INSERT OR IGNORE INTO documents (key, path, sha256, fingerprint, reader, pages, quality, page_quality,"
            " visibility, warnings, indexed_at) VALUES (?, ?, '', ?, '', 0, 0, '[]', ?, '[]', '') RETURNING no",
            [key, path, f"salvaged {key}", label],
        ).fetchone()
        connection.execute(
            "INSERT OR IGNORE INTO files VALUES (?, x'', -1, 0, '', '', 'indexed', NULL, NULL, ?, '', ?)",
            [path, label, made and made[0]],
        )
    meta = {"generation": str(found.generation + 1), "sentence_model": found.sentence_model}
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))
    connection.executemany("INSERT INTO sentence_vectors VALUES (?, ?)", _sound(found))


def unread(connection: Connection) -> bool:
    """Forgets what was seeded and could not be read again; True when there was any."""
    connection.execute(
        "DELETE FROM files WHERE document_no IN (SELECT no FROM documents WHERE reader = '')"
    )
    return connection.execute("DELETE FROM documents WHERE reader = ''").rowcount > 0


def _sound(found: Salvaged) -> Iterable[tuple[bytes, bytes]]:
    if not found.sentence_model:  # nobody knows whose they are
        return []
    rows = [(bytes(row["key"]), bytes(row["vector"])) for row in found.vectors.rows]
    _, sound = sentence_matrix([vector for _, vector in rows])
    return [row for row, ok in zip(rows, sound, strict=True) if ok]


def _read(
    connection: sqlite3.Connection, table: str, order: str
) -> tuple[list[Mapping[str, Any]], bool]:
    rows: list[Mapping[str, Any]] = []
    try:
        at = order.split()[0]
        for row in connection.execute(f"SELECT *, {at} AS at FROM {table} ORDER BY {order}"):
            rows.append(dict(row))
    except sqlite3.Error as error:
        return rows, "no such table" in str(error)
    return rows, True
