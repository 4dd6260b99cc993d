"""Guides for the three people who use this, and what it is made of."""

from __future__ import annotations

import platform

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kb import __version__
from kb.base.libraries import libraries
from kb.base.types import FIELDS
from kb.storage.database import schema_version
from web.services import services

pages = Blueprint("help", __name__)


@pages.get("/help")
def index() -> ResponseReturnValue:
    """The three guides and the tips."""
    own = services()
    return render_template(
        "help/index.html", accepts=own.accepts, fields=FIELDS, readonly=not own.may_change()
    )


@pages.get("/about")
def about() -> ResponseReturnValue:
    """Versions, the model's card, data and licences."""
    own = services()
    lexicon = own.searcher.lexicon
    return render_template(
        "help/about.html",
        version=__version__,
        python=platform.python_version(),
        schema=schema_version(),
        counts=own.store.counts(own.viewer()),
        last=own.store.last_ingest(),
        model=own.store.model_id() or own.searcher.encoder.model_id,
        dimension=own.searcher.encoder.dimension,
        builtin=own.settings.is_builtin_model,
        reranker=own.settings.reranker,
        groups=len(lexicon.groups),
        lexicon=lexicon.version,
        libraries=libraries(),
        audited=own.settings.audit_days,
        searches_audited=own.settings.audit_searches,
    )
