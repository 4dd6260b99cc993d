"""Files read and cleaned: notes here, everything else in worker processes and ahead of its turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType

from ingest.flow.worker import Workers
from ingest.page import Extract, Page, named
from ingest.readers import kind_of, read
from ingest.split.clean import clean
from kb.base.errors import ReadError
from kb.base.messages import Message, message

OCR_SECONDS = 1800.0
"""A file whose pages need recognising for longer keeps what was recognised until then."""

_PAGE_SECONDS = 75.0  # for a page: tesseract's own limit of 60, and drawing
_LEAST = 10  # characters that a file must have in all to be worth keeping

Reading = Callable[[], Extract]
"""Waits for a file's pages; raises ReadError with a reason code."""


def read_cleaned(path: Path, content: bytes | None = None, password: str | None = None) -> Extract:
    """The pages of a file, without running heads and broken lines.

    Raises ReadError with a reason code.
    """
    with ReadAhead() as ahead:
        return ahead.begin(path, path.read_bytes() if content is None else content, password)()


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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._workers.close()
        self._threads.shutdown()

    def begin(self, path: Path, content: bytes, password: str | None = None) -> Reading:
        """Begins to read a file with these bytes; notes are read when they are asked for, because
        that is quicker than handing them to a worker."""
        if _is_note(path, content):
            return partial(read, path, content, password)
        return self._threads.submit(self._read, path, password).result

    def _read(self, path: Path, password: str | None) -> Extract:
        extract: Extract = self._workers.call("ingest.flow.reading:read_here", path, password)
        if not _unread(extract):
            return extract
        extract = self._recognised(path, password, extract)
        return _cleaned(extract)

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


def _is_note(path: Path, content: bytes) -> bool:
    try:
        return kind_of(path, content).format.name == "note"
    except ReadError:
        return False


def read_here(path: Path, password: str | None) -> Extract:
    """A file read in this process, and cleaned unless pages of it are to be recognised first."""
    extract = read(path, None, password)
    if _unread(extract):
        return extract
    return _cleaned(extract)


def _cleaned(extract: Extract) -> Extract:
    pages = extract.pages if extract.note else clean(extract.pages)
    return replace(extract, pages=pages, attached=tuple(map(_cleaned, extract.attached)))


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
