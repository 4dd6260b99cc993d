"""Work in the background lets requests under way go first, and waits for none for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from dxkb.traffic import Traffic

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LONG = 20.0


def test_work_waits_until_what_is_under_way_is_answered() -> None:
    traffic, begun, may_end = Traffic(), threading.Event(), threading.Event()
    order: list[str] = []

    def app(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        begun.set()
        assert may_end.wait(LONG)
        order.append("answered")
        return [b""]

    request = threading.Thread(target=lambda: traffic.counted(app)({}, lambda *_: lambda _: None))
    request.start()
    assert begun.wait(LONG)
    work = threading.Thread(target=lambda: (traffic.give_way(LONG), order.append("stored")))
    work.start()
    may_end.set()
    request.join(LONG)
    work.join(LONG)
    assert order == ["answered", "stored"]


def test_work_goes_on_though_requests_never_end() -> None:
    traffic, begun, may_end = Traffic(), threading.Event(), threading.Event()

    def app(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        begun.set()
        may_end.wait(LONG)
        return [b""]

    request = threading.Thread(target=lambda: traffic.counted(app)({}, lambda *_: lambda _: None))
    request.start()
    assert begun.wait(LONG)
    started = time.monotonic()
    traffic.give_way(0.05)
    assert time.monotonic() - started < LONG
    assert request.is_alive()  # it did not wait for this one
    may_end.set()
    request.join(LONG)


def test_a_request_that_failed_counts_no_longer() -> None:
    traffic = Traffic()

    def app(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        traffic.counted(app)({}, lambda *_: lambda _: None)
    started = time.monotonic()
    traffic.give_way(LONG)
    assert time.monotonic() - started < LONG
