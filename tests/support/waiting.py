"""The one way in which tests wait for what happens by itself, in a browser, a process or a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 180.0
"""Seconds after which a test gives up: far beyond what it takes, as other work may have the processor."""


def until(found: Callable[[], Found], *not_yet: type[Exception]) -> Found:
    """What ``found`` gives as soon as it is true; an exception of ``not_yet`` is no answer yet.
    Raises AssertionError, from the last such exception, when nothing came."""
    end = time.monotonic() + PATIENCE
    while True:
        last: Exception | None = None
        try:
            if answer := found():
                return answer
        except not_yet as error:
            last = error
        if time.monotonic() > end:
            raise AssertionError("it never happened") from last
        time.sleep(0.05)


def until_kept_no_more() -> None:
    """Returns when nothing keeps a corpus in this process: what was told to stop ends what it has at hand first, and
    would log and write beside the next test."""
    until(
        lambda: not {"corpus", "sentences", "recognition"} & {t.name for t in threading.enumerate()}
    )
