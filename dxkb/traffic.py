"""Requests that are being answered, so that work in the background can let them go first."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ASKED_WITHIN, ANSWERED_WITHIN = 3.0, 30.0
"""Seconds after its start for which work in the background waits for somebody to ask, and in all for the answer."""
_LOOK = 0.1  # seconds until whoever waits for the first answer sees that it shall stop


class Traffic:
    """Counts what is being answered, until its body is begun. Safe to share between threads."""

    def __init__(self) -> None:
        self._under_way = self._answered = 0
        self._changed = threading.Condition()

    def counted(self, app: WSGIApplication) -> WSGIApplication:
        """The application, each of whose requests counts."""

        def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            self._add(1)
            try:
                return app(environ, start_response)
            finally:
                self._add(-1)

        return answer

    def give_way(self, seconds: float) -> None:
        """Waits while anything is being answered, for so many ``seconds`` at most."""
        with self._changed:
            self._changed.wait_for(lambda: not self._under_way, seconds)

    def first_answer(self, stop: threading.Event) -> None:
        """Waits until somebody has been answered, or nobody asks, or ``stop`` is set: whoever opens a page after the
        start has it before work in the background begins."""
        began = time.monotonic()

        def is_over() -> bool:
            waited = time.monotonic() - began
            most = ANSWERED_WITHIN if self._under_way else ASKED_WITHIN
            return waited >= most or (self._answered > 0 and not self._under_way)

        with self._changed:
            while not stop.is_set() and not self._changed.wait_for(is_over, _LOOK):
                pass

    def _add(self, number: int) -> None:
        with self._changed:
            self._under_way += number
            self._answered += number < 0
            self._changed.notify_all()
