"""The application factory."""

from __future__ import annotations

from flask import Flask

from web import (
    api,
    cases,
    compression,
    documents,
    errors,
    health,
    language,
    presentation,
    search,
    security,
)
from web.services import Services


def create_app(services: Services) -> Flask:
    """The web application over ``services``. Opens no socket and starts no thread."""
    app = Flask("web", static_folder="static", template_folder="templates")
    app.extensions["dxkb"] = services
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for module in (security, language, presentation, errors, compression):
        module.init_app(app)
    for blueprint in (search.pages, cases.pages, documents.pages, api.pages, health.pages):
        app.register_blueprint(blueprint)
    return app
