"""What was deleted, and the way back."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.base.errors import ForbiddenError, NotFoundError, UsageError
from kb.base.types import Viewer
from kb.documents import changes, trash
from web.pages.editing.hands import entry_at, for_editors, held
from web.services import services

pages = for_editors(Blueprint("trash", __name__))


@pages.get("/documents/trash")
def index() -> ResponseReturnValue:
    """What lies in the trash of what the viewer could see."""
    own = services()
    viewer = own.viewer()
    found = [one for one in trash.contents(own.settings.corpus) if _sees(viewer, one)]
    return render_template("trash.html", found=found, days=own.settings.trash_days)


@pages.post("/documents/trash/<name>/restore")
def restore(name: str) -> ResponseReturnValue:
    """Puts a file back; a version in the place of the newer one, which changes places with it."""
    own = services()
    viewer, corpus = own.viewer(), own.settings.corpus
    found = trash.find(corpus, name)
    if not _sees(viewer, found):
        raise NotFoundError("usage.unknown_discarded")
    if found.is_version and (corpus / found.path).exists():
        now = held(own, entry_at(own, changes.ledger_path(found)))
        with trash.file_of(corpus, found).open("rb") as content:
            changes.replace_with(now, content)
        trash.forget(corpus, found)
    else:
        changes.restore(own.settings, found, viewer.name)
    g.about = found.path
    own.request_rescan()
    return redirect(url_for(".index", restored=1), 303)


@pages.post("/documents/trash/empty")
def empty() -> ResponseReturnValue:
    """Deletes all of it for good; for admins."""
    own = services()
    if not own.viewer().sees_all:
        raise ForbiddenError("usage.admin_only")
    if "sure" not in request.form:
        raise UsageError("usage.empty_unsure")
    count = changes.empty_trash(own.settings, own.viewer().name)
    return redirect(url_for(".index", emptied=count), 303)


def _sees(viewer: Viewer, found: trash.Discarded) -> bool:
    return viewer.visibilities is None or found.visibility in viewer.visibilities
