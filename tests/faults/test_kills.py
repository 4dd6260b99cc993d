"""Every operation of benchmarks/faults, killed, cut off, done twice and done without rights, at a few moments;
the long run has more of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from tests.paths import ROOT


def test_nothing_is_lost_doubled_changed_or_shown() -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    command = [
        sys.executable,
        "-m",
        "benchmarks.faults",
        "--each",
        "2",
        "--others",
        "1",
        "--seed",
        "12",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    tried = re.search(r"(\d+) interleavings \([^)]*\), 0 wrong", done.stdout)
    assert tried, done.stdout
    assert int(tried[1]) >= 60
