"""Cases side by side, and the brief made of them. The tray of chosen cases is a cookie; an address
with ``?case=`` shows the same to anybody else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from kb.advice import brief
from kb.advice.brief_file import brief_file
from kb.advice.related import with_originals
from kb.base.errors import NotFoundError, UsageError
from kb.base.types import Case
from web.back import back
from web.cookies import keep
from web.files import attachment_name
from web.language import language
from web.services import services

pages = Blueprint("compare", __name__)

_COOKIE = "tray"
_ID = re.compile(r"\w{1,40}")
_LONGEST = 4000  # characters of a remark
_LONGEST_TITLE = 80


def tray() -> list[str]:
    """Ids of the chosen cases, in the order chosen."""
    kept = request.cookies.get(_COOKIE, "").split(".")
    return [item for item in dict.fromkeys(kept) if _ID.fullmatch(item)][: brief.MOST]


@pages.app_context_processor
def _tray_for_templates() -> dict[str, object]:
    return {"tray": tray()}


@pages.get("/compare")
def index() -> ResponseReturnValue:
    """The comparison of ``?case=…`` or else of the tray."""
    linked = request.args.getlist("case")
    chosen = _chosen(linked or tray())
    if linked and not chosen:
        raise NotFoundError("usage.compare_missing")
    ids = [case.id for case in chosen]
    return render_template(
        "compare.html",
        cases=chosen,
        rows=brief.compare(chosen),
        address=url_for(".index", case=ids),
        moves=[_moves(ids, at) for at in range(len(ids))] if linked else [],
        brief_title=brief.TITLE,
    )


@pages.post("/compare/tray")
def choose() -> ResponseReturnValue:
    """Adds, removes or moves a case of the tray, or empties it; then goes back."""
    chosen = tray()
    item = request.form.get("case", "")
    action = request.form.get("action", "add")
    if action == "clear":
        chosen = []
    elif action == "remove":
        chosen = [other for other in chosen if other != item]
    elif action == "earlier" and item in chosen[1:]:
        at = chosen.index(item)
        chosen[at - 1], chosen[at] = chosen[at], chosen[at - 1]
    elif action == "add" and _ID.fullmatch(item) and item not in chosen:
        if len(chosen) >= brief.MOST:
            raise UsageError("usage.compare_full", n=brief.MOST)
        chosen.append(item)
    response = redirect(back(url_for(".index")), 303)
    keep(response, _COOKIE, ".".join(chosen), days=30)
    return response


@pages.post("/compare/brief.<kind>")
def export(kind: str) -> ResponseReturnValue:
    """The brief with the remarks of the form as docx, xlsx or md."""
    chosen = _chosen(request.form.getlist("case"))
    if not chosen:
        raise NotFoundError("usage.compare_empty")
    title = request.form.get("title", "").strip()[:_LONGEST_TITLE] or brief.TITLE
    own = services()
    told = brief.Brief(
        chosen,
        title,
        request.form.get("remark", "")[:_LONGEST],
        {case.id: request.form.get(f"remark-{case.id}", "")[:_LONGEST] for case in chosen},
        lang=language(),
    )
    made = brief_file(with_originals(told, own.searcher, own.store, own.viewer()), kind)
    return send_file(
        BytesIO(made.data),
        mimetype=made.mimetype,
        as_attachment=True,
        download_name=attachment_name(title, kind),
    )


def _moves(ids: Sequence[str], at: int) -> dict[str, str]:
    """Addresses of the same comparison with one case moved to the left, and without it."""
    swapped = [*ids[: at - 1], ids[at], ids[at - 1], *ids[at + 1 :]] if at else []
    moves = {"earlier": swapped, "remove": [*ids[:at], *ids[at + 1 :]]}
    return {name: url_for(".index", case=order) for name, order in moves.items() if order}


def _chosen(ids: Sequence[str]) -> tuple[Case, ...]:
    """The cases that are there and may be seen; the others are left out."""
    own = services()
    return own.store.cases(list(dict.fromkeys(ids))[: brief.MOST], own.viewer())
