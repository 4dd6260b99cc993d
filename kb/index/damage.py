"""Is what lies on the disk still what was written? Quickly at start, thoroughly for the doctor."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from kb.base.config import Place, Settings
from kb.base.errors import DamagedError
from kb.base.messages import Message, message
from kb.base.types import Viewer
from kb.index.checksums import drop, is_sound
from kb.index.sentences import PREFIX
from kb.index.views import FORMAT
from kb.storage.database import as_it_is, connect, explained, is_there
from kb.storage.reembed import unsound
from kb.storage.store import Store


def damages(
    settings: Settings, *, thorough: bool = False, sound: Place | None = None
) -> tuple[Message, ...]:
    """What is wrong with the databases and vectors of the data folder, each with its remedy; nothing for
    those that are not there. ``thorough`` also reads every index and every record; a database that has just been found
    ``sound`` is not read again."""
    found: list[Message] = []
    for path in () if settings.server else (settings.database, settings.users):
        if path != sound and path.is_file() and (told := _of_database(path, thorough=thorough)):
            found.append(message("store.database_damaged", path=path, text=told))
    if found or not is_there(settings.place):
        return tuple(found)
    try:
        if thorough or not settings.server:
            found += _of_vectors(settings)
        if thorough:
            _read_all(Store.open(settings))
    except DamagedError as error:
        found.append(error.told)
    except (ValueError, LookupError, TypeError) as error:  # a record that cannot be understood
        text = type(error).__name__
        found.append(message("store.database_damaged", path=settings.place, text=text))
    return tuple(found)


def require_sound(database: Place) -> None:
    """Raises DamagedError when a database is there and damaged, so that nothing more is written to it. A
    server looks after its own files."""
    if (
        isinstance(database, Path)
        and database.is_file()
        and (told := _of_database(database, thorough=False))
    ):
        raise DamagedError("store.database_damaged", path=database, text=told)


def damaged_views(settings: Settings) -> tuple[Path, ...]:
    """The folders of views whose files are not what was written."""
    return tuple(folder for folder in sealed_views(settings) if not is_sound(folder))


def sealed_views(settings: Settings) -> tuple[Path, ...]:
    """The folders of views that are there."""
    found = (*settings.views.glob(f"{FORMAT}-*"), *settings.views.glob(f"{PREFIX}*"))
    return tuple(sorted(folder for folder in found if folder.is_dir()))


def drop_damaged_views(settings: Settings) -> None:
    """Takes damaged views away; whoever searches builds them anew."""
    for folder in damaged_views(settings):
        drop(folder)


def _of_database(path: Path, *, thorough: bool) -> str:
    """What SQLite finds wrong with a file, "" for nothing."""
    checks = ("integrity_check(1)", "foreign_key_check") if thorough else ("quick_check(1)",)
    try:
        with explained(path), closing(as_it_is(path)) as db:
            for check in checks:
                told = db.execute(f"PRAGMA {check}").fetchone()
                if told and tuple(told) != ("ok",):
                    return " ".join(map(str, told)).splitlines()[-1]
    except DamagedError as error:
        return str(error.__cause__)
    return ""


def _of_vectors(settings: Settings) -> list[Message]:
    with explained(settings.place), closing(connect(settings.place)) as db:
        model = db.execute("SELECT value FROM meta WHERE key = 'model'").fetchone()
        count = sum(map(len, unsound(db, model["value"] if model else "").values()))
    return [message("store.vectors_damaged", n=count)] if count else []


def _read_all(store: Store) -> None:
    """Reads every record once, so that one that cannot be understood is found."""
    owner = Viewer.owner()
    store.ledger(owner)
    numbers = sorted(store.all_case_nos())
    for start in range(0, len(numbers), 500):
        store.cases_by_no(numbers[start : start + 500], owner)
