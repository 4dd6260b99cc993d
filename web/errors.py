"""Errors as pages for people and as problem details (RFC 9457) for programs."""

from __future__ import annotations

import json
import logging
from urllib.parse import urlsplit

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, SecurityError

from kb.base.errors import (
    DxkbError,
    ForbiddenError,
    ModelError,
    NotFoundError,
    StoreError,
    UsageError,
)
from kb.base.messages import is_known
from web.language import language, text
from web.services import services

_STATUSES: tuple[tuple[type[DxkbError], int], ...] = (
    (UsageError, 400),
    (NotFoundError, 404),
    (ForbiddenError, 403),
    (StoreError, 503),
    (ModelError, 503),
)
_TITLES = {
    400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    413: "Content Too Large", 429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable",
}  # fmt: skip
_API = "/api/"
_log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Registers the handlers."""
    app.register_error_handler(DxkbError, _explained)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _explained(error: DxkbError) -> ResponseReturnValue:
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
    if status >= 500:
        _log.error("%s %s: %s", request.method, request.path, error.told.code)
        if not services().viewer().sees_all:  # it names folders and files of the server
            return _answer(status, text("error.500"))
    return _answer(status, error.message(language()))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()  # a redirect
    if isinstance(error, SecurityError):  # a foreign name for this server: no page can be linked to
        return Response(text("error.host"), 400, content_type="text/plain; charset=utf-8")
    key = f"error.{error.code}"
    detail = text(
        key if is_known(f"page.{key}") else "error.400" if error.code < 500 else "error.500"
    )
    response = _answer(error.code, detail)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    if wait := getattr(error, "retry_after", None):
        response.headers["Retry-After"] = str(wait)
    return response


def _unexpected(error: Exception) -> ResponseReturnValue:
    _log.exception("%s %s failed", request.method, request.path, exc_info=error)
    return _answer(500, text("error.500"))


def _answer(status: int, detail: str) -> Response:
    if request.path.startswith(_API):
        problem = {"type": "about:blank", "title": _TITLES.get(status, "Error"), "status": status}
        body = json.dumps({**problem, "detail": detail}, ensure_ascii=False)
        return Response(body, status, content_type="application/problem+json; charset=utf-8")
    page = render_template("error.html", status=status, detail=detail, back=_came_from())
    return Response(page, status)


def _came_from() -> str:
    """The page of this server that led here, so that what was written there is not lost."""
    came = urlsplit(request.referrer or "")
    if came.netloc != request.host or came.path.startswith("//") or came.path == request.path:
        return ""
    return came.path + (f"?{came.query}" if came.query else "")
