"""The operations page, the audit log on the screen and as a table, the figures: for admins."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kb.base.errors import ForbiddenError
from kb.language.text import fold_text
from kb.operations import audit
from kb.operations.audit import ACTIONS, Event
from web.language import text
from web.operations import metrics
from web.operations.deeds import deed
from web.operations.state import observed, versions
from web.services import services
from web.view.address import number
from web.view.spreadsheet import csv_download

PER_PAGE = 100
MOST_ROWS = 100_000
"""Events in a table: more than a spreadsheet program is quick with."""

RECENT = timedelta(days=30)

pages = Blueprint("operations", __name__)


@pages.before_request
def _only_admins() -> None:
    """Who sees everything; for the figures also whoever knows the token."""
    own = services()
    token = own.settings.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    knows = bool(token) and hmac.compare_digest(given.encode(), token.encode())
    if not own.viewer().sees_all and not (knows and request.endpoint == "operations.figures"):
        raise ForbiddenError("usage.admins_only")


@pages.get("/operations")
def index() -> ResponseReturnValue:
    """How everything is, and what was done last."""
    own = services()
    return render_template(
        "operations.html",
        state=observed(own),
        versions=versions(),
        model=own.store.model_id() or own.searcher.encoder.model_id,
        settings=own.settings,
        events=list(islice(audit.events(own.settings), 10)),
    )


@pages.get("/operations/audit")
def log() -> ResponseReturnValue:
    """Who did what: by action, words and days; ``format=csv`` as a table."""
    if request.args.get("format") == "csv":
        heads = [text(f"audit.{name}") for name in Event.__slots__]
        rows = (
            (e.at, e.who, e.address, text(f"audit.action.{e.action}"), deed(e))
            for e in islice(_found(), MOST_ROWS)
        )
        return csv_download("audit.csv", [heads, *rows])
    page = min(max(1, number(request.args, "page") or 1), MOST_ROWS)
    events = list(islice(_found(), (page - 1) * PER_PAGE, page * PER_PAGE + 1))
    return render_template(
        "audit.html",
        events=events[:PER_PAGE],
        more=len(events) > PER_PAGE,
        page=page,
        actions=ACTIONS,
        asked=_asked(),
        days=services().settings.audit_days,
    )


@pages.get("/metrics")
def figures() -> ResponseReturnValue:
    """For Prometheus."""
    return metrics.exposition()


def _asked() -> dict[str, str]:
    """What to look for: the last weeks, where nobody says since when, because years take long."""
    since = str(date.today() - RECENT)
    otherwise = {"action": "", "q": "", "from": since, "to": ""}
    return {name: request.args.get(name, value) for name, value in otherwise.items()}


def _found() -> Iterator[Event]:
    """The events that are asked for; days are those of the server's time zone."""
    asked = _asked()
    first, last = _day(asked["from"]), _day(asked["to"])
    action, words = asked["action"], fold_text(asked["q"]).split()
    a_day = timedelta(days=1)  # a day's file is of UTC
    for event in audit.events(
        services().settings,
        str(first - a_day) if first and first > date.min else "",
        str(last + a_day) if last and last < date.max else "",
    ):
        day = datetime.fromisoformat(event.at).astimezone().date()
        said = fold_text(f"{event.who} {event.address} {event.what} {deed(event)}")
        is_in = (first is None or first <= day) and (last is None or day <= last)
        if is_in and action in ("", event.action) and all(word in said for word in words):
            yield event


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None
