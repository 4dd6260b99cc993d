"""Doing something in a process of its own that is killed, cut off or deceived at a chosen moment.

A moment is the nth time that the process opens a file to write, renames, removes or makes one, or runs a
statement of SQL; so every run meets the same moments. The process is forked from one that has loaded
everything and has no threads.
"""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from select import select
from typing import Any

from kb.base.config import Settings
from kb.base.errors import DxkbError

_NOBODY = 65534
_connect = sqlite3.connect
_WRITES = os.O_WRONLY | os.O_RDWR
_CHANGES = frozenset(
    ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.chmod", "os.truncate", "shutil.rmtree")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended: "done", "killed", "refused" (an error that dxkb explains) or "broke" (any other), what
    it told on the way, and how many moments there were."""

    how: str
    moments: int = 0
    told: str = ""


def apart(
    work: Callable[[], object],
    *,
    at: int = 0,
    what: Callable[[], object] | None = None,
    largest: int = 0,
) -> Ended:
    """Does ``work`` in a child; at moment ``at`` (0: never) ``what`` happens, by default its end by
    SIGKILL. No file grows beyond ``largest`` bytes (0: any)."""
    return _ended(*_begun(work, at, what or _kill, largest))


def within(work: Callable[[], object], at: int) -> list[Ended]:
    """Does it twice at the same time: at moment ``at`` the one waits until the other has done it whole, or
    is held up by the one for a second."""
    gate, opened = os.pipe()
    ended, end = os.pipe()
    other = _begun(lambda: (os.close(opened), os.read(gate, 1), work()), 0, _kill, 0)
    for unused in (gate, end):
        os.close(unused)
    one = _begun(work, at, lambda: (os.write(opened, b"x"), select([ended], [], [], 1)), 0)
    os.close(opened)  # where the moment never came, the other begins when the one has ended
    both = [_ended(*one), _ended(*other)]
    os.close(ended)
    return both


def without_rights(settings: Settings, work: Callable[[], object]) -> Ended:
    """Does ``work`` as somebody who may read everything there and change nothing, which binds root only
    once it is nobody."""
    folder = settings.corpus.parent
    paths = [folder, *folder.rglob("*")]
    modes = {path: path.stat().st_mode & 0o777 for path in paths}
    is_root = os.getuid() == 0
    for path in paths:
        if is_root:
            os.chown(path, _NOBODY, _NOBODY)
        path.chmod(0o555 if path.is_dir() else 0o444)
    ended = apart(lambda: (_become_nobody() if is_root else None, work()))
    for path, mode in modes.items():
        path.chmod(mode)
        if is_root:
            os.chown(path, 0, 0)
    return ended


def _become_nobody() -> None:
    os.setgroups([])
    os.setgid(_NOBODY)
    os.setuid(_NOBODY)


def _begun(
    work: Callable[[], object], at: int, what: Callable[[], object], largest: int
) -> tuple[int, int]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.setpgid(0, 0)
        _child(work, at, what, largest, writer)
    os.close(writer)
    return child, reader


def _ended(child: int, reader: int) -> Ended:
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read().decode("utf-8", "replace")
    _, status = os.waitpid(child, 0)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    if os.WIFSIGNALED(status):
        return Ended("killed")
    how, moments, rest = [*told.split("\n", 2), "", "", ""][:3]
    return Ended(how or "broke", int(moments or 0), rest)


def _child(
    work: Callable[[], object], at: int, what: Callable[[], object], largest: int, pipe: int
) -> None:
    moments = _Moments(at, what)
    told = "broke"
    text = ""
    try:
        if largest:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
        sys.addaudithook(moments.hook)
        sqlite3.connect = moments.connect
        work()
        told = "done"
    except DxkbError as error:
        told, text = "refused", str(error)
    except BaseException:
        text = traceback.format_exc()
    moments.over = True
    os.write(pipe, f"{told}\n{moments.count}\n{text}".encode())
    os._exit(0)


class _Moments:
    """Counts moments, and does what is to be done at one."""

    def __init__(self, at: int, what: Callable[[], object]) -> None:
        self.count = 0
        self.over = False
        self._at = at
        self._what = what

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _CHANGES or (event == "open" and _is_to_write(arguments[2])):
            self._count()

    def connect(self, *arguments: Any, **named: Any) -> sqlite3.Connection:
        connection = _connect(*arguments, **named)
        connection.set_trace_callback(lambda statement: self._count())
        return connection

    def _count(self) -> None:
        self.count += 1
        if self.count == self._at and not self.over:
            self._what()


def _is_to_write(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & _WRITES)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
