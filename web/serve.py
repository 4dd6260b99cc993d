"""Serving the application through waitress."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

from flask import Flask
from waitress.server import create_server

from kb.base.errors import UsageError

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
        raise UsageError(
            f"{host} のポート {port} では待ち受けできません（{error}）。ほかで使われていないか"
            "確かめるか、--port で別の番号を指定してください。",
            f"Cannot listen on {host} port {port} ({error}). Choose another with --port.",
        ) from error
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


def exposure_warning(host: str) -> tuple[str, str] | None:
    """What to say, in Japanese and English, when others can reach ``host``; None otherwise."""
    if is_loopback(host):
        return None
    return (
        f"注意: {host} で待ち受けるため、同じネットワークの誰でも、ログインなしで全資料を閲覧できます。"
        "庁内だけで使う場合も、利用者を確認できる中継サーバーの後ろに置いてください。",
        f"Warning: listening on {host}, so that anyone on the network can read every document "
        "without signing in. Put it behind a proxy that authenticates users.",
    )


def _url(host: str, port: int) -> str:
    shown = "localhost" if host in ("", "0.0.0.0", "::") else host  # noqa: S104 - only compared
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
