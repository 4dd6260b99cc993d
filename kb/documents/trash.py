"""Documents taken out of the corpus, kept so that they can be put back: each in a folder of its own on the
shelf, with its sidecar and a note of where it was and who could see it.

At every moment the file is in one of both places, and its sidecar is there before it and goes after it.
"""

from __future__ import annotations

import errno
import json
import re
import secrets
import shutil
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from kb.base.clock import utc_now
from kb.base.errors import NotFoundError, UsageError
from kb.base.files import read_regular, sync_folder, written_whole
from kb.base.types import OFFICE
from kb.documents.shelf import SHELF, changing, shelf
from kb.storage.sidecar import set_values, sidecar_path

FOLDER = "trash"
_NOTE = ".about.json"
_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Discarded:
    """A file in the trash: ``path`` is where it was in the corpus, as the file system spells it,
    ``visibility`` who could see it, ``is_version`` when another file took its place at once. ``at`` is UTC,
    ISO 8601; ``size`` in bytes."""

    path: str
    visibility: str = OFFICE
    by: str = ""
    at: str = ""
    is_version: bool = False
    id: str = ""
    size: int = 0


def discard(corpus: Path, file: Path, about: Discarded) -> str:
    """Moves ``file`` and its sidecar into the trash, or copies them where it ``is_version``; the id under
    which it can be put back. Raises OSError."""
    at = datetime.now(UTC)
    name = f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    sidecar = sidecar_path(file)
    with changing:
        place = shelf(corpus, FOLDER, name)
        with written_whole(place / _NOTE) as note:
            note.write(json.dumps(asdict(replace(about, at=utc_now()))).encode())
        if sidecar.is_file():
            _copy(sidecar, place / sidecar.name)
        if about.is_version:
            _copy(file, place / file.name)
            return name
        _move(file, place / file.name)
        sync_folder(place)
        sync_folder(file.parent)
        sidecar.unlink(missing_ok=True)
    return name


def contents(corpus: Path) -> tuple[Discarded, ...]:
    """What lies in the trash, newest first."""
    folder = corpus / SHELF / FOLDER
    names = sorted((p.name for p in folder.iterdir()), reverse=True) if folder.is_dir() else []
    return tuple(found for name in names if (found := _at(corpus, name)))


def find(corpus: Path, name: str) -> Discarded:
    """The file with the id ``name``. Raises NotFoundError."""
    found = _at(corpus, name)
    if found is None:
        raise NotFoundError("usage.unknown_discarded")
    return found


def file_of(corpus: Path, found: Discarded) -> Path:
    """Where the file lies now."""
    return corpus / SHELF / FOLDER / found.id / PurePosixPath(found.path).name


def forget(corpus: Path, found: Discarded) -> None:
    """Deletes one for good. Raises OSError."""
    shutil.rmtree(corpus / SHELF / FOLDER / found.id)


def put_back(corpus: Path, found: Discarded) -> Path:
    """Moves a file back to where it was, and returns where that is. Raises UsageError where another file
    is there now, OSError."""
    place = corpus / SHELF / FOLDER / found.id
    target = corpus.joinpath(*PurePosixPath(found.path).parts)
    with changing:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() or not target.parent.resolve().is_relative_to(corpus.resolve()):
            raise UsageError("usage.put_back_taken", name=target.name)
        kept, sidecar = place / sidecar_path(target).name, sidecar_path(target)
        if kept.is_file():
            _copy(kept, sidecar)
        elif sidecar.exists():  # left by another: what it says is not about this one
            set_values(target, {"visibility": found.visibility})
        _move(file_of(corpus, found), target)
        sync_folder(target.parent)
        shutil.rmtree(place)
    return target


def purge(corpus: Path, older_than: timedelta = timedelta(0)) -> int:
    """Deletes for good what has been in the trash for longer; how many files that were. Raises OSError."""
    until = datetime.now(UTC) - older_than
    folder, count = corpus / SHELF / FOLDER, 0
    with changing:
        for place in folder.iterdir() if folder.is_dir() else ():
            if _ID.fullmatch(place.name) and _day(place.name) <= until:
                count += _at(corpus, place.name) is not None
                shutil.rmtree(place)
    return count


def _day(name: str) -> datetime:
    return datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def _at(corpus: Path, name: str) -> Discarded | None:
    """A file in the trash; None for what is not one, or was broken off before the file came."""
    place = corpus / SHELF / FOLDER / name
    if not _ID.fullmatch(name):
        return None
    try:
        told = json.loads(read_regular(place / _NOTE))
        file = place / PurePosixPath(told["path"]).name
        size = file.stat().st_size
        return replace(Discarded(**told), id=name, size=size)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _move(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(source, target)  # a part of the corpus on another file system
        source.unlink()


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as content, written_whole(target, source.stat().st_mode & 0o777) as file:
        shutil.copyfileobj(content, file)
