"""Pages that are pictures: PDFium draws them, tesseract reads them where it is installed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path
from statistics import median

import pypdfium2

from ingest.page import Block, Page
from ingest.readers.pdf.lines import Box, union
from kb.base.errors import ReadError

SECONDS = 60.0
"""A page that takes tesseract longer is given up (a page of an office scanner takes 1 to 3)."""

_FEW = 30.0  # certain letters on a page, under which it may lie on its side
_POOR = 0.6  # share of certain letters, under which it may, too
_QUICK = 10.0  # seconds: a page that took longer is not tried again
_DPI = 300  # what tesseract is trained for
_MOST_PIXELS = 25_000_000  # an A3 page at 300 dpi has 17 million
_PLACES = (
    "C:/Program Files/Tesseract-OCR/tesseract.exe",
    "C:/Program Files (x86)/Tesseract-OCR/tesseract.exe",
    "~/AppData/Local/Programs/Tesseract-OCR/tesseract.exe",
    "~/AppData/Local/Tesseract-OCR/tesseract.exe",
    "/opt/homebrew/bin/tesseract",
    "/usr/local/bin/tesseract",
)
_WORD = "5"  # the level of a word in tesseract's table
_COLUMNS = 12
_WIDE = 1.2  # times the height of the line: a gap that parts words even in Japanese
_LARGE = 1.35  # times the usual height of the page's lines: a heading
_LATIN = re.compile(r"[!-~]")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word with its line's key, its box in pixels and tesseract's confidence, 0–100."""

    line: tuple[str, ...]
    box: Box
    confidence: float
    text: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A page, 1-based, of a PDF."""

    path: Path
    password: str | None
    number: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """The words on a page of ``size`` points, drawn with ``scale`` pixels per point."""

    words: list[_Word]
    scale: float
    size: tuple[float, float]

    @property
    def letters(self) -> int:
        """How many letters all words have."""
        return sum(len(word.text) for word in self.words)

    @property
    def certain(self) -> float:
        """The letters weighed by how sure tesseract is of them."""
        return sum(word.confidence * len(word.text) for word in self.words) / 100


def find_tesseract() -> Path | None:
    """Tesseract's command, None when it is not installed or lacks its Japanese data."""
    names = (shutil.which("tesseract"), *(str(Path(place).expanduser()) for place in _PLACES))
    return next((Path(n) for n in names if n and Path(n).is_file() and _reads_japanese(n)), None)


def recognise(path: Path, password: str | None, number: int) -> Page:
    """Page ``number`` (1-based) of a PDF as tesseract reads it; ``quality`` is its confidence.

    A picture without text is an empty page of quality 1. Raises ReadError: ``ocr`` (not installed,
    or it failed), ``timeout`` or ``damaged``.
    """
    tesseract = find_tesseract()
    if tesseract is None:
        raise ReadError("read.ocr.missing")
    started = time.monotonic()
    place = _Place(path, password, number)
    found = _seen(tesseract, place, 0, SECONDS)
    is_poor = found.certain < max(_FEW, _POOR * found.letters)
    if is_poor and time.monotonic() - started < _QUICK:
        for turn in (90, 270, 180):
            with contextlib.suppress(ReadError):  # what was found before counts
                turned = _seen(tesseract, place, turn, _QUICK)
                found = max(found, turned, key=lambda seen: seen.certain)
    quality = found.certain / found.letters if found.letters else 1.0
    return Page(number, _lines(found.words, found.scale), found.size, quality, ocr=True)


def _seen(tesseract: Path, place: _Place, turn: int, seconds: float) -> _Seen:
    """What tesseract makes of a page that is drawn turned clockwise by ``turn`` degrees."""
    image, scale, size = _drawn(place, turn)
    return _Seen(list(_words(_run(tesseract, image, seconds))), scale, size)


@lru_cache(maxsize=8)
def _languages(command: str, changed: float) -> frozenset[str]:
    try:
        listed = subprocess.run(  # noqa: S603 - a program we looked up
            [command, "--list-langs"],
            capture_output=True,
            timeout=20,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset((listed.stdout + listed.stderr).decode("utf-8", "replace").split())


def _reads_japanese(command: str) -> bool:
    return "jpn" in _languages(command, Path(command).stat().st_mtime)


def _drawn(place: _Place, turn: int) -> tuple[bytes, float, tuple[float, float]]:
    """(grey image as PGM, pixels per point, (width, height) in points) of a page as it is shown."""
    document = pypdfium2.PdfDocument(place.path, password=place.password)
    try:
        page = document[place.number - 1]
        width, height = page.get_size()
        if turn % 180:
            width, height = height, width
        scale = min(_DPI / 72, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        bitmap = page.render(scale=scale, rotation=turn, grayscale=True)
        rows = memoryview(bitmap.buffer).cast("B")
        lines = (rows[y * bitmap.stride :][: bitmap.width] for y in range(bitmap.height))
        head = b"P5 %d %d 255\n" % (bitmap.width, bitmap.height)
        return b"".join((head, *lines)), scale, (width, height)
    except pypdfium2.PdfiumError as error:
        raise ReadError("read.damaged.page", number=place.number) from error
    finally:
        document.close()


def _run(tesseract: Path, image: bytes, seconds: float) -> str:
    """Tesseract's table of words. One thread: pages are read side by side instead."""
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            [
                str(tesseract), "stdin", "stdout",
                "-l", "jpn", "--psm", "4", "--dpi", str(_DPI), "tsv",
            ],
            input=image,
            capture_output=True,
            timeout=seconds,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ReadError("read.timeout.page", seconds=seconds) from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise ReadError("read.ocr.failed", error=error) from error
    return done.stdout.decode("utf-8", "replace")


def _words(table: str) -> Iterator[_Word]:
    for row in table.split("\n"):
        fields = row.rstrip("\r").split("\t")
        if len(fields) != _COLUMNS or fields[0] != _WORD or not fields[11].strip():
            continue
        left, top, width, height = (float(value) for value in fields[6:10])
        box = (left, top, left + width, top + height)
        yield _Word(tuple(fields[1:5]), box, max(float(fields[10]), 0.0), fields[11].strip())


def _lines(words: list[_Word], scale: float) -> tuple[Block, ...]:
    """A block for each line. Its size is the page's usual one unless the line is clearly larger: the
    height of a line's letters says no more."""
    lines = [list(group) for _, group in groupby(words, lambda word: word.line)]
    heights = [median(word.box[3] - word.box[1] for word in line) for line in lines]
    usual = median(heights) if heights else 0.0
    blocks = []
    for line, height in zip(lines, heights, strict=True):
        size = (height if height > _LARGE * usual else usual) / scale
        box = union(word.box for word in line)
        shown = tuple(value / scale for value in box) if box else None
        blocks.append(Block(_joined(line), size=round(size, 1), box=shown))  # type: ignore[arg-type]
    return tuple(blocks)


def _joined(line: list[_Word]) -> str:
    """The line's text. Tesseract parts Japanese into words; a space stays between Latin words and
    where the print leaves one."""
    text = line[0].text
    height = max(word.box[3] - word.box[1] for word in line)
    for before, after in pairwise(line):
        is_latin = _LATIN.match(before.text[-1]) and _LATIN.match(after.text[0])
        is_apart = after.box[0] - before.box[2] > _WIDE * height
        text += (" " if is_latin or is_apart else "") + after.text
    return text
