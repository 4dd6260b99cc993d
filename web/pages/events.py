"""The state of the ingest as it changes, pushed to the documents page."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from web.language import told
from web.services import Services, services

pages = Blueprint("events", __name__)

_STREAMS = threading.BoundedSemaphore(4)  # each holds a thread of the server
_STEP = 0.5  # seconds between looks
_BEAT = 2.0  # seconds; a browser that has left is only noticed by writing to it
_LENGTH = 60.0  # seconds of a stream; the browser opens the next one by itself


@pages.get("/documents/events")
def events() -> ResponseReturnValue:
    """Server-sent events. When too many streams are open, this one ends after its first event and
    the browser asks again three seconds later."""
    own = services()
    free = _STREAMS.acquire(blocking=False)
    stream = _stream(own, _LENGTH if free else 0.0)
    response = Response(stream, content_type="text/event-stream; charset=utf-8")
    if free:
        response.call_on_close(_STREAMS.release)
    response.headers["Cache-Control"] = "no-store"
    return response


def state(own: Services) -> dict[str, object]:
    """What an event says: the activity, and the store's generation."""
    activity = own.activity()
    return {
        **asdict(activity),
        "problem": told(activity.problem),
        "generation": own.store.generation(),
    }


def _stream(own: Services, length: float = _LENGTH) -> Iterator[str]:
    end = time.monotonic() + length
    last, sent = json.dumps(state(own), ensure_ascii=False), time.monotonic()
    yield f"retry: 3000\ndata: {last}\n\n"
    while time.monotonic() < end:
        time.sleep(_STEP)
        now = json.dumps(state(own), ensure_ascii=False)
        if now != last:
            yield f"data: {now}\n\n"
        elif time.monotonic() - sent > _BEAT:
            yield ":\n\n"
        else:
            continue
        last, sent = now, time.monotonic()
