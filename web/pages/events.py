"""The state of the ingest as it changes, pushed to the documents page."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from kb.base.messages import render
from kb.base.types import Viewer
from web.language import language
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
    now = partial(state, own, own.viewer(), language())  # a stream outlives its request
    stream = _stream(now, _LENGTH if free else 0.0)
    response = Response(stream, content_type="text/event-stream; charset=utf-8")
    if free:
        response.call_on_close(_STREAMS.release)
    response.headers["Cache-Control"] = "no-store"
    return response


def state(own: Services, viewer: Viewer, lang: str) -> dict[str, object]:
    """What an event says: the activity, and the store's generation."""
    activity = own.activity_for(viewer)
    return {
        **asdict(activity),
        "problem": render(activity.problem, lang) if activity.problem else "",
        "generation": own.store.generation(),
    }


def _stream(state: Callable[[], dict[str, object]], length: float = _LENGTH) -> Iterator[str]:
    end = time.monotonic() + length
    last, sent = json.dumps(state(), ensure_ascii=False), time.monotonic()
    yield f"retry: 3000\ndata: {last}\n\n"
    while time.monotonic() < end:
        time.sleep(_STEP)
        now = json.dumps(state(), ensure_ascii=False)
        if now != last:
            yield f"data: {now}\n\n"
        elif time.monotonic() - sent > _BEAT:
            yield ":\n\n"
        else:
            continue
        last, sent = now, time.monotonic()
