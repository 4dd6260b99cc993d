"""Sentence vectors follow in the background: in small batches, resumable, and out of everybody's way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing

from kb.base.background import Background
from kb.base.config import Settings
from kb.base.errors import DxkbError
from kb.base.types import Viewer
from kb.language.encoder import Encoder
from kb.language.sentences import SentenceEncoder
from kb.storage.database import connect, explained
from kb.storage.sentence_vectors import (
    SentenceProgress,
    claimed,
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
) -> SentenceProgress:
    """Makes the vectors that are missing until none is, or until ``stop`` is set.

    Raises StoreError and ModelError; what was made before either stays.
    """
    store = Store.open(settings)
    if not settings.reads_sentences:
        return store.sentence_progress(Viewer.owner())
    encoder = encoder or SentenceEncoder()
    with explained(settings.place), closing(connect(settings.place)) as connection:
        use_sentence_model(connection, encoder.model_id)
        prune(connection)
        state = store.sentence_progress(Viewer.owner())
        while not (stop and stop.is_set()):
            with claimed(connection, BATCH) as batch:
                if not batch:
                    break
                vectors = encoder.encode_passages([text.text for text in batch])
                put_vectors(connection, [text.key for text in batch], vectors)
            state = SentenceProgress(min(state.done + len(batch), state.total), state.total)
            if progress:
                progress(state)
    return store.sentence_progress(Viewer.owner())


class SentenceKeeper:
    """Gives new passages their vectors in a thread of its own, at lowered priority."""

    def __init__(self, settings: Settings, on_error: Callable[[DxkbError], None]) -> None:
        self._settings = settings
        self._background = Background("sentences", self._embed, on_error, is_humble=True)
        self.start, self.request = self._background.start, self._background.request
        self.progress = SentenceProgress(0, 0)
        """How far it is; equal numbers when nothing waits."""

    def stop(self) -> None:
        """Ends after the batch at hand."""
        self._background.stop(10.0)

    def _embed(self, stop: threading.Event) -> None:
        self.progress = embed_waiting(self._settings, stop=stop, progress=self._tell_progress)

    def _tell_progress(self, progress: SentenceProgress) -> None:
        self.progress = progress
