"""Readers run in a worker process: one that hangs, crashes or eats memory costs that file only."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import threading
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import cast

from ingest.page import Extract
from kb.errors import ReadError

SECONDS = 120.0
"""A file that takes longer than this is given up."""

MEMORY_MIB = 2048
"""Address space of the worker, where the system can limit it; libraries take about 300 of it."""

_RENEW = 200  # files after which a worker is replaced, in case a reader leaks


def read_in_worker(
    path: Path,
    *,
    seconds: float = SECONDS,
    memory_mib: int = MEMORY_MIB,
    password: str | None = None,
    target: str = "ingest.readers:read",
) -> Extract:
    """``ingest.readers.read(path, password=password)`` in the worker process.

    Raises what the reader raises, and ReadError ``timeout``, ``crash``, ``memory`` or ``unreadable``.
    """
    with _mutex:
        worker = _ready_worker(memory_mib)
        answer = worker.ask((target, str(path), password), seconds)
        if answer is None or worker.asked >= _RENEW:
            _close()
    if answer is None:
        raise worker.trouble(seconds)
    if isinstance(answer, Extract):
        return answer
    code, ja, en = cast(tuple[str, str, str], answer)
    raise ReadError(code, ja, en)


class _Worker:
    """A child process that reads one file after the other."""

    def __init__(self, memory_mib: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_serve, args=(theirs, memory_mib), name="dxkb-reader", daemon=True
        )
        self._process.start()
        theirs.close()
        self.memory_mib = memory_mib
        self.asked = 0
        self._late = False

    def ask(self, task: tuple[str, str, str | None], seconds: float) -> object:
        """The child's answer; None when it is late or gone."""
        self.asked += 1
        try:
            self._pipe.send(task)
            if self._pipe.poll(seconds):
                answer: object = self._pipe.recv()
                return answer
            self._late = True
        except (EOFError, OSError):
            pass
        return None

    def trouble(self, seconds: float) -> ReadError:
        """Why there was no answer."""
        if self._late:
            return ReadError(
                "timeout",
                f"読み取りに{seconds:.0f}秒以上かかったため中止しました。ファイルを分割するか、"
                "PDFに出力し直してください。",
                f"Reading took longer than {seconds:.0f} s and was stopped. Split the file or export "
                "it again.",
            )
        return ReadError(
            "crash",
            "読み取りの途中で異常終了しました。ファイルが壊れている可能性があります。"
            "元のアプリで開き、PDFに出力し直してください。",
            "The reader crashed on this file. It may be damaged; open it and export it again.",
        )

    def close(self) -> None:
        """Ends the child, by force if need be."""
        with contextlib.suppress(OSError):
            self._pipe.close()
        self._process.kill()
        self._process.join(timeout=5)

    def is_usable(self, memory_mib: int) -> bool:
        """True when the child is alive under the same limit."""
        return self._process.is_alive() and self.memory_mib == memory_mib


_mutex = threading.Lock()
_current: _Worker | None = None


def _ready_worker(memory_mib: int) -> _Worker:
    global _current
    if _current is not None and not _current.is_usable(memory_mib):
        _close()
    if _current is None:
        _current = _Worker(memory_mib)
    return _current


def _close() -> None:
    global _current
    if _current is not None:
        _current.close()
        _current = None


atexit.register(_close)


def _serve(pipe: Connection, memory_mib: int) -> None:
    """The child: reads what it is asked to and answers with an Extract or an error's parts."""
    _limit_memory(memory_mib)
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            target, path, password = pipe.recv()
            pipe.send(_attempt(target, Path(path), password))


def _attempt(target: str, path: Path, password: str | None) -> object:
    module, _, function = target.partition(":")
    try:
        return getattr(import_module(module), function)(path, password=password)
    except ReadError as error:
        return error.code, error.ja, error.en
    except MemoryError:
        return (
            "memory",
            "読み取りに必要なメモリが上限を超えました。ファイルを分割してください。",
            "Reading needs more memory than allowed. Split the file.",
        )
    except Exception as error:
        return (
            "unreadable",
            f"読み取れませんでした（{type(error).__name__}: {error}）。元のアプリで開けるか確かめ、"
            "PDFに出力し直してください。",
            f"It could not be read ({type(error).__name__}: {error}). Export it again.",
        )


def _limit_memory(memory_mib: int) -> None:
    """Bounds the address space where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    limit = memory_mib * 2**20
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
