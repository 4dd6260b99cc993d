"""Watching the corpus by polling, which works on file servers too."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from ingest.flow import reading
from ingest.flow.pipeline import Progress, ingest, looked
from ingest.flow.report import IngestReport
from ingest.flow.sources import Listing, Looker, Settled, SourceFile
from ingest.flow.worker import Workers
from kb.base.config import Settings
from kb.base.errors import CorpusError, DxkbError
from kb.base.messages import Message
from kb.language.encoder import Encoder, load_encoder

INTERVAL = 1.0
"""Seconds between two looks. A file is taken in once two looks find it alike, and forgotten once two
looks miss it, so that half-copied ones wait, moved ones are known again, and a dropped note is
searchable within a few seconds, whatever else is being copied."""
RETRY = 5.0
"""Seconds until what failed as a whole (another process is ingesting) is tried again."""
NOTED = 60.0
"""Seconds after which a look that found nothing new is noted, so that the ledger tells its age."""

SHARE = 60
"""While nothing changes, the watch sleeps this many times what looking cost, so that it takes a sixtieth of a core
at most,"""
LONGEST = 10.0
"""but no longer than these seconds."""

LINGER = 600.0
"""Seconds for which the process that read the last files waits for more: to start one costs 0.6 s of
processor, more than a note."""

_log = logging.getLogger(__name__)


def watch(  # noqa: PLR0913
    settings: Settings,
    stop: threading.Event,
    *,
    on_report: Callable[[IngestReport], None],
    on_error: Callable[[DxkbError], None],
    progress: Progress | None = None,
    on_idle: Callable[[], None] = lambda: None,
    interval: float = INTERVAL,
) -> None:
    """Ingests whenever the corpus changes, until ``stop`` is set.

    ``on_idle`` is called between two looks. A vanished root keeps the index; what goes wrong is told
    once, and watching goes on when it is mended.
    """
    rounds = _Rounds(settings, on_report, on_error, progress)
    pause = interval
    try:
        while not stop.wait(pause):
            on_idle()
            pause = max(interval, rounds.look_again())
    finally:
        rounds.end()


class _Rounds:
    """Looks at the corpus again and again, and what is known from the looks before."""

    def __init__(
        self,
        settings: Settings,
        on_report: Callable[[IngestReport], None],
        on_error: Callable[[DxkbError], None],
        progress: Progress | None,
    ) -> None:
        self._settings = settings
        self._on_report = on_report
        self._on_error = on_error
        self._progress = progress
        self._encoder: Encoder | None = None
        self._looker = Looker(settings.corpus)
        self._workers: Workers | None = None
        self._taken: _Taken | None = None  # nothing is known to be taken in yet
        self._before: Listing | None = None
        self._told: Message | None = None
        self._noted = self._used = time.monotonic()
        self._is_first = True
        self._at_rest: Listing | None = None  # of a folder that is taken in as it is

    def look_again(self) -> float:
        """Takes in what has changed; seconds that must pass before the next look."""
        began = time.thread_time()
        try:
            seen = self._looker.look()
            if seen is self._at_rest:
                self._note(seen)
                return min(SHARE * (time.thread_time() - began), LONGEST)
            self._at_rest = None
            if self._taken and seen is not self._before:
                self._taken.since.update(seen.changed or {})
            settled, before, self._before = _settled(seen, self._before), self._before, seen
            if settled is not None:
                self._take_in(seen, settled)
                self._told = None
                if before is seen and not settled.moving and not settled.leaving:
                    self._at_rest = seen
        except DxkbError as error:
            self._at_rest = None
            if error.told != self._told:
                _log.error("watch: %s", error.told.code)
                self._on_error(error)
            self._told, self._taken, self._is_first = error.told, None, False  # look at everything
            if not isinstance(error, CorpusError):
                return RETRY
            self._before = None
        return 0.0

    def end(self) -> None:
        """Ends the workers that waited for more."""
        if self._workers is not None:
            self._workers.close()
            self._workers = None

    def _take_in(self, seen: Listing, settled: Settled) -> None:
        news = self._taken and self._taken.news(settled)
        if news is None or news:
            self._encoder = self._encoder or load_encoder(self._settings.model)
            self._workers = self._workers or reading.kept_workers()
            report = ingest(
                self._settings, self._progress, retry=False, encoder=self._encoder,
                settled=replace(settled, news=news), workers=self._workers,
            )  # fmt: skip
            if not self._is_first or report.count("indexed") + report.count("removed"):
                self._on_report(report)
            self._is_first = False
            if self._taken:
                self._taken.take(settled)
            else:
                self._taken = _Taken.all_of(settled)
            self._noted = self._used = time.monotonic()
        else:
            self._note(seen)

    def _note(self, seen: Listing) -> None:
        if time.monotonic() - self._noted >= NOTED:
            self._noted = time.monotonic()
            with suppress(DxkbError):
                looked(self._settings, seen.ignored)
        if self._workers and time.monotonic() - self._used >= LINGER:
            self.end()


@dataclass(frozen=True, slots=True)
class _Taken:
    """The ``files`` that are taken in as they are, and what has changed ``since``: None for what went."""

    files: dict[str, SourceFile]
    since: dict[str, SourceFile | None]

    @classmethod
    def all_of(cls, settled: Settled) -> _Taken:
        """All that has ``settled`` is taken in; what is leaving may have been before."""
        files = {key: SourceFile(key, "", 0, 0, "") for key in settled.leaving}
        since: dict[str, SourceFile | None] = dict.fromkeys(settled.leaving)
        for source in settled.seen.files:
            (since if source.key in settled.moving else files)[source.key] = source
        return cls(files, since)

    def news(self, settled: Settled) -> frozenset[str]:
        """Files that have come to rest and are new or changed, and those that have been gone for two looks."""
        return frozenset(key for key, s in self._at_rest(settled) if self.files.get(key) != s)

    def take(self, settled: Settled) -> None:
        """The news is taken in."""
        for key, source in self._at_rest(settled):
            if source is None:
                self.files.pop(key, None)
            else:
                self.files[key] = source
            del self.since[key]

    def _at_rest(self, settled: Settled) -> list[tuple[str, SourceFile | None]]:
        open_ = settled.moving | settled.leaving
        return [(key, source) for key, source in self.since.items() if key not in open_]


def _settled(seen: Listing, before: Listing | None) -> Settled | None:
    """What this look and the one before agree on, None for the first."""
    if before is None:
        return None
    changed = {} if before is seen else seen.changed or {}
    leaving = frozenset(key for key, source in changed.items() if source is None)
    return Settled(seen, frozenset(changed.keys() - leaving), leaving)
