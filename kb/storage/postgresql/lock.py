"""One writer at a time on a server: an advisory lock of its connection, gone with it whatever happens."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from kb.base.config import Server
from kb.base.errors import LockedError
from kb.base.messages import Message, message
from kb.storage.database import Connection
from kb.storage.postgresql.pool import ServerConnection, server_connection, server_explained

_WRITER, _KEEPER = 0x64786B61, 0x64786B64
_NAMED = "hashtextextended(?, 0)"
_LOOK = 5.0  # seconds between two looks at whether the connection lives
_HOLDER = """SELECT a.application_name, a.query_start FROM pg_locks l JOIN pg_stat_activity a USING (pid)
  WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = ? AND l.objsubid = 1 AND l.granted
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


@contextmanager
def server_lock(server: Server) -> Iterator[ServerConnection]:
    """The connection that holds the writer's lock. Raises LockedError naming the holder."""
    with closing(server_connection(server, create=True)) as connection:
        own = f"{os.getpid()} {platform.node()}"[:60]
        got = connection.execute("SELECT pg_try_advisory_lock(?)", [_WRITER]).fetchone()
        if not (got and got[0]):
            raise LockedError("store.locked", holder=_holder(connection))
        try:
            connection.execute("SELECT set_config('application_name', ?, false)", [own])
            yield connection
        finally:
            if not connection.raw.closed:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                connection.execute("SELECT pg_advisory_unlock(?)", [_WRITER])
                connection.execute("SELECT set_config('application_name', 'dxkb', false)")


@contextmanager
def server_keeping(server: Server) -> Iterator[Callable[[], None] | None]:
    """What raises psycopg's error once the lock of whoever keeps the corpus is lost; None where another
    has it."""
    with closing(server_connection(server)) as connection:
        got = connection.execute("SELECT pg_try_advisory_lock(?)", [_KEEPER]).fetchone()
        if not (got and got[0]):
            yield None
            return
        looked = time.monotonic()

        def still() -> None:
            nonlocal looked
            if time.monotonic() - looked > _LOOK:
                looked = time.monotonic()
                with server_explained(server):
                    connection.execute("SELECT 1")

        try:
            yield still
        finally:
            if not connection.raw.closed:
                connection.execute("SELECT pg_advisory_unlock(?)", [_KEEPER])


def claim(connection: Connection, name: str) -> bool:
    """Takes what is called so for this connection, until :func:`give_up` or its end; False where another has
    it. No row is locked and no transaction open meanwhile."""
    return bool(connection.execute(f"SELECT pg_try_advisory_lock({_NAMED})", [name]).fetchone()[0])


def give_up(connection: Connection, name: str) -> None:
    """What :func:`claim` took; nothing where the connection is gone, and the claim with it."""
    assert isinstance(connection, ServerConnection)
    if not connection.raw.closed:
        connection.execute(f"SELECT pg_advisory_unlock({_NAMED})", [name])


def is_held(server: Server) -> bool:
    """True while somebody stores documents."""
    with closing(server_connection(server)) as connection:
        return connection.execute(_HOLDER, [_WRITER]).fetchone() is not None


def _holder(connection: ServerConnection) -> Message:
    row = connection.execute(_HOLDER, [_WRITER]).fetchone()
    if row is None:
        return message("store.locked.unknown")
    pid, _, host = str(row[0]).partition(" ")
    return message("store.locked.holder", pid=pid, host=host, since=row[1])
