"""Searches that are kept, and what is new in each since it was last looked at: on the server for those who
have a name there, else in the browser, which asks for the ids."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from kb.base.errors import ForbiddenError, UsageError
from kb.storage.saved import forget_search, save_search, saved_of
from web.pages.mine import mine
from web.pages.search import browsed
from web.services import Services, services
from web.view.address import SearchAddress
from web.view.facets import chips

pages = Blueprint("saved", __name__)

_MOST_SEEN = 500  # ids of a search
_LONGEST = 3000  # characters of an address


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that is kept: its ``address``, what it asks, and how many cases are ``new``."""

    address: str
    label: str
    new: int


@pages.get("/saved")
def index() -> ResponseReturnValue:
    """The kept searches, those with something new first."""
    own = services()
    kept = saved_of(own.settings, own.viewer().name) if _is_named(own) else {}
    found = [_told(own, address, seen) for address, seen in kept.items()]
    found.sort(key=lambda one: -one.new)
    return render_template("saved.html", saved=found, on_server=_is_named(own))


@pages.get("/saved/ids")
def ids() -> ResponseReturnValue:
    """The ids of the cases that answer the search of this address, and how it is called."""
    question = _read(request.query_string.decode())
    own = services()
    return jsonify({"label": _label(question), "ids": _answering(own, question)})


@pages.post("/saved")
def save() -> ResponseReturnValue:
    """Keeps a search, or goes to one and notes that all has been seen, or forgets it."""
    own, action = services(), request.form.get("action", "save")
    if not _is_named(own):
        raise ForbiddenError("usage.forbidden")
    question = _read(request.form.get("address", "")[:_LONGEST])
    address = question.address().removeprefix("/?")
    if action == "forget":
        forget_search(own.settings, own.viewer().name, address)
        return redirect(url_for(".index"), 303)
    save_search(own.settings, own.viewer().name, address, _answering(own, question))
    return redirect(question.address() if action == "look" else url_for(".index"), 303)


def _told(own: Services, address: str, seen: frozenset[str]) -> SavedSearch:
    try:
        question = _read(address)
        return SavedSearch(address, _label(question), len({*_answering(own, question)} - seen))
    except UsageError:  # a municipality or a filter that is no more
        return SavedSearch(address, address[:80], 0)


def _read(address: str) -> SearchAddress:
    """The first page of the search of an address. Raises UsageError for none."""
    question = browsed(SearchAddress.read(MultiDict(parse_qsl(address)))).narrowed()
    if not question.q:
        raise UsageError("usage.query_empty")
    return question


def _label(question: SearchAddress) -> str:
    return "・".join(dict.fromkeys([question.q, *(chip.label for chip in chips(question))]))


def _answering(own: Services, question: SearchAddress) -> list[str]:
    """The ids of what answers, as far as the viewer may see it."""
    ranking = own.searcher.rank(
        question.q,
        filters=question.filters,
        home=question.near or getattr(mine(), "code", "") or None,
        wishes=question.wishes,
        viewer=own.viewer(),
    )
    nos = [s.case_no for s in ranking.scored if s.case_no in ranking.answers]
    return [ranking.cases[number].id for number in nos[:_MOST_SEEN]]


def _is_named(own: Services) -> bool:
    return bool(own.viewer().name) and own.may_record()
