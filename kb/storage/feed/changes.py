"""What has changed since a view was made: which cases came or went, which were read by the sentence model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from kb.storage.database import Connection, StoredRow

Rows = Callable[[str, Sequence[object]], list[StoredRow]]
"""Runs a statement with its values."""

KEPT = 5000
"""Generations of the store, and states of the sentence vectors, whose changes are remembered."""


def changed_cases(rows: Rows, since: int) -> frozenset[int] | None:
    """Numbers of the cases that came, changed or went after the generation ``since``; None where that is not
    remembered any more."""
    if since < _remembered(rows, "changes_from", "generation"):
        return None
    found = rows("SELECT case_no FROM case_changes WHERE generation > ?", [since])
    return frozenset(int(row[0]) for row in found)


def read_cases(rows: Rows, since: int) -> frozenset[int] | None:
    """Numbers of the cases of which the sentence model has read something after the state ``since``;
    None where that is not remembered any more."""
    if since < _remembered(rows, "sentences_from", "sentences"):
        return None
    sql = """SELECT DISTINCT p.case_no FROM sentence_arrivals a
        JOIN sentence_passages p ON p.key = a.key WHERE a.state > ?"""
    return frozenset(int(row[0]) for row in rows(sql, [since]))


def note_changes(connection: Connection, cases: Collection[int]) -> None:
    """Notes that these ``cases`` come, change or go with the generation that the caller's transaction begins."""
    generation = 1 + _number(connection, "generation")
    connection.executemany(
        "INSERT INTO case_changes VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(generation, case) for case in cases],
    )
    connection.execute("DELETE FROM case_changes WHERE generation < ?", [generation - KEPT])


def note_changed(connection: Connection, document_no: int | None) -> None:
    """Notes so of the cases of a document: what they are called, or who may see them, changes, or they go."""
    found = connection.execute("SELECT no FROM cases WHERE document_no = ?", [document_no])
    note_changes(connection, [int(row["no"]) for row in found])


def note_arrivals(connection: Connection, keys: Sequence[bytes]) -> None:
    """Notes that vectors of these ``keys`` arrive with the state to which the caller's transaction has
    counted up."""
    state = _number(connection, "sentences")
    connection.executemany(
        "INSERT INTO sentence_arrivals VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(state, key) for key in keys],
    )
    connection.execute("DELETE FROM sentence_arrivals WHERE state < ?", [state - KEPT])


def forget_changes(connection: Connection) -> None:
    """Has every view built whole whose generation is not yet: more than cases that came and went has
    changed. For the caller's transaction, once it has counted up."""
    for name, of in (("changes_from", "generation"), ("sentences_from", "sentences")):
        connection.execute(
            "UPDATE meta SET value = (SELECT value FROM meta WHERE key = ?) WHERE key = ?",
            [of, name],
        )


def _remembered(rows: Rows, name: str, of: str) -> int:
    """The earliest generation, or state, from which on everything is remembered."""
    sql = "SELECT key, value FROM meta WHERE key IN (?, ?)"
    meta = {str(row[0]): int(row[1]) for row in rows(sql, [name, of])}
    now = meta.get(of, 0)
    return max(meta.get(name, now), now - KEPT)


def _number(connection: Connection, name: str) -> int:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", [name]).fetchone()
    return int(row[0]) if row else 0  # none in one that is being copied
