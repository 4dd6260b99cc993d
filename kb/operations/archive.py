"""A backup as a file: a zip whose ``manifest.json`` names every member with its size and SHA-256.

Members lie below ``data/`` and ``corpus/``. Whatever is not exactly as the manifest says is refused, and so
is a path that leads elsewhere: an archive may come from anybody.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any

from kb.base.errors import SchemaError, StoreError

FORMAT = 1
MANIFEST = "manifest.json"
DATA, CORPUS = "data", "corpus"
_BLOCK = 1 << 20
_LONGEST_MANIFEST = 256 << 20  # bytes; a million files
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, LookupError, TypeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the backup: its ``path`` below ``data/`` or ``corpus/``, as the file system gave it."""

    path: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """Its name in the zip, which cannot hold what is no Unicode."""
        return self.path.encode("utf-8", "backslashreplace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: which ``dxkb`` made it and when (UTC, ISO 8601), the ``schema`` of its
    database with its ``counts``, the ``settings`` then in force, whether it holds the ``documents``."""

    dxkb: str
    made_at: str
    schema: int
    documents: bool
    counts: Mapping[str, int]
    settings: Mapping[str, str]
    members: tuple[Member, ...]


def is_safe(path: str) -> bool:
    """True for a path that stays below ``data/`` or ``corpus/`` on every system."""
    pure, parts = PureWindowsPath(path), path.replace("\\", "/").split("/")
    leads_away = pure.drive or pure.root or "\0" in path or {"", ".", ".."} & set(parts)
    return not leads_away and len(parts) > 1 and PurePosixPath(path).parts[0] in (DATA, CORPUS)


def put(archive: zipfile.ZipFile, path: str, source: IO[bytes]) -> Member:
    """Adds a file. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    member = Member(path, 0, "")
    with archive.open(member.name, "w", force_zip64=True) as target:
        while block := source.read(_BLOCK):
            digest.update(block)
            size += target.write(block)
    return Member(path, size, digest.hexdigest())


def close(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Adds the manifest, which makes the archive whole."""
    archive.writestr(MANIFEST, json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1))


def manifest_of(file: Path) -> Manifest:
    """What the backup ``file`` says of itself. Raises StoreError."""
    with _opened(file) as archive:
        return _manifest(archive)


def unpack(file: Path, into: Path) -> Manifest:
    """Writes every member below the empty folder ``into`` and compares it with the manifest. Raises
    StoreError for a backup that is damaged or hostile, and for a full disk."""
    with _opened(file) as archive:
        manifest = _manifest(archive)
        names = [MANIFEST, *(member.name for member in manifest.members)]
        hostile = [member.name for member in manifest.members if not is_safe(member.path)]
        if hostile or sorted(names) != sorted(archive.namelist()):
            odd = hostile or sorted(set(names) ^ set(archive.namelist())) or names
            raise StoreError("store.backup_hostile", file=file, name=odd[0][:200])
        if sum(member.size for member in manifest.members) > shutil.disk_usage(into).free:
            raise StoreError("store.disk_full", folder=into.parent)
        for member in manifest.members:
            target = into / member.path
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with archive.open(member.name) as source, target.open("xb") as kept:
                if not _is_copied(source, kept, member):
                    raise StoreError("store.backup_damaged", file=file)
            target.chmod(0o600)
    return manifest


def _is_copied(source: IO[bytes], target: IO[bytes], member: Member) -> bool:
    """Copies no more than the manifest says; False where that was not what it says."""
    digest, left = hashlib.sha256(), member.size
    while block := source.read(min(_BLOCK, left + 1)):
        left -= len(block)
        if left < 0:
            return False
        digest.update(block)
        target.write(block)
    return left == 0 and digest.hexdigest() == member.sha256


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StoreError("store.disk_full", folder=file.parent) from error
        raise StoreError("store.backup_unreadable", file=file, error=error.strerror) from error
    except _BROKEN as error:
        raise StoreError("store.backup_damaged", file=file) from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > _LONGEST_MANIFEST:
        raise ValueError(MANIFEST)
    told: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if told.pop("format") != FORMAT:
        raise SchemaError("store.backup_newer", file=archive.filename, version=told["dxkb"])
    members = tuple(Member(m["path"], int(m["size"]), m["sha256"]) for m in told.pop("members"))
    return Manifest(members=members, **told)
