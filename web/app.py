"""The application factory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import Environment, pass_context

from web import compression, errors, language, rates, security
from web.api import routes as api
from web.operations import audit, metrics
from web.operations import pages as operations
from web.pages import (
    accounts,
    cases,
    compare,
    corrections,
    coverage,
    documents,
    events,
    feeds,
    health,
    help,
    mine,
    municipalities,
    search,
    suggest,
)
from web.pages.advising import works
from web.pages.editing import adding, managing, trash, writing
from web.pages.keeping import collections, saved
from web.services import Services
from web.view import presentation, record

_NOUNS = (
    search, mine, suggest, cases, corrections, compare, municipalities, coverage, documents, events, feeds, api, help, health,
    accounts, works, operations, adding, managing, trash, writing, saved, collections,
)  # fmt: skip


def create_app(services: Services) -> Flask:
    """The web application over ``services``. Opens no socket and starts no thread."""
    app = Flask("web", static_folder="static", template_folder="templates")
    app.extensions["dxkb"] = services
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for module in (
        metrics,
        language,
        security,
        rates,
        presentation,
        record,
        errors,
        compression,
        audit,
    ):
        module.init_app(app)
    _answer_in_the_language_of_each_request(app)
    for noun in _NOUNS:
        app.register_blueprint(noun.pages)
    return app


def _answer_in_the_language_of_each_request(app: Flask) -> None:
    """Our filters speak the language of a request: ``"year"|label`` must not be worked out when a template
    is compiled, in that of whoever came first. Jinja leaves alone what needs the context."""

    def of_request(function: Callable[..., Any]) -> Callable[..., Any]:
        @pass_context
        def filtered(_context: Any, *values: Any, **named: Any) -> Any:
            return function(*values, **named)

        return filtered

    filters = app.jinja_env.filters
    own = filters.keys() - Environment(autoescape=True).filters.keys()
    filters.update({name: of_request(filters[name]) for name in own})
