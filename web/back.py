"""Where a form leads back to."""

from __future__ import annotations

import re

from flask import request

_LOCAL = re.compile(r"/(?![/\\])[^\s\\]*")  # a path of this server, never //elsewhere


def back(otherwise: str) -> str:
    """The page that the form came from, if it is one of this server."""
    given = request.form.get("back", "")
    return given if _LOCAL.fullmatch(given) else otherwise
