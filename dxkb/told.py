"""What the process that keeps the corpus is doing, told to those that answer beside it from the same folder."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from kb.base.config import Settings
from kb.base.files import written_whole
from kb.base.messages import as_json, from_json
from web.services import Activity

_FILE = "activity.json"
_EVERY = 1.0  # seconds between two notes of what goes on


class ActivityNote:
    """Writes the activity down, as seldom as is enough; what cannot be written is not told."""

    def __init__(self, settings: Settings) -> None:
        self._file = _file(settings)
        self._last: tuple[float, Activity] = (0.0, Activity())

    def tell(self, activity: Activity) -> None:
        """Notes it, where it is another than the last and that was noted a while ago."""
        at, last = self._last
        if activity == last or (activity.running and time.monotonic() - at < _EVERY):
            return
        self._last = time.monotonic(), activity
        said = asdict(activity) | {"problem": activity.problem and as_json(activity.problem)}
        with suppress(OSError), written_whole(self._file) as file:
            file.write(json.dumps(said).encode("utf-8"))


def told_activity(settings: Settings) -> Activity:
    """What was noted last; nothing where that cannot be read."""
    try:
        said = json.loads(_file(settings).read_bytes())
        return Activity(**said | {"problem": said["problem"] and from_json(said["problem"])})
    except (OSError, ValueError, KeyError, TypeError):
        return Activity()


def _file(settings: Settings) -> Path:
    return settings.data / _FILE
