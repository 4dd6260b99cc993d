"""Checksums of a view's files: what the disk gives back is what was written, or the view is made anew."""

from __future__ import annotations

import json
import logging
import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

NAME = "checksums.json"
_BLOCK = 1 << 20
_MOST = 10_000
_READ: dict[tuple[int, int, int, int], int] = {}
"""Checksums of files by what tells that they are still the same."""
_log = logging.getLogger(__name__)
_View = TypeVar("_View")


def seal(folder: Path, before: Path | None = None) -> None:
    """Notes the checksums of all files below ``folder`` but locks; a file that is also one of the sealed
    folder ``before`` has what was noted there. Raises OSError or ValueError."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock")
    known = _noted(before) if before else {}
    sums = {}
    for path in files:
        name = path.relative_to(folder).as_posix()
        is_same = before and name in known and _is_one(path, before / name)
        sums[name] = known[name] if is_same else _sum(path)
    (folder / NAME).write_text(json.dumps(sums), encoding="utf-8")


def share(old: Path, new: Path) -> None:
    """Makes the file ``new`` another name of ``old``, which never changes; a copy where the file system
    has no such thing. Raises OSError."""
    try:
        os.link(old, new)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(old, new)


def is_sound(folder: Path) -> bool:
    """True when every file that was there when ``folder`` was sealed is as it was then."""
    try:
        return all(_sum(folder / name) == noted for name, noted in _noted(folder).items())
    except (OSError, ValueError, AttributeError):
        return False


def require_whole(folder: Path) -> None:
    """Raises ValueError for a folder that is not as it was sealed. A file that this process has read
    already, under whatever name, is not read again while its size and time of change stay."""
    try:
        sums = _noted(folder)
        if all(_sum_once(folder / name) == noted for name, noted in sums.items()):
            return
    except (OSError, AttributeError) as error:
        raise ValueError("the view's files cannot be read") from error
    raise ValueError("the view's files are not what was written")


def opened(folder: Path, open_view: Callable[[Path], _View]) -> _View | None:
    """What ``open_view`` makes of ``folder``; None where there is none, or where it turns out to be
    damaged: then it is taken away."""
    if not folder.is_dir():
        return None
    try:
        return open_view(folder)
    except (OSError, RuntimeError, ValueError):
        drop(folder)
        return None


def drop(folder: Path) -> None:
    """Takes a damaged view away; whoever searches builds it anew."""
    _log.warning("view %s is damaged and is built anew", folder.name)
    shutil.rmtree(folder, ignore_errors=True)


def stamp(folder: Path) -> frozenset[tuple[str, int, int]]:
    """Names, sizes and times of change of the files in ``folder``: what costs next to nothing to ask
    again and again. Empty where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            files = [(e.name, e.stat()) for e in entries if not e.name.endswith(".lock")]
    except OSError:
        return frozenset()
    return frozenset((name, about.st_size, about.st_mtime_ns) for name, about in files)


def _noted(folder: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads((folder / NAME).read_text(encoding="utf-8"))
    return found


def _is_one(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def _sum_once(path: Path) -> int:
    about = path.stat()
    known = (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns)
    if known not in _READ:
        if len(_READ) >= _MOST:
            _READ.clear()
        _READ[known] = _sum(path)
    return _READ[known]


def _sum(path: Path) -> int:
    """CRC-32: against disks, not against people, and a second for more than a gigabyte."""
    found = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found = zlib.crc32(block, found)
    return found
