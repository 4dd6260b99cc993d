"""What this browser is asked to remember: nothing secret, and no script or other site may read it."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

DAY = 24 * 3600  # seconds


def keep(response: Response | BaseResponse, name: str, value: str, days: int) -> None:
    """Remembers ``value`` for so many days; forgets it when it is empty."""
    if not value:
        response.delete_cookie(name, httponly=True, samesite="Lax", path="/")
        return
    response.set_cookie(
        name,
        value,
        max_age=days * DAY,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
