"""Files that were sent and wait in the data folder until whoever sent them has seen what will be added and
said who may see it; then the list of what was added, so that it can be undone."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from kb.base.config import Settings
from kb.base.errors import DxkbError, NotFoundError, UsageError
from kb.base.files import private_folder, sha256_regular, written_whole
from kb.base.messages import Message, as_json, from_json
from kb.base.types import Glance, Viewer

FOLDER = "incoming"
KEPT = timedelta(days=7)
"""How long a list can be undone; files that nobody added are deleted after as long, but for proposals."""
MOST_PROPOSED = 50
"""Proposals of one person that can wait."""

_LIST = "batch.json"
_TOKEN = re.compile(r"[\w-]{20,40}")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that was sent: its ``name``, ``size`` in bytes, ``sha256``, what a first look told, and
    where it was put in the corpus, "" where it was not (yet)."""

    name: str
    size: int
    sha256: str
    glance: Glance = field(default_factory=Glance)
    path: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Files sent at once ``by`` somebody; ``visibility`` is "" until they were added, ``is_undone``
    when they were taken back. ``refused`` says which others could not be taken. ``proposed_at`` (UTC
    ISO 8601) says since when they wait for an editor, "" where they do not; ``is_declined`` that one
    did not want them. ``wanted`` is who may see them by the wish of whoever wrote them."""

    token: str
    by: str
    files: tuple[Incoming, ...]
    visibility: str = ""
    is_undone: bool = False
    refused: tuple[Message, ...] = ()
    proposed_at: str = ""
    is_declined: bool = False
    wanted: str = ""

    @property
    def is_waiting(self) -> bool:
        """True for a proposal that nobody has decided about."""
        return bool(self.proposed_at) and not (self.visibility or self.is_declined)

    def is_for(self, viewer: Viewer) -> bool:
        """True for whoever sent it, and for editors who may see what is proposed to them."""
        labels = {self.visibility, self.wanted, *(f.glance.visibility for f in self.files)} - {""}
        is_seen = viewer.visibilities is None or labels <= viewer.visibilities
        is_own = viewer.may_record and self.by == viewer.name
        return is_own or bool(self.proposed_at and viewer.may_change and is_seen)


def propose(settings: Settings, batch: Batch) -> Batch:
    """Has the files wait for an editor. Raises UsageError where too many of theirs wait already."""
    waiting = [
        b for b in proposals(settings, Viewer(None, "admin")) if b.by == batch.by and b.is_waiting
    ]
    if len(waiting) >= MOST_PROPOSED:
        forget(settings, batch)
        raise UsageError("usage.proposals_full", n=MOST_PROPOSED)
    return save(settings, replace(batch, proposed_at=datetime.now(UTC).isoformat()))


def proposals(settings: Settings, viewer: Viewer) -> tuple[Batch, ...]:
    """Proposals that ``viewer`` sent, or may decide about, the newest first."""
    folder = settings.data / FOLDER
    found = []
    for place in folder.iterdir() if folder.is_dir() else ():
        with suppress(NotFoundError):  # gone in the meantime, or not for them
            found.append(load_batch(settings, place.name, viewer))
    return tuple(
        sorted((b for b in found if b.proposed_at), key=lambda b: b.proposed_at, reverse=True)
    )


def receive_batch(settings: Settings, by: str, sent: Sequence[tuple[str, IO[bytes]]]) -> Batch:
    """Keeps files until they are added; names are safe and each only once. Raises DxkbError where they
    cannot be kept: then none is."""
    _forget_old(settings)
    token = secrets.token_urlsafe(24)
    with _kept(settings, token):
        files = []
        for name, content in sent:
            path = _folder(settings, token) / name
            with written_whole(path) as file:
                shutil.copyfileobj(content, file)
            files.append(Incoming(name, path.stat().st_size, sha256_regular(path).hex()))
        return save(settings, Batch(token, by, tuple(files)))


def looked_at(
    settings: Settings, batch: Batch, look: Callable[[Sequence[Path]], Sequence[Glance]]
) -> Batch:
    """The batch with what ``look`` says of each file."""
    seen = look([file_of(settings, batch, file) for file in batch.files])
    files = zip(batch.files, seen, strict=False)
    return save(settings, replace(batch, files=tuple(replace(f, glance=g) for f, g in files)))


def load_batch(settings: Settings, token: str, viewer: Viewer) -> Batch:
    """What was sent. Raises NotFoundError for what is gone or not for ``viewer``."""
    try:
        if not _TOKEN.fullmatch(token):
            raise ValueError(token)
        told = json.loads((settings.data / FOLDER / token / _LIST).read_bytes())
        files = tuple(_incoming(file) for file in told.pop("files"))
        refused = tuple(map(from_json, told.pop("refused")))
        batch = Batch(files=files, refused=refused, **told)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NotFoundError("usage.unknown_batch") from error
    if not batch.is_for(viewer):
        raise NotFoundError("usage.unknown_batch")
    return batch


def save(settings: Settings, batch: Batch) -> Batch:
    """Writes the list. Raises DxkbError."""
    files = []
    for file in batch.files:
        problem = file.glance.problem
        warnings = [as_json(told) for told in file.glance.warnings]
        glance = asdict(replace(file.glance, problem=None, warnings=())) | {"warnings": warnings}
        glance["problem"] = as_json(problem) if problem else None
        files.append({**asdict(replace(file, glance=Glance())), "glance": glance})
    told = {**asdict(replace(batch, files=(), refused=())), "files": files}
    told["refused"] = [as_json(one) for one in batch.refused]
    with _kept(settings, ""), written_whole(_folder(settings, batch.token) / _LIST) as out:
        out.write(json.dumps(told).encode())
    return batch


def file_of(settings: Settings, batch: Batch, file: Incoming) -> Path:
    """Where a file waits."""
    return settings.data / FOLDER / batch.token / file.name


def forget(settings: Settings, batch: Batch) -> None:
    """Deletes the files and the list."""
    shutil.rmtree(settings.data / FOLDER / batch.token, ignore_errors=True)


def free_name(name: str, taken: Callable[[str], bool]) -> str:
    """``name``, or the first ``NAME (2).ext`` that nobody has."""
    stem, dot, suffix = name.rpartition(".")
    number, free = 1, unicodedata.normalize("NFC", name)
    while taken(free):
        number += 1
        free = f"{stem} ({number}){dot}{suffix}"
    return free


def _incoming(told: dict[str, object]) -> Incoming:
    glance: dict[str, object] = told.pop("glance")  # type: ignore[assignment]
    problem, warnings = glance.pop("problem"), glance.pop("warnings")
    seen = Glance(
        **glance,  # type: ignore[arg-type]
        problem=from_json(problem) if problem else None,  # type: ignore[arg-type]
        warnings=tuple(map(from_json, warnings)),  # type: ignore[call-overload]
    )
    return Incoming(**told, glance=seen)  # type: ignore[arg-type]


def _folder(settings: Settings, token: str) -> Path:
    folder = settings.data
    for part in (FOLDER, token):
        folder = folder / part
        private_folder(folder)
    return folder


def _forget_old(settings: Settings) -> None:
    folder, until = settings.data / FOLDER, datetime.now(UTC) - KEPT
    for place in folder.iterdir() if folder.is_dir() else ():
        if datetime.fromtimestamp(place.stat().st_mtime, UTC) < until and not _waits(place):
            shutil.rmtree(place, ignore_errors=True)


def _waits(place: Path) -> bool:
    with suppress(OSError, ValueError):
        told = json.loads((place / _LIST).read_bytes())
        return bool(told.get("proposed_at")) and not (told["visibility"] or told["is_declined"])
    return False


@contextmanager
def _kept(settings: Settings, token: str) -> Iterator[None]:
    """Explains what the system refuses; what was begun under ``token`` is gone then."""
    try:
        yield
    except BaseException as error:
        if token:
            shutil.rmtree(settings.data / FOLDER / token, ignore_errors=True)
        if isinstance(error, OSError):
            why = error.strerror or error
            raise DxkbError("store.upload_unwritable", name=FOLDER, error=why) from error
        raise
