"""One document in an editor's hands: who may see it, its password, name and content, and its history."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.base.errors import NotFoundError, UsageError
from kb.base.types import LedgerEntry
from kb.base.visibility import is_stricter
from kb.documents import changes
from kb.documents.around import around_of
from kb.documents.history import deeds
from web.pages.editing.hands import entry_at, entry_in, for_editors, held
from web.services import Services, services
from web.uploads import VISIBILITIES

pages = for_editors(Blueprint("managing", __name__))


@pages.get("/documents/manage")
def show() -> ResponseReturnValue:
    """Everything that can be done with the document at ``?path=``."""
    own = services()
    generation = own.store.generation()
    ledger = own.store.ledger(own.viewer())
    entry = entry_in(ledger, request.args.get("path", ""))
    try:
        limit = around_of(held(own, entry).file, own.settings.corpus.resolve()).label
    except NotFoundError:
        limit = ""
    return render_template(
        "manage.html",
        entry=entry,
        limit=limit,
        labels=_choices(own, entry),
        same=[e for e in ledger if e.sha256 == entry.sha256 and e.sha256 and e != entry],
        history=deeds(own.settings.corpus, entry.path),
        generation=generation,
        activity=own.activity_for(own.viewer()),
    )


@pages.post("/documents/manage/<any(visibility,password,rename,replace,delete):action>")
def act(action: str) -> ResponseReturnValue:
    """Does it, and asks for a look at the corpus."""
    own = services()
    entry = entry_at(own, request.form.get("path", ""))
    where = _ACTIONS[action](own, entry)
    own.request_rescan()
    return redirect(where, 303)


def _visibility(own: Services, entry: LedgerEntry) -> str:
    label, viewer, file = request.form.get("visibility", ""), own.viewer(), held(own, entry)
    if label not in _choices(own, entry):
        raise UsageError("usage.visibility", choices=_choices(own, entry))
    limit = around_of(file.file, own.settings.corpus.resolve()).label
    is_beyond = is_stricter(limit, label)
    if is_beyond and not viewer.sees_all:
        raise UsageError("usage.folder_narrower", label=limit)
    changes.set_visibility(file, label, "admin" if is_beyond else "editor")
    if viewer.visibilities is not None and label not in viewer.visibilities:
        return url_for("documents.index", hidden=1)
    return _back(entry, "visibility")


def _password(own: Services, entry: LedgerEntry) -> str:
    changes.give_password(held(own, entry), request.form.get("password", ""))
    return _back(entry, "password")


def _rename(own: Services, entry: LedgerEntry) -> str:
    name = changes.rename(held(own, entry), request.form.get("name", ""))
    return url_for("documents.index", q=name, renamed=1)


def _replace(own: Services, entry: LedgerEntry) -> str:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise UsageError("usage.upload_none")
    held_file = held(own, entry)
    suffix = held_file.file.suffix.lower()
    if not file.filename.lower().endswith(suffix):
        raise UsageError("usage.replace_kind", suffix=suffix)
    changes.replace_with(held_file, file.stream)
    return _back(entry, "replace")


def _delete(own: Services, entry: LedgerEntry) -> str:
    changes.delete(held(own, entry))
    return url_for("trash.index", deleted=1)


_ACTIONS: dict[str, Callable[[Services, LedgerEntry], str]] = {
    "visibility": _visibility,
    "password": _password,
    "rename": _rename,
    "replace": _replace,
    "delete": _delete,
}


def _back(entry: LedgerEntry, done: str) -> str:
    return url_for(".show", path=entry.path, done=done)


def _choices(own: Services, entry: LedgerEntry) -> tuple[str, ...]:
    """Labels that the document can have: the usual ones, the viewer's own groups, its own."""
    groups = {*(own.viewer().visibilities or ()), entry.visibility} - {*VISIBILITIES}
    return (*VISIBILITIES, *sorted(groups))
