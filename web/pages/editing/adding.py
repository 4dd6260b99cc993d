"""Adding documents: files are sent, looked at, added with who may see them, and can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from kb.advice.related import told_already
from kb.base.errors import DxkbError, NotFoundError, UsageError
from kb.base.files import sha256_regular
from kb.base.messages import Message
from kb.base.types import PUBLIC, Case, LedgerEntry
from kb.base.visibility import is_stricter
from kb.documents.around import access_of, read_around
from kb.documents.batches import (
    Batch,
    Incoming,
    file_of,
    forget,
    free_name,
    load_batch,
    looked_at,
    receive_batch,
    save,
)
from kb.documents.changes import Held, delete, note, safe_name
from kb.documents.hold import hold
from kb.places.gazetteer import load_gazetteer
from web.files import locate
from web.pages.editing.hands import for_editors, labels
from web.services import Services, services
from web.uploads import (
    FOLDER,
    VISIBILITIES,
    checked_visibility,
    is_taken,
    keep_public,
    receive,
    require_kind,
)

pages = for_editors(Blueprint("adding", __name__))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A file to be added: under which ``name``, whether its own ``is_taken`` by another file, documents
    that hold the very same (``twins``), who may see it at most, and cases of the same municipality that
    may ``tell`` of the same."""

    file: Incoming
    name: str
    is_taken: bool
    twins: tuple[LedgerEntry, ...]
    visibility: str
    tell: tuple[Case, ...] = ()


@pages.post("/documents/upload")
def upload() -> ResponseReturnValue:
    """Keeps files until somebody has seen what will be added. Nothing is published."""
    own = services()
    sent: dict[str, IO[bytes]] = {}
    refused: list[Message] = []
    for file in request.files.getlist("files"):
        if file.filename:
            try:
                sent[free_name(_sound(own, file), sent.__contains__)] = file.stream
            except UsageError as error:
                refused.append(error.told)
    if not sent and not refused:
        raise UsageError("usage.upload_none")
    if not sent:
        return render_template("upload.html", refused=refused), 400
    batch = receive_batch(own.settings, own.viewer().name, list(sent.items()))
    batch = replace(batch, refused=tuple(refused))
    batch = looked_at(own.settings, batch, own.glance)
    return redirect(url_for(".preview", token=batch.token), 303)


@pages.get("/documents/add/<token>")
def preview(token: str) -> ResponseReturnValue:
    """What will be added, and the choice of who may see it."""
    own = services()
    batch = _batch(own, token)
    if batch.visibility:
        return redirect(url_for(".done", token=token), 303)
    return render_template(
        "add.html",
        batch=batch,
        proposals=_proposals(own, batch),
        visibilities=VISIBILITIES,
        folder=_of_folder(own),
    )


@pages.post("/documents/add/<token>")
def add(token: str) -> ResponseReturnValue:
    """Adds the files that are ticked, or throws all away."""
    own, form = services(), request.form
    batch = _batch(own, token)
    if "cancel" in form:
        if batch.is_waiting and batch.by != own.viewer().name:
            save(own.settings, replace(batch, is_declined=True))
            return redirect(url_for("writing.proposed", declined=1), 303)
        forget(own.settings, batch)
        return redirect(url_for("documents.index", cancelled=1), 303)
    if batch.visibility:  # sent twice
        return redirect(url_for(".done", token=token), 303)
    if not form.get("visibility"):
        raise UsageError("usage.visibility_none")
    visibility = checked_visibility(form["visibility"])
    wanted = {i: form.get(f"name-{i}", "") for i in range(len(batch.files)) if f"add-{i}" in form}
    if not wanted:
        raise UsageError("usage.add_none")
    batch, refused = _added(own, batch, visibility, wanted)
    g.about = ", ".join(file.path for file in batch.files if file.path)
    if any(file.path for file in batch.files):
        own.request_rescan()
    if not refused:
        return redirect(url_for(".done", token=token), 303)
    page = render_template("upload.html", refused=[e.told for e in refused], batch=batch)
    return page, 400 if all(isinstance(error, UsageError) for error in refused) else 500


@pages.get("/documents/added/<token>")
def done(token: str) -> ResponseReturnValue:
    """What was added and how far it has been read, with a way back."""
    own = services()
    generation = own.store.generation()
    batch = _batch(own, token)
    return render_template(
        "added.html",
        batch=batch,
        entries={entry.path: entry for entry in own.store.ledger(own.viewer())},
        generation=generation,
        activity=own.activity_for(own.viewer()),
    )


@pages.post("/documents/added/<token>/undo")
def undo(token: str) -> ResponseReturnValue:
    """Moves what was added into the trash, but for what has been changed since."""
    own = services()
    batch = _batch(own, token)
    known = labels(own)
    g.about = ", ".join(file.path for file in batch.files if file.path)
    left = []
    for file in batch.files:
        if not file.path or batch.is_undone:
            continue
        try:
            found = locate(own.settings.corpus, file.path)
            if sha256_regular(found).hex() != file.sha256:
                raise NotFoundError("usage.unknown_document")
            label = known.get(file.path, batch.visibility)
            delete(Held(own.settings, file.path, found, label, own.viewer().name))
        except NotFoundError:
            left.append(file.path)
    save(own.settings, replace(batch, is_undone=True))
    own.request_rescan()
    return redirect(url_for("trash.index", undone=1, left=len(left) or None), 303)


def _sound(own: Services, file: FileStorage) -> str:
    """The name that a file can have. Raises UsageError for what cannot be taken."""
    name = safe_name(file.filename or "")
    require_kind(name, own.accepts)
    if not file.stream.read(1):
        raise UsageError("usage.upload_empty", name=name)
    file.stream.seek(0)
    return name


def _batch(own: Services, token: str) -> Batch:
    return load_batch(own.settings, token, own.viewer())


def _folder(own: Services) -> Path:
    return own.settings.corpus / FOLDER


def _of_folder(own: Services) -> str:
    """What nothing that is added can go beyond."""
    return read_around(access_of(_folder(own), own.settings.corpus)).label


def _is_taken(own: Services, name: str) -> bool:
    return is_taken(own.settings, _folder(own) / name)


def _is_there(own: Services, name: str, file: Incoming) -> bool:
    """True when the very same lies under this name already: adding it again can only narrow who sees it."""
    path = _folder(own) / name
    return path.is_file() and sha256_regular(path).hex() == file.sha256


def _proposals(own: Services, batch: Batch) -> list[Proposal]:
    ledger, folder = own.store.ledger(own.viewer()), _of_folder(own)
    names: set[str] = set()
    found = []
    for file in batch.files:
        name = file.name
        if not _is_there(own, name, file):
            name = free_name(name, lambda n: n in names or _is_taken(own, n))
        names.add(name)
        twins = tuple(entry for entry in ledger if entry.sha256 == file.sha256)
        said = file.glance.visibility
        label = said if is_stricter(said, folder) else folder
        tell = _telling(own, file) if len(batch.files) == 1 and not twins else ()
        found.append(Proposal(file, name, name != file.name, twins, label, tell))
    return found


def _telling(own: Services, file: Incoming) -> tuple[Case, ...]:
    """Cases that may tell of what the one file tells of."""
    place = load_gazetteer().resolve(file.glance.place) if file.glance.place else None
    if place is None or not file.glance.title:
        return ()
    return told_already(own.searcher, file.glance.title, place.code, own.viewer())


def _added(
    own: Services, batch: Batch, visibility: str, wanted: Mapping[int, str]
) -> tuple[Batch, list[DxkbError]]:
    """Puts the ``wanted`` files into the corpus under their names. What is meant to be there is written
    down first, so that it can be taken back whatever happens on the way."""
    names: dict[int, str] = {}
    refused: list[DxkbError] = []
    for i, given in wanted.items():
        try:
            name = _checked(own, batch.files[i], given)
            if name in names.values():
                raise UsageError("usage.upload_exists", name=name)
            names[i] = name
        except UsageError as error:
            refused.append(error)
    if not names:
        return batch, refused
    new = {i: name for i, name in names.items() if not _is_taken(own, name)}
    batch = save(own.settings, replace(_at(batch, new), visibility=visibility))
    for i, name in names.items():
        try:
            _put(own, batch, i, name)
        except DxkbError as error:
            refused.append(error)
            new.pop(i, None)
    for file in batch.files:
        file_of(own.settings, batch, file).unlink(missing_ok=True)
    return save(own.settings, _at(batch, new)), refused


def _checked(own: Services, file: Incoming, given: str) -> str:
    """The name that is ``given`` to a file. Raises UsageError for one that it cannot have."""
    name, suffix = safe_name(given), Path(file.name).suffix
    if Path(name).suffix.lower() != suffix.lower():
        raise UsageError("usage.rename_kind", suffix=suffix)
    if _is_taken(own, name) and not _is_there(own, name, file):
        raise UsageError("usage.upload_exists", name=name)
    return name


def _put(own: Services, batch: Batch, i: int, name: str) -> None:
    """Puts one file into the corpus; what is there already is hidden at once where that is narrower."""
    path = f"{FOLDER}/{name}"
    hold(own.settings, path, batch.visibility)
    with file_of(own.settings, batch, batch.files[i]).open("rb") as content:
        target = receive(own.settings, name, content, own.accepts, batch.visibility)
    if batch.files[i].path and batch.visibility == PUBLIC and _showed_stamp(batch.files[i]):
        keep_public(target)  # after it is there: cut off in between, the stamp holds it back
    held = Held(own.settings, path, target, batch.visibility, own.viewer().name)
    note(held, "added", batch.visibility)


def _showed_stamp(file: Incoming) -> bool:
    """True where the choice of who may see it stood beside what is stamped on it."""
    return any(told.code == "warn.stamped" for told in file.glance.warnings)


def _at(batch: Batch, names: Mapping[int, str]) -> Batch:
    """The batch with the paths of what is added under these names."""
    files = (
        replace(file, path=f"{FOLDER}/{names[i]}" if i in names else "")
        for i, file in enumerate(batch.files)
    )
    return replace(batch, files=tuple(files))
