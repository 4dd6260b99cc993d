"""A case written on the screen: looked at as it is typed, then added like any file, or proposed to editors."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from io import BytesIO

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.advice.related import told_already
from kb.base.errors import NotFoundError
from kb.base.messages import message
from kb.base.types import Case
from kb.documents import contribution
from kb.documents.batches import (
    forget,
    load_batch,
    looked_at,
    proposals,
    propose,
    receive_batch,
    save,
)
from kb.documents.changes import safe_name
from kb.documents.contribution import Remark
from web.pages.editing.hands import refused
from web.services import services
from web.uploads import VISIBILITIES, checked_visibility

pages = Blueprint("writing", __name__)

_SLASH = re.compile(r"[/\\]")


@dataclass(frozen=True, slots=True)
class Looked:
    """What there is to say of a case that is being written, and cases that may ``tell`` of it already."""

    remarks: tuple[Remark, ...] = ()
    told: tuple[Case, ...] = ()


@pages.get("/documents/write")
def form() -> ResponseReturnValue:
    """An empty form; the address may fill parts of it."""
    _require_known()
    return _page(contribution.cleaned(request.args), Looked())


@pages.post("/documents/write")
def write() -> ResponseReturnValue:
    """Looks at what was written; what is sound is shown once more before it is added, or waits for an
    editor where whoever wrote it is none."""
    own, parts = services(), contribution.cleaned(request.form)
    viewer = own.viewer()
    said = _said(parts, is_sent=True)
    is_wrong = any(remark.is_wrong for remark in said.remarks)
    if is_wrong or (said.told and "seen" not in request.form):
        return _page(parts, said), 400 if is_wrong else 200
    label = checked_visibility(request.form["visibility"])
    name = safe_name(_SLASH.sub("・", f"{parts['municipality']}_{parts['title'][:60]}.md"))
    batch = receive_batch(
        own.settings, viewer.name, [(name, BytesIO(contribution.as_note(parts, label)))]
    )
    batch = save(own.settings, replace(batch, wanted=label))
    batch = looked_at(own.settings, batch, own.glance)
    if viewer.may_change:
        return redirect(url_for("adding.preview", token=batch.token), 303)
    propose(own.settings, batch)
    return redirect(url_for(".proposed", sent=1), 303)


@pages.post("/documents/write/look")
def look() -> ResponseReturnValue:
    """What there is to say of what has been typed so far, as a piece of the page."""
    said = _said(contribution.cleaned(request.form))
    return render_template("written.html", said=said)


@pages.get("/documents/proposals")
def proposed() -> ResponseReturnValue:
    """Proposals: for editors those that wait, for everybody their own and what became of them."""
    _require_known()
    own = services()
    viewer = own.viewer()
    every = proposals(own.settings, viewer)
    return render_template(
        "proposals.html",
        waiting=[b for b in every if b.is_waiting and b.by != viewer.name],
        mine=[b for b in every if b.by == viewer.name],
    )


@pages.post("/documents/proposals/<token>/withdraw")
def withdraw(token: str) -> ResponseReturnValue:
    """Takes back one's own proposal that nobody has decided about."""
    own = services()
    batch = load_batch(own.settings, token, own.viewer())
    if batch.by != own.viewer().name or not batch.is_waiting:
        raise NotFoundError("usage.unknown_batch")
    forget(own.settings, batch)
    return redirect(url_for(".proposed", withdrawn=1), 303)


def _page(parts: dict[str, str], said: Looked) -> str:
    return render_template(
        "write.html",
        parts=parts,
        texts=contribution.HEADINGS,
        required=contribution.REQUIRED,
        longest=(contribution.LONGEST_LINE, contribution.LONGEST_TEXT),
        visibilities=VISIBILITIES,
        chosen=request.form.get("visibility", ""),
        said=said,
    )


def _said(parts: dict[str, str], *, is_sent: bool = False) -> Looked:
    remarks = contribution.remarks(parts)
    if is_sent and not request.form.get("visibility"):
        remarks = (Remark("visibility", message("usage.visibility_none")), *remarks)
    return Looked(remarks, _told(parts))


def _told(parts: dict[str, str]) -> tuple[Case, ...]:
    """Cases that may tell of the same already."""
    own, place = services(), contribution.place_of(parts)
    if place is None or not parts["title"]:
        return ()
    return told_already(own.searcher, parts["title"], place.code, own.viewer())


def _require_known() -> None:
    own = services()
    if not own.may_record():
        raise refused(own)
