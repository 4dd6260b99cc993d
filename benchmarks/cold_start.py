"""A whole cold search beside ``import torch``: ``python -m benchmarks.cold_start [--runs 7]``."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_SELF_MEASURED = (
    "import resource, runpy, sys; sys.argv = sys.argv[1:];"
    "exec(compile(\"try:\\n runpy.run_module('dxkb', run_name='__main__')\\nexcept SystemExit: pass\", '', 'exec'));"
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
)


def main() -> None:
    """Ingests the shipped corpus, then alternates the two commands."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as data:
        subprocess.run(
            [sys.executable, "-m", "dxkb", "ingest", str(ROOT / "corpus"), "--data", data, "--json"],
            check=True, capture_output=True,
        )  # fmt: skip
        search = [
            sys.executable,
            "-m",
            "dxkb",
            "search",
            "スマート申請フォームの事例",
            "--data",
            data,
        ]
        torch = [sys.executable, "-c", "import torch"]
        pairs = [(_seconds(search), _seconds(torch)) for _ in range(runs + 1)][1:]
        print(
            f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {runs} runs"
        )
        print(f"dxkb search   {statistics.median(a for a, _ in pairs):.3f} s (median)")
        print(f"import torch  {statistics.median(b for _, b in pairs):.3f} s (median)")
        print(f"ratio         {statistics.median(a / b for a, b in pairs):.3f} (median of pairs)")
        if sys.platform != "win32":
            print(f"peak memory   {_peak_mib(search):.0f} MiB")


def _seconds(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def _peak_mib(search: Sequence[str]) -> float:
    measured = [sys.executable, "-c", _SELF_MEASURED, "dxkb", *search[3:]]
    told = subprocess.run(measured, check=True, capture_output=True, encoding="utf-8").stderr
    return int(told.split()[-1]) / 1024


if __name__ == "__main__":
    main()
