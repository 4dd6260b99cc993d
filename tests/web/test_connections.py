"""Over real sockets: what is slow, large or too much costs the others nothing."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, request

from web import connections
from web.security import HOSTS, refuse_foreign_names
from web.serve import allowed_hosts

WAIT = 60  # seconds after which a test gives up


@pytest.fixture
def port() -> Iterator[int]:
    yield from served("127.0.0.1")


def served(host: str, app: Any = None) -> Iterator[int]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, 0), family=family)
    server = connections.server_of(app or echo(), listener)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.close()
        listener.close()
        thread.join(WAIT)


def echo() -> Flask:
    app = Flask("echo")
    app.config["MAX_CONTENT_LENGTH"] = connections.MAX_UPLOAD

    @app.route("/", methods=["GET", "POST"])
    @app.route(connections.REPLACE, methods=["POST"])
    @app.route(connections.UPLOAD, methods=["POST"])
    def root() -> str:
        return str(len(request.get_data()))

    return app


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=WAIT)


def answer(port: int) -> int:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
    link.request("GET", "/")
    status = link.getresponse().status
    link.close()
    return status


def test_half_sent_headers_starve_nobody(port: int) -> None:
    held = [connected(port) for _ in range(200)]
    try:
        for link in held:
            link.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert [answer(port) for _ in range(5)] == [200] * 5
    finally:
        for link in held:
            link.close()


def test_headers_that_trickle_in_are_cut_off(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADER_TIME", 0.5)
    link = connected(port)
    link.sendall(b"GET / HTTP/1.1\r\n")
    with link, contextlib.suppress(ConnectionError):
        link.settimeout(0.2)
        for _ in range(WAIT * 5):
            link.sendall(b"a")  # never idle
            with contextlib.suppress(TimeoutError):
                assert link.recv(100) == b""
                return
        pytest.fail("still open")


def test_a_body_that_does_not_come_is_cut_off(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "BODY_TIME", 0.5)
    with connected(port) as link:
        link.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        assert link.recv(100) == b""


def test_an_idle_connection_is_cut_off(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "IDLE_TIME", 0.5)
    with connected(port) as link:
        assert link.recv(100) == b""


def test_headers_have_a_limit(port: int) -> None:
    with connected(port) as link:
        link.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * connections.HEADER + b"\r\n\r\n")
        assert b" 431 " in link.recv(100)


@pytest.mark.parametrize(
    ("path", "most"), [("/", connections.FORM), (connections.UPLOAD, connections.MAX_UPLOAD + connections.FORM)]
)  # fmt: skip
def test_an_endless_body_is_not_read_to_its_end(port: int, path: str, most: int) -> None:
    """1 GB in chunks: the server stops reading at its limit and says so."""
    chunk = b"100000\r\n" + b"a" * 0x100000 + b"\r\n"
    sent, told = 0, b""
    with connected(port) as link, contextlib.suppress(ConnectionError):
        link.sendall(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        )
        link.setblocking(False)
        for _ in range(1024):
            left = memoryview(chunk)
            while left and not told:
                with contextlib.suppress(BlockingIOError):
                    left = left[link.send(left) :]
                with contextlib.suppress(BlockingIOError):
                    told = link.recv(1000)
            if told:
                break
            sent += len(chunk)
    assert sent < most + 32 * 1024 * 1024  # what lies in the buffers of the network
    assert not told or b" 413 " in told


def test_a_body_that_says_it_is_too_long_is_not_waited_for(port: int) -> None:
    with connected(port) as link:
        length = connections.FORM + 1
        link.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        assert b" 413 " in link.recv(1000)


def test_what_fits_is_read(port: int) -> None:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
    for path, size in (
        ("/", 100_000),
        (connections.UPLOAD, 3 * connections.FORM),
        (connections.REPLACE, 3 * connections.FORM),
    ):
        link.request("POST", path, b"a" * size)
        assert link.getresponse().read() == str(size).encode()
    link.request("POST", "/", iter([b"a" * 1000] * 5), encode_chunked=True)
    assert link.getresponse().read() == b"5000"
    link.close()


@pytest.mark.parametrize(
    ("bound", "named", "asked", "status"),
    [
        ("127.0.0.1", (), "localhost", 200),
        ("127.0.0.1", (), "rebound.example", 400),
        ("::1", (), "[::1]", 200),
        ("::1", (), "rebound.example", 400),
        ("0.0.0.0", (), "dxkb.example.lg.jp", 200),
        ("0.0.0.0", ("dxkb.example.lg.jp",), "dxkb.example.lg.jp", 200),
        ("0.0.0.0", ("dxkb.example.lg.jp",), "rebound.example", 400),
        ("127.0.0.1", ("dxkb.example.lg.jp",), "dxkb.example.lg.jp", 200),
    ],
)
def test_only_names_of_this_server_are_answered(
    bound: str, named: tuple[str, ...], asked: str, status: int
) -> None:
    app = echo()
    app.config[HOSTS] = allowed_hosts(named, bound)
    app.before_request(refuse_foreign_names)
    for port in served(bound, app):
        here = "::1" if bound == "::1" else "127.0.0.1"
        link = http.client.HTTPConnection(here, port, timeout=WAIT)
        link.request("GET", "/", headers={"Host": f"{asked}:{port}"})
        found = link.getresponse().status
        link.close()
        assert found == status
