"""The viewer's own municipality: told once, kept in a cookie of this browser only."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.places.gazetteer import Place, load_gazetteer
from web.back import back
from web.cookies import keep

pages = Blueprint("mine", __name__)

_COOKIE = "mine"


def mine() -> Place | None:
    """The place that this browser told; None when it told none."""
    return load_gazetteer().by_code(request.cookies.get(_COOKIE, ""))


@pages.app_context_processor
def _for_templates() -> dict[str, object]:
    return {"mine": mine()}


@pages.post("/mine")
def choose() -> ResponseReturnValue:
    """Keeps the municipality of that name, or forgets it when there is no name; then goes back. A
    name that several have, or none, is asked for again."""
    name = request.form.get("name", "").strip()[:100]
    where = back(url_for("search.index"))
    found = load_gazetteer().find(name) if name else ()
    if name and len(found) != 1:
        page = render_template("mine.html", name=name, candidates=found, back=where)
        return page, 200 if found else 404
    response = redirect(where, 303)
    keep(response, _COOKIE, found[0].code if found else "", days=365)
    return response
