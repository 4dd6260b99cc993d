"""Work in the background lets requests under way go first, and waits for none for long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import pytest

from dxkb import traffic as traffic_module
from dxkb.serving import CorpusKeeper
from dxkb.traffic import Traffic
from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from tests.support.waiting import PATIENCE, until, until_kept_no_more

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def ends(work: Callable[[], object]) -> bool:
    """Whether it comes back though it might wait much longer."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return not thread.is_alive()


def begun(
    traffic: Traffic, may_end: threading.Event, answered: Callable[[], object] = lambda: None
) -> threading.Thread:
    """A request under way, which is ``answered`` when it ``may_end``."""
    has_begun = threading.Event()

    def app(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        has_begun.set()
        assert may_end.wait(PATIENCE)
        answered()
        return [b""]

    request = threading.Thread(target=lambda: traffic.counted(app)({}, lambda *_: lambda _: None))
    request.start()
    assert has_begun.wait(PATIENCE)
    return request


def test_work_waits_until_what_is_under_way_is_answered() -> None:
    traffic, may_end = Traffic(), threading.Event()
    order: list[str] = []

    request = begun(traffic, may_end, lambda: order.append("answered"))
    work = threading.Thread(target=lambda: (traffic.give_way(PATIENCE), order.append("stored")))
    work.start()
    may_end.set()
    request.join(PATIENCE)
    work.join(PATIENCE)
    assert order == ["answered", "stored"]


def test_work_goes_on_though_requests_never_end() -> None:
    traffic, may_end = Traffic(), threading.Event()

    request = begun(traffic, may_end)
    traffic.give_way(0.05)
    assert request.is_alive()  # it did not wait for this one
    may_end.set()
    request.join(PATIENCE)


def test_a_request_that_failed_counts_no_longer() -> None:
    traffic = Traffic()

    def app(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        traffic.counted(app)({}, lambda *_: lambda _: None)
    assert ends(lambda: traffic.give_way(10 * PATIENCE))


def test_the_folder_is_kept_once_whoever_came_first_is_answered(settings: Settings) -> None:
    (settings.corpus / "a.md").write_text("# 題\n\n宍粟市の本文です。", encoding="utf-8")
    ingest(settings)
    traffic, may_end = Traffic(), threading.Event()
    order: list[str] = []

    request = begun(traffic, may_end, lambda: order.append("answered"))
    kept = CorpusKeeper(settings, lambda told: None, watching=False, traffic=traffic)
    kept._examine = lambda: order.append("kept")  # type: ignore[method-assign]
    kept.start()
    may_end.set()
    until(lambda: len(order) == 2)
    kept.stop()
    until_kept_no_more()
    request.join(PATIENCE)
    assert order == ["answered", "kept"]


def test_nobody_has_to_ask_for_the_work_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic_module, "ASKED_WITHIN", 0.01)
    assert ends(lambda: Traffic().first_answer(threading.Event()))


def test_a_server_that_stops_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic_module, "ASKED_WITHIN", 10 * PATIENCE)
    stop = threading.Event()
    waiting = threading.Thread(target=Traffic().first_answer, args=[stop])
    waiting.start()
    stop.set()
    waiting.join(PATIENCE)
    assert not waiting.is_alive()
