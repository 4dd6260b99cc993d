"""Lines of a PDF page as PDFium puts them together, seen the way the page is shown."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

from ingest.page import Block

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
_MADE_UP = frozenset(" \t\r\n-\x02\xad\ufffe")  # PDFium makes up no other characters
_DROPPED = {0xFFFE: None, 0x0002: "-", 0x0000: None}  # what PDFium puts for hyphens and no glyph


@dataclass(frozen=True, slots=True)
class Char:
    """A character; ``box`` is None for what PDFium made up: spaces between words."""

    text: str
    box: Box | None


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
        return union(part.box for part in self.parts)


@dataclass(frozen=True, slots=True)
class View:
    """A PDFium text page, the ``matrix`` from its coordinates to those of the page as shown, and the
    numbers of the characters that are ``hidden``: struck out, and no text."""

    textpage: Any
    matrix: Matrix
    hidden: frozenset[int] = frozenset()
    _edges: tuple[ctypes.c_double, ...] = field(
        default_factory=lambda: tuple(ctypes.c_double() for _ in range(4)), repr=False
    )

    def lines(self) -> list[Line]:
        """The page's lines in PDFium's order; empty ones stay out."""
        text = self._text()
        spans = ((m.start(), m.end()) for m in _LINE.finditer(text) if m.group().strip(_BLANK))
        return [self._line(text, start, end) for start, end in spans]

    def chars(self, line: Line) -> list[Char]:
        """The line's characters, and a line end."""
        text = self._text(line.start, line.end - line.start)
        chars = [
            Char(c, None if c in _MADE_UP and self._is_generated(i) else self._char_box(i))
            for i, c in enumerate(text, start=line.start)
        ]
        return [*chars, Char("\n", None)]

    def said(self, start: int, end: int) -> str:
        """The characters from ``start`` to ``end``."""
        return tidy(self._text(start, end - start)).strip()

    def placed(self, line: Line) -> Iterator[tuple[int, Box]]:
        """The numbers and boxes of the line's characters, white space left out."""
        text = self._text(line.start, line.end - line.start)
        for i, char in enumerate(text, start=line.start):
            if not char.isspace() and (box := self._char_box(i)):
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
        buffer = (ctypes.c_ushort * (n + 1))()
        if pdfium.FPDFText_GetText(self.textpage, start, n, buffer) == n + 1:
            return "".join(map(chr, buffer[:n]))
        codes = (pdfium.FPDFText_GetUnicode(self.textpage, start + i) for i in range(n))
        return "".join(chr(code) if 0 < code <= 0xFFFF else "\ufffd" for code in codes)

    def _line(self, text: str, start: int, end: int) -> Line:
        starts, ends = [start], []
        size, turn = self._letters(text, start, end)
        for gap in _GAP.finditer(text, start, end):
            before, after = self._char_box(gap.start() - 1), self._char_box(gap.end())
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
        left, right, bottom, top = self._edges
        sides = []
        for i in range(pdfium.FPDFText_CountRects(self.textpage, start, count)):
            if pdfium.FPDFText_GetRect(self.textpage, i, left, top, right, bottom):
                sides.append((left.value, bottom.value, right.value, top.value))
        whole = union(sides)
        return moved(whole, self.matrix) if whole else None

    def _letters(self, text: str, start: int, end: int) -> tuple[float, int]:
        """Font size in points and quarter turns: the larger of the first and the middle character's,
        because a line may begin with a small mark."""
        printed = [i for i in range(start, end) if text[i] not in _BLANK]
        return max(self._letter(printed[0]), self._letter(printed[len(printed) // 2]))

    def _letter(self, i: int) -> tuple[float, int]:
        size, turn = pdfium.FPDFText_GetFontSize(self.textpage, i), 0
        found = pdfium.FS_MATRIX()
        if pdfium.FPDFText_GetMatrix(self.textpage, i, found):
            size *= float((found.c**2 + found.d**2) ** 0.5)
            a, b, c, d, _, _ = self.matrix
            x, y = a * found.a + c * found.b, b * found.a + d * found.b
            turn = (0 if x >= 0 else 2) if abs(x) >= abs(y) else (1 if y > 0 else 3)
        return round(abs(size), 1), turn

    def _is_bold(self, i: int) -> bool:
        if pdfium.FPDFText_GetFontWeight(self.textpage, i) >= _HEAVY:
            return True
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        n = pdfium.FPDFText_GetFontInfo(self.textpage, i, name, len(name), flags)
        return 0 < n <= len(name) and bool(_BOLD.search(name.value))

    def _is_generated(self, i: int) -> bool:
        return bool(pdfium.FPDFText_IsGenerated(self.textpage, i))

    def _char_box(self, i: int) -> Box | None:
        left, right, bottom, top = self._edges
        if not pdfium.FPDFText_GetCharBox(self.textpage, i, left, right, bottom, top):
            return None
        return moved((left.value, bottom.value, right.value, top.value), self.matrix)


def moved(box: Box, matrix: Matrix) -> Box:
    """The box that ``matrix``, of quarter turns only, makes of one whose corners are in any order."""
    a, b, c, d, e, f = matrix
    x0, x1 = a * box[0] + c * box[1] + e, a * box[2] + c * box[3] + e
    y0, y1 = b * box[0] + d * box[1] + f, b * box[2] + d * box[3] + f
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


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
    x, y = middle(box)
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]


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
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _SPACES.sub(" ", whole.translate(_DROPPED)).strip()


def union(boxes: Iterable[Box | None]) -> Box | None:
    """The box around all that are known; None when none is."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    lefts, tops, rights, bottoms = zip(*known, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
