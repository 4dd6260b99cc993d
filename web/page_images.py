"""A page of a PDF as a picture, with the words that were searched for marked."""

from __future__ import annotations

import ctypes
import struct
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.base.errors import NotFoundError
from kb.language.text import fold, fold_text

WIDTH = 1100
"""Pixels across; sharp at the width the page is shown in."""

_LONGEST_SIDE = 2600  # pixels; a banner of a page must not eat the memory
_MARK = (255, 213, 60)
_GAP = 3.0  # points between boxes of one line that are marked as one
_pdfium = threading.Lock()  # PDFium may be used by one thread at a time

_UP = 2  # PNG's filter "difference from the row above"

Pixels = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points from the page's lower left, unless it is said otherwise."""


@dataclass(frozen=True, slots=True)
class Request:
    """A page (from 1) of a PDF, and the words to mark on it; on a picture they are looked for in what was
    ``seen`` there: words and their (left, top, right, bottom) in points from the top left."""

    path: Path
    page: int
    words: tuple[str, ...] = ()
    password: str | None = None
    seen: tuple[tuple[str, Box], ...] = ()


def render(request: Request) -> bytes:
    """The page as PNG. Raises NotFoundError when there is no such page to draw."""
    import pypdfium2

    with _pdfium:
        try:
            pdf = pypdfium2.PdfDocument(request.path, password=request.password)
        except (pypdfium2.PdfiumError, OSError) as error:
            raise _missing(request) from error
        try:
            if not 1 <= request.page <= len(pdf):
                raise _missing(request)
            page = pdf[request.page - 1]
            width, height = page.get_size()
            scale = min(WIDTH / width, _LONGEST_SIDE / max(width, height))
            spots = find_seen(request.seen, request.words)
            boxes = [] if spots else find(page, request.words)
            bitmap = page.render(scale=scale, may_draw_forms=False, rev_byteorder=True)
            image = np.array(bitmap.to_numpy()[:, :, :3])
            size = (bitmap.width, bitmap.height)
            drawn = [tuple(round(x * scale) for x in spot) for spot in spots]
            _mark(image, drawn + [_to_pixels(page, box, scale, size) for box in boxes])
        finally:
            pdf.close()
    return png(image)


def find(page: Any, words: Sequence[str]) -> list[Box]:
    """Boxes around every place where one of ``words`` stands on a PDFium page."""
    wanted = {key for word in words if (key := fold_text(word).replace(" ", ""))}
    if not wanted:
        return []
    text_page = page.get_textpage()
    try:
        characters = [_character(text_page, i) for i in range(text_page.count_chars())]
        places = [i for i, char in enumerate(characters) if not char.isspace()]
        folded = fold("".join(characters[i] for i in places))
        boxes: list[Box] = []
        for word in sorted(wanted):
            start = folded.text.find(word)
            while start >= 0:
                first, last = folded.span(start, start + len(word))
                found = [text_page.get_charbox(places[i], loose=True) for i in range(first, last)]
                boxes += _lines(found)
                start = folded.text.find(word, start + len(word))
        return boxes
    finally:
        text_page.close()


def find_seen(seen: Sequence[tuple[str, Box]], words: Sequence[str]) -> list[Box]:
    """Boxes of the words ``seen`` in which one of ``words`` stands."""
    owners = [i for i, (text, _) in enumerate(seen) for _ in text.replace(" ", "")]
    folded = fold("".join(text.replace(" ", "") for text, _ in seen))
    found: set[int] = set()
    for word in {key for word in words if (key := fold_text(word).replace(" ", ""))}:
        start = folded.text.find(word)
        while start >= 0:
            first, last = folded.span(start, start + len(word))
            found.update(owners[first:last])
            start = folded.text.find(word, start + len(word))
    return [seen[i][1] for i in sorted(found)]


def _character(text_page: Any, index: int) -> str:
    import pypdfium2.raw

    code = pypdfium2.raw.FPDFText_GetUnicode(text_page, ctypes.c_int(index))
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "


def _lines(boxes: Sequence[Box]) -> list[Box]:
    """Boxes of neighbouring characters joined, line by line."""
    joined: list[Box] = []
    for box in boxes:
        if joined:
            left, bottom, right, top = joined[-1]
            same_line = min(top, box[3]) - max(bottom, box[1]) > (box[3] - box[1]) / 2
            if same_line and -_GAP <= box[0] - right <= _GAP:
                joined[-1] = (left, min(bottom, box[1]), box[2], max(top, box[3]))
                continue
        joined.append(box)
    return joined


def _to_pixels(page: Any, box: Box, scale: float, size: tuple[int, int]) -> tuple[int, ...]:
    """A box in the picture, whatever the page's rotation and crop."""
    import pypdfium2.raw as raw

    xs, ys = [], []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        device_x, device_y = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(
            page, 0, 0, size[0], size[1], 0, x, y, ctypes.byref(device_x), ctypes.byref(device_y)
        )
        xs.append(device_x.value)
        ys.append(device_y.value)
    pad = max(1, round(scale))
    return min(xs) - pad, min(ys) - pad, max(xs) + pad, max(ys) + pad


def _mark(image: Pixels, spots: Sequence[tuple[int, ...]]) -> None:
    """Draws a marker pen over ``spots``: dark ink stays dark."""
    pen = np.array(_MARK, dtype=np.uint16)
    marked = np.zeros(image.shape[:2], dtype=bool)
    for left, top, right, bottom in spots:
        marked[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = True
    image[marked] = image[marked].astype(np.uint16) * pen // 255


def png(image: Pixels) -> bytes:
    """(height, width, 3) pixels as a PNG file; each row is stored as its difference from the last."""
    height, width, _ = image.shape
    rows = np.full((height, 1 + width * 3), _UP, dtype=np.uint8)
    flat = image.reshape(height, width * 3)
    rows[0, 1:] = flat[0]
    rows[1:, 1:] = flat[1:] - flat[:-1]
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def _missing(request: Request) -> NotFoundError:
    return NotFoundError("usage.page_undrawable", page=request.page)
