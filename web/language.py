"""Japanese or English: ``?lang=`` decides and is remembered in a cookie; else what the browser prefers."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, Response, g, request

from kb.base.messages import Message, message, render, value_name
from web.cookies import keep

LANGUAGES = ("ja", "en")
_COOKIE = "lang"


def init_app(app: Flask) -> None:
    """Makes ``t`` and ``lang`` known to the templates and remembers the choice."""
    app.before_request(_choose)
    app.after_request(_remember)
    app.add_template_global(text, "t")
    app.add_template_filter(told)
    app.add_template_global(language_address)
    app.context_processor(lambda: {"lang": language()})


def language() -> str:
    """The language of this request: "ja" or "en"."""
    return str(g.get("lang", "ja"))


def text(key: str, /, **values: object) -> str:
    """The message ``page.KEY`` in the language of this request."""
    return render(message(f"page.{key}", **values), language())


def told(said: Message | None) -> str:
    """A message that was handed in, in the language of this request; "" for none."""
    return render(said, language()) if said else ""


def language_address(code: str) -> str:
    """Address of this page in another language; of the start page for an answer to a form."""
    if request.method == "POST":
        return f"/?{urlencode({'lang': code})}"
    args = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    return f"{request.path}?{urlencode([*args, ('lang', code)])}"


def word(kind: str, value: str) -> str:
    """A value of the data (a ``field``, ``role``, …) as this request's language shows it."""
    return value_name(kind, value, language())


def _choose() -> None:
    """What is asked for, what was chosen before, what the browser prefers."""
    asked = request.args.get("lang", request.cookies.get(_COOKIE, ""))
    liked = request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])
    g.lang = asked if asked in LANGUAGES else liked


def _remember(response: Response) -> Response:
    response.vary.update(("Accept-Language", "Cookie"))
    asked = request.args.get("lang")
    if asked in LANGUAGES and request.cookies.get(_COOKIE) != asked:
        keep(response, _COOKIE, asked, days=365)
    return response
