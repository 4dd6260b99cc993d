"""Work in the background lets requests under way go first, and waits for none for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from dxkb import traffic as traffic_module
from dxkb.serving import CorpusKeeper
from dxkb.traffic import Traffic
from ingest.flow.pipeline import ingest
from kb.base.config import Settings

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


def test_the_folder_is_kept_once_whoever_came_first_is_answered(settings: Settings) -> None:
    (settings.corpus / "a.md").write_text("# 題\n\n宍粟市の本文です。", encoding="utf-8")
    ingest(settings)
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
    kept = CorpusKeeper(settings, lambda told: None, watching=False, traffic=traffic)
    kept._examine = lambda: order.append("kept")  # type: ignore[method-assign]
    kept.start()
    may_end.set()
    while len(order) < 2:
        time.sleep(0.01)
    kept.stop()
    request.join(LONG)
    assert order == ["answered", "kept"]


def test_nobody_has_to_ask_for_the_work_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic_module, "ASKED_WITHIN", 0.01)
    started = time.monotonic()
    Traffic().first_answer(threading.Event())
    assert time.monotonic() - started < LONG


def test_a_server_that_stops_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic_module, "ASKED_WITHIN", 10 * LONG)
    stop = threading.Event()
    waiting = threading.Thread(target=Traffic().first_answer, args=[stop])
    waiting.start()
    stop.set()
    waiting.join(LONG)
    assert not waiting.is_alive()
