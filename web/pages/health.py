"""``/healthz``: is there an index that can answer?"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kb.base.errors import DxkbError
from web.services import services

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 when a search can be answered now, 503 before."""
    own = services()
    try:
        ready = own.searcher.ready()
        generation = own.store.generation()
    except DxkbError as error:
        return {"status": "unavailable", "detail": error.message("en")}, 503
    return {
        "status": "ok" if ready else "starting",
        "generation": generation,
    }, 200 if ready else 503
