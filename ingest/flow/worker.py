"""Worker processes: what hangs, crashes or eats memory in one costs that piece of work only."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from kb.base.errors import ReadError

_MOST = 4  # workers; more fill the memory of an office PC sooner than they save time
_RENEW = 200  # tasks after which a worker is replaced, in case a library leaks
_WORN = 0.5  # share of the memory limit after which a worker is replaced
_PATIENCE = 1 if sys.platform == "win32" else 4  # seconds by the clock for each of processor time
_NICENESS = 10  # searches while 300 files go in: p95 1.9 times idle without, 1.4 with (two cores)
_GRACE = 2.0  # seconds an idle worker has to end by itself


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may take: ``seconds`` of processor time, so that a busy computer fails no file, and a
    few times that by the clock (on Windows that many by the clock); and ``memory_mib`` of address space
    where the system can bound it (libraries take about 300 of it)."""

    seconds: float = 120.0
    memory_mib: int = 2048


def worker_count() -> int:
    """How many workers this machine feeds: one for each processor, 4 at most."""
    if sys.platform == "linux":
        return max(1, min(_MOST, len(os.sched_getaffinity(0))))
    return max(1, min(_MOST, os.cpu_count() or 1))


class Workers:
    """Up to ``size`` processes, each started when there is work for it. Any thread may call; leaving
    the ``with`` block ends them all, whatever they are doing."""

    def __init__(self, size: int = 0, limits: Limits | None = None) -> None:
        self.size = size or worker_count()
        self._limits = limits or Limits()
        self._places = threading.BoundedSemaphore(self.size)
        self._mutex = threading.Lock()
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._closed = False

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def call(self, target: str, *arguments: object, seconds: float | None = None) -> Any:
        """What the function ``"module:name"`` returns for these arguments, in a worker; waits while
        all are busy, which does not count as its time.

        Raises what the function raises as ReadError, and ReadError ``timeout``, ``crash``,
        ``memory`` or ``unreadable`` (any other exception).
        """
        allowed = seconds or self._limits.seconds
        with self._places:
            worker = self._take()
            answer = None
            try:
                answer = worker.ask((target, arguments), allowed)
            finally:
                self._give_back(worker, keep=answer is not None and not answer[1])
        if answer is None:
            raise _late(worker.late_after) if worker.late_after else _crashed()
        value = answer[0]
        if isinstance(value, ReadError):
            raise value
        return value

    def rest(self) -> None:
        """Ends those at work, whose calls raise ReadError("crash"); idle ones wait for more."""
        with self._mutex:
            for worker in self._all.difference(self._idle):
                worker.kill()

    def close(self) -> None:
        """Ends every worker; calls under way raise ReadError("crash")."""
        with self._mutex:
            self._closed = True
            idle, self._idle = self._idle, []
            for worker in self._all.difference(idle):
                worker.kill()
        for worker in idle:
            worker.hang_up()
        with self._mutex:
            for worker in idle:
                worker.end()
                self._all.discard(worker)

    def _take(self) -> _Worker:
        with self._mutex:
            if self._closed:
                raise _crashed()
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive():
                    return worker
                self._all.discard(worker)
                worker.end()
            worker = _Worker(self._limits.memory_mib)
            self._all.add(worker)
            return worker

    def _give_back(self, worker: _Worker, keep: bool) -> None:
        with self._mutex:
            if keep and worker.asked < _RENEW and not self._closed:
                self._idle.append(worker)
            else:
                self._all.discard(worker)
                worker.kill()
                worker.end()


class _Worker:
    """A child process that does one task after the other."""

    def __init__(self, memory_mib: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_serve, args=(theirs, memory_mib), name="dxkb-reader", daemon=True
        )
        self._process.start()
        _put_back(self._process.pid)
        theirs.close()
        self.asked = 0
        self.late_after = 0.0

    def ask(
        self, task: tuple[str, tuple[object, ...]], seconds: float
    ) -> tuple[object, bool] | None:
        """The child's answer and whether it is worn out; None when it is late or gone."""
        self.asked += 1
        try:
            self._pipe.send((task, seconds))
            if self._pipe.poll(seconds * _PATIENCE):
                answer: tuple[object, bool] = self._pipe.recv()
                return answer
            self.late_after = seconds * _PATIENCE
        except (EOFError, OSError):
            self._process.join(_GRACE)
            if sys.platform != "win32" and self._process.exitcode == -signal.SIGPROF:
                self.late_after = seconds
        return None

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def hang_up(self) -> None:
        """Lets an idle child end by itself."""
        with contextlib.suppress(OSError):
            self._pipe.close()

    def kill(self) -> None:
        """Ends the child at once, with the programs that it runs."""
        if self._process.pid is None or not self._process.is_alive():
            return
        if sys.platform == "win32":
            end = ["taskkill", "/F", "/T", "/PID", str(self._process.pid)]
            subprocess.run(end, check=False, capture_output=True)  # noqa: S603
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()  # also one that has no group of its own yet

    def end(self) -> None:
        """Waits for the child's end, and forces it if need be."""
        self.hang_up()
        self._process.join(timeout=_GRACE)
        self.kill()
        self._process.join(timeout=_GRACE)


def _late(seconds: float) -> ReadError:
    return ReadError("read.timeout", seconds=seconds)


def _crashed() -> ReadError:
    return ReadError("read.crash")


def _serve(pipe: Connection, memory_mib: int) -> None:
    """The child: does what it is asked to and answers with a value or an error."""
    _stand_alone()
    _limit_memory(memory_mib)
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            (target, arguments), seconds = pipe.recv()
            module, _, name = target.partition(":")
            _limit_processor(seconds)
            answer = _attempt(module, name, arguments)
            _limit_processor(0)
            pipe.send((answer, _is_worn(memory_mib)))


def _attempt(module: str, name: str, arguments: tuple[object, ...]) -> object:
    try:
        function: Callable[..., object] = getattr(import_module(module), name)
        return function(*arguments)
    except ReadError as error:
        return error.with_traceback(None)
    except MemoryError:
        return ReadError("read.memory")
    except Exception as error:
        return ReadError("read.unreadable.reader", error=f"{type(error).__name__}: {error}")


def _is_worn(memory_mib: int) -> bool:
    """True when this process has taken so much memory that the next large file may not fit."""
    try:
        import resource
    except ImportError:  # Windows, where it cannot be bounded either
        return False
    taken = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )
    if sys.platform == "linux":  # there it begins with what the parent had
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        taken = next(
            (int(line.split()[1]) * 1024 for line in status.splitlines() if "VmHWM" in line), taken
        )
    return taken > _WORN * memory_mib * 2**20


def _stand_alone() -> None:
    """A group of its own, so that a child can be ended with all that it runs; and its end when the
    parent is gone, whatever it is doing."""
    if sys.platform != "win32":
        os.setpgid(0, 0)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _put_back(child: int | None) -> None:
    """Whoever searches meanwhile goes first, from the child's first import on."""
    if sys.platform != "win32" and child is not None:
        with contextlib.suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, child, _NICENESS)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        if sys.platform != "win32":
            os.killpg(0, signal.SIGKILL)
        os._exit(1)


def _limit_processor(seconds: float) -> None:
    """Ends this process after so much more processor time, whatever it is doing; 0 for never."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory(memory_mib: int) -> None:
    """Bounds the address space where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    limit = memory_mib * 2**20
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
