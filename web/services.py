"""What the web needs from outside, handed in by whoever starts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from kb.base.config import Settings
from kb.base.messages import Message
from kb.base.types import Viewer
from kb.ranking.search import Searcher
from kb.storage.store import Store


@dataclass(frozen=True, slots=True)
class Activity:
    """The state of the ingest: ``done`` of ``total`` files read, ``current`` is the path at hand,
    ``last_checked`` when the corpus was last looked through (UTC ISO 8601, "" before the first
    time), ``problem`` why the last look ended early. Of ``to_read`` passages the
    sentence model has read ``read``, in the background."""

    running: bool = False
    done: int = 0
    total: int = 0
    current: str = ""
    last_checked: str = ""
    problem: Message | None = None
    read: int = 0
    to_read: int = 0


def _idle() -> Activity:
    return Activity()


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Services:
    """The collaborators of every view. ``viewer`` says who is reading: the owner, unless told
    otherwise; ``activity`` and ``request_rescan`` reach the ingest without importing it; ``accepts`` are the
    suffixes that it can read."""

    settings: Settings
    store: Store
    searcher: Searcher
    activity: Callable[[], Activity] = _idle
    request_rescan: Callable[[], None] = _nothing
    viewer: Callable[[], Viewer] = Viewer.owner
    accepts: tuple[str, ...] = (".pdf", ".md", ".txt")


def services() -> Services:
    """The services of the running application."""
    found: Services = current_app.extensions["dxkb"]
    return found
