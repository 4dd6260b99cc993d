"""One writer at a time, by a lock that says who holds it: of the data folder, or of the server."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kb.base.clock import utc_now
from kb.base.config import Settings
from kb.base.errors import LockedError
from kb.base.messages import Message, message
from kb.storage.database import Connection, connect, explained, identity


@contextmanager
def writer_lock(data: Path) -> Iterator[None]:
    """Holds the writer's lock of the data folder. Raises LockedError naming the holder."""
    lock = FileLock(data / "writer.lock", timeout=0)
    note = data / "writer.json"
    folder = identity(data)
    try:
        lock.acquire()
    except Timeout:
        raise LockedError("store.locked", holder=_holder(note)) from None
    if identity(data) != folder:  # a restore has put another in its place, whose lock this is not
        lock.release()
        raise LockedError("store.restore_busy")
    try:
        note.write_text(
            json.dumps(
                {
                    "pid": os.getpid(),
                    "host": platform.node(),
                    "since": utc_now(),
                }
            ),
            encoding="utf-8",
        )
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


@contextmanager
def keeping(settings: Settings) -> Iterator[Callable[[], None] | None]:
    """Of all processes over one store, one keeps the corpus folder: for that one, what raises StoreError
    once it is so no more (the server's connection went); None for the others."""
    if settings.server:
        from kb.storage.postgresql.lock import server_keeping

        with explained(settings.server), server_keeping(settings.server) as still:
            yield still
        return
    lock = FileLock(settings.data / "keeper.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        yield None
        return
    except OSError:  # a folder that can only be read has no other keeper either
        yield lambda: None
        return
    try:
        yield lambda: None
    finally:
        lock.release()


def restoring(data: Path) -> Path:
    """Where a restore prepares what becomes the data folder ``data``."""
    return data.with_name(f".{data.name}-restoring")


@contextmanager
def writing(settings: Settings) -> Iterator[Connection]:
    """The one connection that may store documents, made with its database where there is none. Raises
    LockedError naming the holder, StoreError."""
    if settings.server:
        from kb.storage.postgresql.lock import server_lock

        with server_lock(settings.server) as connection:
            yield connection
        return
    with writer_lock(settings.data), closing(connect(settings.database, create=True)) as connection:
        yield connection


def is_writing(settings: Settings) -> bool:
    """True while some process holds the writer's lock."""
    if settings.server:
        from kb.storage.postgresql.lock import is_held

        return is_held(settings.server)
    lock = FileLock(settings.data / "writer.lock", timeout=0)
    try:
        lock.acquire()
    except (Timeout, OSError):
        return True
    lock.release()
    return False


def _holder(note: Path) -> Message:
    try:
        held = json.loads(note.read_text(encoding="utf-8"))
        pid, host, since = held["pid"], held["host"], held["since"]
    except (OSError, ValueError, KeyError):
        return message("store.locked.unknown")
    return message("store.locked.holder", pid=pid, host=host, since=since)
