"""Connections to a PostgreSQL server that understand what is written for SQLite.

Statements are shared: marks are translated, flags go in as the integers that SQLite keeps, and a
transaction that writes keeps every other one that writes out, as SQLite's does.
"""

from __future__ import annotations

import atexit
import logging
import os
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from kb.base.config import Server
from kb.base.errors import StoreError
from kb.storage.postgresql import schema

if TYPE_CHECKING:
    import psycopg
    import psycopg_pool

MOST_CONNECTIONS = 24
"""Of one process: each thread of the web needs one at a time, the background four."""
PATIENCE = 10.0
"""Seconds for which a request waits for a server that is being started or taken over."""

_TRUSTED = 1.0  # seconds for which a connection that was just used is taken to be there
_WRITES = 0x64786B62  # "dxkb": the advisory lock of transactions that write
_OPTIONS = "-c lock_timeout=120s -c client_encoding=UTF8"
_LITERAL = re.compile(r"('(?:[^']|'')*')")
_NUL = "\0"


class ServerRow:
    """A row, by position and by name, as :class:`sqlite3.Row` is."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: Mapping[str, int], values: Sequence[Any]) -> None:
        self._places, self._values = places, tuple(values)

    def __getitem__(self, key: Any, /) -> Any:
        return self._values[self._places[key] if isinstance(key, str) else key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def keys(self) -> list[str]:
        """The names of the columns."""
        return list(self._places)


class ServerConnection:
    """A connection of the pool, which :meth:`close` gives back."""

    def __init__(
        self, raw: psycopg.Connection[Any], pool: psycopg_pool.ConnectionPool[Any]
    ) -> None:
        self.raw, self._pool = raw, pool

    @property
    def in_transaction(self) -> bool:
        """True until it is committed or rolled back, or the server is gone."""
        return not self.raw.closed and self.raw.info.transaction_status != 0

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> psycopg.Cursor[Any]:
        """One statement with ``?`` for the values."""
        if sql == "BEGIN IMMEDIATE":
            self.raw.execute("BEGIN")
            return self.raw.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITES])
        return self.raw.execute(translated(sql), parameters, binary=True)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> psycopg.Cursor[Any]:
        """One statement for each of the rows."""
        cursor = self.raw.cursor()
        cursor.executemany(translated(sql), rows)
        return cursor

    def close(self) -> None:
        """Gives the connection back; what was not committed is rolled back."""
        if self._pool is not None:
            pool, self._pool = self._pool, None  # type: ignore[assignment]
            self.raw.dxkb_used = time.monotonic()  # type: ignore[attr-defined]
            pool.putconn(self.raw)


@cache
def translated(sql: str) -> bytes:
    """A statement as psycopg takes it: ``%s`` for ``?`` and ``%%`` for ``%``."""
    parts = _LITERAL.split(sql.replace("%", "%%"))
    return "".join(p if i % 2 else p.replace("?", "%s") for i, p in enumerate(parts)).encode()


def server_connection(server: Server, *, create: bool = False) -> ServerConnection:
    """A connection in autocommit mode. Raises StoreError, SchemaError, psycopg.Error."""
    pool = _pool(server.url, os.getpid())
    connection = ServerConnection(pool.getconn(), pool)
    try:
        if create:
            schema.migrate(connection.raw)
        _check(pool, connection, server)
    except BaseException:
        connection.close()
        raise
    return connection


def server_rows(server: Server, sql: str, values: Sequence[object]) -> list[ServerRow]:
    """What a statement that only reads brings; asked once more where the connection turns out to be gone.
    Raises StoreError, psycopg.Error."""
    with closing(server_connection(server)) as connection:
        try:
            return connection.execute(sql, values).fetchall()
        except _psycopg().OperationalError:
            if not connection.raw.closed:
                raise
    _pool(server.url, os.getpid()).check()
    with closing(server_connection(server)) as connection:
        return connection.execute(sql, values).fetchall()


def has_schema(server: Server) -> bool:
    """True where the server's database holds our tables."""
    with _pool(server.url, os.getpid()).connection() as raw:
        return schema.version(raw) > 0


@contextmanager
def server_explained(server: Server) -> Iterator[None]:
    """Turns psycopg's errors into a :class:`StoreError` with a remedy."""
    psycopg = _psycopg()
    try:
        yield
    except psycopg.errors.DiskFull as error:
        raise StoreError("store.server_full", server=server) from error
    except (psycopg.Error, OSError) as error:
        text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise StoreError("store.server_unusable", server=server, text=text) from error


def _check(pool: Any, connection: ServerConnection, server: Server) -> None:
    """Looks once for each pool whether the tables are those of this dxkb."""
    if not getattr(pool, "dxkb_checked", False):
        schema.check(connection.raw, server)
        pool.dxkb_checked = True


def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise StoreError("store.server_extra") from error
    return psycopg


_making = threading.Lock()
_pools: dict[tuple[str, int], Any] = {}


def _pool(url: str, process: int) -> Any:
    """The pool of this process."""
    with _making:
        if (url, process) not in _pools:
            _pools[url, process] = _made(url)
        return _pools[url, process]


def _made(url: str) -> Any:
    """Raises psycopg.Error with the reason where the first connection cannot be made; later ones are waited
    for."""
    psycopg = _psycopg()
    from psycopg.conninfo import conninfo_to_dict
    from psycopg_pool import ConnectionPool

    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # we tell what fails ourselves
    given = {"application_name": "dxkb", "connect_timeout": int(PATIENCE)} | conninfo_to_dict(url)
    given |= {"autocommit": True, "options": f"{given.get('options', '')} {_OPTIONS}"}
    psycopg.connect(**given).close()
    pool: Any = ConnectionPool(
        "", min_size=1, max_size=MOST_CONNECTIONS, timeout=PATIENCE, open=True,
        kwargs=given | {"row_factory": _rows}, configure=_adapted, check=_alive, name="dxkb",
    )  # fmt: skip
    atexit.register(pool.close)
    return pool


def _alive(raw: psycopg.Connection[Any]) -> None:
    """Raises where a connection that lay for a while is gone; asking each time would double a search's
    statements."""
    if time.monotonic() - getattr(raw, "dxkb_used", 0.0) > _TRUSTED:
        raw.execute("")


def close_pool(server: Server) -> None:
    """Ends this process's connections, as before its database is dropped."""
    with _making:
        if pool := _pools.pop((server.url, os.getpid()), None):
            pool.close()


def _rows(cursor: Any) -> Any:
    places: dict[str, int] = {}
    for place, column in enumerate(cursor.description or ()):
        places.setdefault(column.name, place)
    return lambda values: ServerRow(places, values)


def _adapted(raw: psycopg.Connection[Any]) -> None:
    """Flags go in as integers; text keeps its length where it holds what PostgreSQL does not take."""
    from psycopg.types.numeric import IntDumper
    from psycopg.types.string import StrDumperUnknown

    class Flag(IntDumper):
        def dump(self, obj: Any) -> Any:
            return super().dump(int(obj))

    class Text(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace(_NUL, "\ufffd") if _NUL in obj else obj)

    raw.adapters.register_dumper(bool, Flag)
    raw.adapters.register_dumper(str, Text)
