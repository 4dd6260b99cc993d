"""Signing in and out, and one's own password; only where there are accounts."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.base.errors import DxkbError, UsageError
from kb.storage.sessions import change_password, sign_in, sign_out
from kb.storage.users import SHORTEST
from web.access import SESSION
from web.back import back
from web.language import language, text
from web.services import services

pages = Blueprint("accounts", __name__)


@pages.before_request
def _only_with_accounts() -> None:
    if services().mode() != "accounts":
        abort(404)


@pages.get("/sign-in")
def form() -> ResponseReturnValue:
    """The form to sign in with."""
    return render_template("sign_in.html", back=request.args.get("back", ""), name="")


@pages.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Signs in, then goes back; the same words for whatever is wrong."""
    name = request.form.get("name", "")[:100]
    try:
        token = sign_in(services().settings, name, request.form.get("password", ""))
    except UsageError:
        raise
    except DxkbError as error:
        page = render_template(
            "sign_in.html", name=name, back=back(""), error=error.message(language())
        )
        return page, 403
    return _with_token(back(url_for("search.index")), token)


@pages.post("/sign-out")
def leave() -> ResponseReturnValue:
    """Ends this session; with ``everywhere`` also those of other browsers."""
    token = request.cookies.get(SESSION, "")
    if token:
        sign_out(services().settings, token, everywhere="everywhere" in request.form)
    return _with_token(url_for("search.index"), "")


@pages.get("/account")
def show() -> ResponseReturnValue:
    """Who one is and what one may see."""
    if not services().viewer().name:
        return redirect(url_for(".form", back=url_for(".show")), 303)
    return render_template("account.html", least=SHORTEST)


@pages.post("/account/password")
def password() -> ResponseReturnValue:
    """Replaces one's own password; other browsers are signed out."""
    own, given = services(), request.form
    viewer = own.viewer()
    if not viewer.name:
        return redirect(url_for(".form"), 303)
    error = ""
    if given.get("new", "") != given.get("again", ""):
        error = text("account.password.differ")
    else:
        try:
            change_password(own.settings, viewer.name, given.get("old", ""), given.get("new", ""))
            token = sign_in(own.settings, viewer.name, given.get("new", ""))
        except DxkbError as problem:
            error = problem.message(language())
    if error:
        return render_template("account.html", least=SHORTEST, error=error), 400
    return _with_token(url_for(".show", changed=1), token)


def _with_token(where: str, token: str) -> ResponseReturnValue:
    """Goes there with the browser holding this token, or none. The cookie ends with the browser."""
    response = redirect(where, 303)
    secure = request.is_secure
    if token:
        response.set_cookie(SESSION, token, secure=secure, httponly=True, samesite="Lax", path="/")
    else:
        response.delete_cookie(SESSION, secure=secure, httponly=True, samesite="Lax", path="/")
    return response
