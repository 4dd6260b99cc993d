"""Text answers are sent compressed to browsers that understand it."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

_LEAST = 1024  # bytes from which compressing is worth it
_LEVEL = 5
_TYPES = ("text/", "application/json", "application/problem+json", "image/svg+xml")


def init_app(app: Flask) -> None:
    """Compresses pages, JSON and static text."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not response.content_type.startswith((*_TYPES, "application/javascript")):
        return response
    response.vary.add("Accept-Encoding")
    if (
        (response.is_streamed and not response.direct_passthrough)
        or response.status_code != 200
        or "Content-Encoding" in response.headers
        or request.accept_encodings["gzip"] <= 0
    ):
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= _LEAST:
        response.set_data(gzip.compress(body, _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        etag, weak = response.get_etag()
        if etag and not weak:
            response.set_etag(etag, weak=True)
    return response
