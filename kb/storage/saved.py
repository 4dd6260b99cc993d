"""Searches that somebody keeps on the server, with what they have seen of each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing

from kb.base.config import Settings
from kb.base.errors import UsageError
from kb.storage.database import atomic, connect, explained

MOST_SAVED = 30
"""Searches that one person can keep."""


def saved_of(settings: Settings, owner: str) -> dict[str, frozenset[str]]:
    """The ids of the cases that ``owner`` has seen, by the address of each search, in order."""
    with explained(settings.place), closing(connect(settings.place)) as db:
        rows = db.execute(
            "SELECT address, seen FROM saved_searches WHERE owner = ? ORDER BY address", [owner]
        )
        return {row["address"]: frozenset(json.loads(row["seen"])) for row in rows}


def save_search(settings: Settings, owner: str, address: str, seen: Sequence[str]) -> None:
    """Keeps a search, or notes what has been seen of one. Raises UsageError when there are too many."""
    known = saved_of(settings, owner)
    if address not in known and len(known) >= MOST_SAVED:
        raise UsageError("usage.saved_full", n=MOST_SAVED)
    with (
        explained(settings.place),
        closing(connect(settings.place, create=True)) as db,
        atomic(db),
    ):
        row = [owner, address, json.dumps(sorted(seen))]
        db.execute(
            """INSERT INTO saved_searches VALUES (?, ?, ?)
               ON CONFLICT (owner, address) DO UPDATE SET seen = excluded.seen""",
            row,
        )


def take_over_searches(settings: Settings, owner: str) -> int:
    """Makes the searches that nobody keeps (those from before there were accounts) ``owner``'s; how many
    there were."""
    with (
        explained(settings.place),
        closing(connect(settings.place, create=True)) as db,
        atomic(db),
    ):
        db.execute(
            """INSERT INTO saved_searches SELECT ?, address, seen FROM saved_searches WHERE owner = ''
               ON CONFLICT (owner, address) DO NOTHING""",
            [owner],
        )
        return db.execute("DELETE FROM saved_searches WHERE owner = ''").rowcount


def forget_search(settings: Settings, owner: str, address: str) -> None:
    """Keeps a search no longer."""
    with (
        explained(settings.place),
        closing(connect(settings.place, create=True)) as db,
        atomic(db),
    ):
        db.execute("DELETE FROM saved_searches WHERE owner = ? AND address = ?", [owner, address])
