"""The state of the whole server, for whoever keeps it."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from kb import __version__
from kb.base.messages import Message
from kb.base.types import Viewer
from kb.operations.schedule import BackupState
from kb.storage.database import schema_version
from web.services import Activity, Services


@dataclass(frozen=True, slots=True)
class State:
    """``files`` counts the corpus's files by what became of them; ``age`` are the seconds since the corpus
    was last looked through, None before the first time; sizes and free space are bytes."""

    problem: Message | None
    activity: Activity
    generation: int
    counts: Mapping[str, int]
    files: Mapping[str, int]
    sentences: tuple[int, int]
    age: float | None
    database: int
    free: int
    backup: BackupState

    @property
    def pending(self) -> int:
        """Files that wait to be read."""
        return self.activity.total - self.activity.done if self.activity.running else 0


def observed(own: Services) -> State:
    """How things are now. Raises StoreError."""
    owner, activity, backup = Viewer.owner(), own.activity(), own.backup()
    read = own.store.sentence_progress(owner)
    looked = activity.last_checked or own.store.last_ingest()
    age = datetime.now(UTC) - datetime.fromisoformat(looked) if looked else None
    return State(
        problem=activity.problem or backup.problem,
        activity=activity,
        generation=own.store.generation(),
        counts=own.store.counts(owner),
        files=Counter(entry.status for entry in own.store.ledger(owner)),
        sentences=(read.done, read.total),
        age=age.total_seconds() if age else None,
        database=own.store.size(),
        free=shutil.disk_usage(own.settings.data).free,
        backup=backup,
    )


def versions() -> dict[str, str]:
    """What runs here."""
    return {
        "dxkb": __version__,
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "schema": str(schema_version()),
    }
