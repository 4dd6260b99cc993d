"""The search views on disk: built aside from the store, named by its generation, swapped in whole."""

from __future__ import annotations

import functools
import hashlib
import logging
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from filelock import FileLock, Timeout

from kb.base.config import Settings
from kb.base.errors import ViewError
from kb.index import dense, lexical
from kb.index.building import (
    ASIDE,
    DENSE,
    LEXICAL,
    attempted,
    brought_up,
    generation_of,
    latest,
    whole,
)
from kb.index.checksums import opened, require_whole, stamp
from kb.index.dense import DenseView
from kb.index.lexical import LexicalView
from kb.index.sentences import PREFIX, SentenceViews
from kb.storage.database import explained
from kb.storage.lock import is_writing
from kb.storage.store import Store

FORMAT = 5  # raise when the layout of a view changes
_STALE_SECONDS = 3600.0
_log = logging.getLogger(__name__)
_Method = TypeVar("_Method", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Views:
    """The legs over one generation of the store; ``sentences`` holds what has been read so far."""

    generation: int
    lexical: LexicalView
    dense: DenseView
    sentences: DenseView


@dataclass(frozen=True, slots=True)
class _Indexes:
    """What the folder ``at`` holds of the state of the store that ``name`` tells."""

    generation: int
    name: str
    at: Path
    stamp: frozenset[tuple[str, int, int]]
    lexical: LexicalView
    dense: DenseView

    def serves(self, name: str) -> bool:
        """True for this state of the store, while nobody has changed the files that Tantivy maps."""
        return self.name == name and self.stamp == stamp(self.at / LEXICAL)


class ViewKeeper:
    """Hands out the newest usable views. A view that is missing, damaged or behind is brought up
    from the store; while somebody is ingesting, the last good one goes on serving."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._sentences = SentenceViews(settings, store)
        self._current: _Indexes | None = None
        self._mutex = threading.Lock()

    def views(self) -> Views:
        """Views of the store's generation, or the last good ones while an ingest runs."""
        return self._with_sentences(self._indexes())

    def refresh(self) -> Views:
        """Views of the store's generation, built now if need be: for the writer, when it is done."""
        with self._mutex:
            generation = self._store.generation()
            self._current = self._load(generation) or self._build(generation)
            return self._with_sentences(self._current)

    def renew(self) -> None:
        """Throws the views away, because they do not hold what was built, and builds them anew."""
        with self._mutex:
            generation = self._store.generation()
            for folder in [
                self._folder(generation),
                *([self._current.at] if self._current else []),
            ]:
                shutil.rmtree(folder, ignore_errors=True)
            self._current = self._build(generation)

    def _with_sentences(self, found: _Indexes) -> Views:
        sentences = self._sentences.view(found.generation)
        return Views(found.generation, found.lexical, found.dense, sentences)

    def _indexes(self) -> _Indexes:
        generation = self._store.generation()
        name = self._folder(generation).name
        current = self._current
        if current is not None and current.serves(name):
            return current
        with self._mutex:
            if self._current is not None and self._current.serves(name):
                return self._current
            fresh = self._load(generation)
            if fresh is None and self._current is not None and is_writing(self._settings):
                return self._current
            self._current = fresh or self._build(generation)
            return self._current

    def _folder(self, generation: int) -> Path:
        of = f"{self._store.identity()} {self._store.model_id()}"
        digest = hashlib.sha256(of.encode("utf-8")).hexdigest()[:8]
        return self._settings.views / f"{FORMAT}-{generation}-{digest}"

    def _load(self, generation: int) -> _Indexes | None:
        return opened(self._folder(generation), lambda at: _open(at, generation, at.name))

    def _build(self, generation: int) -> _Indexes:
        """Builds aside and renames; on a disk that is full or read-only, or that a restore has put aside
        meanwhile, the views live in a temporary folder. Raises StoreError when there is no room for that
        either."""
        folder = self._folder(generation)
        try:
            self._settings.views.mkdir(parents=True, exist_ok=True)
            aside = attempted(lambda: self._brought_up(folder)) or whole(
                self._settings.views, self._store
            )
            self._publish(aside, folder)
            return self._load(generation) or _open(aside, generation, folder.name)
        except (OSError, RuntimeError, ValueError):
            with explained(self._settings.place):
                return _open(whole(None, self._store), generation, folder.name)

    def _brought_up(self, folder: Path) -> Path | None:
        """From the latest views of this database and model; None where there are none."""
        digest, generation = _database_of(folder), generation_of(folder)
        others = self._settings.views.glob(f"{FORMAT}-*-{digest}")
        before = latest([other for other in others if generation_of(other) < generation])
        return before and brought_up(before, generation_of(before), self._store)

    def _publish(self, aside: Path, folder: Path) -> None:
        """Renames the finished folder into place and clears what it replaces away."""
        try:
            with FileLock(self._settings.data / "views.lock", timeout=10):
                if not folder.exists():
                    aside.rename(folder)
                for other in self._settings.views.iterdir():
                    if other != folder and other.is_dir() and _is_outdated(other, folder):
                        shutil.rmtree(other, ignore_errors=True)
        except (OSError, Timeout):
            return  # the folder aside serves as well


def mended(search: _Method) -> _Method:
    """A method of an object with a ``views_keeper``, done once more over views built anew where those
    at hand turn out to be damaged under it."""

    @functools.wraps(search)
    def attempt(self: Any, *arguments: object, **named: object) -> object:
        try:
            return search(self, *arguments, **named)
        except ViewError:
            _log.exception("a view was damaged while it served")
            self.views_keeper.renew()
            return search(self, *arguments, **named)

    return cast("_Method", attempt)


def _open(folder: Path, generation: int, name: str) -> _Indexes:
    require_whole(folder)
    words, meanings = lexical.open_view(folder / LEXICAL), dense.open_view(folder / DENSE)
    return _Indexes(generation, name, folder, stamp(folder / LEXICAL), words, meanings)


def _is_outdated(other: Path, folder: Path) -> bool:
    """True for views of an earlier generation or of another database, and for what a crash left
    half-built."""
    if other.name.startswith(ASIDE):
        return time.time() - other.stat().st_mtime > _STALE_SECONDS
    if other.name.startswith(PREFIX):  # SentenceViews goes on from them
        return False
    if _database_of(other) != _database_of(folder):
        return True
    return generation_of(other) < generation_of(folder)


def _database_of(folder: Path) -> str:
    return folder.name.rpartition("-")[2]
