"""The accounts of those who read, in a file of their own: ``users.sqlite3``, its owner's only; or on the
server that holds everything.

Where the file is, people sign in; it is made with the first account.
"""

from __future__ import annotations

import json
import os
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from kb.base.config import Settings
from kb.base.errors import NotFoundError, UsageError
from kb.base.files import private_folder
from kb.base.types import Role, Viewer
from kb.storage.database import Connection, StoredRow, atomic, connect, explained

ROLES: tuple[Role, ...] = ("viewer", "editor", "admin")
SHORTEST, LONGEST = 12, 200
"""Characters of a password."""

_WRITES = "BEGIN IMMEDIATE"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
  no INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  password TEXT NOT NULL,             -- argon2id with its parameters
  role TEXT NOT NULL,
  labels TEXT NOT NULL,               -- JSON list of what may be seen beside 公開
  disabled INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,-- to sign in, since the last that succeeded
  locked_until REAL NOT NULL DEFAULT 0,
  made_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sessions (
  token BLOB PRIMARY KEY,             -- SHA-256 of what the browser keeps
  user_no INTEGER NOT NULL REFERENCES users (no) ON DELETE CASCADE,
  made REAL NOT NULL,                 -- seconds since 1970
  seen REAL NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class User:
    """An account; ``labels`` are what it may see beside 公開."""

    name: str
    role: Role
    labels: tuple[str, ...]
    disabled: bool

    def viewer(self) -> Viewer:
        """Whoever has signed in to it."""
        return Viewer.of(*self.labels, role=self.role, name=self.name)


def add_user(settings: Settings, user: User, password: str) -> None:
    """Makes an account. Raises UsageError for a name that is taken or a weak password."""
    name = _checked_name(user.name)
    hashed = hashed_password(password, name)
    with opened(settings, create=True) as db:
        made = db.execute(
            """INSERT INTO users (name, password, role, labels, made_at) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT DO NOTHING""",
            [name, hashed, user.role, _json(user.labels), datetime.now(UTC).isoformat()],
        )
        if not made.rowcount:
            raise UsageError("usage.user_exists", name=name)


def users(settings: Settings) -> tuple[User, ...]:
    """All accounts by name; none where there are no accounts."""
    if not has_accounts(settings):
        return ()
    with opened(settings) as db:
        return tuple(user_of(row) for row in db.execute("SELECT * FROM users ORDER BY name"))


def has_accounts(settings: Settings) -> bool:
    """True where people sign in. Raises StoreError for a server out of reach."""
    if settings.server is None:
        return settings.users.exists()
    with opened(settings, begin="") as db:
        return bool(db.execute("SELECT 1 FROM users LIMIT 1").fetchone())


def has_admin(settings: Settings) -> bool:
    """True where an admin can sign in."""
    if not has_accounts(settings):
        return False
    with opened(settings) as db:
        return _has_admin(db)


def set_password(settings: Settings, name: str, password: str) -> None:
    """A new password: what is locked is open again, and whoever was signed in is no more. Raises
    NotFoundError, and UsageError for a weak one."""
    name = folded(name)
    hashed = hashed_password(password, name)
    _change(settings, name, "password = ?, attempts = 0, locked_until = 0", [hashed])


def set_rights(
    settings: Settings, name: str, role: Role | None = None, labels: Sequence[str] | None = None
) -> None:
    """What somebody may do and see, from their next request on; None leaves it as it is. Raises
    NotFoundError, and UsageError where nothing is given or no admin would be left."""
    given: dict[str, object] = {}
    if role is not None:
        given["role = ?"] = role
    if labels is not None:
        given["labels = ?"] = _json(labels)
    if not given:
        raise UsageError("usage.rights_nothing", name=name)
    _change(settings, folded(name), ", ".join(given), list(given.values()))


def set_disabled(settings: Settings, name: str, disabled: bool) -> None:
    """Shuts an account, or opens it again. Raises NotFoundError, and UsageError for the last admin."""
    _change(settings, folded(name), "disabled = ?", [int(disabled)])


def users_schema() -> str:
    """The tables of the file, as SQL."""
    return _SCHEMA


def _change(settings: Settings, name: str, what: str, values: Sequence[object]) -> None:
    """Changes an account and ends its sessions."""
    if not has_accounts(settings):
        raise NotFoundError("usage.unknown_user", name=name)
    with opened(settings) as db:
        had_admin = _has_admin(db)
        if not db.execute(f"UPDATE users SET {what} WHERE name = ?", [*values, name]).rowcount:
            raise NotFoundError("usage.unknown_user", name=name)
        if had_admin and not _has_admin(db):  # nobody could see and do everything on the screen
            raise UsageError("usage.last_admin", name=name)
        db.execute(
            "DELETE FROM sessions WHERE user_no = (SELECT no FROM users WHERE name = ?)", [name]
        )


def _has_admin(db: Connection) -> bool:
    """True where an admin can sign in."""
    sql = "SELECT 1 FROM users WHERE role = 'admin' AND disabled = 0 LIMIT 1"
    return db.execute(sql).fetchone() is not None


# -- for the sessions ---------------------------------------------------------------------------------


@contextmanager
def opened(
    settings: Settings, *, create: bool = False, begin: str = _WRITES
) -> Iterator[Connection]:
    """The accounts in one transaction, which is written when the block ends without an error. Raises
    StoreError."""
    if settings.server:
        with (
            explained(settings.server),
            closing(connect(settings.server, create=create)) as connection,
            atomic(connection) if begin == _WRITES else nullcontext(),
        ):
            yield connection
        return
    path = settings.users
    with explained(path):
        if create and not path.exists():
            private_folder(path.parent)
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        uri = f"{path.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10.0)) as db:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA foreign_keys = ON")
            if create:
                db.executescript(_SCHEMA)
            db.execute(begin)
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")


def user_of(row: StoredRow) -> User:
    """The account of a row."""
    return User(row["name"], row["role"], tuple(json.loads(row["labels"])), bool(row["disabled"]))


def folded(text: str) -> str:
    """A name or password as it is compared: full-width letters are those that were meant."""
    return unicodedata.normalize("NFKC", text)


def hashed_password(password: str, name: str) -> str:
    """The password as it is kept. Raises UsageError for one that is too easy or too long."""
    from argon2 import PasswordHasher

    told = folded(password)
    is_name = len(name) >= SHORTEST // 3 and folded(name) in told
    if not SHORTEST <= len(told) <= LONGEST or is_name or len(set(told)) < SHORTEST // 2:
        raise UsageError("usage.password_weak", least=SHORTEST, most=LONGEST)
    return PasswordHasher().hash(told)


def _checked_name(name: str) -> str:
    told = folded(name).strip()
    if not 1 <= len(told) <= 80 or not told.isprintable():
        raise UsageError("usage.user_name", name=name[:80])
    return told


def _json(labels: Sequence[str]) -> str:
    return json.dumps(list(labels), ensure_ascii=False)
