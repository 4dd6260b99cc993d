"""Watching the corpus by polling, which works on file servers too."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ingest.pipeline import IngestReport, Progress, ingest
from ingest.sources import SourceFile, scan
from kb.config import Settings
from kb.encoder import Encoder, load_encoder
from kb.errors import CorpusError, DxkbError

INTERVAL = 1.0
"""Seconds between two looks. A file is taken in once two looks find it alike, so that half-copied
ones wait and a dropped note is searchable within a few seconds, whatever else is being copied."""


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
    taken = before = scan_or_none(settings, on_error)
    while not stop.wait(interval):
        on_idle()
        seen = scan_or_none(settings, on_error if before is not None else None)
        still = frozenset(seen or ()) & frozenset(before or ())
        is_settled = seen is not None and before is not None
        before = seen
        if not is_settled or seen is None or not _news(seen, taken, still):
            continue
        waiting = {source.key for source in seen if source not in still}
        try:
            encoder = encoder or load_encoder(settings.model)
            on_report(ingest(settings, progress, retry=False, encoder=encoder, waiting=waiting))
        except DxkbError as error:
            on_error(error)
        taken = tuple(source for source in seen if source in still)


def _news(
    seen: tuple[SourceFile, ...],
    taken: tuple[SourceFile, ...] | None,
    still: frozenset[SourceFile],
) -> bool:
    """True when a file that has come to rest is new, changed or gone since it was last taken."""
    if taken is None:
        return True
    keys = {source.key for source in seen}
    is_gone = any(source.key not in keys for source in taken)
    return is_gone or any(source in still and source not in taken for source in seen)


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
