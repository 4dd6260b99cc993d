"""Lines of a PDF page as PDFium puts them together, seen the way the page is shown."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from ingest.page import Block
from ingest.readers.pdf import calls

Box = tuple[float, float, float, float]
"""(left, top, right, bottom) in points from the top left of the page."""

Matrix = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): x' = ax + cy + e, y' = bx + dy + f."""

_WIDE = 2.0  # times the font size: a gap that may part two columns
_HEAVY = 600  # weight from which a font is bold (400 is regular, 700 bold)
_BOLD = re.compile(rb"bold|heavy|black|-eb$|-ub$|w[6-9]\b", re.IGNORECASE)
_LINE = re.compile(r"[^\r\n]+")
_BLANK = " \t\u3000\0"
_GAP = re.compile(r"(?<=\S)[ \t\u3000]+(?=\S)")
_SPACES = re.compile(r"[ \t\u3000]+")
_GAPS, _INK = re.compile(f"[{_BLANK}]"), re.compile(f"[^{_BLANK}]+")
_MADE_UP = re.compile("[- \t\r\n\x02\xad\ufffe]")  # PDFium makes up no other characters
_UNTIDY = re.compile("[\ud800-\udfff\ufffe\x02\0\t\u3000]|  ")
_DROPPED = {0xFFFE: None, 0x0002: "-", 0x0000: None}  # what PDFium puts for hyphens and no glyph


Char = tuple[str, Box | None]
"""A character and its box, None for what PDFium made up: spaces between words."""


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: its characters' numbers ``start`` to ``end``, its parts, more than one where a
    wide gap may be the space between columns, and by how many quarters its letters are turned
    clockwise."""

    start: int
    end: int
    parts: tuple[Block, ...]
    turn: int = 0

    @property
    def box(self) -> Box | None:
        """What all parts take up."""
        parts = self.parts
        return parts[0].box if len(parts) == 1 else union([part.box for part in parts])


@dataclass(frozen=True, slots=True)
class View:
    """A PDFium text page, the ``matrix`` from its coordinates to those of the page as shown, and the
    numbers of the characters that are ``hidden``: struck out, and no text."""

    textpage: Any
    matrix: Matrix
    hidden: frozenset[int] = frozenset()

    def lines(self) -> list[Line]:
        """The page's lines in PDFium's order; empty ones stay out."""
        text = self._text()
        spans = ((m.start(), m.end()) for m in _LINE.finditer(text) if m.group().strip(_BLANK))
        return [self._line(text, start, end) for start, end in spans]

    def chars(self, line: Line) -> list[Char]:
        """The line's characters, and a line end."""
        numbers = range(line.start, line.end)
        text = self._text(line.start, len(numbers))
        boxes = self._char_boxes(numbers)
        for made_up in _MADE_UP.finditer(text):
            if calls.is_generated(self.textpage, line.start + made_up.start()):
                boxes[made_up.start()] = None
        return [*zip(text, boxes, strict=True), ("\n", None)]

    def said(self, start: int, end: int) -> str:
        """The characters from ``start`` to ``end``."""
        return tidy(self._text(start, end - start)).strip()

    def placed(self, line: Line) -> Iterator[tuple[int, Box]]:
        """The numbers and boxes of the line's characters, white space left out."""
        text = self._text(line.start, line.end - line.start)
        numbers = [i for i, char in enumerate(text, start=line.start) if not char.isspace()]
        for i, box in zip(numbers, self._char_boxes(numbers), strict=True):
            if box:
                yield i, box

    def _text(self, start: int = 0, count: int | None = None) -> str:
        """The text as it stands, and nothing (NUL) for what is hidden."""
        text = self._read(start, count)
        if not self.hidden:
            return text
        return "".join("\0" if i in self.hidden else c for i, c in enumerate(text, start=start))

    def _read(self, start: int = 0, count: int | None = None) -> str:
        """Characters, one for each of PDFium's, so that numbers agree: UTF-16 halves stay apart
        until :func:`tidy` puts them together."""
        n = pdfium.FPDFText_CountChars(self.textpage) if count is None else count
        if n <= 0:
            return ""
        buffer = (ctypes.c_ushort * (1 << n.bit_length()))()  # few sizes: each is a type of ctypes
        if pdfium.FPDFText_GetText(self.textpage, start, n, buffer) == n + 1:
            text = ctypes.string_at(buffer, 2 * n).decode("utf-16-le", "surrogatepass")
            return text if len(text) == n else "".join(map(chr, buffer[:n]))
        codes = (pdfium.FPDFText_GetUnicode(self.textpage, start + i) for i in range(n))
        return "".join(chr(code) if 0 < code <= 0xFFFF else "\ufffd" for code in codes)

    def _line(self, text: str, start: int, end: int) -> Line:
        if not _GAPS.search(text, start, end):
            size, turn = max(self._letter(start), self._letter((start + end) // 2))
            return Line(start, end, (self._block(text, start, end, size),), turn)
        starts, ends = [start], []
        size, turn = self._letters(text, start, end)
        for gap in _GAP.finditer(text, start, end):
            before, after = self._char_boxes((gap.start() - 1, gap.end()))
            if before and after and after[0] - before[2] > _WIDE * max(size, 1.0):
                ends.append(gap.start())
                starts.append(gap.end())
        spans = zip(starts, [*ends, end], strict=True)
        return Line(start, end, tuple(self._block(text, a, b, size) for a, b in spans), turn)

    def _block(self, text: str, start: int, end: int, size: float) -> Block:
        printed = text[start:end]
        first = start + len(printed) - len(printed.lstrip(_BLANK))
        last = start + len(printed.rstrip(_BLANK)) - 1
        bold = self._is_bold(first) and self._is_bold(last)
        return Block(tidy(printed), size=size, bold=bold, box=self._area(start, end - start))

    def _area(self, start: int, count: int) -> Box | None:
        """The box around some characters; None when PDFium knows of none."""
        page, edges = self.textpage, calls.TO_EDGES
        left, top, right, bottom = calls.EDGES
        lefts, bottoms, rights, tops = [], [], [], []
        for i in range(calls.count_rects(page, start, count)):
            if calls.rect(page, i, *edges):
                lefts.append(left.value)
                bottoms.append(bottom.value)
                rights.append(right.value)
                tops.append(top.value)
        if not lefts:
            return None
        return moved((min(lefts), min(bottoms), max(rights), max(tops)), self.matrix)

    def _letters(self, text: str, start: int, end: int) -> tuple[float, int]:
        """Font size in points and quarter turns: the larger of the first and the middle character's,
        because a line may begin with a small mark."""
        words = [word.span() for word in _INK.finditer(text, start, end)]
        left = sum(b - a for a, b in words) // 2
        for a, b in words:
            if left < b - a:
                break
            left -= b - a
        return max(self._letter(words[0][0]), self._letter(a + left))

    def _letter(self, i: int) -> tuple[float, int]:
        size, turn = calls.font_size(self.textpage, i), 0
        if calls.text_matrix(self.textpage, i, calls.TO_MATRIX):
            found = calls.MATRIX
            size *= float((found.c**2 + found.d**2) ** 0.5)
            a, b, c, d, _, _ = self.matrix
            x, y = a * found.a + c * found.b, b * found.a + d * found.b
            turn = (0 if x >= 0 else 2) if abs(x) >= abs(y) else (1 if y > 0 else 3)
        return round(abs(size), 1), turn

    def _is_bold(self, i: int) -> bool:
        if calls.font_weight(self.textpage, i) >= _HEAVY:
            return True
        n = calls.font_info(self.textpage, i, *calls.TO_NAME)
        return 0 < n <= calls.LONGEST_NAME and bool(_BOLD.search(calls.NAME.value))

    def _char_boxes(self, numbers: Sequence[int]) -> list[Box | None]:
        page, edges, char_box = self.textpage, calls.TO_EDGES, calls.char_box
        left, right, bottom, top = calls.EDGES
        matrix = self.matrix
        return [
            moved((left.value, bottom.value, right.value, top.value), matrix)
            if char_box(page, i, *edges)
            else None
            for i in numbers
        ]


def moved(box: Box, matrix: Matrix) -> Box:
    """The box that ``matrix``, of quarter turns only, makes of one whose corners are in any order."""
    a, b, c, d, e, f = matrix
    left, top, right, bottom = box
    if b or c:
        x0, x1 = a * left + c * top + e, a * right + c * bottom + e
        y0, y1 = b * left + d * top + f, b * right + d * bottom + f
    else:  # nearly always
        x0, x1, y0, y1 = a * left + e, a * right + e, d * top + f, d * bottom + f
    if x1 < x0:
        x0, x1 = x1, x0
    return (x0, y0, x1, y1) if y0 <= y1 else (x0, y1, x1, y0)


def times(m: Matrix, n: Matrix) -> Matrix:
    """First ``m``, then ``n``."""
    return (
        m[0] * n[0] + m[1] * n[2], m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2], m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4], m[4] * n[1] + m[5] * n[3] + n[5],
    )  # fmt: skip


def middle(box: Box) -> tuple[float, float]:
    """The point in the middle of a box."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def lies_in(box: Box, area: Box) -> bool:
    """True for a box whose middle lies in the area."""
    left, top, right, bottom = area
    return left <= (box[0] + box[2]) / 2 <= right and top <= (box[1] + box[3]) / 2 <= bottom


def shown_matrix(page: Any) -> Matrix:
    """From a PDFium page's own coordinates to points from the top left of the page as it is shown:
    cropped and turned by its /Rotate."""
    area = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, area)
    turns = pdfium.FPDFPage_GetRotation(page)
    return (
        (1.0, 0.0, 0.0, -1.0, -area.left, area.top),
        (0.0, 1.0, 1.0, 0.0, -area.bottom, -area.left),
        (-1.0, 0.0, 0.0, 1.0, area.right, -area.bottom),
        (0.0, -1.0, -1.0, 0.0, area.top, area.right),
    )[turns % 4]


def tidy(text: str) -> str:
    """Text of PDFium's characters for people: whole characters, single spaces, trimmed."""
    if not _UNTIDY.search(text):
        return text.strip()
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _SPACES.sub(" ", whole.translate(_DROPPED)).strip()


def union(boxes: Iterable[Box | None]) -> Box | None:
    """The box around all that are known; None when none is."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    lefts, tops, rights, bottoms = zip(*known, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
