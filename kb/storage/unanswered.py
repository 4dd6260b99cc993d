"""Questions that found nothing good, recorded by those who asked: what to collect next."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from kb.base.clock import utc_now
from kb.base.config import Settings
from kb.base.errors import DxkbError
from kb.base.files import private_folder
from kb.language.text import fold_text

MOST = 2000
"""Entries that are kept; the oldest go first."""

LONGEST = 200
"""Characters of a question."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question with how often it was recorded, first and last (UTC, ISO 8601)."""

    question: str
    times: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class _Entry:
    at: str
    question: str


def record(settings: Settings, question: str) -> None:
    """Notes the question, but not who asked it. Raises DxkbError when it cannot be written."""
    asked = " ".join(question.split())[:LONGEST]
    if asked:
        entry = _Entry(utc_now(), asked)
        _change(settings, lambda entries: [*entries, entry][-MOST:])


def forget(settings: Settings, question: str) -> None:
    """Removes a question however often it was recorded."""
    key = _key(question)
    _change(settings, lambda entries: [e for e in entries if _key(e.question) != key])


def load(settings: Settings) -> tuple[Unanswered, ...]:
    """The recorded questions, the most recent first; different spellings are one."""
    found: dict[str, Unanswered] = {}
    for entry in _entries(_file(settings)):
        key = _key(entry.question)
        known = found.get(key)
        times, first = (known.times + 1, known.first) if known else (1, entry.at)
        found[key] = Unanswered(entry.question, times, first, entry.at)
    return tuple(sorted(found.values(), key=lambda u: (u.last, u.question), reverse=True))


def _change(settings: Settings, change: Callable[[Sequence[_Entry]], Sequence[_Entry]]) -> None:
    """Rewrites the file aside and swaps it in."""
    file = _file(settings)
    try:
        private_folder(settings.data)
        with FileLock(file.with_suffix(".lock"), timeout=5):
            lines = [
                json.dumps({"at": e.at, "question": e.question}, ensure_ascii=False)
                for e in change(_entries(file))
            ]
            aside = file.with_suffix(".part")
            aside.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
            aside.replace(file)
    except (OSError, Timeout) as error:
        raise DxkbError("store.question_unrecorded", file=file) from error


def _entries(file: Path) -> list[_Entry]:
    """What the file holds; lines that are damaged say nothing."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        with suppress(ValueError, KeyError, TypeError):
            read = json.loads(line)
            found.append(_Entry(str(read["at"]), str(read["question"])[:LONGEST]))
    return found


def _file(settings: Settings) -> Path:
    return settings.data / "unanswered.jsonl"


def _key(question: str) -> str:
    return fold_text(" ".join(question.split()))
