"""A database made anew from the corpus, beside the one that is there and put in its place when it is
whole. What was there before is kept, whatever its state."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.flow.pipeline import Progress, ingest
from ingest.flow.salvage import Salvaged, salvage, seed, table_of, unread
from kb.base.config import Settings
from kb.base.errors import DamagedError
from kb.base.files import private_folder, sync_folder
from kb.base.types import Viewer
from kb.index.damage import require_sound
from kb.index.views import ViewKeeper
from kb.storage.database import atomic, connect, explained, require_file
from kb.storage.lock import writer_lock
from kb.storage.store import Store
from kb.storage.users import opened
from kb.storage.writer import open_writer

_LOGS = ("", "-wal", "-shm")  # the files of a database
_ASIDE = "rebuilding"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it: ``counts`` of documents and cases; ``kept`` is the folder with what was there before, None where nothing was;
    ``lost`` are documents that it knew and that cannot be had from the corpus, ``whole`` is False
    where it may have known more; ``vectors`` of the sentence model were taken over. ``accounts`` is how
    many accounts were, None where their file was sound or there is none, and whether those are all."""

    counts: Mapping[str, int]
    kept: Path | None
    lost: tuple[str, ...]
    whole: bool
    vectors: int
    accounts: tuple[int, bool] | None = None


def rebuild(settings: Settings, progress: Progress | None = None) -> Rebuilt:
    """Makes the database anew from the corpus. Until it is whole the one that is there serves on, and it
    stays where anything fails. Raises CorpusError, LockedError, StoreError and ModelError."""
    require_file(settings, "dxkb rebuild", "pg_restore")
    aside = replace(settings, data=settings.data / _ASIDE)
    with explained(settings.database):
        private_folder(settings.data)
        with writer_lock(settings.data):
            shutil.rmtree(aside.data, ignore_errors=True)
            try:
                found = salvage(settings.database)
                _made(aside, found, progress)
                kept = _put_in_place(settings, aside)
                accounts = _accounts(settings, aside)
            finally:
                shutil.rmtree(aside.data, ignore_errors=True)
            store = Store.open(settings)
            ViewKeeper(settings, store).refresh()
    there = {e.path for e in store.ledger(Viewer.owner()) if e.document_id is not None}
    whole = found.documents.whole and found.files.whole
    lost = tuple(sorted(found.paths - there))
    return Rebuilt(store.counts(Viewer.owner()), kept, lost, whole, _vectors(settings), accounts)


def _made(aside: Settings, found: Salvaged, progress: Progress | None) -> None:
    with open_writer(aside) as writer, atomic(writer.connection):
        seed(writer.connection, found)
    ingest(aside, progress)
    with open_writer(aside) as writer, atomic(writer.connection):
        again = unread(writer.connection)
    if again:  # what they were refused for is told without "the earlier content stays"
        ingest(aside, progress)


def _put_in_place(settings: Settings, aside: Settings) -> Path | None:
    """Swaps the new database in; the folder that has the old one now."""
    whole = aside.database.with_suffix(".whole")
    with closing(connect(aside.database)) as connection:
        connection.execute("VACUUM INTO ?", [str(whole)])
    kept = _kept(settings, settings.database)
    with whole.open("rb") as file, suppress(OSError):
        os.fsync(file.fileno())
    with closing(connect(whole, create=True)):  # in the journal mode of any other
        pass
    whole.chmod(0o600)
    whole.replace(settings.database)
    sync_folder(settings.data)
    return kept


def _kept(settings: Settings, database: Path) -> Path | None:
    """The folder into which a database went that is about to be replaced; its name stays until then."""
    if not database.exists():
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    folder = Path(tempfile.mkdtemp(dir=settings.data, prefix=f"damaged-{stamp}-"))
    for log in _LOGS:
        path = database.with_name(database.name + log)
        if not path.exists():
            continue
        try:
            os.link(path, folder / path.name)
        except OSError:
            shutil.copy2(path, folder)
        if log:
            path.unlink()
    return folder


def _accounts(settings: Settings, aside: Settings) -> tuple[int, bool] | None:
    """Saves what can be read of a damaged file of accounts; where that is nothing, nobody can sign in
    until there are new ones, and nothing is open to more than before."""
    try:
        require_sound(settings.users)
        return None
    except DamagedError:
        found = table_of(settings.users, "users", "no")
    with opened(aside, create=True) as db:
        known = [str(row[1]) for row in db.execute("PRAGMA table_info(users)")]
        for row in found.rows:
            names = [name for name in known if name in row]
            marks = ", ".join("?" * len(names))
            db.execute(
                f"INSERT OR IGNORE INTO users ({', '.join(names)}) VALUES ({marks})",
                [row[name] for name in names],
            )
    _kept(settings, settings.users)
    aside.users.replace(settings.users)
    return len(found.rows), found.whole


def _vectors(settings: Settings) -> int:
    with closing(connect(settings.database)) as connection:
        return int(connection.execute("SELECT count(*) FROM sentence_vectors").fetchone()[0])
