"""What every answer carries to keep the browser safe, and what a change must prove."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from werkzeug.exceptions import SecurityError

from kb.base.errors import ForbiddenError
from web.services import services

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing inline, nothing from another host."""

HOSTS = "ALLOWED_HOSTS"
"""Setting of the application: the names that it has, None for any."""

MAX_UPLOAD = 64 * 1024 * 1024
"""Bytes that a request may carry: larger than any deck seen, small enough for a small server."""

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_YEAR = 365 * 24 * 3600  # seconds
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_HARMLESS = frozenset({
    "mine.choose", "compare.choose", "compare.export", "accounts.enter", "accounts.leave", "accounts.password",
})  # fmt: skip
"""Forms that change nothing but what belongs to whoever sends them."""
_RECORDING = frozenset({
    "coverage.record", "works.create", "works.change", "works.choose", "works.copy", "works.export", "works.forget",
    "saved.save", "writing.write", "writing.look", "writing.withdraw",
})  # fmt: skip
"""Forms for everybody who is known; all others are for those who may change documents."""


def init_app(app: Flask) -> None:
    """Hardens cookies, bounds requests, and hooks the checks in."""
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
    )
    app.before_request(refuse_foreign_names)
    app.before_request(_refuse_foreign_changes)
    app.before_request(_refuse_strangers)
    app.context_processor(_rights)
    app.after_request(_add_headers)


def refuse_foreign_names() -> None:
    """Raises SecurityError where the server is asked under a name that is not its own: a page of that
    name must not read it. (Werkzeug's own list cannot hold ``[::1]``.)"""
    allowed = current_app.config.get(HOSTS)
    if allowed is not None and urlsplit(f"//{request.host}").hostname not in allowed:
        raise SecurityError


def _refuse_foreign_changes() -> None:
    """A change must come from a page of this server (403 otherwise).

    Browsers say where a request comes from and pages cannot forge it; so no token is needed.
    """
    if request.method in _READING:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site != "same-origin":
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)


def _refuse_strangers() -> None:
    """Raises ForbiddenError for a change that whoever sends it may not make. A form that is new is for
    editors until the tables above say otherwise."""
    if request.method in _READING or request.endpoint is None or request.endpoint in _HARMLESS:
        return
    own = services()
    allowed = own.may_record() if request.endpoint in _RECORDING else own.may_change()
    if not allowed:
        closed = own.settings.readonly
        raise ForbiddenError("usage.readonly" if closed else "usage.forbidden")


def _rights() -> dict[str, object]:
    """What the templates know of whoever is reading."""
    own = services()
    return {
        "viewer": own.viewer(),
        "mode": own.mode(),
        "may_change": own.may_change(),
        "may_record": own.may_record(),
    }


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        _keep_private(response)
    elif "v" in request.args and response.status_code == 200:  # another address when it changes
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


def _keep_private(response: Response) -> None:
    """One viewer's answer never serves another: no cache in between keeps it, and a browser in which
    somebody signed in keeps none either, so that going back after signing out shows nothing."""
    if services().viewer().name:
        response.headers["Cache-Control"] = "no-store, private"
    elif not {"private", "no-store"} & {*response.cache_control}:
        response.headers["Cache-Control"] = "no-cache, private"
