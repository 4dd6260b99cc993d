"""Requests that are being answered, so that work in the background can let them go first."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Traffic:
    """Counts what is being answered, until its body is begun. Safe to share between threads."""

    def __init__(self) -> None:
        self._under_way = 0
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

    def _add(self, number: int) -> None:
        with self._changed:
            self._under_way += number
            self._changed.notify_all()
