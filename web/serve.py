"""Serving the application through waitress."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

from flask import Flask
from waitress.server import create_server

from kb.base.errors import UsageError
from kb.base.messages import Message, message

_THREADS = 8
_LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"]


def serve(app: Flask, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serves ``app`` until interrupted; calls ``on_ready`` with the URL once it answers.

    Port 0 picks a free one. Raises UsageError when the address cannot be used.
    """
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except (OSError, OverflowError) as error:
        raise UsageError("usage.port", host=host, port=port, error=error) from error
    if is_loopback(host):  # a page of another name that resolves here must not read it
        app.config["TRUSTED_HOSTS"] = _LOOPBACK_NAMES
    server = create_server(app, sockets=[listener], threads=_THREADS, ident=None)
    try:
        on_ready(_url(host, listener.getsockname()[1]))
        server.run()
    finally:
        server.close()
        listener.close()


def is_loopback(host: str) -> bool:
    """True when only this computer can reach ``host``."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def exposure_warning(host: str) -> Message | None:
    """What to say when others can reach ``host``; None otherwise."""
    if is_loopback(host):
        return None
    return message("cli.serve.exposed", host=host)


def _url(host: str, port: int) -> str:
    shown = "localhost" if host in ("", "0.0.0.0", "::") else host  # noqa: S104 - only compared
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
