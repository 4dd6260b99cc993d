"""Signing in and out. A browser keeps a random token of 256 bits, the file of accounts its digest: a
session ends when its row goes, and a stolen file opens none."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from functools import cache

from kb.base.config import Settings
from kb.base.errors import ForbiddenError
from kb.base.types import Viewer
from kb.storage.database import Connection, StoredRow
from kb.storage.users import folded, hashed_password, opened, user_of

ATTEMPTS = 5
"""Wrong passwords in a row after which an account is locked."""
LOCKED = 15 * 60.0
IDLE, WHOLE = 8 * 3600.0, 7 * 24 * 3600.0
"""Seconds for which an account is locked; after which a session ends unused, and in any case."""

_AHEAD = (
    300.0  # seconds by which a clock is set back in passing; what is later was noted by a wrong one
)
_STEP = 60.0  # seconds in which being seen again is not written down
_hashing = threading.BoundedSemaphore(2)  # each takes 64 MiB and a core


def sign_in(settings: Settings, name: str, password: str) -> str:
    """The token of a new session. Raises ForbiddenError, whose words are the same for a name that is
    not there, a wrong password, and an account that is shut or locked."""
    user_no = _proved(settings, folded(name).strip(), password)
    token = secrets.token_urlsafe(32)
    now = time.time()
    with opened(settings) as db:
        db.execute("DELETE FROM sessions WHERE seen < ? OR made < ?", [now - IDLE, now - WHOLE])
        db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", [_digest(token), user_no, now, now])
    return token


def viewer_of(settings: Settings, token: str) -> Viewer | None:
    """Whose session it is; None when it is over. Raises StoreError."""
    now = time.time()
    with opened(settings, begin="BEGIN") as db:
        row = db.execute(
            """SELECT u.*, s.seen FROM sessions s JOIN users u ON u.no = s.user_no
               WHERE s.token = ? AND u.disabled = 0 AND s.seen BETWEEN ? AND ? AND s.made > ?""",
            [_digest(token), now - IDLE, now + _AHEAD, now - WHOLE],
        ).fetchone()
    if row is not None and row["seen"] < now - _STEP:
        with opened(settings) as db:
            db.execute("UPDATE sessions SET seen = ? WHERE token = ?", [now, _digest(token)])
    return user_of(row).viewer() if row is not None else None


def sign_out(settings: Settings, token: str, *, everywhere: bool = False) -> None:
    """Ends this session, or all of whoever's it is."""
    which = "token = ?"
    if everywhere:
        which = f"user_no = (SELECT user_no FROM sessions WHERE {which})"
    with opened(settings) as db:
        db.execute(f"DELETE FROM sessions WHERE {which}", [_digest(token)])


def change_password(settings: Settings, name: str, old: str, new: str) -> None:
    """Replaces one's own password and ends all of one's sessions. Raises ForbiddenError for a wrong
    old one, UsageError for a weak new one."""
    hashed = hashed_password(new, name)
    user_no = _proved(settings, name, old)
    with opened(settings) as db:
        db.execute("UPDATE users SET password = ? WHERE no = ?", [hashed, user_no])
        db.execute("DELETE FROM sessions WHERE user_no = ?", [user_no])


def _proved(settings: Settings, name: str, password: str) -> int:
    """The number of the account whose password this is. An attempt counts before it is looked at, so
    that many at once gain nothing, and a hash is computed in any case, so that the time tells nothing."""
    now = time.time()
    with opened(settings) as db:
        row = db.execute("SELECT * FROM users WHERE name = ?", [name]).fetchone()
        is_open = row is not None and not row["disabled"] and not _is_locked(row, now)
        if row is not None and is_open:
            _count_attempt(db, row, now)
    is_right = _matches(row["password"] if row is not None else _nobody(), password)
    if row is None or not (is_open and is_right):
        raise ForbiddenError("usage.sign_in", attempts=ATTEMPTS, minutes=int(LOCKED // 60))
    with opened(settings) as db:
        db.execute("UPDATE users SET attempts = 0, locked_until = 0 WHERE no = ?", [row["no"]])
    return int(row["no"])


def _is_locked(row: StoredRow, now: float) -> bool:
    """True until then, but not where the clock has been set back since."""
    return bool(now < row["locked_until"] <= now + LOCKED + _AHEAD)


def _count_attempt(db: Connection, row: StoredRow, now: float) -> None:
    attempts = row["attempts"] + 1
    locked = attempts >= ATTEMPTS
    db.execute(
        "UPDATE users SET attempts = ?, locked_until = ? WHERE no = ?",
        [0 if locked else attempts, now + LOCKED if locked else 0, row["no"]],
    )


def _matches(hashed: str, password: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    with _hashing:
        try:
            return PasswordHasher().verify(hashed, folded(password[:1000]))
        except (Argon2Error, InvalidHashError):
            return False


@cache
def _nobody() -> str:
    """The hash of a password that nobody knows."""
    return hashed_password(secrets.token_urlsafe(16), "nobody")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
