"""What tables a database has, told alike for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from typing import Any

_KINDS = {
    "INTEGER": "bigint", "TEXT": "text C", "REAL": "double precision", "BLOB": "bytea",
}  # fmt: skip


def of_sqlite(db: sqlite3.Connection) -> dict[str, Any]:
    """Columns (name, kind, must be there, place in the key) and indexes by table."""
    found: dict[str, Any] = {}
    names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in names:
        columns = [
            (name, _KINDS[kind], bool(must or key), key)
            for _, name, kind, must, _, key in db.execute(f"PRAGMA table_info({table})")
        ]
        indexes = {
            (bool(unique), tuple(r[2] for r in db.execute(f"PRAGMA index_info('{name}')")))
            for _, name, unique, origin, _ in db.execute(f"PRAGMA index_list({table})").fetchall()
            if origin != "pk"
        }
        found[table] = columns, indexes
    return found


def of_server(db: Any) -> dict[str, Any]:
    """The same of a server."""
    found: dict[str, Any] = {}
    tables = db.execute(
        """SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE c.relkind = 'r' AND n.nspname = 'public' AND c.relname != 'dxkb_schema'"""
    ).fetchall()
    for oid, table in tables:
        rows = db.execute(
            """SELECT a.attname, format_type(a.atttypid, NULL) || coalesce(' ' || l.collname, ''), a.attnotnull,
                 coalesce(array_position(k.conkey, a.attnum), 0)
               FROM pg_attribute a LEFT JOIN pg_collation l ON l.oid = a.attcollation
               LEFT JOIN pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'p'
               WHERE a.attrelid = ? AND a.attnum > 0 AND (?, a.attname) != ('cases', 'document_visibility')
               ORDER BY a.attnum""",
            [oid, table],  # what only the server's policies read
        ).fetchall()
        indexes = db.execute(
            """SELECT i.indisunique, (SELECT array_agg(a.attname::TEXT ORDER BY k.n)
                 FROM unnest(i.indkey) WITH ORDINALITY k(at, n)
                 JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.at)
               FROM pg_index i WHERE i.indrelid = ? AND NOT i.indisprimary""",
            [oid],
        ).fetchall()
        found[table] = [tuple(r) for r in rows], {(u, tuple(names)) for u, names in indexes}
    return found
