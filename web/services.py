"""What the web needs from outside, handed in by whoever starts it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from flask import current_app

from kb.base.config import Settings
from kb.base.messages import Message, message
from kb.base.types import Glance, Viewer
from kb.operations.schedule import BackupState
from kb.ranking.search import Searcher
from kb.storage.store import Store
from web.files import as_utf8


@dataclass(frozen=True, slots=True)
class Activity:
    """The state of the ingest: ``done`` of ``total`` files read, ``current`` is the path at hand,
    ``last_checked`` when the corpus was last looked through (UTC ISO 8601, "" before the first
    time), ``problem`` why the last look ended early. Of ``to_read`` passages the
    sentence model has read ``read``, of ``to_recognise`` pages that are pictures ``recognised`` have been,
    both in the background."""

    running: bool = False
    done: int = 0
    total: int = 0
    current: str = ""
    last_checked: str = ""
    problem: Message | None = None
    read: int = 0
    to_read: int = 0
    recognised: int = 0
    to_recognise: int = 0


Mode = Literal["owner", "public", "accounts", "proxy"]
"""How those who read are told apart: not at all, on this computer alone; not at all, so that all see
what is public; they sign in; a reverse proxy says who they are."""


def _owner() -> Mode:
    return "owner"


def _idle() -> Activity:
    return Activity()


def _no_backup() -> BackupState:
    return BackupState()


def _no_glance(files: Sequence[Path]) -> tuple[Glance, ...]:
    return tuple(Glance() for _ in files)


def _nothing() -> None:
    return None


def _plain_text(name: str, data: bytes) -> str:
    return as_utf8(data).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Services:
    """The collaborators of every view. ``viewer`` says who is reading: the owner, unless told
    otherwise, and ``mode`` how that is known; ``activity`` and ``request_rescan`` reach the ingest without importing it; ``accepts`` are the
    suffixes that it can read, ``glance`` is its first look at files that are not added yet, ``backup``
    tells of the daily one; ``words_of`` gives the text of a file that is not to be kept, by its name
    and bytes, and raises UsageError for one that cannot be read."""

    settings: Settings
    store: Store
    searcher: Searcher
    activity: Callable[[], Activity] = _idle
    request_rescan: Callable[[], None] = _nothing
    viewer: Callable[[], Viewer] = Viewer.owner
    mode: Callable[[], Mode] = _owner
    accepts: tuple[str, ...] = (".pdf", ".md", ".txt")
    glance: Callable[[Sequence[Path]], Sequence[Glance]] = _no_glance
    backup: Callable[[], BackupState] = _no_backup
    words_of: Callable[[str, bytes], str] = _plain_text

    def may_change(self) -> bool:
        """True when whoever is reading may add and correct documents here."""
        return not self.settings.readonly and self.viewer().may_change

    def may_record(self) -> bool:
        """True when whoever is reading may note a question that found nothing."""
        return not self.settings.readonly and self.viewer().may_record

    def activity_for(self, viewer: Viewer) -> Activity:
        """The state of the ingest as far as it says nothing of what ``viewer`` may not see: the file
        at hand has not been read, nobody knows yet whose it is, and counts are of all files."""
        state = self.activity()
        problem = state.problem or self.store.damage
        if viewer.sees_all:
            return replace(state, problem=problem)
        trouble = message("page.documents.trouble") if problem else None
        return Activity(running=state.running, last_checked=state.last_checked, problem=trouble)

    def backup_problem_for(self, viewer: Viewer) -> Message | None:
        """Why no backup is made; to others than those who see all, only that somebody has to look."""
        problem = self.backup().problem
        return problem if viewer.sees_all or problem is None else message("page.health.backup")


def services() -> Services:
    """The services of the running application."""
    found: Services = current_app.extensions["dxkb"]
    return found
