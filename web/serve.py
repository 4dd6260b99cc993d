"""Serving the application through waitress."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

from flask import Flask

from kb.base.errors import UsageError
from web.connections import server_of
from web.security import HOSTS
from web.services import Services

_LOOPBACK_NAMES = ["localhost", "127.0.0.1", "::1"]


def listening(host: str, port: int) -> socket.socket:
    """A socket at that address; port 0 picks a free one. Raises UsageError when it cannot be used."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except (OSError, OverflowError) as error:
        raise UsageError("usage.port", host=host, port=port, error=error) from error


def serve(app: Flask, host: str, listener: socket.socket, on_ready: Callable[[str], None]) -> None:
    """Serves ``app`` until interrupted; calls ``on_ready`` with the URL once it answers."""
    own: Services = app.extensions["dxkb"]
    app.config[HOSTS] = allowed_hosts(own.settings.hosts, host)
    server = server_of(app, listener)
    try:
        on_ready(_url(host, listener.getsockname()[1]))
        server.run()
    finally:
        server.close()
        listener.close()


def allowed_hosts(named: Sequence[str], host: str) -> list[str] | None:
    """The names under which a browser may ask: a page of another name that resolves here must not read
    it. None for any, where others reach ``host`` and no names are given."""
    if not named and not is_loopback(host):
        return None
    return [name.strip("[]").lower() for name in (*named, *_LOOPBACK_NAMES)]


def is_loopback(host: str) -> bool:
    """True when only this computer can reach ``host``."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _url(host: str, port: int) -> str:
    shown = "localhost" if host in ("", "0.0.0.0", "::") else host  # noqa: S104 - only compared
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
