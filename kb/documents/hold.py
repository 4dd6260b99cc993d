"""What somebody has just taken back is hidden at once."""

from __future__ import annotations

from contextlib import closing

from kb.base.config import Settings
from kb.storage.database import connect, explained
from kb.storage.writer import Writer


def hold(settings: Settings, path: str, label: str) -> None:
    """:meth:`Writer.hold`, whoever else is writing: an ingest that runs for hours must not keep
    public what somebody has just taken back. Raises StoreError."""
    with explained(settings.place), closing(connect(settings.place)) as connection:
        Writer(connection, settings).hold(path, label)
