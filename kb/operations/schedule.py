"""A backup a day in the folder ``Settings.backups``, of which the newest are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb.base.config import Settings
from kb.base.messages import Message
from kb.operations.backup import Backup, back_up

EVERY = timedelta(days=1)
_NAME = re.compile(r"dxkb-(\d{8}T\d{6})Z\.zip")
_STAMP = "%Y%m%dT%H%M%S"
_AHEAD = timedelta(hours=1)  # how wrong a clock may be


@dataclass(frozen=True, slots=True)
class BackupState:
    """The last scheduled backup: when (UTC, ISO 8601; "" for none yet) and how many bytes; ``problem``
    tells why the latest attempt failed, ``folder`` where they lie ("": none are made)."""

    folder: str = ""
    last: str = ""
    size: int = 0
    problem: Message | None = None


def state(settings: Settings, problem: Message | None = None) -> BackupState:
    """What lies in the folder now."""
    if settings.backups is None:
        return BackupState()
    folder = str(settings.backups)
    for at, path in reversed(_made(settings.backups)):
        if path.is_file():
            return BackupState(folder, at.isoformat(), path.stat().st_size, problem)
    return BackupState(folder, problem=problem)


def is_due(settings: Settings, now: datetime) -> bool:
    """True when the last backup is a day old; one from the future, of a clock that was wrong, is none."""
    if settings.backups is None:
        return False
    return not any(now - EVERY < at <= now + _AHEAD for at, _ in _made(settings.backups))


def make(settings: Settings, folder: Path) -> Backup:
    """Makes a backup in ``folder`` and deletes the oldest beyond ``kept_backups``. Raises as
    :func:`back_up`."""
    name = f"dxkb-{datetime.now(UTC).strftime(_STAMP)}Z.zip"
    made = back_up(settings, folder / name, documents=settings.backup_documents)
    for _, old in _made(folder)[: -settings.kept_backups]:
        if old != made.path:
            old.unlink(missing_ok=True)
    for cut_off in folder.glob(".dxkb-*.zip.part"):
        cut_off.unlink(missing_ok=True)
    return made


def _made(folder: Path) -> list[tuple[datetime, Path]]:
    """The backups in the folder with their times, oldest first."""
    found = ((_NAME.fullmatch(path.name), path) for path in folder.glob("dxkb-*.zip"))
    return sorted(
        (datetime.strptime(name[1], _STAMP).replace(tzinfo=UTC), path)
        for name, path in found
        if name
    )
