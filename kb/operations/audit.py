"""Who did what and when: ``audit/2026-11-28.jsonl`` in the data folder, a file for each day (UTC), a line
for each event, its owner's only. Days older than ``Settings.audit_days`` are deleted.

Lines, because an append costs next to nothing, damage costs a line, and any tool can read them.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from kb.base.clock import utc_now
from kb.base.config import Settings
from kb.base.files import private_folder

Action = Literal[
    "signed_in", "sign_in_refused", "signed_out", "searched", "opened", "exported",
    "added", "changed", "deleted", "restored", "refused",
]  # fmt: skip
ACTIONS: tuple[Action, ...] = get_args(Action)
LONGEST = 500
"""Characters that are kept of what an event is about."""

_SUFFIX = ".jsonl"
_writing = threading.Lock()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """At ``at`` (UTC, ISO 8601) ``who`` (a name, or a role in brackets) at ``address`` did ``action``
    with ``what``: a document's path, a question, a user."""

    at: str
    who: str
    address: str
    action: str
    what: str


def record(
    settings: Settings, action: Action, what: str = "", *, who: str = "", address: str = ""
) -> None:
    """Notes what was done, unless the settings leave it out. Never fails: where it cannot be written, the
    log says so and the work goes on."""
    is_left_out = action == "searched" and not settings.audit_searches
    if settings.audit_days <= 0 or is_left_out:
        return
    at = utc_now()
    event = Event(at, who, address, action, what[:LONGEST])
    line = json.dumps(asdict(event), ensure_ascii=False) + "\n"
    path = folder_of(settings) / f"{at[:10]}{_SUFFIX}"
    try:
        with _writing:
            if not path.exists():
                private_folder(path.parent)
                _forget(settings)
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, line.encode("utf-8", "backslashreplace"))
            finally:
                os.close(handle)
    except OSError as error:
        _log.error("audit: %s is lost: %s", action, error.strerror)


def events(settings: Settings, first: str = "", last: str = "") -> Iterator[Event]:
    """What was noted from day ``first`` to day ``last`` (ISO 8601, "" for no bound), the newest first;
    lines that are damaged say nothing."""
    for path in sorted(folder_of(settings).glob(f"*{_SUFFIX}"), reverse=True):
        if first <= path.stem and (not last or path.stem <= last):
            with suppress(OSError):
                lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
                yield from filter(None, map(_event, reversed(lines)))


def folder_of(settings: Settings) -> Path:
    """Where the files of the days lie."""
    return settings.data / "audit"


def _forget(settings: Settings) -> None:
    """Deletes the days that are no longer to be kept."""
    oldest = (datetime.now(UTC) - timedelta(days=settings.audit_days)).date().isoformat()
    for path in folder_of(settings).glob(f"*{_SUFFIX}"):
        if path.stem < oldest:
            path.unlink(missing_ok=True)


def _event(line: str) -> Event | None:
    try:
        read = json.loads(line)
        datetime.fromisoformat(read["at"]).astimezone()
        return Event(**{name: _encodable(str(read[name])) for name in Event.__slots__})
    except (ValueError, KeyError, TypeError, OverflowError):
        return None


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
