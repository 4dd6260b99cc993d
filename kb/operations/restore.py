"""Putting a backup back: whole or not at all, and nothing that is there now is lost.

The new data folder is made ready aside, with its views, and takes the place of the old one by two renames;
a server that is running notices (not on Windows, where it must be stopped).
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from kb.base.config import Settings
from kb.base.errors import DxkbError, LockedError, StoreError, UsageError
from kb.base.files import private_folder, sha256_regular, sync_folder, written_whole
from kb.documents.shelf import SHELF
from kb.index.views import ViewKeeper
from kb.operations import archive
from kb.operations.archive import CORPUS, DATA, Manifest, Member
from kb.operations.backup import check, environment
from kb.storage.database import atomic, connect, explained, require_file
from kb.storage.feed.changes import forget_changes
from kb.storage.lock import restoring, writer_lock
from kb.storage.store import Store

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back. ``aside`` is where the old data folder lies now; of the corpus ``added`` files are
    new, and ``kept`` are those that were there with other content and stay; ``differing`` are settings
    (now, then) that were others when the backup was made."""

    manifest: Manifest
    aside: Path | None
    added: int
    kept: tuple[str, ...]
    differing: Mapping[str, tuple[str, str]]


def restore(settings: Settings, file: Path, *, force: bool = False) -> Restored:
    """Makes the data folder what it was when the backup ``file`` was made, and adds what the corpus lacks.

    Raises UsageError for a data folder that is not empty, unless ``force`` keeps it aside; StoreError for
    a backup that cannot be used or a place that cannot be written, LockedError while somebody writes or
    restores.
    """
    require_file(settings, "dxkb restore", "pg_restore")
    data = settings.data.resolve()
    _is_taken(data, force)
    with _explained(data), _stage(data) as stage:
        manifest = archive.unpack(file, stage)
        check(stage, manifest, file)
        _make_ready(stage / DATA / settings.database.name, _generation(settings))
        with ExitStack() as locks:
            if _is_taken(data, force):  # again: somebody may have begun to write
                locks.enter_context(writer_lock(data))
            added, kept = _add_to_corpus(settings.corpus, stage, manifest.members)
            if os.name == "nt":  # where a folder with an open file cannot be renamed
                locks.close()
            aside = _swap(data, stage / DATA)
    with suppress(DxkbError):  # else whoever searches first builds them
        ViewKeeper(settings, Store.open(settings)).refresh()
    now, then = environment(), manifest.settings
    differing = {
        name: (now.get(name, ""), then.get(name, ""))
        for name in sorted({*now, *then} - {"DXKB_DATA", "DXKB_CORPUS"})
        if now.get(name) != then.get(name)
    }
    return Restored(manifest, aside, added, kept, differing)


def _is_taken(data: Path, force: bool) -> bool:
    """True for a data folder that holds something. Raises UsageError for that without ``force``."""
    found = data.is_dir() and any(data.iterdir())
    if found and not force:
        raise UsageError("usage.restore_taken", data=data)
    return found


@contextmanager
def _stage(data: Path) -> Iterator[Path]:
    stage = restoring(data)
    data.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(f"{stage}.lock", timeout=0):
            shutil.rmtree(stage, ignore_errors=True)  # of one that was killed
            private_folder(stage)
            try:
                yield stage
            finally:
                shutil.rmtree(stage, ignore_errors=True)
    except Timeout:
        raise LockedError("store.restore_busy") from None


@contextmanager
def _explained(data: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError("store.restore_unwritable", data=data, error=error.strerror) from error


def _make_ready(database: Path, former: int) -> None:
    """Brings the database up to date, and tells it from every earlier state, so that no view of one is
    taken for its own."""
    database.parent.chmod(0o700)
    with explained(database), closing(connect(database, create=True)) as db, atomic(db):
        db.execute(
            "UPDATE meta SET value = max(CAST(value AS INTEGER), ?) + 1 WHERE key = 'generation'",
            [former],
        )
        forget_changes(db)


def _generation(settings: Settings) -> int:
    """That of the store which is replaced, as far as it can be read."""
    try:
        return Store.open(settings).generation()
    except DxkbError:
        return 0


def _add_to_corpus(
    corpus: Path, stage: Path, members: Iterable[Member]
) -> tuple[int, tuple[str, ...]]:
    """Puts what is missing into the corpus, labels before what they label; how many, and what differs."""
    added, kept = 0, []
    corpus = corpus.resolve()
    ours = [member for member in members if member.path.startswith(f"{CORPUS}/")]
    for member in sorted(ours, key=lambda m: not m.path.lower().endswith((".yaml", ".yml"))):
        target = corpus.joinpath(*member.path.split("/")[1:])
        if not target.parent.resolve().is_relative_to(corpus):  # through a link
            kept.append(member.path)
        elif target.exists() or target.is_symlink():
            if not _is_same(target, member):
                kept.append(member.path)
        else:
            _put(stage / member.path, target, corpus)
            added += 1
    return added, tuple(kept)


def _is_same(target: Path, member: Member) -> bool:
    with suppress(OSError):
        return sha256_regular(target).hex() == member.sha256
    return False


def _put(source: Path, target: Path, corpus: Path) -> None:
    """A file of the corpus: whoever reads the corpus reads it, but no stranger reads a sidecar."""
    missing = [folder for folder in (target.parent, *target.parent.parents) if not folder.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    is_hidden = SHELF in target.parts
    mode = 0o700 if is_hidden else corpus.stat().st_mode & 0o777
    for folder in missing:
        folder.chmod(mode)
    with source.open("rb") as content, written_whole(target, mode & 0o660 | 0o600) as kept:
        shutil.copyfileobj(content, kept)


def _swap(data: Path, staged: Path) -> Path | None:
    """Puts ``staged`` in the place of ``data``; where that lies now."""
    data.mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    aside = data.with_name(f"{data.name}-before-restore-{stamp}")
    data.rename(aside)
    for at in range(_TRIES):
        try:
            staged.rename(data)
            break
        except OSError as error:
            is_taken = error.errno in (errno.EEXIST, errno.ENOTEMPTY) and data.exists()
            if is_taken and at < _TRIES - 1:  # by a server that just noted what somebody did
                data.rename(aside / f"meanwhile-{at}")
                continue
            if not data.exists():
                aside.rename(data)
            raise
    sync_folder(data.parent)
    if any(aside.iterdir()):
        return aside
    aside.rmdir()
    return None
