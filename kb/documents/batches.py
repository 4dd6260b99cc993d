"""Files that were sent and wait in the data folder until whoever sent them has seen what will be added and
said who may see it; then the list of what was added, so that it can be undone."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from kb.base.config import Settings
from kb.base.errors import DxkbError, NotFoundError
from kb.base.files import private_folder, sha256_regular, written_whole
from kb.base.messages import Message, as_json, from_json
from kb.base.types import Glance

FOLDER = "incoming"
KEPT = timedelta(days=7)
"""How long a list can be undone; files that nobody added are deleted after as long."""

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
    when they were taken back. ``refused`` says which others could not be taken."""

    token: str
    by: str
    files: tuple[Incoming, ...]
    visibility: str = ""
    is_undone: bool = False
    refused: tuple[Message, ...] = ()


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


def load_batch(settings: Settings, token: str, by: str) -> Batch:
    """What ``by`` sent. Raises NotFoundError for what is gone or somebody else's."""
    try:
        if not _TOKEN.fullmatch(token):
            raise ValueError(token)
        told = json.loads((settings.data / FOLDER / token / _LIST).read_bytes())
        files = tuple(_incoming(file) for file in told.pop("files"))
        refused = tuple(map(from_json, told.pop("refused")))
        batch = Batch(files=files, refused=refused, **told)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NotFoundError("usage.unknown_batch") from error
    if batch.by != by:
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
        if datetime.fromtimestamp(place.stat().st_mtime, UTC) < until:
            shutil.rmtree(place, ignore_errors=True)


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
