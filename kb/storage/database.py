"""Opening the SQLite file: connections, migrations, and plain words for what goes wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.base.errors import DamagedError, SchemaError, StoreError

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_UNDECODED = "Could not decode"
_MIGRATIONS = Path(__file__).parent / "schema"


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode; with ``create`` the file is made and brought up to date.

    Raises :class:`StoreError` when the file is missing or unusable and :class:`SchemaError` when a
    newer dxkb wrote it.
    """
    with explained(path):
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        elif not path.is_file():
            raise StoreError("store.database_missing", path=path)
        connection = _opened(path, "rwc") if create else as_it_is(path)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        if create:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            _migrate(connection)
        _check_version(connection, path)
        return connection


def as_it_is(path: Path) -> sqlite3.Connection:
    """A connection to a file that is there, whatever its schema. Raises what sqlite3 raises."""
    connection = _opened(path, "rw")
    return _opened(path, "ro&immutable=1") if _is_readonly(connection, path) else connection


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True, isolation_level=None, timeout=30.0, check_same_thread=False,
    )  # fmt: skip


def _is_readonly(connection: sqlite3.Connection, path: Path) -> bool:
    """True for a database whose folder cannot be written, where SQLite's log cannot be kept; without
    a log nobody has written since, and it can be read as it is."""
    try:
        connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.OperationalError as error:
        log = path.with_name(path.name + "-wal")
        refused = error.sqlite_errorname.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY"))
        if not refused or (log.is_file() and log.stat().st_size):
            raise
        connection.close()
        return True
    return False


@contextmanager
def atomic(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction: everything inside happens, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns SQLite's and the file system's errors into a :class:`StoreError` with a remedy, a
    :class:`DamagedError` where the file's content is to blame."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        text = str(error)
        if "full" in text or getattr(error, "errno", None) == 28:
            raise StoreError("store.disk_full", folder=path.parent) from error
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED or _UNDECODED in text:
            raise DamagedError("store.database_damaged", path=path, text=text) from error
        raise StoreError("store.database_unusable", path=path, text=text) from error


def identity(path: Path) -> tuple[int, int] | None:
    """Which file it is; another one after a restore. None while there is none."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino


def schema_version() -> int:
    """The schema version this code works with."""
    return len(_scripts())


def _scripts() -> list[Path]:
    return sorted(_MIGRATIONS.glob("*.sql"))


def _migrate(connection: sqlite3.Connection) -> None:
    """Applies the migrations that are missing, each in its own transaction."""
    for number, script in enumerate(_scripts(), start=1):
        if int(connection.execute("PRAGMA user_version").fetchone()[0]) < number:
            sql = script.read_text(encoding="utf-8")
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version = {number};\nCOMMIT;"
            )


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > schema_version():
        raise SchemaError("store.schema_newer", path=path, found=found, known=schema_version())
    if found < schema_version():
        raise SchemaError("store.schema_older", path=path)
