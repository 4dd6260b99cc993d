"""The view over the sentence vectors: built from what is there so far, and again as more arrive."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from kb.base.config import Settings
from kb.index import dense
from kb.index.building import attempted, groups, latest, made
from kb.index.checksums import opened, require_whole, seal
from kb.index.dense import DenseView
from kb.storage.store import Store

TITLE_WEIGHT = 0.2
"""Weight of the title alone beside the passage, which is read with its title already; as measured
(docs/ablation.md)."""

PATIENCE = 20.0
"""How many times as long as building took a view serves before vectors that arrived since are taken
in: while the background is at work, building costs at most a twentieth of the time."""

WHOLE = 10_000
"""Passages up to which the view is built whole."""

PREFIX = "sentences-"
"""What the names of the folders begin with."""


_LAYOUT = "b"  # another letter when the layout of a view changes


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
        of = f"{self._store.identity()[:8]}{_LAYOUT}"
        return self._settings.views / f"{PREFIX}{state[0]}-{state[1]}-{of}"

    def _build(self, state: tuple[int, int]) -> DenseView:
        """Built aside and renamed; where nothing can be written, kept in memory only."""
        folder = self._folder(state)
        others = [at for at in self._settings.views.glob(f"{PREFIX}*") if at != folder]
        if (aside := attempted(lambda: self._brought_up(others, state))) is None:
            try:
                aside = made(self._settings.views, self._write)
            except OSError:
                return dense.in_memory(self._store.sentence_vectors(), TITLE_WEIGHT)
        view = dense.open_view(aside)
        if not len(view):  # nothing has been read yet
            shutil.rmtree(aside, ignore_errors=True)
            return view
        try:
            aside.rename(folder)
        except OSError:  # another process was first; what is opened serves as well
            shutil.rmtree(aside, ignore_errors=True)
        for other in others:
            shutil.rmtree(other, ignore_errors=True)
        return view

    def _write(self, folder: Path) -> None:
        some = (self._store.sentence_vectors(cases) for cases in groups(self._store))
        dense.build(folder, some, TITLE_WEIGHT)
        seal(folder)

    def _brought_up(self, others: Sequence[Path], state: tuple[int, int]) -> Path | None:
        """The view of an earlier state with what has changed since; None where there is none, or so
        much has changed that it is better built whole."""
        own = [at for at in others if at.name.endswith(self._folder(state).name.split("-")[-1])]
        if (before := latest(own)) is None:
            return None
        generation, read = (int(part) for part in before.name.split("-")[1:3])
        sets = self._store.changed_cases(generation), self._store.read_cases(read)
        if sets[0] is None or sets[1] is None or generation > state[0]:
            return None
        require_whole(before)
        changed, size = sets[0] | sets[1], len(dense.open_view(before))
        vectors = self._store.sentence_vectors(changed)
        if size + len(vectors.case_nos) <= WHOLE or len(vectors.case_nos) > size:
            return None

        def fill(aside: Path) -> None:
            dense.change(before, aside, changed, vectors, TITLE_WEIGHT)
            seal(aside, before)

        return made(self._settings.views, fill)


def _open(folder: Path) -> DenseView:
    require_whole(folder)
    return dense.open_view(folder)
