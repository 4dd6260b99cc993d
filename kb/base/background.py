"""What is done in the background: in a thread of its own, whenever something may be waiting."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable
from contextlib import suppress

from kb.base.errors import DxkbError

_NICE = 10  # below everything that somebody waits for
_AGAIN = 60.0  # seconds until what failed as a whole (a full disk, say) is tried again


class Background:
    """Calls ``work`` once it is started and whenever something may be waiting, with what is set when it shall
    stop; at lowered priority with ``is_humble``."""

    def __init__(
        self,
        name: str,
        work: Callable[[threading.Event], None],
        on_error: Callable[[DxkbError], None],
        *,
        is_humble: bool = False,
    ) -> None:
        self._work = work
        self._on_error = on_error
        self._is_humble = is_humble
        self._stop = threading.Event()
        self._wanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begins with whatever waits; once it has begun, asks for another look."""
        self._wanted.set()
        if not self._thread.is_alive():
            self._thread.start()

    def request(self) -> None:
        """Something may be waiting."""
        self._wanted.set()

    def stop(self, seconds: float) -> None:
        """Ends after what is at hand; waits for that so many ``seconds`` at most."""
        self._stop.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join(timeout=seconds)

    def _run(self) -> None:
        if self._is_humble:
            step_back()
        while not self._stop.is_set():
            self._wanted.wait()
            self._wanted.clear()
            try:
                self._work(self._stop)
            except DxkbError as error:  # what was done stays
                self._on_error(error)
                self._stop.wait(_AGAIN)
                self._wanted.set()


def step_back() -> None:
    """Lowers this thread's priority where the system can (Linux: a thread has its own)."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def give_back() -> None:
    """Has the C library hand memory that nobody uses any more back to the system, where it can (glibc): what was read
    once, at a start or by a look at everything, would stay with a server for good."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
