"""The tables on a PostgreSQL server: the same as in SQLite, column for column (a test compares them)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kb.base.config import Server
from kb.base.errors import SchemaError, StoreError

_MIGRATIONS = Path(__file__).parent / "schema"
_MAKING = 0x64786B63  # the advisory lock of whoever brings the tables up to date


def newest() -> int:
    """The version that this code works with: the number of its last script."""
    return max(int(script.name[:3]) for script in _MIGRATIONS.glob("*.sql"))


def version(raw: Any) -> int:
    """The version of the tables that are there; 0 for none."""
    (name,) = raw.execute("SELECT to_regclass('dxkb_schema')").fetchone()
    return int(raw.execute("SELECT version FROM dxkb_schema").fetchone()[0]) if name else 0


def check(raw: Any, server: Server) -> None:
    """Raises StoreError where there are no tables, SchemaError for those of another version."""
    found, known = version(raw), newest()
    if not found:
        raise StoreError("store.database_missing", path=server)
    if found > known:
        raise SchemaError("store.schema_newer", path=server, found=found, known=known)
    if found < known:
        raise SchemaError("store.schema_older", path=server)


def migrate(raw: Any) -> None:
    """Applies the scripts that are missing, each in its own transaction, one process at a time."""
    if version(raw) >= newest():
        return
    for script in sorted(_MIGRATIONS.glob("*.sql")):
        number = int(script.name[:3])
        with raw.transaction():
            raw.execute("SELECT pg_advisory_xact_lock(%s)", [_MAKING])
            if version(raw) < number:
                raw.execute(script.read_text(encoding="utf-8").encode())
                raw.execute("UPDATE dxkb_schema SET version = %s", [number])
