"""Connections that cost the server as little as they are worth: what comes slowly, in excess or not at
all is cut off before it keeps a thread, a file or the last free connection from others."""

from __future__ import annotations

import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.utilities import RequestEntityTooLarge

from web.security import MAX_UPLOAD

UPLOAD, REPLACE = "/documents/upload", "/documents/manage/replace"
FORM = 1024 * 1024
"""The addresses that take large bodies, and bytes of a body that any other takes."""
HEADER = 32 * 1024
"""Bytes of the first line and all headers."""
HEADER_TIME, BODY_TIME, IDLE_TIME = 10.0, 300.0, 30.0
"""Seconds in which headers and a body have to be there, and without a request."""
PER_ADDRESS, CONNECTIONS = 64, 500
"""Connections of one address that may wait, the oldest go first; and of all together."""
_THREADS = 8
_ENOUGH = MAX_UPLOAD + FORM  # the form around the files


class _Limit:
    """The adjustments of waitress with another limit of the body."""

    def __init__(self, adj: Any, most: int) -> None:
        self._adj, self.max_request_body_size = adj, most

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adj, name)


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Stops reading where a body is longer than its address takes; the application says so."""

    adj: Any
    error: Any

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.path not in (UPLOAD, REPLACE):
            self.adj = _Limit(self.adj, FORM)

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.close()  # the file of what came so far
            self.error, self.body_rcv, self.connection_close = None, None, True
            self.headers["CONTENT_LENGTH"] = str(_ENOUGH)
        return consumed


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that knows since when it is waited for."""

    parser_class = Parser

    def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:
        self.began = time.time()
        super().__init__(server, sock, addr, adj, map=map)
        mine = [c for c in server.active_channels.values() if c.addr[0] == addr[0] and c.is_waiting]
        if len(mine) > PER_ADDRESS:
            min(mine, key=lambda c: (c.in_body, c.began)).will_close = True

    @property
    def is_waiting(self) -> bool:
        """True while the other end has to say something, and not we."""
        return not (self.requests or bool(self.total_outbufs_len) or self.will_close)

    @property
    def in_body(self) -> bool:
        """True once the headers are there."""
        return self.request is not None and self.request.headers_finished

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.began = time.time()
        return bool(super().received(data))

    def is_over(self, now: float) -> bool:
        """True when nothing more is worth waiting for."""
        if self.request is None:
            return bool(self.last_activity < now - IDLE_TIME)
        return self.began < now - (BODY_TIME if self.in_body else HEADER_TIME)


def server_of(app: Any, listener: Any) -> Any:
    """A waitress server for ``app`` on a socket that listens."""
    server = create_server(
        app,
        sockets=[listener],
        threads=_THREADS,
        ident=None,
        asyncore_use_poll=True,
        connection_limit=CONNECTIONS,
        cleanup_interval=1,
        max_request_header_size=HEADER,
        max_request_body_size=_ENOUGH,
    )

    def maintenance(now: float) -> None:
        for channel in [*server.active_channels.values()]:
            if not channel.requests and channel.is_over(now):
                channel.will_close = True

    server.channel_class, server.maintenance = Channel, maintenance
    return server
