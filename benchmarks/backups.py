"""Backups and restores timed, then killed at random: ``python -m benchmarks.backups --data DIR [--kills 25]``.

``DIR`` is a data folder, as ``dxkb ingest`` made it; it is copied, never changed. After every kill: the data is
whole, a backup that has its name can be restored, and what a restore replaced lies beside it.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from kb.base.config import Settings
from kb.base.types import Viewer
from kb.operations.archive import unpack
from kb.operations.backup import check
from kb.storage.store import Store
from kb.storage.writer import open_writer

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Prints seconds, then how the killed ones ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=25)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shutil.copytree(given.data, work / "data")
        with open_writer(Settings(data=work / "data")):
            whole = _counts(work / "data")
        kept, killed = work / "kept.zip", work / "killed.zip"
        backup = [
            "backup",
            "--data",
            str(work / "data"),
            "--corpus",
            str(ROOT / "corpus"),
            "--documents",
        ]
        restore = [
            "restore",
            str(kept),
            "--data",
            str(work / "data"),
            "--corpus",
            str(work / "corpus"),
            "--force",
        ]
        took = [_run([*backup, str(kept)])[1], _run(restore)[1]]
        print(
            f"{kept.stat().st_size / 1e6:.1f} MB, backup {took[0]:.1f} s, restore {took[1]:.1f} s (whole commands)"
        )
        ends: Counter[str] = Counter()
        for _ in range(given.kills):
            killed.unlink(missing_ok=True)
            code, _seconds = _run([*backup, str(killed)], random.uniform(0.3, 1.5) * took[0])
            ends[
                f"backup: {'killed' if code else 'done'}, {'there' if killed.exists() else 'not there'}"
            ] += 1
            if killed.exists():
                with tempfile.TemporaryDirectory() as unpacked:
                    check(Path(unpacked), unpack(killed, Path(unpacked)), killed)
            code, _seconds = _run(restore, random.uniform(0.1, 0.8) * took[1])
            ends[f"restore: {'killed' if code else 'done'}"] += 1
            for former in work.glob("data-before-restore-*"):
                assert _counts(former) == whole
                shutil.rmtree(former)
            assert _counts(work / "data") == whole
        print(
            *(f"{count:4} {end}" for end, count in sorted(ends.items())),
            "nothing was lost",
            sep="\n",
        )


def _run(arguments: list[str], limit: float | None = None) -> tuple[int, float]:
    """Exit status and seconds of a command that is killed after ``limit`` seconds."""
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "dxkb", *arguments], stdout=subprocess.DEVNULL
    ) as process:
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.returncode, time.perf_counter() - started


def _counts(data: Path) -> dict[str, int]:
    return Store.open(Settings(data=data)).counts(Viewer.owner())


if __name__ == "__main__":
    main()
