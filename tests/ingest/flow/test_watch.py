"""Watching: what is dropped, moved, locked or away for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from ingest.flow import sources
from ingest.flow.pipeline import ingest
from ingest.flow.report import IngestReport
from ingest.flow.sources import Looker
from ingest.flow.watch import _Taken, watch
from kb.base.config import Settings
from kb.base.errors import DxkbError, LockedError
from kb.base.types import Case, Viewer
from kb.storage.database import connect
from kb.storage.store import Store
from kb.storage.writer import open_writer
from tests.support.samples import note, town_notes
from tests.support.waiting import PATIENCE, until


@contextmanager
def watching(settings: Settings) -> Iterator[list[IngestReport | DxkbError]]:
    """Watches the corpus in a thread; what it reports, in order."""
    stop = threading.Event()
    told: list[IngestReport | DxkbError] = []
    thread = threading.Thread(
        target=watch, args=(settings, stop),
        kwargs={"on_report": told.append, "on_error": told.append, "interval": 0.1},
    )  # fmt: skip
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join(PATIENCE)


def cases(settings: Settings) -> list[Case]:
    store = Store.open(settings)
    return list(store.cases_by_no(sorted(store.all_case_nos()), Viewer.owner()).values())


def titles(settings: Settings) -> set[str]:
    return {case.title for case in cases(settings)}


def test_a_dropped_note_is_taken_in(settings: Settings) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    with watching(settings):
        note(settings.corpus, "new.md", "## 取組\n\n獣害対策のわなを見張る。", title="わなの見張り")
        until(lambda: "わなの見張り" in titles(settings))


def test_a_change_has_only_what_changed_compared_with_the_ledger(settings: Settings) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    (other, gone, *_) = sorted(settings.corpus.rglob("*.md"))
    unasked = "SELECT count(*) FROM files WHERE size = -1"
    with watching(settings), closing(connect(settings.database)) as database:
        note(settings.corpus, "first.md", "## 取組\n\n罠を見張る。", title="わなの見張り")
        until(lambda: "わなの見張り" in titles(settings))  # all has been looked through by now
        path = other.relative_to(settings.corpus).as_posix()
        database.execute("UPDATE files SET size = -1 WHERE path = ?", [path])
        before = len(titles(settings))
        gone.unlink()
        until(lambda: len(titles(settings)) == before - 1)
        note(settings.corpus, "second.md", "## 取組\n\n道路を直す。", title="道路の修繕")
        until(lambda: "道路の修繕" in titles(settings))
        assert database.execute(unasked).fetchone()[0] == 1
    ingest(settings)
    with closing(connect(settings.database)) as database:
        assert database.execute(unasked).fetchone()[0] == 0


def test_what_was_dropped_before_the_first_look_is_not_missed(settings: Settings) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    note(settings.corpus, "between.md", "## 取組\n\n本文。", title="見張る前に置いた")
    with watching(settings):
        until(lambda: "見張る前に置いた" in titles(settings))


def test_a_moved_file_keeps_its_ids_and_its_sidecar(settings: Settings) -> None:
    town_notes(settings.corpus)
    (settings.corpus / "taka.md.yaml").write_text("visibility: 庁内\n", encoding="utf-8")
    ingest(settings)
    (old,) = [case for case in cases(settings) if case.path == "taka.md"]
    with watching(settings):
        (settings.corpus / "2024").mkdir()
        (settings.corpus / "taka.md").rename(settings.corpus / "2024" / "多可.md")
        until(lambda: any(case.path == "2024/多可.md" for case in cases(settings)))
    (moved,) = [case for case in cases(settings) if case.path == "2024/多可.md"]
    assert (moved.id, moved.visibility) == (old.id, "庁内")
    assert (settings.corpus / "2024" / "多可.md.yaml").is_file()


def test_a_file_that_is_written_slowly_is_whole_in_the_end(settings: Settings) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    with watching(settings) as told:
        with (settings.corpus / "slow.md").open("w", encoding="utf-8") as file:
            for part in range(8):
                file.write(f"ペンギン{part}番の放流を行う。")
                file.flush()
                time.sleep(0.1)
        until(lambda: any("ペンギン7番" in s.text for c in cases(settings) for s in c.sections))
    assert not any(isinstance(error, DxkbError) for error in told)


def test_what_came_while_another_process_was_ingesting_is_not_missed(settings: Settings) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    with watching(settings) as told:
        with ExitStack() as other:  # its own first look may be at it
            until(lambda: other.enter_context(open_writer(settings)), LockedError)
            note(settings.corpus, "later.md", "## 取組\n\n本文。", title="あとから")
            until(lambda: any(isinstance(error, LockedError) for error in told))
        until(lambda: "あとから" in titles(settings))


def test_a_root_that_vanishes_keeps_the_index_and_is_watched_on(settings: Settings) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    aside = settings.corpus.with_name("aside")
    with watching(settings) as told:
        settings.corpus.rename(aside)
        until(lambda: any(isinstance(error, DxkbError) for error in told))
        assert len(titles(settings)) == 4
        settings.corpus.mkdir()  # unmounted: the mount point is empty
        until(lambda: len(told) >= 2)
        assert len(titles(settings)) == 4
        settings.corpus.rmdir()
        aside.rename(settings.corpus)
        until(lambda: isinstance(told[-1], IngestReport))  # it is told that all is well again
        note(settings.corpus, "later.md", "## 取組\n\n本文。", title="あとから")
        until(lambda: "あとから" in titles(settings))
    assert len(titles(settings)) == 5


def test_a_folder_at_rest_is_not_looked_through_again_and_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    beats: list[float] = []
    listed, look = sources._files, Looker.look
    monkeypatch.setattr(sources, "_files", lambda *told: looks.append(0) or listed(*told))
    monkeypatch.setattr(Looker, "look", lambda self: beats.append(0) or look(self))
    town_notes(settings.corpus)
    ingest(settings)
    with watching(settings):
        until(lambda: len(beats) > len(looks) + 5)
        at_rest = len(looks)
        so_far = len(beats)
        until(lambda: len(beats) > so_far + 5)
        assert len(looks) == at_rest
        note(settings.corpus, "new.md", "## 取組\n\n獣害対策のわなを見張る。", title="わなの見張り")
        until(lambda: "わなの見張り" in titles(settings))
        (settings.corpus / "new.md.yaml").write_text("visibility: 庁内\n", encoding="utf-8")
        until(lambda: any(case.visibility == "庁内" for case in cases(settings)))


def test_what_went_while_all_was_taken_in_is_forgotten_at_the_next_look(settings: Settings) -> None:
    town_notes(settings.corpus)
    seen = sources.look(settings.corpus)
    first, *_ = (source.key for source in seen.files)
    taken = _Taken.all_of(sources.Settled(seen, frozenset({first}), frozenset({"gone.md"})))
    at_rest = sources.Settled(seen, frozenset(), frozenset())
    assert taken.news(at_rest) == {"gone.md", first}
    taken.take(at_rest)
    assert taken.news(at_rest) == frozenset()
