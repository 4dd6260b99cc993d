"""A disk of a few kilobytes that really is full: a tmpfs in a mount namespace of this process alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_INSIDE = "DXKB_FAULTS_INSIDE"


def enter() -> None:
    """Begins this program anew where it may mount; needs util-linux and, unless root, user namespaces."""
    if _INSIDE not in os.environ:
        os.environ[_INSIDE] = "1"
        may = ["-m"] if os.getuid() == 0 else ["-rm"]
        os.execvp(
            "unshare", ["unshare", *may, sys.executable, "-m", "benchmarks.faults", *sys.argv[1:]]
        )


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """A large disk at ``folder``."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "dxkb-faults", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


def resize(folder: Path, spare: int | None) -> None:
    """Leaves ``spare`` KiB free, or plenty for None."""
    about = os.statvfs(folder)
    used = (about.f_blocks - about.f_bfree) * about.f_frsize // 1024
    size = "1g" if spare is None else f"{used + spare}k"
    subprocess.run(["mount", "-o", f"remount,size={size}", folder], check=True)
