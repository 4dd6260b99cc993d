"""Watching the corpus by polling, which works on file servers too."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kb.encoder import Encoder, load_encoder

from ingest.pipeline import IngestReport, Progress, ingest
from ingest.sources import SourceFile, scan
from kb.config import Settings
from kb.errors import CorpusError, DxkbError

INTERVAL = 1.0
"""Seconds between two looks. A change is taken in once two looks agree, so that half-copied files
wait and a dropped note is searchable within a few seconds."""


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

    ``on_idle`` is called between two looks. A vanished root keeps the index and is reported once; watching goes on when it returns.
    """
    encoder: Encoder | None = None
    taken = scan_or_none(settings, on_error)
    before = taken
    while not stop.wait(interval):
        on_idle()
        seen = scan_or_none(settings, on_error if before is not None else None)
        settled, changed = seen == before, seen is not None and seen != taken
        before = seen
        if not (settled and changed):
            continue
        try:
            encoder = encoder or load_encoder(settings.model)
            on_report(ingest(settings, progress, retry=False, encoder=encoder))
        except DxkbError as error:
            on_error(error)
        taken = seen


def scan_or_none(
    settings: Settings, on_error: Callable[[DxkbError], None] | None
) -> tuple[SourceFile, ...] | None:
    """What lies in the corpus, None while it cannot be read."""
    try:
        return scan(settings.corpus)
    except CorpusError as error:
        if on_error:
            on_error(error)
        return None
