"""One page of a PDF: drawn by PDFium, read by an engine, tried in the other directions if need be."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2

from ingest.page import Mark, Page
from ingest.readers.ocr import rapid, tesseract
from ingest.readers.ocr.engines import SECONDS
from ingest.readers.ocr.words import Picture, Seen, scaled, turned_back
from kb.base.errors import ReadError

_FEW = 30.0  # certain letters on a page, under which it may lie on its side
_POOR = 0.6  # share of certain letters, under which it may, too
_QUICK = 10.0  # processor seconds: a page that took more is not tried again
_MOST_PIXELS = 25_000_000  # an A3 page at 300 dpi has 17 million
_MODULES = {"rapidocr": rapid, "tesseract": tesseract}


@dataclass(frozen=True, slots=True)
class _Place:
    """A page, 1-based, of a PDF, and the engine that is to read it."""

    path: Path
    password: str | None
    number: int
    engine: str


def recognise(path: Path, password: str | None, number: int, engine: str) -> Page:
    """Page ``number`` (1-based) of a PDF as the engine reads it; ``quality`` is its confidence.

    A picture without text is an empty page of quality 1. Raises ReadError: ``ocr``, ``timeout`` or
    ``damaged``.
    """
    before = sum(os.times()[:4])
    place = _Place(path, password, number, engine)
    best, turn = _seen(place, 0, SECONDS), 0
    if best.pieces and sum(os.times()[:4]) - before < _QUICK:
        for other in (90, 270, 180):
            if best.certain >= max(_FEW, _POOR * best.letters):
                break
            with contextlib.suppress(ReadError):  # what was found before counts
                seen = _seen(place, other, SECONDS)
                if seen.certain > best.certain:
                    best, turn = seen, other
    least = _MODULES[engine].LEAST
    best = replace(best, pieces=tuple(p for p in best.pieces if p.certain >= least))
    quality = best.certain / best.letters if best.letters else 1.0
    words = (
        Mark(word.text, scaled(word.box, 1 / best.scale))
        for piece in best.pieces
        for word in piece.words
    )
    marks = turned_back(words, turn, best.size)
    return Page(number, best.blocks(), best.size, quality, ocr=True, words=marks)


def _seen(place: _Place, turn: int, seconds: float) -> Seen:
    """What the engine makes of a page that is drawn turned clockwise by ``turn`` degrees."""
    engine = _MODULES[place.engine]
    picture, size = _drawn(place, turn, engine.DPI)
    return Seen(engine.pieces(picture, seconds), picture.scale, size)


def _drawn(place: _Place, turn: int, dpi: int) -> tuple[Picture, tuple[float, float]]:
    """A page as it is shown, and its (width, height) in points."""
    document = pypdfium2.PdfDocument(place.path, password=place.password)
    try:
        page = document[place.number - 1]
        width, height = page.get_size()
        if turn % 180:
            width, height = height, width
        scale = min(dpi / 72, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        bitmap = page.render(scale=scale, rotation=turn, grayscale=True)
        rows = memoryview(bitmap.buffer).cast("B")
        lines = (rows[y * bitmap.stride :][: bitmap.width] for y in range(bitmap.height))
        return Picture(b"".join(lines), bitmap.width, bitmap.height, scale), (width, height)
    except pypdfium2.PdfiumError as error:
        raise ReadError("read.damaged.page", number=place.number) from error
    finally:
        document.close()
