"""Sentence vectors follow in the background: in small batches, resumable, and out of everybody's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

from kb.base.background import Background
from kb.base.config import Settings
from kb.base.errors import DxkbError
from kb.base.types import Viewer
from kb.language.encoder import Encoder
from kb.language.sentences import SentenceEncoder
from kb.storage.database import Connection, connect, explained, identity
from kb.storage.sentence_vectors import (
    Among,
    SentenceProgress,
    claimed,
    passages,
    prune,
    put_vectors,
    use_sentence_model,
)
from kb.storage.store import Store

BATCH = 32
"""Texts in a transaction: some seconds of work on a weak PC, which is what a crash costs at most."""


def embed_waiting(
    settings: Settings,
    *,
    stop: threading.Event | None = None,
    progress: Callable[[SentenceProgress], None] | None = None,
    encoder: Encoder | None = None,
    cases: frozenset[int] | None = None,
) -> SentenceProgress:
    """Makes the vectors that are missing (of these ``cases`` alone, as nothing else waits) until none is, or until
    ``stop`` is set.

    Raises StoreError and ModelError; what was made before either stays.
    """
    store = Store.open(settings)
    if not settings.reads_sentences:
        return store.sentence_progress(Viewer.owner())
    encoder = encoder or SentenceEncoder()
    with explained(settings.place), closing(connect(settings.place)) as connection:
        use_sentence_model(connection, encoder.model_id)
        if cases is None:
            prune(connection)
        state = None
        for done in _made(connection, store, encoder, cases, stop):
            before = state or store.sentence_progress(Viewer.owner())
            made = done if state else 0  # the first batch is counted already
            state = SentenceProgress(min(before.done + made, before.total), before.total)
            if progress:
                progress(state)
        if settings.server or (stop and stop.is_set()):  # others may be at the rest
            return store.sentence_progress(Viewer.owner())
        total = passages(connection)
        return SentenceProgress(total, total)


def _made(
    connection: Connection,
    store: Store,
    encoder: Encoder,
    cases: frozenset[int] | None,
    stop: threading.Event | None,
) -> Iterator[int]:
    """Makes vectors batch by batch; how many texts each had. Where the last batch was, the next begins, until new
    documents come: to look through all that is done costs seconds where there is much."""
    chosen = None if cases is None else tuple(sorted(cases))
    among, generation = Among(cases=chosen), -1
    while not (stop and stop.is_set()):
        if (now := store.generation()) != generation:
            among, generation = Among(cases=chosen), now
        with claimed(connection, BATCH, among) as batch:
            if batch:
                vectors = encoder.encode_passages([text.text for text in batch])
                put_vectors(connection, [text.key for text in batch], vectors)
        if batch:
            among = Among(max(text.document for text in batch), chosen)
            yield len(batch)
        elif among == Among(cases=chosen):
            return
        else:  # what another had claimed and did not finish may lie before
            among = Among(cases=chosen)


_LOOKED_THROUGH = 3600.0
"""Seconds after which all passages are looked through again, and vectors of texts that nobody says any more
forgotten."""
_FEW = 500  # cases that came, up to which these alone are looked through


class SentenceKeeper:
    """Gives new passages their vectors in a thread of its own, at lowered priority."""

    def __init__(self, settings: Settings, on_error: Callable[[DxkbError], None]) -> None:
        self._settings = settings
        self._background = Background("sentences", self._embed, on_error, is_humble=True)
        self.start, self.request = self._background.start, self._background.request
        self.progress = SentenceProgress(0, 0)
        """How far it is; equal numbers when nothing waits."""
        self._read: tuple[object, int, float] | None = None

    def stop(self) -> None:
        """Ends after the batch at hand."""
        self._background.stop(10.0)

    def _embed(self, stop: threading.Event) -> None:
        if not self._settings.reads_sentences:
            return  # nothing waits, though nothing is done
        store = Store.open(self._settings)
        cases, read = self._changed(store), (identity(self._settings.place), store.generation())
        self.progress = embed_waiting(
            self._settings, stop=stop, progress=self._tell_progress, cases=cases
        )
        if not stop.is_set():
            looked = self._read[2] if self._read and cases is not None else time.monotonic()
            self._read = *read, looked

    def _changed(self, store: Store) -> frozenset[int] | None:
        """The cases that came since all had been read; None where all are to be looked through: at first, now
        and then, after many changes, and where other workers may have left something."""
        if self._read is None or self._settings.server:
            return None
        of, generation, looked = self._read
        if of != identity(self._settings.place) or generation > store.generation():  # restored
            return None
        if time.monotonic() - looked > _LOOKED_THROUGH:
            return None
        changed = store.changed_cases(generation)
        return None if changed is None or len(changed) > _FEW else changed

    def _tell_progress(self, progress: SentenceProgress) -> None:
        self.progress = progress
