"""Japanese or English: ``?lang=`` decides and is remembered in a cookie; Japanese otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Flask, Response, g, request

from web.cookies import keep
from web.messages import MESSAGES

LANGUAGES = ("ja", "en")
_COOKIE = "lang"


def init_app(app: Flask) -> None:
    """Makes ``t`` and ``lang`` known to the templates and remembers the choice."""
    app.before_request(_choose)
    app.after_request(_remember)
    app.add_template_global(text, "t")
    app.add_template_global(language_address)
    app.context_processor(lambda: {"lang": language()})


def language() -> str:
    """The language of this request: "ja" or "en"."""
    return str(g.get("lang", "ja"))


def text(key: str, **values: object) -> str:
    """The message ``key`` in the language of this request, with ``values`` filled in. What counts one
    (``n``) has a message of its own where English needs it."""
    if values.get("n") == 1 and f"{key}.one" in MESSAGES:
        key = f"{key}.one"
    message = MESSAGES[key][LANGUAGES.index(language())]
    return message.format_map(values) if values else message


def language_address(code: str) -> str:
    """Address of this page in another language; of the start page for an answer to a form."""
    if request.method == "POST":
        return f"/?{urlencode({'lang': code})}"
    args = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    return f"{request.path}?{urlencode([*args, ('lang', code)])}"


def word(value: str, table: Mapping[str, str]) -> str:
    """A value of the data (a 分野, role, …) as this request's language shows it."""
    return table.get(value, value) if language() == "en" else value


def _choose() -> None:
    asked = request.args.get("lang", request.cookies.get(_COOKIE, ""))
    g.lang = asked if asked in LANGUAGES else "ja"


def _remember(response: Response) -> Response:
    asked = request.args.get("lang")
    if asked in LANGUAGES and request.cookies.get(_COOKIE) != asked:
        keep(response, _COOKIE, asked, days=365)
    return response
