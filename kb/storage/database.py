"""Opening the database: connections, migrations, and plain words for what goes wrong.

It is an SQLite file or lies on a PostgreSQL server (kb/storage/postgresql). All statements are written in
what both understand.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from kb.base.config import Place, Server, Settings
from kb.base.errors import DamagedError, SchemaError, StoreError, UsageError
from kb.base.messages import Message
from kb.base.types import Viewer

Found = TypeVar("Found")
REPLACED = "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
"""Behind an INSERT INTO meta: the value takes the place of the one that is there."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_UNDECODED = "Could not decode"
_MIGRATIONS = Path(__file__).parent / "schema"
_CACHE_KIB = 400
"""What a connection keeps of the file; SQLite's own 2,000 are 20 MB more in eight threads, and save no time: what the
system keeps of the file serves all of them."""


class StoredRow(Protocol):
    """A row, by position and by name."""

    def __getitem__(self, key: Any, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...


class Cursor(Protocol):
    """What a statement brought."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchmany(self, size: int = ..., /) -> list[Any]: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """What is asked of a connection: :class:`sqlite3.Connection` has it, so has that to a server."""

    @property
    def in_transaction(self) -> bool: ...
    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor: ...
    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Cursor: ...
    def close(self) -> None: ...


def connect(place: Place, *, create: bool = False) -> Connection:
    """A connection in autocommit mode; with ``create`` the database is made and brought up to date.

    Raises :class:`StoreError` when it is missing or unusable and :class:`SchemaError` when a newer
    dxkb wrote it.
    """
    if isinstance(place, Server):
        from kb.storage.postgresql.pool import server_connection

        with explained(place):
            return server_connection(place, create=create)
    return _file_connection(place, create=create)


def _file_connection(path: Path, *, create: bool) -> sqlite3.Connection:
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
        else:
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
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
def atomic(connection: Connection) -> Iterator[None]:
    """One transaction: everything inside happens, or nothing; nobody else writes in between."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def joined(connection: Connection) -> Iterator[None]:
    """One transaction, or part of the one at hand."""
    if connection.in_transaction:
        yield
        return
    with atomic(connection):
        yield


@contextmanager
def explained(place: Place) -> Iterator[None]:
    """Turns the database's and the file system's errors into a :class:`StoreError` with a remedy, a
    :class:`DamagedError` where a file's content is to blame."""
    if isinstance(place, Server):
        from kb.storage.postgresql.pool import server_explained

        with server_explained(place):
            yield
        return
    path = place
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        text = str(error)
        if "full" in text or getattr(error, "errno", None) == 28:
            raise StoreError("store.disk_full", folder=path.parent) from error
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED or _UNDECODED in text:
            raise DamagedError("store.database_damaged", path=path, text=text) from error
        raise StoreError("store.database_unusable", path=path, text=text) from error


class Reader:
    """Reads a database from any thread: one connection to the file for each, one of the pool's for each
    statement to a server. ``damage`` is what was last found wrong with it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.damage: Message | None = None
        self._local = threading.local()
        connect(place).close()

    def rows(self, sql: str, values: Sequence[object], viewer: Viewer) -> list[StoredRow]:
        """What a statement brings; of a server no row that ``viewer`` may not see, whatever the statement asks
        for. Raises StoreError."""
        return self._brought(sql, values, viewer, sqlite3.Row, list)

    def numbers(self, sql: str, values: Sequence[object], viewer: Viewer) -> frozenset[int]:
        """The numbers of the one column that a statement brings: a tenth of what as many rows cost. Raises StoreError."""
        return self._brought(
            sql, values, viewer, None, lambda rows: frozenset(chain.from_iterable(rows))
        )

    def _brought(
        self,
        sql: str,
        values: Sequence[object],
        viewer: Viewer,
        kind: Any,
        gather: Callable[[Iterable[Any]], Found],
    ) -> Found:
        try:
            with explained(self.place):
                if isinstance(self.place, Server):
                    from kb.storage.postgresql.pool import server_rows

                    return gather(server_rows(self.place, sql, tuple(values), viewer.visibilities))
                cursor = cast("sqlite3.Connection", self._connection()).cursor()
                cursor.row_factory = kind
                return gather(cursor.execute(sql, tuple(values)))
        except DamagedError as error:
            self.damage = error.told
            raise

    def _connection(self) -> Connection:
        now = identity(self.place)
        opened: tuple[object, Connection] | None = getattr(self._local, "opened", None)
        if opened is None or now not in (None, opened[0]):  # another file since a restore
            self.damage = self.damage if opened is None else None
            opened = self._local.opened = now, connect(self.place)
        return opened[1]


def require_file(settings: Settings, command: str, instead: str) -> None:
    """Raises UsageError where a server holds everything: it has its own tools for this."""
    if settings.server:
        raise UsageError(
            "usage.server_only", server=settings.server, command=command, instead=instead
        )


def is_there(place: Place) -> bool:
    """True where somebody has made the database. Raises StoreError for a server out of reach."""
    if isinstance(place, Server):
        from kb.storage.postgresql.pool import has_schema

        with explained(place):
            return has_schema(place)
    return place.is_file()


def identity(place: Place) -> tuple[int, int] | None:
    """Which file it is; another one after a restore. None while there is none."""
    if isinstance(place, Server):
        return 0, 0
    try:
        about = place.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino


def schema_version() -> int:
    """The schema version this code works with."""
    return len(scripts())


def scripts() -> list[Path]:
    """The migrations, in order."""
    return sorted(_MIGRATIONS.glob("*.sql"))


def _migrate(connection: sqlite3.Connection) -> None:
    """Applies the migrations that are missing, each in its own transaction."""
    for number, script in enumerate(scripts(), start=1):
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
