"""Who is reading: the owner, the public, somebody who signed in, or whom a reverse proxy names.

Whatever is not understood sees what the public sees: an unknown address, a header twice, a damaged
file of accounts.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask, g, request

from kb.base.config import Settings
from kb.base.errors import StoreError, UsageError
from kb.base.messages import Message, message
from kb.base.types import Role, Viewer
from kb.storage.sessions import viewer_of
from kb.storage.users import has_accounts
from web.services import Mode

SESSION = "dxkb-session"
"""The cookie of whoever signed in."""

_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")
_ROLES: tuple[Role, ...] = ("admin", "editor", "viewer")  # the strongest first
_SEPARATORS = re.compile(r"[,;|]")
_BELIEVED = 10.0  # seconds
_CLIENT = "dxkb.client"
_log = logging.getLogger(__name__)

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_App = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass(frozen=True)
class Access:
    """Who may read what on a server of ``settings``; ``local`` when only this computer reaches it."""

    settings: Settings
    local: bool
    _until: list[float] = field(default_factory=lambda: [0.0], repr=False, compare=False)

    def mode(self) -> Mode:
        """How those who read are told apart, from the next request on."""
        if self.settings.user_header:
            return "proxy"
        if self._signs_in():
            return "accounts"
        return "owner" if self.local else "public"

    def _signs_in(self) -> bool:
        """Whether people sign in. A server that holds accounts is believed to for some seconds, one that
        holds none is asked at every request."""
        if self.settings.server is None:
            return has_accounts(self.settings)
        if time.monotonic() >= self._until[0] and has_accounts(self.settings):
            self._until[0] = time.monotonic() + _BELIEVED
        return time.monotonic() < self._until[0]

    def viewer(self) -> Viewer:
        """Who sent the request at hand."""
        if "viewer" not in g:
            g.viewer = self._viewer()
        found: Viewer = g.viewer
        return found

    @cached_property
    def proxies(self) -> tuple[_Network, ...]:
        """The addresses whose headers are believed. Raises UsageError."""
        given = self.settings.trusted_proxies
        if self.settings.user_header and not given:
            raise UsageError("usage.proxies_missing")
        try:
            return tuple(ipaddress.ip_network(address) for address in given)
        except ValueError as error:
            raise UsageError("usage.proxies", given=given) from error

    def trusts(self, address: str) -> bool:
        """True for the address of a trusted proxy."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in network for network in self.proxies)

    def notices(self) -> list[Message]:
        """What the person who starts the server has to know. Raises UsageError for settings that
        cannot be meant."""
        mode, is_checked = self.mode(), bool(self.proxies)
        if mode == "owner":
            return []
        if mode == "accounts" and not self.local and not is_checked:
            return [message("cli.serve.accounts"), message("cli.serve.plain")]
        return [message(f"cli.serve.{mode}")]

    def init_app(self, app: Flask) -> None:
        """Believes what trusted proxies say of address and scheme; nothing that others say."""
        app.wsgi_app = self._behind_proxies(app.wsgi_app)  # type: ignore

    def _viewer(self) -> Viewer:
        mode = self.mode()
        if mode == "proxy":
            return self._named_by_proxy()
        if mode == "accounts":
            return self._signed_in()
        is_direct = not any(name in request.headers for name in _FORWARDED)
        return Viewer.owner() if mode == "owner" and is_direct else Viewer.of()

    def _signed_in(self) -> Viewer:
        token = request.cookies.get(SESSION, "")
        try:
            return (viewer_of(self.settings, token) if token else None) or Viewer.of()
        except StoreError as error:
            _log.error("accounts: %s", error.told.code)
            return Viewer.of()

    def _named_by_proxy(self) -> Viewer:
        name = _header(self.settings.user_header)
        if not name or "," in name or not self.trusts(request.remote_addr or ""):
            return Viewer.of()  # a comma: the browser sent a header of that name, too
        groups = _SEPARATORS.split(_header(self.settings.groups_header))
        return viewer_in(self.settings, name, {group.strip() for group in groups} - {""})

    def _behind_proxies(self, app: _App) -> _App:
        def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            peer = environ.get("REMOTE_ADDR", "")
            if self.trusts(peer):
                said = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
                others = (part.strip() for part in reversed(said))
                environ[_CLIENT] = next((a for a in others if a and not self.trusts(a)), peer)
                if environ.get("HTTP_X_FORWARDED_PROTO", "").lower() == "https":
                    environ["wsgi.url_scheme"] = "https"
            return app(environ, start_response)

        return wrapped


def viewer_in(settings: Settings, name: str, groups: set[str]) -> Viewer:
    """Somebody in these groups: each stands for what ``settings.groups`` says of it, else for the
    label of its name; only there can a group give a role."""
    rights = [pair.partition("=")[::2] for pair in settings.groups]
    named = {group.strip() for group, _ in rights}
    meant = {right.strip() for group, right in rights if group.strip() in groups}
    role: Role = next((role for role in _ROLES if role in meant), "viewer")
    labels = (meant - set(_ROLES)) | (groups - named)
    return Viewer.of(*labels, role=role, name=name)


def client_address() -> str:
    """Where the request comes from, behind trusted proxies too."""
    return str(request.environ.get(_CLIENT) or request.remote_addr or "")


def _header(name: str) -> str:
    """A header's text; proxies send UTF-8."""
    raw = request.headers.get(name, "") if name else ""
    return raw.encode("latin-1", "replace").decode("utf-8", "replace").strip()
