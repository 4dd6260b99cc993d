"""``dxkb serve``: the web UI in front, the ingest behind it in a thread of its own."""

from __future__ import annotations

import logging
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from flask import Flask

from dxkb.backups import BackupKeeper
from dxkb.siblings import Siblings, inherited
from dxkb.told import ActivityNote, told_activity
from dxkb.traffic import Traffic
from ingest.flow.glance import glance
from ingest.flow.inspect import page_texts
from ingest.flow.pipeline import ingest
from ingest.flow.recognition import RecognitionKeeper
from ingest.flow.report import IngestReport
from ingest.flow.sentences import SentenceKeeper
from ingest.flow.watch import watch
from ingest.readers import supported_suffixes
from kb import __version__
from kb.base.background import give_back
from kb.base.config import Settings
from kb.base.errors import DxkbError, ReadError, StoreError, UsageError
from kb.base.messages import Message, message
from kb.documents.trash import purge
from kb.index.damage import damages, drop_damaged_views, require_sound
from kb.ranking.search import Searcher
from kb.storage.database import identity, is_there
from kb.storage.lock import keeping
from kb.storage.store import Store
from kb.storage.writer import open_writer
from web.access import Access
from web.app import create_app
from web.serve import is_loopback, listening, serve
from web.services import Activity, Services

_log = logging.getLogger(__name__)

Tell = Callable[[Message], None]
"""Tells the person at the terminal something."""


_TURN = 0.0005
"""Seconds for which the ingest may keep a search waiting each time that it needs the interpreter: with
Python's own 0.005 a search beside it took twice as long, and its p95 1.7 times, as with this."""


_EVERY = ("", "0.0.0.0", "::")  # noqa: S104 - only compared
"""What listens on all addresses of this computer."""


def run_server(
    settings: Settings,
    address: tuple[str, int],
    *,
    watching: bool,
    tell: Tell,
    more: Siblings | None = None,
) -> None:
    """Serves until interrupted, with ``more`` processes beside this one; the corpus is ingested, and watched,
    while the UI answers already. Raises UsageError for an unusable address, StoreError and ModelError when nothing can be served.
    """
    access = Access(settings, is_loopback(address[0]))
    _make_store(settings)
    traffic = Traffic()
    keeper = CorpusKeeper(settings, tell, watching=watching, traffic=traffic)
    backups = BackupKeeper(settings, tell, busy=lambda: keeper.activity().running)
    app = _app(_services(settings, access, keeper, backups), access, traffic)
    for notice in access.notices():
        tell(notice)
    shared = inherited()
    listener = shared or listening(*address)

    def ready(url: str) -> None:
        _log.info("dxkb %s serves %s", __version__, url)
        _tell_addresses(tell, url, address[0], listener)
        keeper.start()
        if not shared:
            backups.start()
        if more:
            more.start(listener)

    try:
        serve(app, address[0], listener, ready)
    finally:
        if more:
            more.stop()
        backups.stop()
        keeper.stop()
        _log.info("stopped")


def _tell_addresses(tell: Tell, url: str, host: str, listener: socket.socket) -> None:
    """Where to open it; "localhost" alone is no help to whoever sits at another computer."""
    tell(message("cli.serve.open", url=url))
    if host in _EVERY:
        port = listener.getsockname()[1]
        tell(message("cli.serve.reachable", name=socket.gethostname(), port=port))


def _services(
    settings: Settings, access: Access, keeper: CorpusKeeper, backups: BackupKeeper
) -> Services:
    store = Store.open(settings)
    return Services(
        settings=settings,
        store=store,
        searcher=Searcher(settings, store),
        activity=keeper.activity,
        request_rescan=keeper.request_rescan,
        backup=backups.state,
        accepts=supported_suffixes(),
        glance=glance,
        viewer=access.viewer,
        mode=access.mode,
        words_of=words_of,
    )


def _app(services: Services, access: Access, traffic: Traffic) -> Flask:
    app = create_app(services)
    access.init_app(app)
    app.wsgi_app = traffic.counted(app.wsgi_app)  # type: ignore[method-assign, assignment]
    return app


def words_of(name: str, data: bytes) -> str:
    """The text of a file that is read once and not kept. Raises UsageError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"asked{Path(name).suffix.lower()}"
        path.write_bytes(data)
        try:
            return "\n".join(page_texts(path))
        except ReadError as error:
            raise UsageError("usage.asked_unreadable", name=name[:80], why=error.told) from error


_EXAMINED = 3600.0
"""Seconds between two looks at whether the disk still holds what was written."""

_RESTART = 10.0
"""Seconds until the keeping of the corpus is begun anew after a failure that nobody foresaw."""


_WAITS = 0.05
"""Seconds for which each file that goes in lets searches under way go first: while someone searches without a
pause 300 files take 11 s, not 7, and p95 of the searches is 1.24 times idle, not 1.42
(``python -m benchmarks.searching_while_ingesting``)."""

_STANDING_BY = 5.0
"""Seconds between two looks at whether the process that keeps the corpus is still there."""

_PURGE = 3600.0
"""Seconds between two looks for what has been in the trash for long enough."""


class CorpusKeeper:
    """Keeps the store up to date with the corpus in a background thread."""

    def __init__(
        self,
        settings: Settings,
        tell: Tell,
        *,
        watching: bool,
        traffic: Traffic | None = None,
    ) -> None:
        self._settings = settings
        self._traffic = traffic
        self._tell = tell
        self._watching = watching
        self._stop = threading.Event()
        self._wanted = threading.Event()
        self._state = Activity()
        self._database = identity(settings.place)
        self._purge_at = 0.0
        self._worked_at = -1
        self._require_kept: Callable[[], None] = lambda: None
        self._note = ActivityNote(settings)
        self._stands_by = False
        self._damage: Message | None = None
        self._examined = 0.0
        self._sentences = SentenceKeeper(settings, self._failed)
        self._recognition = RecognitionKeeper(settings, self._failed)
        self._thread = threading.Thread(target=self._run, name="corpus", daemon=True)

    def activity(self) -> Activity:
        """What the ingest is doing now, here or in the process that keeps the corpus."""
        is_told = self._stands_by and not self._state.problem
        state = told_activity(self._settings) if is_told else self._own_activity()
        if state.running:
            return state
        try:
            return replace(state, last_checked=Store.open(self._settings).last_ingest())
        except DxkbError as error:
            return replace(state, problem=state.problem or error.told)

    def _own_activity(self) -> Activity:
        read, seen = self._sentences.progress, self._recognition.progress
        return replace(
            self._state,
            read=read.done,
            to_read=read.total,
            recognised=seen.done,
            to_recognise=seen.total,
            problem=self._state.problem or self._damage,
        )

    def request_rescan(self) -> None:
        """Asks for another look at every file, those that failed before included."""
        self._wanted.set()

    def start(self) -> None:
        """Begins with a first ingest, once whoever came first has been answered, then watches."""
        sys.setswitchinterval(_TURN)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the file at hand."""
        self._stop.set()
        self._sentences.stop()
        self._recognition.stop()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def _run(self) -> None:
        """Keeps at it: what nobody foresaw is told, and begun anew a little later or when asked."""
        if self._traffic and self._holds_something():
            self._traffic.first_answer(self._stop)
        if self._settings.server and not self._stop.is_set():  # which any number may work for
            self._sentences.start()
            self._recognition.start()
        while not self._stop.is_set():
            try:
                with keeping(self._settings) as still:
                    if still is not None:
                        self._require_kept = still
                        self._keep()
                        return
                self._stand_by()
                continue
            except DxkbError as error:
                _log.error("the corpus is not kept: %s", error.told.code)
                self._failed(error)
            except Exception as error:
                _log.exception("keeping the corpus up to date failed and begins anew")
                self._failed(StoreError("store.keeper_failed", error=type(error).__name__))
            until = time.monotonic() + _RESTART
            while not (self._stop.wait(0.5) or self._wanted.is_set() or time.monotonic() > until):
                pass
            self._wanted.clear()

    def _holds_something(self) -> bool:
        try:
            return self._generation() > 0
        except DxkbError:  # which is told when the keeping begins
            return False

    def _stand_by(self) -> None:
        """While another process keeps the corpus: what is asked for here is done here."""
        self._state, self._stands_by = Activity(), self._settings.server is None
        if self._settings.server and self._worked_at != (now := self._generation()):
            self._worked_at = now
            self._sentences.request()
            self._recognition.request()
        until = time.monotonic() + _STANDING_BY
        while not self._stop.wait(0.5):
            self._ingest_if_wanted(standing_by=True)
            if time.monotonic() >= until:
                return

    def _generation(self) -> int:
        return Store.open(self._settings).generation()

    def _keep(self) -> None:
        self._stands_by = False
        self._examine()
        self._sentences.start()
        self._recognition.start()
        self._ingest()
        if not self._watching:
            while not self._stop.wait(0.5):
                self._idle()
            return
        watch(
            self._settings,
            self._stop,
            on_report=self._done,
            on_error=self._failed,
            progress=self._progress,
            on_idle=self._idle,
        )

    def _idle(self) -> None:
        self._require_kept()
        self._note.tell(self._own_activity())
        if time.monotonic() >= self._purge_at:
            self._purge_at = time.monotonic() + _PURGE
            if days := self._settings.trash_days:
                with suppress(OSError):
                    purge(self._settings.corpus, timedelta(days=days))
        self._ingest_if_wanted()

    def _examine(self) -> None:
        """Raises DamagedError when the database is damaged: nothing more is written to it. Damaged views
        are taken away, and damaged vectors told."""
        self._examined = time.monotonic()
        require_sound(self._settings.place)
        drop_damaged_views(self._settings)
        self._damage = next(iter(damages(self._settings, sound=self._settings.place)), None)
        give_back()

    def _ingest_if_wanted(self, *, standing_by: bool = False) -> None:
        database = identity(self._settings.place)
        is_restored = database not in (None, self._database)
        self._database = database or self._database
        if is_restored or time.monotonic() - self._examined > _EXAMINED:
            self._examine()
        if self._wanted.is_set() or is_restored:
            self._wanted.clear()
            self._ingest()
        elif not standing_by and self._recognition.is_due():
            self._ingest(retry=False)
        if is_restored:
            self._sentences.request()
            self._recognition.request()

    def _ingest(self, *, retry: bool = True) -> None:
        try:
            self._done(ingest(self._settings, self._progress, retry=retry))
        except DxkbError as error:
            _log.error("ingest: %s", error.told.code)
            self._failed(error)

    def _progress(self, done: int, total: int, path: str) -> None:
        self._state = Activity(
            running=done < total,
            done=done,
            total=total,
            current=path,
            last_checked=self._state.last_checked,
            problem=self._state.problem,  # until a look has come to its end
        )
        self._note.tell(self._own_activity())
        if self._traffic:
            self._traffic.give_way(_WAITS)

    def _done(self, report: IngestReport) -> None:
        self._state = Activity(last_checked=Store.open(self._settings).last_ingest())
        changed = report.count("indexed") + report.count("removed")
        if changed:
            self._sentences.request()
            self._recognition.request()
        failed = report.count("failed")
        if changed or failed:
            self._tell(
                message(
                    "cli.serve.report",
                    found=report.found,
                    indexed=report.count("indexed"),
                    removed=report.count("removed"),
                    failed=failed,
                )
            )

    def _failed(self, error: DxkbError) -> None:
        self._state = Activity(problem=error.told, last_checked=self._state.last_checked)
        self._tell(message("cli.problem", reason=error.told))


def _make_store(settings: Settings) -> None:
    """Makes or updates the database, unless somebody else is writing to it already or it can only be
    read."""
    try:
        with open_writer(settings):
            pass
    except StoreError:
        if not is_there(settings.place):
            raise
        Store.open(settings)
