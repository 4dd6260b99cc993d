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
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from kb.base.config import Server
from kb.base.errors import StoreError
from kb.storage.postgresql import reading, schema

if TYPE_CHECKING:
    import psycopg
    import psycopg_pool

MOST_CONNECTIONS = 24
"""Of one process in one role: each thread of the web needs one at a time, the background four as the owner."""
PATIENCE = 10.0
"""Seconds for which a request waits for a server that is being started or taken over."""

_LOOK = 60.0  # seconds between two looks for the role to read in, where there is none
_TRUSTED = 1.0  # seconds for which a connection that was just used is taken to be there
_WRITES = 0x64786B62  # "dxkb": the advisory lock of transactions that write
_OPTIONS = "-c lock_timeout=120s -c client_encoding=UTF8"
_LITERAL = re.compile(r"('(?:[^']|'')*')")
_NUL = "\0"
_log = logging.getLogger(__name__)


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
    """A connection in autocommit mode, as the owner of the tables. Raises StoreError, SchemaError,
    psycopg.Error."""
    return _lent(_pool(server.url, os.getpid()), server, create=create)


def server_rows(
    server: Server, sql: str, values: Sequence[object], labels: Collection[str] | None
) -> list[ServerRow]:
    """What a statement that only reads brings of what these ``labels`` allow, None: of everything; asked
    once more where the connection turns out to be gone. Raises StoreError, psycopg.Error."""
    pool = _pool(server.url, os.getpid()) if labels is None else _reading(server)
    with closing(_lent(pool, server)) as connection:
        try:
            return _found(connection, sql, values, labels)
        except _psycopg().OperationalError:
            if not connection.raw.closed:
                raise
    pool.check()
    with closing(_lent(pool, server)) as connection:
        return _found(connection, sql, values, labels)


def _lent(pool: Any, server: Server, *, create: bool = False) -> ServerConnection:
    """A connection whose tables are those of this dxkb."""
    connection = _living(pool)
    try:
        if create:
            schema.migrate(connection.raw)
        _check(pool, connection, server)
    except BaseException:
        connection.close()
        raise
    return connection


def _found(
    connection: ServerConnection, sql: str, values: Sequence[object], labels: Collection[str] | None
) -> list[ServerRow]:
    if labels is not None:
        reading.show(connection.raw, labels)
    return connection.execute(sql, values).fetchall()


def _reading(server: Server) -> Any:
    """The pool of the role that only reads; the owner's where there is none."""
    if not (role := role_for_reading(server)):
        return _pool(server.url, os.getpid())
    pool = _pool(server.url, os.getpid(), role)
    pool.dxkb_checked = True
    return pool


def role_for_reading(server: Server) -> str | None:
    """The role in which this process reads for those who do not see everything, looked for again after a
    while where there is none. Raises StoreError, psycopg.Error."""
    owner = _pool(server.url, os.getpid())
    role, until = getattr(owner, "dxkb_role", (None, 0.0))
    if role is None and time.monotonic() >= until:
        with closing(_lent(owner, server)) as connection:
            role = reading.reading_role(connection.raw)
        owner.dxkb_role = role, time.monotonic() + _LOOK
        if role is None and not until:
            asked = asking_for_role(server)
            _log.warning("no role to read in, row-level security does not hold for us: %s", asked)
    return cast("str | None", role)


def asking_for_role(server: Server) -> str:
    """The SQL with which an administrator makes that role."""
    with closing(server_connection(server)) as connection:
        return str(connection.execute(reading.ASKED).fetchall()[0][0])


def has_schema(server: Server) -> bool:
    """True where the server's database holds our tables."""
    with closing(_living(_pool(server.url, os.getpid()))) as connection:
        return schema.version(connection.raw) > 0


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
_pools: dict[tuple[str, int, str], Any] = {}


def _pool(url: str, process: int, role: str = "") -> Any:
    """The pool of this process, of connections as the owner or in another ``role``."""
    with _making:
        if (url, process, role) not in _pools:
            _pools[url, process, role] = _made(url, role)
        return _pools[url, process, role]


def _made(url: str, role: str) -> Any:
    """Raises psycopg.Error with the reason where the first connection cannot be made; later ones are waited
    for."""
    psycopg = _psycopg()
    from psycopg.conninfo import conninfo_to_dict
    from psycopg_pool import ConnectionPool

    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # we tell what fails ourselves
    given = {"application_name": "dxkb", "connect_timeout": int(PATIENCE)} | conninfo_to_dict(url)
    given |= {"autocommit": True, "options": f"{given.get('options', '')} {_OPTIONS}"}
    psycopg.connect(**given).close()

    def configure(raw: Any) -> None:
        _adapted(raw)
        if role:
            raw.execute("SELECT set_config('role', %s, false)", [role])

    pool: Any = ConnectionPool(
        "", min_size=1, max_size=MOST_CONNECTIONS, timeout=PATIENCE, open=True,
        kwargs=given | {"row_factory": _rows}, configure=configure, name="dxkb",
    )  # fmt: skip
    atexit.register(pool.close)
    return pool


def _living(pool: Any) -> ServerConnection:
    """A connection that is there. One that was just used is taken to be: asking each time would double a
    search's statements. Where one is gone, as after a failover, all are looked at: the pool itself would wait
    twice as long for each that it finds gone as for the one before."""
    raw = pool.getconn()
    try:
        if time.monotonic() - getattr(raw, "dxkb_used", 0.0) > _TRUSTED:
            raw.execute("")
    except _psycopg().OperationalError:
        pool.putconn(raw)
        pool.check()
        raw = pool.getconn()
    return ServerConnection(raw, pool)


def close_pool(server: Server) -> None:
    """Ends this process's connections, as before its database is dropped."""
    with _making:
        for key in [key for key in _pools if key[:2] == (server.url, os.getpid())]:
            _pools.pop(key).close()


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
