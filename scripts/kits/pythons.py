"""The Pythons of a machine that has several."""

from __future__ import annotations

import shutil
from pathlib import Path


def python_of(version: str) -> str | None:
    """The Python of so many digits on this machine."""
    found = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python3"))
    return str(found[-1]) if found else shutil.which(f"python{version}")
