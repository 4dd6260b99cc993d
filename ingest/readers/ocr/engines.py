"""Which engines there are on this computer. Looking imports nothing that is slow to import."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

SECONDS = 90.0
"""A picture that takes tesseract longer is given up."""

PAGE_SECONDS = 600.0
"""A page that takes longer in all is given up; at lowered priority on a busy computer it may take long."""

_PLACES = (
    "C:/Program Files/Tesseract-OCR/tesseract.exe",
    "C:/Program Files (x86)/Tesseract-OCR/tesseract.exe",
    "~/AppData/Local/Programs/Tesseract-OCR/tesseract.exe",
    "~/AppData/Local/Tesseract-OCR/tesseract.exe",
    "/opt/homebrew/bin/tesseract",
    "/usr/local/bin/tesseract",
)


def engine_for(wanted: str) -> str | None:
    """The name of the engine that is ``wanted`` ("" for the better one) or stands in for it; None for
    "0", and where neither is installed."""
    names = sorted(_ENGINES, key=lambda name: name != wanted)
    return next((name for name in names if wanted != "0" and _ENGINES[name]()), None)


def find_tesseract() -> Path | None:
    """Tesseract's command, None when it is not installed or lacks its Japanese data."""
    names = (shutil.which("tesseract"), *(str(Path(place).expanduser()) for place in _PLACES))
    return next((Path(n) for n in names if n and Path(n).is_file() and _reads_japanese(n)), None)


def _reads_japanese(command: str) -> bool:
    return "jpn" in _languages(command, Path(command).stat().st_mtime)


@lru_cache(maxsize=8)
def _languages(command: str, changed: float) -> frozenset[str]:
    try:
        listed = subprocess.run(  # noqa: S603 - a program we looked up
            [command, "--list-langs"],
            capture_output=True,
            timeout=20,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset((listed.stdout + listed.stderr).decode("utf-8", "replace").split())


_ENGINES: dict[str, Callable[[], bool]] = {
    "rapidocr": lambda: find_spec("rapidocr") is not None,
    "tesseract": lambda: find_tesseract() is not None,
}
"""Whether each is installed, the better one first."""
