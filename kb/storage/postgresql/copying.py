"""`dxkb migrate`: everything of one database into another, from SQLite to PostgreSQL or back.

Rows go over in the order of their keys, so that what was cut off goes on behind the last one that arrived;
ids stay. At the end every table is counted and digested on both sides.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from kb.base.config import Place, Settings
from kb.base.errors import StoreError, UsageError
from kb.storage.database import REPLACED, Connection, StoredRow, atomic, joined, scripts
from kb.storage.users import has_accounts, opened, users_schema
from kb.storage.writer import open_writer

_BATCH = 1000
_MARK = "migrating"  # of the target's meta: what is being copied into it
_SMALL = ("meta", "works", "saved_searches", "recognised", "editions_due", "users", "sessions")
"""Tables that change without the generation: they are copied anew whenever the copying goes on."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table, its columns as they are written in a statement, and those of its key; () for one that has
    none, which is copied in whole."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Migrated:
    """How many rows of each table are now on the other side, counted and digested there."""

    rows: dict[str, int]


def migrate(source: Settings, target: Settings, progress: Progress | None = None) -> Migrated:
    """Copies everything. Nobody else can write to either meanwhile; whoever reads the source reads on.

    Raises UsageError for a target that holds something else, LockedError, StoreError.
    """
    if source.place == target.place:
        raise UsageError("usage.migrate_same", place=source.place)
    with ExitStack() as stack:
        here, there = (stack.enter_context(open_writer(s)).connection for s in (source, target))
        _begin(here, there, target.place)
        tables = _tables()
        total = sum(_count(here, table) for table in tables)
        tell = progress or (lambda done, total, name: None)
        rows: dict[str, int] = {}
        for table in tables:
            tell(sum(rows.values()), total, table.name)
            rows[table.name] = _copied(here, there, table)
        if has_accounts(source):
            with opened(source, begin="BEGIN") as old, _accounts(target, there) as new:
                for table in _tables_of(users_schema()):
                    rows[table.name] = _copied(old, new, table)
        if target.server:
            _count_on(there, tables)
        with atomic(there):
            there.execute("DELETE FROM meta WHERE key = ?", [_MARK])
        tell(total, total, "")
        return Migrated(rows)


def _begin(here: Connection, there: Connection, place: Place) -> None:
    """Marks what is being copied; what an earlier attempt brought of another state is dropped."""
    state = " ".join(str(_meta(here, key)) for key in ("identity", "generation", "sentences"))
    mark = _meta(there, _MARK)
    if mark is None and there.execute("SELECT 1 FROM files LIMIT 1").fetchone():
        raise UsageError("usage.migrate_taken", place=place)
    with atomic(there):
        if mark != state:
            for table in reversed(_tables()):
                there.execute(f"DELETE FROM {table.name}")
        there.execute(f"INSERT INTO meta VALUES (?, ?) {REPLACED}", [_MARK, state])


def _copied(here: Connection, there: Connection, table: CopiedTable) -> int:
    """Copies what is missing of a table and returns how many rows it has. Raises StoreError when both sides
    do not say the same."""
    marks = ", ".join("?" * len(table.columns))
    sql = f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})"
    is_whole = table.name in _SMALL or not table.key
    last = None if is_whole else _last(there, table)
    if is_whole:
        with joined(there):
            kept = f"WHERE key != '{_MARK}'" if table.name == "meta" else ""
            there.execute(f"DELETE FROM {table.name} {kept}")
    for batch in _batches(here, table, last):
        with joined(there):
            there.executemany(sql, [tuple(row) for row in batch])
    wanted, found = (_digest(side, table) for side in (here, there))
    if wanted != found:
        raise StoreError("store.migrate_differs", table=table.name, n=wanted[0], found=found[0])
    return wanted[0]


def _batches(
    db: Connection, table: CopiedTable, last: Sequence[object] | None
) -> Iterator[list[StoredRow]]:
    """The rows behind the key ``last``, in the order of their keys."""
    listed = ", ".join(table.columns)
    if not table.key:
        yield db.execute(f"SELECT {listed} FROM {table.name}").fetchall()
        return
    key = ", ".join(table.key)
    places = [table.columns.index(name) for name in table.key]
    while True:
        behind = f"WHERE ({key}) > ({', '.join('?' * len(places))})" if last else ""
        sql = f"SELECT {listed} FROM {table.name} {behind} ORDER BY {key} LIMIT {_BATCH}"
        rows = db.execute(sql, tuple(last or ())).fetchall()
        if not rows:
            return
        yield rows
        last = [rows[-1][place] for place in places]


def _last(db: Connection, table: CopiedTable) -> Sequence[object] | None:
    key = ", ".join(table.key)
    order = ", ".join(f"{name} DESC" for name in table.key)
    row = db.execute(f"SELECT {key} FROM {table.name} ORDER BY {order} LIMIT 1").fetchone()
    return tuple(row) if row else None


def _digest(db: Connection, table: CopiedTable) -> tuple[int, int]:
    """How many rows, and a sum of their digests, whatever their order."""
    count = total = 0
    for batch in _batches(db, table, None):
        for row in batch:
            if table.name != "meta" or row[0] != _MARK:
                count += 1
                said = repr([_told(value) for value in row]).encode("utf-8", "surrogatepass")
                total += int.from_bytes(hashlib.sha256(said).digest(), "little")
    return count, total % (1 << 256)


def _told(value: object) -> object:
    """A value as both sides tell it: PostgreSQL keeps no zero bytes in texts."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    return bytes(value) if isinstance(value, memoryview) else value


def _count(db: Connection, table: CopiedTable) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0])


def _count_on(db: Connection, tables: Sequence[CopiedTable]) -> None:
    """New numbers follow those that were copied."""
    for table in [*tables, *_tables_of(users_schema())]:
        if table.key == ('"no"',):
            db.execute(
                f"""SELECT setval(pg_get_serial_sequence('{table.name}', 'no'),
                      (SELECT coalesce(max(no), 0) + 1 FROM {table.name}), false)"""
            )


def _meta(db: Connection, key: str) -> str | None:
    row = db.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone()
    return str(row[0]) if row else None


@contextmanager
def _accounts(target: Settings, there: Connection) -> Iterator[Connection]:
    if target.server:
        yield there
        return
    with opened(target, create=True) as file:
        yield file


def _tables() -> list[CopiedTable]:
    """The tables of documents and what goes with them, those that others refer to first."""
    return _tables_of("".join(script.read_text(encoding="utf-8") for script in scripts()))


def _tables_of(script: str) -> list[CopiedTable]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(script)
        names = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        needs = {n: {r[2] for r in db.execute(f"PRAGMA foreign_key_list({n})")} for n in names}
        ordered: list[str] = []
        while len(ordered) < len(names):
            ordered += [n for n in names if n not in ordered and needs[n] <= set(ordered)]
        return [_table(db, name) for name in ordered]


def _table(db: sqlite3.Connection, name: str) -> CopiedTable:
    rows = db.execute(f"PRAGMA table_info({name})").fetchall()
    key = [f'"{r[1]}"' for r in sorted(rows, key=lambda r: r[5]) if r[5]]
    for _, index, is_unique, *_ in db.execute(f"PRAGMA index_list({name})").fetchall():
        if is_unique and not key:
            key = [f'"{r[2]}"' for r in db.execute(f"PRAGMA index_info({index})")]
    return CopiedTable(name, tuple(f'"{r[1]}"' for r in rows), tuple(key))
