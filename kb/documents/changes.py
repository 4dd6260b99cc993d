"""What an editor does with a document on the screen. Whatever narrows who may see it counts at once; the
file's label is there before the file is, and each deed is in the history.

All of them raise UsageError for what cannot be, StoreError, ReadError where the sidecar cannot be read,
and DxkbError ``store.change_failed`` for a full disk or a folder that cannot be written; then nothing more
can be seen than before.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kb.base.config import Settings
from kb.base.errors import DxkbError, UsageError
from kb.base.files import plain_name, sync_folder, written_whole
from kb.base.types import OFFICE, PUBLIC
from kb.base.visibility import KEY
from kb.documents import trash
from kb.documents.around import DECIDED, UPLOAD
from kb.documents.history import Deed, record
from kb.documents.hold import hold
from kb.documents.passwords import sealed
from kb.documents.shelf import GUIDE, changing
from kb.storage.sidecar import load_values, set_values, sidecar_path

_LONGEST_NAME = 120  # characters; with a sidecar's suffix still below every file system's limit
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")  # names that Windows keeps


@dataclass(frozen=True, slots=True)
class Held:
    """A file of the corpus in somebody's hands: ``path`` in the ledger, the ``file`` itself (of the resolved
    corpus), who may see it now, and ``by`` whom it is changed, "" for the owner of this computer."""

    settings: Settings
    path: str
    file: Path
    visibility: str
    by: str = ""

    def did(self, what: str, before: str = "", after: str = "") -> None:
        """Notes in the history what was done. Raises OSError."""
        record(self.settings.corpus, Deed(what, self.path, self.by, before, after))


def safe_name(given: str) -> str:
    """The last part of ``given`` as a file name on every system. Raises UsageError for none."""
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    name = _FORBIDDEN.sub("_", plain_name(name)).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if not stem or not dot:
        raise UsageError("usage.upload_name", given=given[:80])
    name = f"{stem[: _LONGEST_NAME - len(suffix) - 1]}.{suffix}"
    is_passed_over = _DEVICES.match(name) or name.startswith("~$") or name == GUIDE
    return f"_{name}" if is_passed_over else name


def note(held: Held, what: str, after: str) -> None:
    """Notes in the history what was done elsewhere."""
    with _changing(held):
        held.did(what, after=after)


def delete(held: Held) -> str:
    """Moves it into the trash; the id under which it can be put back."""
    with _changing(held):
        hold(held.settings, held.path, OFFICE)
        held.did("deleted")
        return trash.discard(held.settings.corpus, held.file, _discarded(held))


def restore(settings: Settings, found: trash.Discarded, by: str) -> None:
    """Puts a file of the trash back, where no other is now."""
    file = settings.corpus / found.path
    held = Held(settings, ledger_path(found), file, found.visibility, by)
    with _changing(held):
        trash.put_back(settings.corpus, found)
        held.did("restored")


def empty_trash(settings: Settings, by: str) -> int:
    """Deletes for good what is in the trash; how many files that was."""
    held = Held(settings, "", settings.corpus, OFFICE, by)
    with _changing(held):
        count = trash.purge(settings.corpus)
        held.did("emptied", str(count))
    return count


def ledger_path(found: trash.Discarded) -> str:
    """The path by which the ledger knows a file of the trash."""
    return unicodedata.normalize("NFC", found.path)


def rename(held: Held, given: str) -> str:
    """Gives it another name in its folder, and returns that; its kind stays."""
    name = safe_name(given)
    target = held.file.with_name(name)
    if target.suffix.lower() != held.file.suffix.lower():
        raise UsageError("usage.rename_kind", suffix=held.file.suffix)
    with _changing(held):
        if name == held.file.name:
            return name
        old, new = sidecar_path(held.file), sidecar_path(target)
        is_ours = old.exists() and new.exists() and old.read_bytes() == new.read_bytes()
        if target.exists() or (new.exists() and not is_ours):  # ours: of one that was broken off
            raise UsageError("usage.rename_taken", name=name)
        if old.is_file():
            with old.open("rb") as said, written_whole(new, 0o600) as copy:
                shutil.copyfileobj(said, copy)
        held.file.rename(target)
        sync_folder(target.parent)
        old.unlink(missing_ok=True)
        folder, slash, _ = held.path.rpartition("/")
        held.did("renamed", held.file.name, f"{folder}{slash}{name}")
    return name


def replace_with(held: Held, content: IO[bytes]) -> None:
    """Puts another file in its place, seen by no more than it; what was there goes into the trash."""
    with _changing(held):
        with written_whole(held.file) as file:
            shutil.copyfileobj(content, file)
            if not file.tell():
                raise UsageError("usage.upload_empty", name=held.file.name)
            if held.visibility != PUBLIC and not load_values(held.file).get(KEY):
                set_values(held.file, {KEY: held.visibility, DECIDED: UPLOAD})
            trash.discard(held.settings.corpus, held.file, _discarded(held, is_version=True))
        held.did("replaced")


def set_visibility(held: Held, label: str, role: str) -> None:
    """Says who may see it, whatever it says itself; beyond its folder's word only with the ``role``
    "admin"."""
    with _changing(held):
        hold(held.settings, held.path, label)
        set_values(held.file, {KEY: label, DECIDED: role})
        held.did("visibility", held.visibility, label)


def give_password(held: Held, password: str) -> None:
    """Keeps the password that opens it, in its sidecar, sealed."""
    password = password.strip()
    if not password:
        raise UsageError("usage.password_empty")
    with _changing(held):
        set_values(held.file, {"password": sealed(held.settings, password)})
        held.did("password")


def _discarded(held: Held, *, is_version: bool = False) -> trash.Discarded:
    place = held.file.relative_to(held.settings.corpus.resolve()).as_posix()
    return trash.Discarded(place, held.visibility, held.by, is_version=is_version)


@contextmanager
def _changing(held: Held) -> Iterator[None]:
    """One change at a time; explains what the system refuses."""
    try:
        with changing:
            yield
    except OSError as error:
        name, why = plain_name(held.file.name), error.strerror or error
        raise DxkbError("store.change_failed", name=name, error=why) from error
