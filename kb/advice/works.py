"""Pieces of advice that somebody works on: what was asked, the precedents chosen, what became of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from kb.base.config import Settings
from kb.base.errors import NotFoundError, UsageError
from kb.storage.database import Connection, StoredRow, atomic, connect, explained

MOST_WORKS = 1000
"""Pieces of work that one person can keep."""


@dataclass(frozen=True, slots=True)
class NeedAtWork:
    """A need that is worked on; ``case_id`` and ``page`` are where a document says it, "" and None
    for what was written."""

    text: str
    case_id: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class ChosenCase:
    """A precedent, the ``need`` it was chosen for, a remark, and the ``sha256`` of its document then."""

    case_id: str
    need: str = ""
    remark: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What came after: the day, what was answered, what was done."""

    day: str
    answer: str
    done: str


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of advice for the municipality of ``code``. ``owner`` is the name of whoever made it, ""
    without accounts; ``day`` is the date on the paper (ISO 8601); ``asked`` is the consultation as it
    came. ``id`` and ``changed_at`` are given when it is first saved."""

    owner: str
    code: str
    title: str = ""
    author: str = ""
    day: str = ""
    problem: str = ""
    asked: str = ""
    remark: str = ""
    needs: tuple[NeedAtWork, ...] = ()
    chosen: tuple[ChosenCase, ...] = ()
    followed: tuple[FollowUp, ...] = ()
    id: str = ""
    changed_at: str = ""


def add_work(settings: Settings, work: Work) -> Work:
    """Saves a new piece of work. Raises UsageError when there are too many, StoreError."""
    new = replace(work, id=secrets.token_urlsafe(9).replace("-", "_"), changed_at=_now())
    with _writing(settings) as db:
        count = db.execute("SELECT count(*) FROM works WHERE owner = ?", [work.owner]).fetchone()
        if count[0] >= MOST_WORKS:
            raise UsageError("usage.works_full", n=MOST_WORKS)
        db.execute("INSERT INTO works VALUES (?, ?, ?, ?, ?)", _row(new))
    return new


def change_work(
    settings: Settings, owner: str, work_id: str, change: Callable[[Work], Work]
) -> Work:
    """What ``change`` makes of it, saved; nobody else changes it in between. Raises NotFoundError."""
    with _writing(settings) as db:
        new = change(_read(db, owner, work_id))
        new = replace(new, id=work_id, owner=owner, changed_at=_now())
        db.execute(
            """INSERT INTO works VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
                 code = excluded.code, changed_at = excluded.changed_at, content = excluded.content""",
            _row(new),
        )
    return new


def work_of(settings: Settings, owner: str, work_id: str) -> Work:
    """One of somebody's own. Raises NotFoundError, also for another's."""
    with explained(settings.place), closing(connect(settings.place)) as db:
        return _read(db, owner, work_id)


def works_of(settings: Settings, owner: str) -> tuple[Work, ...]:
    """All of somebody's own, those last changed first."""
    with explained(settings.place), closing(connect(settings.place)) as db:
        sql = "SELECT * FROM works WHERE owner = ? ORDER BY changed_at DESC, id"
        return tuple(map(_work, db.execute(sql, [owner])))


def forget_work(settings: Settings, owner: str, work_id: str) -> None:
    """Deletes one of somebody's own. Raises NotFoundError."""
    with _writing(settings) as db:
        _read(db, owner, work_id)
        db.execute("DELETE FROM works WHERE id = ?", [work_id])


def take_over_works(settings: Settings, owner: str) -> int:
    """Makes the pieces that are nobody's (those from before there were accounts) ``owner``'s; how many
    there were."""
    with _writing(settings) as db:
        found = [_work(row) for row in db.execute("SELECT * FROM works WHERE owner = ''")]
        for work in found:
            row = _row(replace(work, owner=owner))  # its content names the owner, too
            sql = "UPDATE works SET owner = ?, content = ? WHERE id = ?"
            db.execute(sql, [owner, row[-1], work.id])
    return len(found)


@contextmanager
def _writing(settings: Settings) -> Iterator[Connection]:
    with (
        explained(settings.place),
        closing(connect(settings.place, create=True)) as db,
        atomic(db),
    ):
        yield db


def _read(db: Connection, owner: str, work_id: str) -> Work:
    row = db.execute("SELECT * FROM works WHERE id = ? AND owner = ?", [work_id, owner]).fetchone()
    if row is None:
        raise NotFoundError("usage.unknown_work")
    return _work(row)


def _row(work: Work) -> list[str]:
    content = json.dumps(asdict(work), ensure_ascii=False)
    return [work.id, work.owner, work.code, work.changed_at, content]


def _work(row: StoredRow) -> Work:
    said = json.loads(row["content"])
    return Work(**{
        **said,
        "needs": tuple(NeedAtWork(**need) for need in said["needs"]),
        "chosen": tuple(ChosenCase(**case) for case in said["chosen"]),
        "followed": tuple(FollowUp(**step) for step in said["followed"]),
    })  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
