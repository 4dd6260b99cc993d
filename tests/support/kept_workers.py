"""Workers that go on to the next ingest of the same test process: to start one costs more than most
tests (0.7 s of processor), and what it does depends on its arguments and its environment only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from ingest.flow import worker
from ingest.flow.worker import Workers

_Worker = worker._Worker


class KeptWorkers(Workers):
    """As :class:`Workers`, but what is idle at its end waits for the next one of the same environment."""

    _waiting: ClassVar[list[tuple[object, _Worker]]] = []

    def close(self) -> None:
        with self._mutex:
            idle, self._idle = self._idle, []
            self._all.difference_update(idle)
            self._waiting.extend((self._surroundings(), found) for found in idle)
        super().close()

    @classmethod
    def end_all(cls) -> None:
        """Ends those that wait."""
        while cls._waiting:
            cls._waiting.pop()[1].end()

    def _take(self) -> _Worker:
        surroundings = self._surroundings()
        for at, (theirs, found) in enumerate(self._waiting):
            if theirs == surroundings and not self._idle and not self._closed:
                del self._waiting[at]
                with self._mutex:
                    self._idle.append(found)
                    self._all.add(found)
                break
        return super()._take()

    def _surroundings(self) -> object:
        mine = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
        return mine, Path.cwd(), self._limits
