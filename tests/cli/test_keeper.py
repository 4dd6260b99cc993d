"""The keeper of the folder is itself kept: it begins anew, and says that it had to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from dxkb import serving
from dxkb.serving import CorpusKeeper
from dxkb.told import ActivityNote, told_activity
from ingest.flow.pipeline import ingest
from ingest.flow.report import IngestReport
from kb.base.config import Settings
from kb.base.messages import Message, message, render
from kb.storage.writer import open_writer
from tests.support.waiting import until, until_kept_no_more
from tests.support.web_world import services
from web.app import create_app
from web.services import Activity


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """While it is set, every ingest throws what nobody foresaw."""
    event = threading.Event()
    event.set()

    def sometimes(*arguments: object, **named: object) -> IngestReport:
        if event.is_set():
            raise ZeroDivisionError
        return ingest(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(serving, "ingest", sometimes)
    return event


@pytest.fixture
def told() -> list[Message]:
    return []


@pytest.fixture
def keeper(settings: Settings, told: list[Message]) -> Iterator[CorpusKeeper]:
    with open_writer(settings):
        pass
    (settings.corpus / "a.md").write_text("# 題\n\n宍粟市の本文です。", encoding="utf-8")
    kept = CorpusKeeper(settings, told.append, watching=False)
    yield kept
    kept.stop()
    until_kept_no_more()


def test_it_begins_anew_when_asked_and_says_what_happened(
    settings: Settings, keeper: CorpusKeeper, told: list[Message], broken: threading.Event
) -> None:
    own = replace(
        services(settings), activity=keeper.activity, request_rescan=keeper.request_rescan
    )
    client = create_app(own).test_client()
    keeper.start()
    until(lambda: bool(told))
    assert "ZeroDivisionError" in render(told[0])
    health = client.get("/healthz")
    assert health.status_code in (200, 503)
    assert "ZeroDivisionError" in health.json["problem"]  # type: ignore[index]
    assert "ZeroDivisionError" in client.get("/documents").get_data(as_text=True)
    broken.clear()
    assert client.post("/documents/rescan").status_code == 303
    until(lambda: keeper.activity().problem is None)
    assert own.store.ledger(own.viewer())[0].status == "indexed"
    assert "problem" not in client.get("/healthz").json  # type: ignore[operator]


def test_healthz_tells_how_far_it_is(settings: Settings) -> None:
    (settings.corpus / "a.md").write_text("# 題\n\n宍粟市の本文です。", encoding="utf-8")
    ingest(settings)
    own = services(settings)
    own.searcher.ready()
    for state, status, pending in (
        (Activity(), "ok", 0),
        (Activity(running=True, done=2, total=5), "ok", 3),
        (Activity(problem=Message("read.crash")), "degraded", 0),
    ):
        client = create_app(replace(own, activity=lambda now=state: now)).test_client()
        answer = client.get("/healthz")
        assert answer.status_code == 200
        assert (answer.json["status"], answer.json["pending"]) == (status, pending)  # type: ignore[index]
        assert answer.json["ingesting"] is state.running  # type: ignore[index]


def test_another_process_over_the_folder_stands_by_and_tells_what_the_keeper_does(
    settings: Settings, keeper: CorpusKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_STANDING_BY", 0.2)
    other = CorpusKeeper(settings, lambda told: None, watching=False)
    keeper.start()
    until(lambda: bool(keeper.activity().last_checked))
    other.start()
    until(lambda: other._stands_by)
    assert other.activity().last_checked == keeper.activity().last_checked
    settings.corpus.rename(settings.corpus.with_name("gone"))
    keeper.request_rescan()
    until(lambda: keeper.activity().problem is not None)
    until(lambda: other.activity().problem == keeper.activity().problem)
    settings.corpus.with_name("gone").rename(settings.corpus)
    before = other.activity().last_checked

    def is_done_there() -> bool:
        other.request_rescan()  # pressed again: a look is noted to the second
        return other.activity().last_checked > before

    until(is_done_there)
    keeper.stop()
    until(lambda: not other._stands_by)
    other.stop()


def test_what_cannot_be_read_of_the_keeper_is_not_told(settings: Settings) -> None:
    assert told_activity(settings) == Activity()
    settings.data.mkdir()
    note = ActivityNote(settings)
    note.tell(Activity(running=True, done=1, total=2, current="a.md"))
    note.tell(Activity(running=True, done=2, total=2))  # too soon
    assert told_activity(settings).done == 1
    note.tell(Activity(problem=message("store.disk_full", folder="x")))
    assert told_activity(settings).problem == message("store.disk_full", folder="x")
    (settings.data / "activity.json").write_text('{"running": 1, "what": 2}', encoding="utf-8")
    assert told_activity(settings) == Activity()
