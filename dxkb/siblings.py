"""More processes that answer on the same socket as this one: a core each. They end with it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence

_LISTENER = (
    "DXKB_SIBLING_OF"  # the number of the open socket, for the processes that this one starts
)


class Siblings:
    """Starts ``n`` more of the command ``arguments`` on ``listener``; one that dies is replaced."""

    def __init__(self, n: int, arguments: Sequence[str]) -> None:
        self._n, self._command = n, [sys.executable, "-m", "dxkb", *arguments]
        self._running: list[subprocess.Popen[bytes]] = []
        self._stop = threading.Event()

    def start(self, listener: socket.socket) -> None:
        """Begins; whoever asks may be answered by any."""
        if self._n:
            threading.Thread(
                target=self._keep, args=[listener], name="siblings", daemon=True
            ).start()

    def stop(self) -> None:
        """Ends all of them."""
        self._stop.set()
        for one in self._running:
            if one.poll() is None:
                one.terminate()

    def _keep(self, listener: socket.socket) -> None:
        while not self._stop.is_set():
            self._running = [one for one in self._running if one.poll() is None]
            for _ in range(self._n - len(self._running)):
                self._running.append(self._started(listener.fileno()))
            self._stop.wait(2.0)

    def _started(self, number: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - ourselves
            self._command, pass_fds=[number], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=os.environ | {_LISTENER: str(number)},
        )  # fmt: skip


def inherited() -> socket.socket | None:
    """The socket that this process shares; None for one that was started by itself. Such a process ends when
    the one that started it is gone: then nobody holds the other end of its standard input."""
    number = os.environ.pop(_LISTENER, "")
    if not number:
        return None
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    return socket.socket(fileno=int(number))


def can_share() -> bool:
    """True where a socket can be handed on: not on Windows, where threads have to do."""
    return os.name == "posix"


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
