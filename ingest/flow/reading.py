"""Files read, described and given their terms, all in worker processes and ahead of their turn: what they do it with
is not loaded by the process that asks them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from ingest.flow.prepare import Termed, termed
from ingest.flow.worker import Workers
from ingest.page import Extract, Page, named
from ingest.readers.ocr.engines import PAGE_SECONDS, engine_for
from kb.base.errors import ReadError
from kb.base.messages import Message, message
from kb.base.types import CaseDraft
from kb.documents.around import Around

OCR_SECONDS = 1800.0
"""A file whose pages need recognising for longer keeps what was recognised until then."""

_LEAST = 10  # characters that a file must have in all to be worth keeping

_NOTHING = Around()

Recognised = Mapping[int, Page | None]
"""Pages that were tried by their number; None for one that could not be recognised."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What is ``known`` of the pages of a file that are pictures; the ``engine`` that the others wait
    for, as the settings name it."""

    known: Recognised = field(default_factory=dict)
    engine: str = ""


def read_cleaned(path: Path, password: str | None = None, engine: str = "") -> Extract:
    """The pages of a file, without running heads and broken lines. Raises ReadError."""
    with ReadAhead() as ahead:
        return ahead.read(path, password, engine)


def kept_workers() -> Workers:
    """Workers to lend to one reading after the other; to be closed in the end."""
    return Workers()


class ReadAhead:
    """Reads files side by side, each from when it is begun. Leaving the ``with`` block ends all
    that is still being read; ``workers`` that are lent go on to the next."""

    def __init__(self, workers: Workers | None = None) -> None:
        self._workers, self._are_lent = workers or Workers(), workers is not None
        self._threads = ThreadPoolExecutor(self._workers.size, thread_name_prefix="dxkb-reading")

    @property
    def depth(self) -> int:
        """How many files are worth beginning before the first is taken."""
        return 2 * self._workers.size

    def __enter__(self) -> ReadAhead:
        return self

    def __exit__(self, *error: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._are_lent:
            self._workers.rest()
        else:
            self._workers.close()
        self._threads.shutdown()

    def begin(
        self,
        path: Path,
        front: Mapping[str, object],
        password: str | None = None,
        around: Around = _NOTHING,
        pages: Pages | None = None,
    ) -> Future[Termed]:
        """Begins to read a file, whose cases the result waits for or raises ReadError with a reason code;
        ``front`` is what is said of it beside what it says itself, ``around`` who may see it at most,
        ``pages`` those of its that are pictures and recognised already."""
        beside = (dict(front), around)
        return self._threads.submit(self._termed, path, beside, password, pages or Pages())

    def read(self, path: Path, password: str | None = None, engine: str = "") -> Extract:
        """The pages of a file, without running heads and broken lines; those that are pictures are
        recognised here and now, by ``engine`` or what stands in for it. Raises ReadError."""
        extract: Extract = self._workers.call("ingest.flow.reading:read_here", path, password)
        if unread := _unread(extract):
            known = self._recognised(path, password, unread, engine)
            extract = with_recognised(extract, known, engine)
            extract = self._workers.call("ingest.flow.reading:clean_here", extract)
        return extract

    def describe(self, extract: Extract) -> tuple[tuple[CaseDraft, ...], tuple[Message, ...]]:
        """The cases of what was read, and warnings. Raises ReadError."""
        found: tuple[tuple[CaseDraft, ...], tuple[Message, ...]]
        found = self._workers.call("ingest.describe.cases:cases", extract)
        return found

    def _termed(
        self,
        path: Path,
        beside: tuple[dict[str, object], Around],
        password: str | None,
        pages: Pages,
    ) -> Termed:
        """One call of a worker, unless pages are recognised."""
        found: Termed | Extract = self._workers.call(
            "ingest.flow.reading:term_here", path, password, *beside
        )
        if isinstance(found, Extract):
            extract = with_recognised(found, pages.known, pages.engine)
            found = self._workers.call("ingest.flow.reading:term_read", extract, *beside)
        return cast("Termed", found)

    def _recognised(
        self, path: Path, password: str | None, unread: Sequence[int], engine: str
    ) -> Recognised:
        name = engine_for(engine)
        until = time.monotonic() + OCR_SECONDS

        def attempt(number: int) -> Page | None:
            if name is None or time.monotonic() > until:
                return None
            task = "ingest.readers.ocr.recognise:recognise"
            with suppress(ReadError):
                page: Page = self._workers.call(
                    task, path, password, number, name, seconds=PAGE_SECONDS
                )
                return page
            return None

        with ThreadPoolExecutor(self._workers.size) as threads:
            return dict(zip(unread, threads.map(attempt, unread), strict=True))


def with_recognised(extract: Extract, known: Recognised, engine: str) -> Extract:
    """The extract with the pages that are ``known``, and how many are still to come.

    Raises ReadError("ocr") when there is nothing to read in it, and nothing to come.
    """
    is_there = engine_for(engine) is not None
    pages = {page.number: page for page in extract.pages}
    pages |= {number: page for number, page in known.items() if page and number in pages}
    extract = replace(extract, pages=tuple(pages.values()))
    left = _unread(extract)
    waiting = [number for number in left if is_there and number not in known]
    if not waiting and sum(len(page.text.strip()) for page in extract.pages) < _LEAST:
        raise ReadError("read.ocr_nothing" if is_there else "read.ocr")
    told = {
        "warn.recognised": [page.number for page in extract.pages if page.ocr and page.number],
        "warn.ocr_waiting": waiting,
        "warn.not_recognised" if is_there else "warn.no_ocr": [n for n in left if n not in waiting],
    }
    warnings = (message(code, pages=named(numbers)) for code, numbers in told.items() if numbers)
    return replace(extract, warnings=(*extract.warnings, *warnings), waiting=len(waiting))


def read_here(path: Path, password: str | None) -> Extract:
    """A file read in this process, and cleaned unless pages of it are to be recognised first."""
    extract = _read(path, password)
    return extract if _unread(extract) else clean_here(extract)


def term_here(
    path: Path, password: str | None, front: dict[str, object], around: Around = _NOTHING
) -> Termed | Extract:
    """A file read and given its terms in this process; only read, if pages are to be recognised."""
    extract = _read(path, password)
    return extract if _unread(extract) else term_read(extract, front, around)


def term_read(extract: Extract, front: dict[str, object], around: Around) -> Termed:
    """What was read, cleaned, described and given its terms in this process."""
    from ingest.describe.stamps import stamps

    own = {"default_title": front.get("default_title", "")} | extract.front_matter | front
    cleaned = replace(clean_here(extract), front_matter=own)
    return termed(cleaned, around, stamps(extract))


def clean_here(extract: Extract) -> Extract:
    """The extract without running heads and broken lines, what is attached to it too."""
    from ingest.split.clean import clean

    pages = extract.pages if extract.note else clean(extract.pages)
    return replace(extract, pages=pages, attached=tuple(map(clean_here, extract.attached)))


def _read(path: Path, password: str | None) -> Extract:
    from ingest.readers import read

    return read(path, None, password)


def _unread(extract: Extract) -> list[int]:
    """Numbers of the pages that read as no text and were not recognised."""
    return [
        page.number
        for page in extract.pages
        if page.number is not None and not page.is_readable and not page.ocr
    ]
