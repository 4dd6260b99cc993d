"""Pages that are pictures are recognised in the background: one at a time, resumable, and out of
everybody's way."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from ingest.flow.worker import Limits, Workers
from ingest.page import Block, Mark, Page, Span
from ingest.readers.ocr.engines import PAGE_SECONDS, engine_for
from kb.base.background import Background
from kb.base.config import Settings
from kb.base.errors import DxkbError, ReadError
from kb.base.files import sha256_regular
from kb.documents.passwords import unsealed
from kb.documents.recognised import (
    RecognitionProgress,
    WaitingPage,
    claimed_pages,
    due_documents,
    left_behind,
    mark_due,
    prune_recognised,
    put_recognised,
    recognition_progress,
    waits,
)
from kb.storage.corrections import password
from kb.storage.database import connect, explained

Progress = Callable[[RecognitionProgress], None]

_LIMITS = Limits(PAGE_SECONDS, 3072)
"""Of a page; RapidOCR takes 1.5 GiB of address space."""
_SHOWN_AFTER = 60.0
"""Seconds after which what was recognised of a long document is shown, though it is not all."""
_AGAIN = 60.0
"""Seconds after which a worker looks whether others have finished what they had claimed."""
_FAILED = "null"


def recognise_waiting(
    settings: Settings,
    *,
    stop: threading.Event | None = None,
    progress: Progress | None = None,
    at_once: int = 1,
) -> bool:
    """Recognises pages, so many ``at_once``, until a document is done, or a minute of its pages, and has it
    read again at the next look (where others are at it, too: the last has); False when none waits (or ``stop``
    is set). Raises StoreError; what was recognised before stays.
    """
    if (engine := engine_for(settings.ocr)) is None:
        return False
    with (
        explained(settings.place),
        closing(connect(settings.place)) as connection,
        Workers(at_once, _LIMITS) as workers,
        ThreadPoolExecutor(at_once) as threads,
    ):
        prune_recognised(connection)
        done, began, is_long = left_behind(connection)[:1], time.monotonic(), False
        content = partial(_content, workers, settings, engine)
        tell = progress or (lambda told: None)
        tell(recognition_progress(connection))  # how much waits, before the first page is done
        while not (stop and stop.is_set()):
            is_long = time.monotonic() - began > _SHOWN_AFTER
            with claimed_pages(connection, at_once) as pages:
                is_other = bool(pages and done) and done[0] != pages[0].sha256
                if not pages or is_other or (done and is_long) or not _is_ours(settings, pages[0]):
                    break
                for page, found in zip(pages, threads.map(content, pages), strict=True):
                    is_cut_off = found == _FAILED and stop and stop.is_set()
                    if not is_cut_off:  # the end fails what is at hand
                        put_recognised(connection, page, found)
            done = (pages[0].sha256,)
            tell(recognition_progress(connection))
        for digest in done:
            if is_long or not settings.server or not waits(connection, digest):
                mark_due(connection, digest)
    return bool(done)


def _is_ours(settings: Settings, page: WaitingPage) -> bool:
    """False for a file that this machine does not see, though others may that share the work."""
    return not settings.server or (settings.corpus / page.path).is_file()


def recognise_here(path: Path, secret: str | None, number: int, engine: str) -> str:
    """A page as it is kept, recognised in this process by that engine."""
    from ingest.readers.ocr.recognise import recognise  # needs PDFium, the parent does without

    return as_json(recognise(path, secret, number, engine))


def as_json(page: Page) -> str:
    """A recognised page as it is kept."""
    words = [[mark.text, *(round(x, 1) for x in mark.box)] for mark in page.words]
    blocks = [asdict(block) for block in page.blocks]
    kept = {"quality": page.quality, "size": page.size, "blocks": blocks, "words": words}
    return json.dumps(kept, ensure_ascii=False)


def pages_of(kept: Mapping[int, Any]) -> dict[int, Page | None]:
    """Pages as :func:`as_json` kept them; None for one that could not be recognised."""
    return {n: None if page is None else _page(n, page) for n, page in kept.items()}


def _page(number: int, kept: Any) -> Page:
    blocks = tuple(map(_block, kept["blocks"]))
    words = tuple(Mark(text, (a, b, c, d)) for text, a, b, c, d in kept["words"])
    return Page(number, blocks, tuple(kept["size"]), kept["quality"], ocr=True, words=words)


def _block(kept: dict[str, Any]) -> Block:
    spans = tuple(Span(**span) for span in kept["spans"])
    box = tuple(kept["box"]) if kept["box"] else None
    return Block(**{**kept, "cells": tuple(kept["cells"]), "spans": spans, "box": box})


def _content(workers: Workers, settings: Settings, engine: str, page: WaitingPage) -> str:
    path = settings.corpus / page.path
    try:
        if sha256_regular(path).hex() != page.sha256:
            return _FAILED  # another file by now, which the next look will see
        content: str = workers.call(
            "ingest.flow.recognition:recognise_here",
            path,
            _opens(settings, path),
            page.page,
            engine,
        )
    except (ReadError, OSError):
        return _FAILED
    return content


def _opens(settings: Settings, path: Path) -> str | None:
    kept = password(path)
    return unsealed(settings, kept) if kept else None


class RecognitionKeeper:
    """Recognises what waits in a thread of its own; whoever ingests asks it whether something is due."""

    def __init__(self, settings: Settings, on_error: Callable[[DxkbError], None]) -> None:
        self._settings = settings
        self._background = Background("recognition", self._recognise, on_error)
        self.start, self.request = self._background.start, self._background.request
        self._due = threading.Event()
        self._seen: frozenset[str] = frozenset()
        self.progress = RecognitionProgress()
        """How far it is; equal numbers when nothing waits."""

    def stop(self) -> None:
        """Ends after the page at hand, or without it."""
        self._background.stop(5.0)

    def is_due(self) -> bool:
        """True once for documents that can be read further, whoever recognised their pages."""
        found = self._due.is_set()
        self._due.clear()
        if self._settings.server:
            with (
                explained(self._settings.place),
                closing(connect(self._settings.place)) as database,
            ):
                due = due_documents(database)
            found, self._seen = bool(due - self._seen), due  # what cannot be read stays due
        return found

    def _recognise(self, stop: threading.Event) -> None:
        while not stop.is_set():
            while recognise_waiting(self._settings, stop=stop, progress=self._tell):
                self._due.set()
            told = self.progress
            if not self._settings.server or told.done == told.total or stop.wait(_AGAIN):
                break  # else others are at the rest, and may die of it
        self.progress = RecognitionProgress()

    def _tell(self, progress: RecognitionProgress) -> None:
        self.progress = progress
