"""``/healthz``: is there an index that can answer?"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kb.base.errors import DxkbError
from kb.base.messages import render
from web.language import text
from web.services import services

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 when a search can be answered now, 503 before; "degraded" when it is answered, but what is put
    into the corpus does not come in, the database is damaged or no backup is made."""
    own = services()
    viewer = own.viewer()
    try:
        ready = own.searcher.ready()
        generation = own.store.generation()
    except DxkbError as error:
        detail = error.message("en") if viewer.sees_all else text("error.500")
        return {"status": "unavailable", "detail": detail}, 503
    now = own.activity_for(viewer)
    problem = now.problem or own.backup_problem_for(viewer)
    told: dict[str, object] = {
        "status": "starting" if not ready else "degraded" if problem else "ok",
        "generation": generation,
        "ingesting": now.running,
        "pending": now.total - now.done if now.running else 0,
    }
    if problem:
        told["problem"] = render(problem, "en")
    return told, 200 if ready else 503
