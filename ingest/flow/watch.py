"""Watching the corpus by polling, which works on file servers too."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from ingest.flow.pipeline import IngestReport, Progress, ingest, looked
from ingest.flow.sources import Listing, Settled, SourceFile, look
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
    encoder: Encoder | None = None
    taken: frozenset[SourceFile] | None = None  # nothing is known to be taken in yet
    before: Listing | None = None
    told: Message | None = None
    noted, pause, is_first = time.monotonic(), interval, True
    while not stop.wait(pause):
        pause = interval
        on_idle()
        try:
            seen = look(settings.corpus)
            settled = _settled(seen, before)
            before = seen
            if settled is None:
                continue
            if _news(seen, taken, settled):
                encoder = encoder or load_encoder(settings.model)
                report = ingest(settings, progress, retry=False, encoder=encoder, settled=settled)
                if not is_first or report.count("indexed") + report.count("removed"):
                    on_report(report)
                is_first = False
                taken = _taken(seen, taken, settled)
                noted = time.monotonic()
            elif time.monotonic() - noted >= NOTED:
                noted = time.monotonic()
                with suppress(DxkbError):
                    looked(settings, seen.ignored)
            told = None
        except DxkbError as error:
            before = None if isinstance(error, CorpusError) else before
            pause = interval if isinstance(error, CorpusError) else max(interval, RETRY)
            if error.told != told:
                on_error(error)
            told, taken, is_first = error.told, None, False  # look at everything when it is mended


def _settled(seen: Listing, before: Listing | None) -> Settled | None:
    """What this look and the one before agree on, None for the first."""
    if before is None:
        return None
    return Settled(
        frozenset(seen.files) & frozenset(before.files),
        frozenset(source.key for source in before.files),
    )


def _news(seen: Listing, taken: frozenset[SourceFile] | None, settled: Settled) -> bool:
    """True when a file that has come to rest is new or changed, or one has been gone for two looks."""
    if taken is None:
        return True
    there = {source.key for source in seen.files} | settled.earlier
    return bool(settled.files - taken) or any(source.key not in there for source in taken)


def _taken(
    seen: Listing, taken: frozenset[SourceFile] | None, settled: Settled
) -> frozenset[SourceFile]:
    """What is taken in by now; a file that is missing for the first time is not forgotten yet."""
    there = {source.key for source in seen.files}
    missing = {s for s in taken or () if s.key not in there and s.key in settled.earlier}
    return settled.files | missing
