"""What is not used any more goes back to the system."""

from __future__ import annotations

import subprocess
import sys

_CODE = """
import psutil
from kb.base.background import give_back
taken = lambda: psutil.Process().memory_info().rss
before = taken()
blocks = [bytearray(1000) for _ in range(50_000)]
last = bytearray(1000)  # behind them all: the C library keeps what lies before
del blocks
kept = taken() - before
give_back()
print(kept > 30e6, taken() - before < kept / 2)
"""


def test_freed_memory_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", _CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
