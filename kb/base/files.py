"""Files read without waiting or following, and written so that they are there whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"))  # categories of Unicode


@contextmanager
def written_whole(target: Path, mode: int | None = None) -> Iterator[IO[bytes]]:
    """A file beside ``target``, under a name that the ingest ignores, which takes its name when the
    block ends without an error: durably, so that a power cut leaves the old one or the new one.

    It keeps the permissions of the file it replaces; a new one has ``mode``, else those of a
    temporary file (its owner's only). Raises OSError.
    """
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        kept = target.stat().st_mode & 0o777 if target.exists() else mode
        if kept is not None:
            aside.chmod(kept)
        aside.replace(target)
        sync_folder(target.parent)
    finally:
        aside.unlink(missing_ok=True)


def private_folder(folder: Path) -> None:
    """Makes a folder that only its owner can enter, or makes ours so. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix":
        about = folder.stat()
        if about.st_uid == os.getuid() and about.st_mode & 0o077:
            folder.chmod(about.st_mode & 0o700)


def plain_name(name: str) -> str:
    """A file's name as it can be shown: signs that do not show, or that turn the direction of what
    follows so that ``exe.fdp`` reads as ``pdf.exe``, become ``_``."""
    return "".join("_" if unicodedata.category(c) in _UNSEEN else c for c in name)


def sync_folder(folder: Path) -> None:
    """Makes a rename in ``folder`` outlast a power cut; Windows does so by itself."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_regular(path: Path, *, follow: bool = False) -> IO[bytes]:
    """A file to be read. Never waits for a pipe and, unless told to, never follows a link.

    Raises OSError, IsADirectoryError among them; EINVAL for what is no file.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    if stat.S_ISDIR(path.stat(follow_symlinks=follow).st_mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
    file = os.fdopen(os.open(path, flags | (0 if follow else getattr(os, "O_NOFOLLOW", 0))), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "not a regular file")
    return file


def read_regular(path: Path, *, follow: bool = False) -> bytes:
    """The bytes of a file. Raises OSError like :func:`open_regular`."""
    with open_regular(path, follow=follow) as file:
        return file.read()


def sha256_regular(path: Path) -> bytes:
    """The digest of a file, however large. Raises OSError like :func:`open_regular`."""
    with open_regular(path) as file:
        return hashlib.file_digest(cast("Any", file), "sha256").digest()
