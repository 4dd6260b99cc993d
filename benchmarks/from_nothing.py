"""The README's first command on a fresh clone: ``python -m benchmarks.from_nothing [--python 3.11 3.12 3.13] [--light]``.

Clones this checkout's last commit into an empty folder, types ``make serve`` (``make light`` with ``--light``) and prints, for each Python,
clock seconds until the environment is there, until the address is told, and until every document of ``corpus/`` can be searched;
and what then lies on the disk. Packages come from where pip gets them; the time that takes is in it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.request import urlopen

import psutil

from benchmarks.search_quality import ROOT
from scripts.kits.pythons import python_of

_TOLD = re.compile(r"http://[^/\s]+/")


def main() -> None:
    """Prints a line for each Python."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", nargs="*", default=["3.11"])
    parser.add_argument("--light", action="store_true")
    options = parser.parse_args()
    for version in options.python:
        python = python_of(version) or sys.exit(f"no Python {version} here")
        with tempfile.TemporaryDirectory() as folder:
            _tried(python, "light" if options.light else "serve", Path(folder, "dxkb"))


def _tried(python: str, target: str, clone: Path) -> None:
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    plain = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH")}
    command, began = ["make", target, f"PYTHON={python}", "PORT=0"], time.monotonic()
    with subprocess.Popen(
        command, cwd=clone, env=plain, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as started:  # fmt: skip
        try:
            set_up, address = _address(started, clone)
            told = time.monotonic() - began
            while not (health := _health(address)).get("generation") or health["ingesting"]:
                time.sleep(0.2)
            done = time.monotonic() - began
            files = _asked(f"{address}api/v1/documents")["documents"]
            _asked(f"{address}api/v1/search?q=DX")
            memory = _memory(started.pid)
        finally:
            os.killpg(started.pid, signal.SIGTERM)
    said = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout
    print(
        f"make {target}, {said.strip()}: set up after {set_up - began:.0f} s, address after {told:.0f} s, "
        f"all searchable after {done:.0f} s; environment {_megabytes(clone / '.venv'):.0f} MB, "
        f"data {_megabytes(clone / 'data'):.0f} MB, memory {memory:.0f} MB; {files} documents",
        flush=True,
    )


def _address(started: subprocess.Popen[str], clone: Path) -> tuple[float, str]:
    """When the program was first run, and the address that it tells. Raises RuntimeError when it ends before."""
    assert started.stdout is not None
    set_up = 0.0
    for line in started.stdout:
        if "dxkb serve" in line and not set_up:  # make tells what it runs
            set_up = time.monotonic()
        if found := _TOLD.search(line):
            threading.Thread(target=started.stdout.read, daemon=True).start()
            return set_up, found[0]
    raise RuntimeError(f"make ended in {clone}")


def _health(address: str) -> dict[str, object]:
    try:
        return _asked(f"{address}healthz")
    except OSError:  # 503: nothing to search yet
        return {}


def _asked(url: str) -> dict[str, object]:
    with urlopen(url) as answer:
        told: dict[str, object] = json.load(answer)
        return told


def _memory(make: int) -> float:
    """Megabytes of what ``make`` runs, the workers that read documents too, after a first question."""
    return sum(p.memory_info().rss for p in psutil.Process(make).children(recursive=True)) / 1e6


def _megabytes(folder: Path) -> float:
    return sum(p.lstat().st_size for p in folder.rglob("*") if not p.is_dir()) / 1e6


if __name__ == "__main__":
    main()
