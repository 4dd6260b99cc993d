"""Guides for the three people who use this, and what it is made of."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import metadata

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kb import __version__
from kb.base.types import FIELDS
from kb.storage.database import schema_version
from web.services import services

pages = Blueprint("help", __name__)

_LIBRARIES = (
    "argon2-cffi", "faiss-cpu", "filelock", "flask", "fugashi", "lxml", "numpy",
    "openpyxl", "prometheus-client", "pypdf", "pypdfium2", "python-docx", "python-pptx", "pyyaml",
    "rapidfuzz", "sentence-transformers", "tantivy", "trafilatura", "unidic-lite",
    "waitress",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Library:
    """An installed package with its version and licence."""

    name: str
    version: str
    licence: str


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


def libraries() -> list[Library]:
    """The libraries that are installed, as their own metadata tells."""
    found = []
    for name in _LIBRARIES:
        try:
            told = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        found.append(Library(name, told["Version"], _licence(told)))
    return found


def _licence(told: metadata.PackageMetadata) -> str:
    """The SPDX expression, else the first line of the licence, else what the classifiers say."""
    fields: dict[str, str] = {
        key: told[key] for key in ("License-Expression", "License") if key in told
    }
    given = next((text.strip() for text in fields.values() if text.strip()), "")
    first = given.splitlines()[0] if given else ""
    if first and len(first) <= 60:
        return first
    classified = told.get_all("Classifier") or []
    names = [c.rsplit(" :: ", 1)[-1] for c in classified if c.startswith("License :: ")]
    return "、".join(names)
