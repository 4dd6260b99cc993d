"""The application factory."""

from __future__ import annotations

from flask import Flask

from web import (
    api,
    cases,
    compare,
    compression,
    corrections,
    coverage,
    documents,
    errors,
    events,
    feeds,
    health,
    help,
    language,
    mine,
    municipalities,
    presentation,
    search,
    security,
    suggest,
)
from web.services import Services

_NOUNS = (
    search, mine, suggest, cases, corrections, compare, municipalities, coverage, documents, events, feeds, api, help, health,
)  # fmt: skip


def create_app(services: Services) -> Flask:
    """The web application over ``services``. Opens no socket and starts no thread."""
    app = Flask("web", static_folder="static", template_folder="templates")
    app.extensions["dxkb"] = services
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for module in (security, language, presentation, errors, compression):
        module.init_app(app)
    for noun in _NOUNS:
        app.register_blueprint(noun.pages)
    return app
