"""The state of the ingest as it changes, pushed to the documents page."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from web.services import Services, services

pages = Blueprint("events", __name__)

_STREAMS = threading.BoundedSemaphore(4)  # each holds a thread of the server
_STEP = 0.5  # seconds between looks
_BEAT = 10.0  # seconds after which something is sent even if nothing changed
_LENGTH = 60.0  # seconds of a stream; the browser opens the next one by itself


@pages.get("/documents/events")
def events() -> ResponseReturnValue:
    """Server-sent events; 204 tells the browser to stop when too many are open."""
    own = services()
    if not _STREAMS.acquire(blocking=False):
        return Response(status=204)
    response = Response(_stream(own), content_type="text/event-stream; charset=utf-8")
    response.call_on_close(_STREAMS.release)
    response.headers["Cache-Control"] = "no-store"
    return response


def state(own: Services) -> dict[str, object]:
    """What an event says: the activity, and the store's generation."""
    return {**asdict(own.activity()), "generation": own.store.generation()}


def _stream(own: Services) -> Iterator[str]:
    end = time.monotonic() + _LENGTH
    last, sent = "", 0.0
    yield "retry: 3000\n\n"
    while time.monotonic() < end:
        now = json.dumps(state(own), ensure_ascii=False)
        if now != last or time.monotonic() - sent > _BEAT:
            yield f"data: {now}\n\n"
            last, sent = now, time.monotonic()
        time.sleep(_STEP)
