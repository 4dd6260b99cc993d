"""What people do on the screens goes into the audit log (``kb/operations/audit.py``).

A route that is not in the table below says itself what it did: ``record("deleted", path)``.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, g, request

from kb.base.errors import DxkbError
from kb.base.types import Viewer
from kb.operations import audit
from kb.operations.audit import Action
from kb.storage.users import folded, users
from web.access import client_address
from web.operations.deeds import deed
from web.services import services


def record(action: Action, what: str = "", *, who: str = "") -> None:
    """Notes that whoever sent the request at hand did this. Never fails."""
    name = who or named(services().viewer())
    audit.record(services().settings, action, what, who=name, address=client_address())


def named(viewer: Viewer) -> str:
    """Somebody's name, else what they may do, in brackets."""
    return viewer.name or f"({viewer.role})"


def init_app(app: Flask) -> None:
    """Notes every answer that the table knows, and every change that was refused."""
    app.add_template_filter(deed)
    app.before_request(_remember)
    app.after_request(_note)


def _question() -> str:
    return request.args.get("q", "").strip()


def _case() -> str:
    if said := _about():
        return said
    own = services()
    case = own.store.case((request.view_args or {})["case_id"], own.viewer())
    return f"{case.path} {case.title}"


def _document() -> str:
    own = services()
    return own.store.document_path((request.view_args or {})["document_id"], own.viewer())


def _about() -> str:
    """The documents, as their page said: the form does not name them."""
    return str(g.get("about", ""))


def _managed() -> str:
    return f"{(request.view_args or {})['action']} {request.form.get('path', '')}"


def _corrected() -> str:
    return f"{_case()} {' '.join(f'{k}={v}' for k, v in request.form.items())}"


_DONE: dict[str, tuple[Action, Callable[[], str]]] = {
    "search.index": ("searched", _question),
    "api.search": ("searched", _question),
    "cases.show": ("opened", _case),
    "api.case": ("opened", _case),
    "documents.source": ("opened", _document),
    "documents.note": ("opened", _document),
    "feeds.results": ("exported", lambda: f"results.csv {_question() * services().settings.audit_searches}".strip()),
    "compare.export": ("exported", lambda: f"{request.path} {' '.join(request.form.getlist('case'))}"),
    "coverage.index": ("exported", lambda: request.args.get("format", "")),
    "operations.log": ("exported", lambda: "audit.csv" * ("format" in request.args)),
    "works.export": ("exported", lambda: request.path),
    "works.create": ("added", lambda: f"work {request.form.get('name', '')}"),
    "works.copy": ("added", lambda: request.path),
    "works.choose": ("changed", lambda: f"work {request.form.get('code', '')}"),
    "works.change": ("changed", lambda: request.path),
    "works.forget": ("deleted", lambda: request.path),
    "adding.add": ("added", _about),
    "writing.withdraw": ("deleted", lambda: request.path),
    "adding.undo": ("deleted", _about),
    "managing.act": ("changed", _managed),
    "trash.restore": ("restored", _about),
    "trash.empty": ("deleted", lambda: request.path),
    "corrections.correct": ("changed", _corrected),
    "accounts.leave": ("signed_out", lambda: "everywhere" * ("everywhere" in request.form)),
    "accounts.password": ("changed", lambda: "password"),
}  # fmt: skip
"""What an answer of an endpoint means, and what it is about."""
_ONLY_WITH_WHAT = frozenset({"search.index", "api.search", "coverage.index", "operations.log"})


def _remember() -> None:
    """Who it is before they sign out."""
    if request.endpoint == "accounts.leave":
        g.left = named(services().viewer())


def _note(response: Response) -> Response:
    endpoint = request.endpoint or ""
    if endpoint == "accounts.enter":
        _note_entering(response.status_code)
    elif response.status_code == 403 and (
        request.method == "POST" or request.blueprint == "operations"
    ):
        record("refused", request.path)
    elif response.status_code < 400 and endpoint in _DONE:
        action, about = _DONE[endpoint]
        action = "deleted" if (request.view_args or {}).get("action") == "delete" else action
        try:
            what = about()
        except DxkbError:  # gone in the meantime
            what = request.path
        if what or endpoint not in _ONLY_WITH_WHAT:
            record(action, what, who=g.get("left", ""))
    return response


def _note_entering(status: int) -> None:
    """A name that nobody has is not kept: it may be a password, typed into the wrong field."""
    name = folded(request.form.get("name", "")).strip()
    if status == 303:
        record("signed_in", who=name)
    elif status in (403, 429):
        known = any(user.name == name for user in users(services().settings))
        record("sign_in_refused", name if known else "")
