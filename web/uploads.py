"""Files that come in through the browser: named safely, put whole into the corpus, never over
another."""

from __future__ import annotations

import hashlib
import shutil
import unicodedata
from pathlib import Path
from typing import IO

from kb.base.config import Settings
from kb.base.errors import DxkbError, ReadError, UsageError
from kb.base.files import written_whole
from kb.base.types import OFFICE, PREFECTURE, PUBLIC, Viewer
from kb.base.visibility import KEY, is_stricter
from kb.base.visibility import visibility as label_of
from kb.documents.around import DECIDED, UPLOAD
from kb.documents.changes import safe_name
from kb.documents.shelf import changing
from kb.storage.database import is_there
from kb.storage.sidecar import load_values, set_values, sidecar_path
from kb.storage.store import Store

FOLDER = "uploads"
"""Folder of the corpus that takes them."""

VISIBILITIES = (PUBLIC, PREFECTURE, OFFICE)
"""What can be chosen, widest first."""

_BLOCK = 1 << 20


def receive(
    settings: Settings,
    given: str,
    content: IO[bytes],
    accepts: tuple[str, ...],
    visibility: str = PUBLIC,
) -> Path:
    """Puts a file into the corpus and returns where it lies; its sidecar, which says who may see it,
    is there before it.

    The same content under the same name is kept as it is, and so is what its sidecar says, but for a
    narrower ``visibility``. Raises UsageError for a name or type that is not accepted, an empty file,
    or a name that another file has.
    """
    name = safe_name(given)
    require_kind(name, accepts)
    folder = settings.corpus / FOLDER
    if folder.is_symlink():
        raise UsageError("usage.upload_link", folder=FOLDER)
    try:
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(
                settings.corpus.stat().st_mode & 0o777
            )  # whoever reads the corpus reads what is added
        return _put(settings, folder / name, content, visibility)
    except OSError as error:
        raise DxkbError(
            "store.upload_unwritable", name=name, error=error.strerror or error
        ) from error


def require_kind(name: str, accepts: tuple[str, ...]) -> None:
    """Raises UsageError for a file of a kind that cannot be read."""
    if Path(name).suffix.lower() not in accepts:
        raise UsageError("usage.upload_kind", name=name, kinds=accepts)


def checked_visibility(visibility: str) -> str:
    """``visibility`` if it is one to choose from. Raises UsageError."""
    if visibility not in VISIBILITIES:
        raise UsageError("usage.visibility", choices=VISIBILITIES)
    return visibility


def is_taken(settings: Settings, path: Path) -> bool:
    """True when a file lies at ``path`` of the corpus, or a sidecar that may be another's: one that says
    more than an upload writes, or whose document the ledger knows and that may be moved after it. What
    an upload left that was cut off is nobody's; what it says of who may see it is kept where narrower."""
    if path.exists() or not sidecar_path(path).exists():
        return path.exists()
    try:
        said = load_values(path)
    except ReadError:
        return True
    return said.keys() != {KEY, DECIDED} or said[DECIDED] != UPLOAD or _is_known(settings, path)


def _is_known(settings: Settings, path: Path) -> bool:
    if not is_there(settings.place):
        return False
    key = unicodedata.normalize("NFC", path.relative_to(settings.corpus).as_posix())
    return any(entry.path == key for entry in Store.open(settings).ledger(Viewer.owner()))


def _put(settings: Settings, target: Path, content: IO[bytes], visibility: str) -> Path:
    with changing:
        if target.exists():
            _require_same(target, content)
            _label(target, visibility)
            return target
        if is_taken(settings, target):  # by what says nothing of this one
            raise UsageError("usage.upload_exists", name=target.name)
        try:
            with written_whole(target) as file:
                shutil.copyfileobj(content, file, _BLOCK)
                if not file.tell():
                    raise UsageError("usage.upload_empty", name=target.name)
                _label(target, visibility)
        except BaseException:
            if not target.exists():  # a full disk, say: its label is nobody's
                sidecar_path(target).unlink(missing_ok=True)
            raise
    return target


def _require_same(target: Path, content: IO[bytes]) -> None:
    """Raises UsageError when ``target`` holds something else."""
    with target.open("rb") as there:
        if _digest(there) == _digest(content):
            return
    raise UsageError("usage.upload_exists", name=target.name)


def _digest(content: IO[bytes]) -> bytes:
    digest = hashlib.sha256()
    while block := content.read(_BLOCK):
        digest.update(block)
    return digest.digest()


def keep_public(document: Path) -> None:
    """Notes that somebody who was shown what is stamped on the document lets everybody see it: without
    that note, a stamp keeps it to the office."""
    with changing:
        if not load_values(document).get(KEY):
            set_values(document, {KEY: PUBLIC, DECIDED: UPLOAD})


def _label(document: Path, visibility: str) -> None:
    """Notes who may see the document, unless its sidecar is as narrow already."""
    said = load_values(document)
    if is_stricter(visibility, label_of(said)[0]):
        chosen = {} if said.get(KEY) else {DECIDED: UPLOAD}
        set_values(document, {KEY: visibility} | chosen)
