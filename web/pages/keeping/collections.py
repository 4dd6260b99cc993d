"""A collection of cases under an address that says all of it: whoever opens it sees those that they may."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.base.errors import NotFoundError
from web.pages.compare import tray
from web.services import services

pages = Blueprint("collections", __name__)

MOST = 50
_LONGEST = 80  # characters of a name


@pages.get("/collection")
def show() -> ResponseReturnValue:
    """The cases of ``?case=…`` in that order, under ``?name=``; what is not there or not for this viewer
    is left out and not counted."""
    own = services()
    name = request.args.get("name", "").strip()[:_LONGEST]
    given = list(dict.fromkeys(request.args.getlist("case")))[:MOST]
    cases = own.store.cases(given, own.viewer())
    if given and not cases:
        raise NotFoundError("usage.compare_missing")
    ids = [case.id for case in cases]
    return render_template(
        "collection.html",
        name=name,
        cases=cases,
        ids=ids,
        address=request.host_url.rstrip("/") + url_for(".show", name=name or None, case=ids),
        without={
            one: url_for(".show", name=name or None, case=[i for i in ids if i != one])
            for one in ids
        },
        addable=[one for one in tray() if one not in ids],
    )
