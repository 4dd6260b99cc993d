"""Files read, described and given their terms, all in worker processes and ahead of their turn."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

from ingest.describe.stamps import stamps
from ingest.flow.prepare import Termed, termed
from ingest.flow.worker import Workers
from ingest.page import Extract, Page, named
from ingest.readers import read
from ingest.split.clean import clean
from kb.base.errors import ReadError
from kb.base.messages import Message, message
from kb.base.types import CaseDraft
from kb.documents.around import Around

OCR_SECONDS = 1800.0
"""A file whose pages need recognising for longer keeps what was recognised until then."""

_PAGE_SECONDS = 75.0  # for a page: tesseract's own limit of 60, and drawing
_LEAST = 10  # characters that a file must have in all to be worth keeping

_NOTHING = Around()


def read_cleaned(path: Path, password: str | None = None) -> Extract:
    """The pages of a file, without running heads and broken lines. Raises ReadError."""
    with ReadAhead() as ahead:
        return ahead.read(path, password)


class ReadAhead:
    """Reads files side by side, each from when it is begun. Leaving the ``with`` block ends all
    that is still being read."""

    def __init__(self, workers: Workers | None = None) -> None:
        self._workers = workers or Workers()
        self._threads = ThreadPoolExecutor(self._workers.size, thread_name_prefix="dxkb-reading")

    @property
    def depth(self) -> int:
        """How many files are worth beginning before the first is taken."""
        return 2 * self._workers.size

    def __enter__(self) -> ReadAhead:
        return self

    def __exit__(self, *error: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._workers.close()
        self._threads.shutdown()

    def begin(
        self,
        path: Path,
        front: Mapping[str, object],
        password: str | None = None,
        around: Around = _NOTHING,
    ) -> Future[Termed]:
        """Begins to read a file, whose cases the result waits for or raises ReadError with a reason code;
        ``front`` is what is said of it beside what it says itself, ``around`` who may see it at most."""
        return self._threads.submit(self._termed, path, dict(front), password, around)

    def read(self, path: Path, password: str | None = None) -> Extract:
        """The pages of a file, without running heads and broken lines. Raises ReadError."""
        extract: Extract = self._workers.call("ingest.flow.reading:read_here", path, password)
        if _unread(extract):
            extract = self._recognised(path, password, extract)
            extract = self._workers.call("ingest.flow.reading:clean_here", extract)
        return extract

    def describe(self, extract: Extract) -> tuple[tuple[CaseDraft, ...], tuple[Message, ...]]:
        """The cases of what was read, and warnings. Raises ReadError."""
        found: tuple[tuple[CaseDraft, ...], tuple[Message, ...]]
        found = self._workers.call("ingest.describe.cases:cases", extract)
        return found

    def _termed(
        self, path: Path, front: dict[str, object], password: str | None, around: Around
    ) -> Termed:
        """One call of a worker, unless pages are to be recognised in between."""
        found: Termed | Extract = self._workers.call(
            "ingest.flow.reading:term_here", path, password, front, around
        )
        if isinstance(found, Extract):
            extract = self._recognised(path, password, found)
            found = self._workers.call("ingest.flow.reading:term_read", extract, front, around)
        return cast("Termed", found)

    def _recognised(self, path: Path, password: str | None, extract: Extract) -> Extract:
        """The extract with its unreadable pages read by OCR where that is installed.

        Raises ReadError("ocr") when there is nothing to read in it all the same.
        """
        from ingest.readers.ocr import find_tesseract  # needs PDFium, which notes do not

        is_there = find_tesseract() is not None
        until = time.monotonic() + OCR_SECONDS
        pages = {page.number: page for page in extract.pages}
        if is_there:
            attempt = partial(self._recognise, path, password, until)
            with ThreadPoolExecutor(self._workers.size) as threads:
                found = threads.map(attempt, _unread(extract))
                pages |= {page.number: page for page in found if page}
        extract = replace(extract, pages=tuple(pages.values()))
        if sum(len(page.text.strip()) for page in extract.pages) < _LEAST:
            raise _only_pictures(is_there)
        return replace(extract, warnings=extract.warnings + _warnings(extract, is_there))

    def _recognise(
        self, path: Path, password: str | None, until: float, number: int
    ) -> Page | None:
        if time.monotonic() > until:
            return None
        try:
            page: Page = self._workers.call(
                "ingest.readers.ocr:recognise", path, password, number, seconds=_PAGE_SECONDS
            )
        except ReadError:
            return None
        return page


def read_here(path: Path, password: str | None) -> Extract:
    """A file read in this process, and cleaned unless pages of it are to be recognised first."""
    extract = read(path, None, password)
    return extract if _unread(extract) else clean_here(extract)


def term_here(
    path: Path, password: str | None, front: dict[str, object], around: Around = _NOTHING
) -> Termed | Extract:
    """A file read and given its terms in this process; only read, if pages are to be recognised."""
    extract = read(path, None, password)
    return extract if _unread(extract) else term_read(extract, front, around)


def term_read(extract: Extract, front: dict[str, object], around: Around) -> Termed:
    """What was read, cleaned, described and given its terms in this process."""
    own = {"default_title": front.get("default_title", "")} | extract.front_matter | front
    cleaned = replace(clean_here(extract), front_matter=own)
    return termed(cleaned, around, stamps(extract))


def clean_here(extract: Extract) -> Extract:
    """The extract without running heads and broken lines, what is attached to it too."""
    pages = extract.pages if extract.note else clean(extract.pages)
    return replace(extract, pages=pages, attached=tuple(map(clean_here, extract.attached)))


def _unread(extract: Extract) -> list[int]:
    """Numbers of the pages that read as no text and were not recognised."""
    return [
        page.number
        for page in extract.pages
        if page.number is not None and not page.is_readable and not page.ocr
    ]


def _warnings(extract: Extract, is_there: bool) -> tuple[Message, ...]:
    warnings = []
    recognised = [page.number for page in extract.pages if page.ocr and page.number]
    if recognised:
        warnings.append(message("warn.recognised", pages=named(recognised)))
    if unread := _unread(extract):
        code = "warn.not_recognised" if is_there else "warn.no_ocr"
        warnings.append(message(code, pages=named(unread)))
    return tuple(warnings)


def _only_pictures(is_there: bool) -> ReadError:
    return ReadError("read.ocr_nothing" if is_there else "read.ocr")
