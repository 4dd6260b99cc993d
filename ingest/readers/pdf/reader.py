"""PDF through PDFium: lines with their boxes, ruled tables as rows, a quality for every page."""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.page import MOST_PAGES, Block, Extract, Page, named, tables_from_0
from ingest.readers import grid
from ingest.readers.pdf.columns import arranged
from ingest.readers.pdf.direction import by_rows, columns, ordered, turned, turns
from ingest.readers.pdf.lines import (
    Box,
    Char,
    Line,
    View,
    lies_in,
    middle,
    shown_matrix,
    tidy,
    union,
)
from ingest.readers.pdf.loose import parted, put_together
from ingest.readers.pdf.meta import describe_pdf, has_no_pages, is_repaired
from ingest.readers.pdf.notes import written_on
from ingest.readers.pdf.struck import struck as struck_out
from ingest.readers.pdf.tables import Table, ruled_lines, tables
from ingest.readers.struck import struck_in
from ingest.readers.vertical import runs_down
from kb.base.errors import ReadError
from kb.base.messages import message
from kb.language.text import is_japanese

_LEAST = 10
"""Characters under which a page counts as having no text (same measurement)."""

logging.getLogger("pypdfium2").setLevel(logging.CRITICAL)  # its complaints are ours to word

_NO_PAGES = ReadError("read.empty.pages")

_MANY = 60
"""Shapes on a page without text from which they are probably letters drawn as outlines."""

_TOUCH = 0.25  # times their height: letters of a word; the text of two cells is farther apart

_EDGE = 2.5  # points within which two edges of cells are one
_LABEL = 24.0  # points: width of the narrowest column of labels

_LEADERS = re.compile(r"[.．・…‥─━\-_＿\s]{4,}")
_BULLET = re.compile(r"^(?:[・●○■□◆◇※▶➢✓]|[①-⑳]|[（(]\d+[)）]|\d+[.)．）]\s|【)")


def read_pdf(path: Path, content: bytes, password: str | None = None) -> Extract:
    """The pages of a PDF; one that is a picture or garbled is not readable.

    Raises ReadError: ``password``, ``damaged`` or ``empty`` (no pages).
    """
    document = _open(content, password)
    try:
        if len(document) == 0:
            raise _NO_PAGES
        kind = document.get_formtype()
        if kind != pdfium.FORMTYPE_NONE:
            document.init_forms()
        count = len(document)
        numbers = range(1, min(count, MOST_PAGES) + 1)
        found = [one for number in numbers if (one := _page(document, number))]
        pages = tuple(page for page, _ in found)
        struck = tuple((page.number, text) for page, said in found for text in said)
        values, warnings = describe_pdf(document, content, password)
    finally:
        document.close()
    if not pages:
        raise _damaged()
    if lost := sorted(set(numbers).difference(page.number or 0 for page in pages)):
        warnings += (message("warn.pages_damaged", pages=named(lost)),)
    if count > MOST_PAGES:
        warnings += (message("warn.pages_cut", n=count, most=MOST_PAGES),)
    warnings += struck_in(struck)
    if kind == pdfium.FORMTYPE_XFA_FULL:
        warnings += (message("warn.xfa"),)
    if is_repaired(content):
        warnings += (message("warn.repaired"),)
    return Extract("pdf", pages, values, warnings=warnings, struck=struck)


def _open(content: bytes, password: str | None) -> Any:
    try:
        return pypdfium2.PdfDocument(content, password=password)
    except pypdfium2.PdfiumError as error:
        # PDFium keeps the last file's error when it has none of its own
        if error.err_code == pdfium.FPDF_ERR_PASSWORD and b"/Encrypt" in content:
            wrong = "read.password.wrong" if password else "read.password.pdf"
            raise ReadError(wrong) from error
        if has_no_pages(content):
            raise _NO_PAGES from error
        raise _damaged() from error


def _damaged() -> ReadError:
    return ReadError("read.damaged.pdf")


def _page(document: Any, number: int) -> tuple[Page, list[str]] | None:
    """A page as it is read and what of it is struck out, None when it cannot be opened."""
    try:
        page = document[number - 1]
        textpage = page.get_textpage()
    except pypdfium2.PdfiumError:
        return None
    try:
        shown = View(textpage.raw, shown_matrix(page.raw))
        view, lines, size = _seen(shown, page.get_size())
        levels, uprights = ruled_lines(page.raw, view.matrix)
        hidden, struck = struck_out(page.raw, view, lines, levels)
        if hidden:
            view, lines, size = _seen(replace(shown, hidden=hidden), page.get_size())
        blocks = _blocks(view, lines, tables(levels, uprights))
        text = "".join(block.text for block in blocks)
        quality = _quality(text, lambda: _is_drawn(page.raw))
        form = document.formenv.raw if document.formenv else None
        return Page(number, (*blocks, *written_on(page.raw, form)), size, quality), struck
    finally:
        textpage.close()
        page.close()


def _seen(view: View, size: tuple[float, float]) -> tuple[View, list[Line], tuple[float, float]]:
    """A page's lines in reading order; a page set sideways is turned so that it can be read."""
    lines = view.lines()
    if turn := turns(lines):
        view = replace(view, matrix=turned(view.matrix, size, turn))
        return view, ordered(view.lines()), (size[1], size[0])
    whole = put_together(lines)
    if not runs_down([part for line in whole for part in line.parts]):
        return view, lines if len(whole) == len(lines) else by_rows(whole), size
    above, down, below = parted(whole)
    return view, [*above, *columns(down), *below], size


def _blocks(view: View, lines: list[Line], ruled: tuple[Table, ...]) -> tuple[Block, ...]:
    """Lines in reading order; each table's rows stand where its first line stood."""
    parts: list[list[Block]] = []
    inside: dict[int, list[Char]] = {}  # by table, in the order in which they appear
    places: dict[int, list[Block]] = {}  # of the tables' rows in ``parts``
    for at, together in groupby(lines, lambda line: _table_of(line, ruled)):
        group = list(together)
        if at is None:
            parts += arranged(group, sum(len(part) for part in parts) + len(ruled), cell_text)
            continue
        if at not in places:
            parts.append(places.setdefault(at, []))
        within = inside.setdefault(at, [])
        for line in group:
            outside = _told_apart(view.chars(line), ruled[at].box, within)
            if rest := tidy("".join(text for text, _ in outside)):
                place = union(box for _, box in outside)
                parts.append([Block(rest, size=line.parts[0].size, box=place)])
    for at, rows in places.items():
        rows += _rows(inside[at], ruled[at], at)
    return tables_from_0(block for part in parts for block in part if block.text.strip())


def _table_of(line: Line, ruled: tuple[Table, ...]) -> int | None:
    box = line.box
    return next((i for i, t in enumerate(ruled) if box and _overlaps(box, t.box)), None)


def _rows(chars: list[Char], table: Table, number: int) -> list[Block]:
    """The table's rows with the characters that lie in each cell. A column without any text stays
    out, and so does an empty cell beside a label."""
    texts: dict[Box, list[str]] = {}
    cells = sorted({cell for row in table.rows for cell in row}, key=_area)
    current: Box | None = None
    before: Box | None = None
    for text, box in chars:
        if box and not (current and (lies_in(box, current) or _goes_on(before, box, current))):
            current = _holding(box, cells)
        before = box
        if current is not None:
            texts.setdefault(current, []).append(text)
    filled = {cell: text for cell, parts in texts.items() if (text := cell_text("".join(parts)))}
    # what goes on from the page before has an empty label
    is_label = filled and table.rows[0][0][2] - table.rows[0][0][0] > _LABEL
    found = []
    for row in grid.rows(_placed(table, filled), always=(0,) if is_label else ()):
        found.append(replace(row.block(number), box=union(table.rows[row.at])))
    return found


def _placed(table: Table, texts: dict[Box, str]) -> list[grid.Cell]:
    """The table's cells in rows and columns: those of its left and right edges."""
    edges: list[float] = []
    for x in sorted({x for row in table.rows for cell in row for x in (cell[0], cell[2])}):
        if not edges or x - edges[-1] > _EDGE:
            edges.append(x)
    spans: dict[Box, list[int]] = {}
    for at, row in enumerate(table.rows):
        for cell in row:
            spans.setdefault(cell, []).append(at)
    cells = []
    for cell, rows in spans.items():
        first = bisect_right(edges, cell[0]) - 1
        across = max(bisect_right(edges, cell[2]) - 1 - first, 1)
        cells.append(grid.Cell(rows[0], first, texts.get(cell, ""), len(rows), across))
    return cells


def _holding(box: Box, cells: Sequence[Box]) -> Box | None:
    """The first of the cells in which the middle of a box lies."""
    x, y = middle(box)
    for cell in cells:
        left, top, right, bottom = cell
        if left <= x <= right and top <= y <= bottom:
            return cell
    return None


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _goes_on(before: Box | None, box: Box, cell: Box) -> bool:
    """True for the next letter of a word, which stays whole where a rule runs through it."""
    if before is None or before[3] <= box[1] or box[3] <= before[1]:
        return False
    height = max(before[3] - before[1], box[3] - box[1])
    return abs(box[0] - before[2]) <= _TOUCH * height and not before[2] <= cell[2] <= box[0]


def cell_text(text: str) -> str:
    """A cell's lines joined; a bullet begins a new line."""
    joined = ""
    for line in (tidy(part) for part in text.split("\n")):
        if not line:
            continue
        if not joined:
            joined = line
        elif _BULLET.match(line):
            joined += "\n" + line
        elif is_japanese(joined[-1]) or is_japanese(line[0]):
            joined += line
        else:
            joined += " " + line
    return joined


def _quality(text: str, is_drawn: Callable[[], bool]) -> float:
    """Share of the page's characters that Japanese text is made of. A page with next to none is a
    picture, quality 0, when something is drawn on it, and blank or tiny otherwise."""
    dense = "".join(_LEADERS.sub("", text).split())
    if len(dense) < _LEAST and is_drawn():
        return 0.0
    ordinary = sum(n for char, n in Counter(dense).items() if _is_ordinary(char))
    return ordinary / len(dense) if dense else 1.0


def _is_drawn(page: Any) -> bool:
    """True when the page holds a picture, or so many shapes that they may be letters."""
    n = pdfium.FPDFPage_CountObjects(page)
    kinds = [
        pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, i)) for i in range(min(n, 400))
    ]
    pictures = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM, pdfium.FPDF_PAGEOBJ_SHADING)
    return any(kind in pictures for kind in kinds) or kinds.count(pdfium.FPDF_PAGEOBJ_PATH) > _MANY


@lru_cache(maxsize=65536)
def _is_ordinary(char: str) -> bool:
    if char.isascii():
        return char.isprintable()
    if "\u2e80" <= char <= "\u2fdf" or "\u2460" <= char <= "\u2473" or "\uff61" <= char <= "\uff9f":
        return True
    try:
        return len(char.encode("cp932")) == 2
    except UnicodeEncodeError:
        return False


def _overlaps(box: Box, area: Box) -> bool:
    y = (box[1] + box[3]) / 2
    return area[1] <= y <= area[3] and box[0] < area[2] and box[2] > area[0]


def _told_apart(chars: list[Char], area: Box, within: list[Char]) -> list[Char]:
    """The characters that lie outside the area; the others are added to those ``within``."""
    outside = []
    left, top, right, bottom = area
    for char in chars:
        box = char[1]
        if box is None or (
            left <= (box[0] + box[2]) / 2 <= right and top <= (box[1] + box[3]) / 2 <= bottom
        ):
            within.append(char)
        else:
            outside.append(char)
    return outside
