"""The words that public cases say, counted once and kept beside the views: a change of the store costs what
has changed of them."""

from __future__ import annotations

import json
import threading
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.base.config import Settings
from kb.base.files import written_whole
from kb.base.types import Viewer
from kb.query.said import Known, SaidNow, Tally, changed, packed, tally, unpacked
from kb.query.sounds import sounds
from kb.storage.store import Store

CASES = 3000
"""Public cases whose words are counted: enough to know a field's words."""

FORMAT = 1  # raise when the files hold something else, or words sound otherwise
_CHANGED = 0.03
"""Share of the counted cases that change, or of the words whose sound is new, from which on all is kept anew."""
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


class SaidWords:
    """Hands out the words that everybody may read as the store is now, with the lexicon's ``own``. What
    cannot be kept is counted again by the next process."""

    def __init__(self, settings: Settings, store: Store, own: Mapping[str, int]) -> None:
        self._words = settings.views / f"words-{FORMAT}.npz"
        self._heard = settings.views / f"sounds-{FORMAT}.npz"
        self._store = store
        self._own = own
        self._mutex = threading.Lock()
        self._counted: tuple[str, int, Known] | None = None

    def said(self) -> SaidNow:
        """What is said now. Raises StoreError."""
        public = self._store.sample(CASES, Viewer.of())
        with self._mutex:
            if found := self._brought_up(public):
                return found
            self._counted = self._loaded()
            if found := self._brought_up(public):
                return found
            identity, generation = self._store.identity(), self._store.generation()
            counts = tally(self._store.bodies(public, Viewer.of()))
            self._counted = identity, generation, Known(counts, self._own, self._sounds)
            _keep(self._words, {
                "state": np.array(json.dumps([identity, generation])), "numbers": counts.numbers,
                "ends": counts.ends, "said": counts.said, "terms": packed(counts.terms),
                "often": packed(counts.often), "times": np.fromiter(counts.often.values(), np.uint32),
                "once": counts.once,
            })  # fmt: skip
            return SaidNow(self._counted[2], self._counted[2].counts)

    def is_public(self, cases: Sequence[int]) -> bool:
        """True where everybody may read one of these cases."""
        return self._store.shows_any(cases, Viewer.of())

    def _brought_up(self, public: Sequence[int]) -> SaidNow | None:
        """What is said now by what was counted before; None where that is nothing, or of another state."""
        if self._counted is None:
            return None
        identity, generation, known = self._counted
        since = self._store.changed_cases(generation)
        is_later = generation <= self._store.generation()
        if since is None or not is_later or identity != self._store.identity():
            return None
        before = known.tally.places.keys()
        gone = before - set(public) | since & before
        came = [number for number in public if number not in before or number in since]
        if len(gone) + len(came) > _CHANGED * len(public):
            return None
        return changed(known, gone, self._store.bodies(came, Viewer.of()).values())

    def _loaded(self) -> tuple[str, int, Known] | None:
        """What was counted by whoever kept it last."""
        if not (kept := _kept(self._words)):
            return None
        identity, generation = json.loads(str(kept["state"]))
        often = dict(zip(unpacked(kept["often"]), kept["times"].tolist(), strict=True))
        numbers, ends, said = (kept[name] for name in ("numbers", "ends", "said"))
        counts = Tally(numbers, ends, said, unpacked(kept["terms"]), often, kept["once"])
        return identity, generation, Known(counts, self._own, self._sounds)

    def _sounds(self, words: Iterable[str]) -> Mapping[str, str]:
        """How these words sound, kept for the next time."""
        wanted, kept = [*words], _kept(self._heard)
        told = (unpacked(kept[name]) for name in ("words", "sounds")) if kept else ((), ())
        known = dict(zip(*told, strict=False))
        new = sounds(word for word in wanted if word not in known)
        found = {word: new[word] if word in new else known[word] for word in wanted}
        if len(new) > _CHANGED * len(found):
            _keep(self._heard, {"words": packed(found), "sounds": packed(found.values())})
        return found


def _kept(path: Path) -> Mapping[str, npt.NDArray[Any]]:
    """The arrays of a file; none where it is not there or damaged."""
    with suppress(*_UNREADABLE), path.open("rb") as file, np.load(file) as arrays:
        return dict(arrays)
    return {}


def _keep(path: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Writes the arrays, where there is room and leave."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
