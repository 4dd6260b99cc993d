"""The view over the sentence vectors: built from what is there so far, and again as more arrive."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from pathlib import Path

from kb.base.config import Settings
from kb.index import dense
from kb.index.checksums import opened, require_whole, seal
from kb.index.dense import DenseView
from kb.storage.store import Store

TITLE_WEIGHT = 0.2
"""Weight of the title alone beside the passage, which is read with its title already; as measured
(docs/ablation.md)."""

PATIENCE = 20.0
"""How many times as long as building took a view serves before vectors that arrived since are taken
in: while the background is at work, building costs at most a twentieth of the time."""

PREFIX = "sentences-"
"""What the names of the folders begin with."""


class SentenceViews:
    """Hands out a view of the sentence vectors of the store."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._mutex = threading.Lock()
        self._current: tuple[tuple[int, int], DenseView] | None = None
        self._not_before = 0.0

    def view(self, generation: int) -> DenseView:
        """A view of that generation's passages; vectors that have just arrived may be missing."""
        with self._mutex:
            state = generation, self._store.sentence_state()
            if self._current is not None:
                of, view = self._current
                waits = of[0] == generation and time.monotonic() < self._not_before
                if of == state or waits:
                    return view
            started = time.monotonic()
            view = opened(self._folder(state), _open) or self._build(state)
            now = time.monotonic()
            self._not_before = now + PATIENCE * (now - started)
            self._current = state, view
            return view

    def _folder(self, state: tuple[int, int]) -> Path:
        return self._settings.views / f"{PREFIX}{state[0]}-{state[1]}-{self._store.identity()[:8]}"

    def _build(self, state: tuple[int, int]) -> DenseView:
        """Built aside and renamed; where nothing can be written, kept in memory only."""
        vectors = self._store.sentence_vectors()
        if not len(vectors.case_nos):
            return dense.in_memory(vectors)
        folder = self._folder(state)
        try:
            aside = Path(tempfile.mkdtemp(dir=self._settings.views, prefix="building-"))
            view = dense.build(aside, vectors, TITLE_WEIGHT)
            seal(aside)
            aside.rename(folder)
            for other in self._settings.views.glob(f"{PREFIX}*"):
                if other != folder:
                    shutil.rmtree(other, ignore_errors=True)
            return view
        except (OSError, RuntimeError):
            return dense.in_memory(vectors, TITLE_WEIGHT)


def _open(folder: Path) -> DenseView:
    require_whole(folder)
    return dense.open_view(folder)
