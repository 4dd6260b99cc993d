"""What was done with documents on the screen: who, when, what. Kept beside the corpus, one line each; the
file only grows."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from kb.base.clock import utc_now
from kb.documents.shelf import SHELF, changing, shelf

FILE = "history.jsonl"


@dataclass(frozen=True, slots=True)
class Deed:
    """``what`` (added, visibility, password, renamed, replaced, deleted, restored, emptied) was done to the file at
    ``path``, which was at or had ``before``, and is at or has ``after``. ``by`` is "" for the owner of this
    computer, ``at`` UTC, ISO 8601."""

    what: str
    path: str
    by: str = ""
    before: str = ""
    after: str = ""
    at: str = ""


def record(corpus: Path, deed: Deed) -> None:
    """Adds a line. Raises OSError."""
    at = deed.at or utc_now()
    line = json.dumps(asdict(deed) | {"at": at}, ensure_ascii=False)
    with changing:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        handle = os.open(shelf(corpus) / FILE, flags, 0o600)
        with os.fdopen(handle, "ab") as file:  # what a power cut tore is ended by the first \n
            file.write(f"\n{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())


def deeds(corpus: Path, path: str) -> tuple[Deed, ...]:
    """What was done to the file that is at ``path`` now, under earlier names too; newest first."""
    found = []
    for deed in reversed(_all(corpus)):
        if deed.path == path or (deed.what == "renamed" and deed.after == path):
            found.append(deed)
            path = deed.path
    return tuple(found)


def deleted(corpus: Path) -> frozenset[str]:
    """Paths at which the last that was done is that their file was deleted."""
    last = {deed.path: deed.what for deed in _all(corpus)}
    return frozenset(path for path, what in last.items() if what == "deleted")


def _all(corpus: Path) -> list[Deed]:
    names = {field.name for field in fields(Deed)}
    found = []
    try:
        lines = (corpus / SHELF / FILE).read_bytes().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
    for line in filter(None, lines):
        try:
            values = {k: str(v) for k, v in json.loads(line).items() if k in names}
            found.append(Deed(**values))
        except (ValueError, TypeError, AttributeError):
            continue  # torn
    return found
