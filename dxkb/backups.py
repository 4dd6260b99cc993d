"""Makes the daily backup in a thread of its own while the server runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from kb.base.background import step_back
from kb.base.config import Settings
from kb.base.errors import DxkbError, StoreError
from kb.base.messages import Message, message
from kb.operations import schedule
from kb.operations.schedule import BackupState

LOOK = 60.0
"""Seconds between two looks whether one is due; the first comes sooner."""
RETRY = 15 * 60.0
"""Seconds after which one that failed is tried again."""

_log = logging.getLogger(__name__)


class BackupKeeper:
    """Makes a backup whenever one is due, but not while ``busy``."""

    def __init__(
        self, settings: Settings, tell: Callable[[Message], None], busy: Callable[[], bool]
    ) -> None:
        self._settings = settings
        self._tell = tell
        self._busy = busy
        self._stop = threading.Event()
        self._state = BackupState(str(settings.backups or ""))
        self._thread = threading.Thread(target=self._run, name="backups", daemon=True)

    def state(self) -> BackupState:
        """The last backup, and what is wrong, at the last look: the folder may be on a share that hangs."""
        return self._state

    def start(self) -> None:
        """Begins to look, where a folder is set."""
        if self._settings.backups is not None:
            self._thread.start()

    def stop(self) -> None:
        """Looks no more; a backup that is being made is given up with the process, and leaves no trace
        that counts."""
        self._stop.set()

    def _run(self) -> None:
        step_back()
        pause = LOOK / 10
        while not self._stop.wait(pause):
            if not self._busy():
                self.make_if_due()
            pause = RETRY if self._state.problem else LOOK

    def make_if_due(self) -> None:
        """One look; never raises."""
        folder = self._settings.backups
        try:
            if folder is not None and schedule.is_due(self._settings, datetime.now(UTC)):
                made = schedule.make(self._settings, folder)
                _log.info("backup %s, %d bytes, %.1f s", made.path.name, made.size, made.seconds)
                for path in made.left_out:
                    _log.warning("backup: %s cannot be read and is not in it", path)
            self._state = schedule.state(self._settings)
        except Exception as error:
            known = error if isinstance(error, DxkbError) else StoreError("store.backup_failed", error=type(error).__name__)  # fmt: skip
            _log.error("backup: %s", known.told.code, exc_info=not isinstance(error, DxkbError))
            problem = message("store.backup_not_made", reason=known.told)
            self._state = replace(self._state, problem=problem)
            self._tell(message("cli.problem", reason=problem))
