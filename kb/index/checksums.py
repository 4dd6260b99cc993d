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
_log = logging.getLogger(__name__)
_View = TypeVar("_View")


def seal(folder: Path) -> None:
    """Notes the checksums of all files below ``folder`` but locks. Raises OSError."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock")
    sums = {path.relative_to(folder).as_posix(): _sum(path) for path in files}
    (folder / NAME).write_text(json.dumps(sums), encoding="utf-8")


def is_sound(folder: Path) -> bool:
    """True when every file that was there when ``folder`` was sealed is as it was then."""
    try:
        sums: dict[str, int] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return all(_sum(folder / name) == noted for name, noted in sums.items())
    except (OSError, ValueError, AttributeError):
        return False


def require_whole(folder: Path) -> None:
    """Raises ValueError for a folder that is not as it was sealed."""
    if not is_sound(folder):
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


def _sum(path: Path) -> int:
    """CRC-32: against disks, not against people, and a second for more than a gigabyte."""
    found = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found = zlib.crc32(block, found)
    return found
