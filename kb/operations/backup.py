"""A backup while everything goes on: the databases by SQLite's online backup, what else the data folder holds
that cannot be made again, and the corpus's sidecars; the documents, too, if wanted.

It is unpacked and checked before it takes its name, so that a backup that is there can be restored.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from kb import __version__
from kb.base.clock import utc_now
from kb.base.config import Settings
from kb.base.errors import DxkbError, SchemaError, StoreError, UsageError
from kb.base.files import open_regular, sync_folder
from kb.documents.history import FILE as HISTORY
from kb.documents.shelf import SHELF
from kb.operations import archive
from kb.operations.archive import CORPUS, DATA, Manifest, Member, is_safe, manifest_of
from kb.storage.database import explained, require_file, schema_version

_AGAIN = (
    "views",
    "dxkb.log",
    "writer.json",
    "activity.json",
    "incoming",
)  # what is made or sent again; logs, which stay
_TEMPORARY = (".lock", ".part", "-wal", "-shm", "-journal")
_DATABASE = ".sqlite3"
_SIDECARS = (".yaml", ".yml")
_SECRET = re.compile("TOKEN|PASSWORD|SECRET|_KEY")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made and checked: ``left_out`` are the files of the corpus that could not be
    read."""

    path: Path
    size: int
    manifest: Manifest
    left_out: tuple[str, ...]
    seconds: float


def back_up(settings: Settings, target: Path, *, documents: bool = False) -> Backup:
    """Makes the backup ``target``, its owner's only; an older backup of that name is replaced at the end.

    Raises UsageError for a place that cannot be meant, StoreError for what cannot be read or written.
    """
    started = time.monotonic()
    require_file(settings, "dxkb backup", "pg_dump")
    target = target.absolute()
    _check_place(settings, target)
    if not settings.database.is_file():
        raise StoreError("store.database_missing", path=settings.database)
    aside = target.with_name(f".{target.name}.part")
    with _explained(target), _staged(settings) as stage:
        try:
            left_out = _write(settings, aside, stage, documents)
            checked = stage / "checked"
            checked.mkdir()
            manifest = archive.unpack(aside, checked)
            check(checked, manifest, aside)
            size = aside.stat().st_size
            aside.replace(target)
            sync_folder(target.parent)
        finally:
            aside.unlink(missing_ok=True)
    return Backup(target, size, manifest, left_out, time.monotonic() - started)


def check(folder: Path, manifest: Manifest, file: Path) -> None:
    """Proves that what was unpacked from ``file`` can be used. Raises StoreError, SchemaError when a newer
    dxkb made it."""
    if manifest.schema > schema_version():
        raise SchemaError("store.backup_newer", file=file, version=manifest.dxkb)
    try:
        for path in (folder / DATA).glob(f"*{_DATABASE}"):
            with closing(sqlite3.connect(path)) as db:
                told = db.execute("PRAGMA integrity_check").fetchone()[0]
                if told != "ok" or db.execute("PRAGMA foreign_key_check").fetchone():
                    raise StoreError("store.backup_damaged", file=file)
        counts = _counts(folder / DATA / Settings().database.name)
    except sqlite3.Error as error:
        raise StoreError("store.backup_damaged", file=file) from error
    if counts != dict(manifest.counts):
        raise StoreError("store.backup_damaged", file=file)


def _check_place(settings: Settings, target: Path) -> None:
    place = target.parent.resolve()
    if not place.is_dir():
        raise UsageError("usage.backup_folder", folder=target.parent)
    for folder in (settings.data, settings.corpus):
        if place.is_relative_to(folder.resolve()):
            raise UsageError("usage.backup_inside", folder=folder)
    if target.exists():
        try:
            manifest_of(target)
        except DxkbError as error:
            raise UsageError("usage.backup_exists", file=target) from error


@contextmanager
def _staged(settings: Settings) -> Iterator[Path]:
    """A folder for copies beside the databases, on a disk that SQLite likes; one backup at a time."""
    stage = settings.data.absolute() / "backup.part"
    try:
        with FileLock(settings.data / "backup.lock", timeout=0):
            shutil.rmtree(stage, ignore_errors=True)  # of one that was killed
            stage.mkdir(mode=0o700)
            try:
                yield stage
            finally:
                shutil.rmtree(stage, ignore_errors=True)
    except Timeout:
        raise StoreError("store.backup_busy") from None


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StoreError("store.disk_full", folder=target.parent) from error
        raise StoreError("store.backup_unwritable", file=target, error=error.strerror) from error


def _write(settings: Settings, aside: Path, stage: Path, documents: bool) -> tuple[str, ...]:
    """Writes the archive; the files of the corpus that could not be read."""
    members: list[Member] = []
    left_out: list[str] = []
    os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    with aside.open("r+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            for path, source in _of_data(settings.data, stage):
                with open_regular(source) as content:
                    members.append(archive.put(packed, path, content))
            for path, source in _of_corpus(settings.corpus, documents, left_out):
                try:
                    content = open_regular(source)
                except OSError:  # gone, or not ours to read
                    left_out.append(path)
                    continue
                with content:
                    members.append(archive.put(packed, path, content))
            database = stage / settings.database.name
            if (found := _schema(database)) > schema_version():
                known = schema_version()
                raise SchemaError(
                    "store.schema_newer", path=settings.database, found=found, known=known
                )
            archive.close(packed, Manifest(
                __version__, utc_now(), found, documents,
                _counts(database), environment(), tuple(members),
            ))  # fmt: skip
        file.flush()
        os.fsync(file.fileno())
    return tuple(left_out)


def _of_data(data: Path, stage: Path) -> Iterator[tuple[str, Path]]:
    """Path in the archive and file of everything in the data folder that cannot be made again."""
    for source in _files(data, [], _AGAIN):
        name = source.relative_to(data).as_posix()
        if source.suffix == _DATABASE and source.parent == data:
            _snapshot(source, stage / source.name)
            source = stage / source.name
        yield f"{DATA}/{name}", source


def _of_corpus(corpus: Path, documents: bool, left_out: list[str]) -> Iterator[tuple[str, Path]]:
    for source in _files(corpus, left_out):
        path = f"{CORPUS}/{source.relative_to(corpus).as_posix()}"
        if not is_safe(path):
            left_out.append(path)
        elif documents or source.name == HISTORY or _is_sidecar(source):
            yield path, source


def _is_sidecar(source: Path) -> bool:
    """Also ``_access.yaml``; not what belongs to a document in the trash, which is not there without it."""
    return source.suffix.lower() in _SIDECARS and SHELF not in source.parts


def _files(folder: Path, unread: list[str], but: tuple[str, ...] = ()) -> Iterator[Path]:
    """Regular files below ``folder``, without what is only there for a while and what begins as in ``but``
    at its top; folders that cannot be read are noted."""
    for place, folders, names in os.walk(folder, onerror=lambda e: unread.append(str(e.filename))):
        at = Path(place)
        for listed in (folders, names):
            listed[:] = sorted(
                name for name in listed
                if not name.endswith(_TEMPORARY) and not (at == folder and name.startswith(but or "\0"))
            )  # fmt: skip
        yield from (
            path for name in names if (path := at / name).is_file() and not path.is_symlink()
        )


def _snapshot(source: Path, target: Path) -> None:
    """The database as it is at one moment, whoever writes to it. Nobody stays signed in: a session that was
    ended must not come back."""
    uri = f"{source.absolute().as_uri()}?mode=rw"
    with (
        explained(source),
        closing(sqlite3.connect(uri, uri=True, timeout=30.0)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        if source.name == Settings().users.name:
            copy.execute("DELETE FROM sessions")
            copy.commit()
            copy.execute("VACUUM")


def _schema(database: Path) -> int:
    with closing(sqlite3.connect(database)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def _counts(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as db:
        return {
            table: int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
            for table in ("files", "documents", "cases", "chunks")
        }


def environment() -> dict[str, str]:
    """The settings, for whoever restores elsewhere; no secrets."""
    return {
        name: value
        for name, value in sorted(os.environ.items())
        if name.startswith("DXKB_") and not _SECRET.search(name)
    }
