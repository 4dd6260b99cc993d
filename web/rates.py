"""How often one person, or one address, may ask for what costs the server much."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from flask import Flask, request
from werkzeug.exceptions import TooManyRequests

from web.access import client_address
from web.services import services

SIGN_IN = (10, 1 / 6)
COSTLY = (60, 2.0)
"""Requests at once, and a second after that: for signing in, and for answers that are computed."""

_COSTLY = frozenset({
    "search.index", "api.search", "feeds.results", "municipalities.show", "cases.show", "cases.picture",
    "coverage.index", "compare.export", "documents.source",
})  # fmt: skip
_SIGN_IN = frozenset({"accounts.enter", "accounts.password"})
_MOST = 10_000  # addresses that are remembered


class Rates:
    """A bucket of ``burst`` requests for everybody, which fills by ``rate`` a second."""

    def __init__(
        self, burst: int, rate: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst, self._rate, self._clock = burst, rate, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._mutex = threading.Lock()

    def take(self, who: str) -> float:
        """Takes one request of ``who``; the seconds to wait where none is left, else 0."""
        with self._mutex:
            now = self._clock()
            left, at = self._left.pop(who, (float(self._burst), now))
            left = min(self._burst, left + (now - at) * self._rate)
            is_free = left >= 1.0
            self._left[who] = (left - is_free, now)
            if len(self._left) > _MOST:
                self._left.popitem(last=False)
        return 0.0 if is_free else (1.0 - left) / self._rate


def init_app(app: Flask) -> None:
    """Refuses what comes too often with 429 and the seconds to wait. The owner is never refused."""
    costly, entering = Rates(*COSTLY), Rates(*SIGN_IN)

    def slow_down() -> None:
        if request.endpoint in _SIGN_IN:
            wait = entering.take(client_address())
        elif request.endpoint in _COSTLY and (viewer := services().viewer()).role != "owner":
            wait = costly.take(viewer.name or client_address())
        else:
            return
        if wait:
            raise TooManyRequests(retry_after=math.ceil(wait))

    app.before_request(slow_down)
