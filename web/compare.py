"""Cases side by side, and the brief made of them. The tray of chosen cases is a cookie; an address
with ``?case=`` shows the same to anybody else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import brief
from kb.errors import NotFoundError, UsageError
from kb.types import Case
from web.services import services

pages = Blueprint("compare", __name__)

_COOKIE = "tray"
_MONTH = 30 * 24 * 3600  # seconds
_ID = re.compile(r"\w{1,40}")
_LOCAL = re.compile(r"/(?![/\\])[^\s\\]*")  # a path of this server, never //elsewhere
_LONGEST = 4000  # characters of a remark


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
    chosen = _chosen(request.args.getlist("case") or tray())
    return render_template(
        "compare.html",
        cases=chosen,
        rows=brief.compare(chosen),
        address=url_for(".index", case=[case.id for case in chosen]),
        most=brief.MOST,
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
            raise UsageError(
                f"比べられるのは{brief.MOST}件までです。「比べる」のページでどれかを外してください。",
                f"At most {brief.MOST} cases can be compared. Remove one first.",
            )
        chosen.append(item)
    back = request.form.get("back", "")
    response = redirect(back if _LOCAL.fullmatch(back) else url_for(".index"), 303)
    if chosen:
        response.set_cookie(
            _COOKIE, ".".join(chosen), max_age=_MONTH, httponly=True, samesite="Lax", path="/"
        )
    else:
        response.delete_cookie(_COOKIE, httponly=True, samesite="Lax", path="/")
    return response


@pages.post("/compare/brief.md")
def export() -> ResponseReturnValue:
    """The brief with the remarks of the form, as Markdown."""
    chosen = _chosen(request.form.getlist("case"))
    if not chosen:
        raise NotFoundError(
            "比べる事例がありません。検索結果で「比べる」を押して選んでください。",
            "There is nothing to compare. Choose cases in the results first.",
        )
    remarks = {case.id: request.form.get(f"remark-{case.id}", "")[:_LONGEST] for case in chosen}
    text = brief.markdown(chosen, remarks, request.form.get("remark", "")[:_LONGEST])
    return Response(
        text,
        content_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="brief.md"'},
    )


def _chosen(ids: Sequence[str]) -> tuple[Case, ...]:
    """The cases that are there and may be seen; the others are left out."""
    own = services()
    return own.store.cases(list(dict.fromkeys(ids))[: brief.MOST], own.reader())
