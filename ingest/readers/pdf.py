"""PDF through PDFium: lines with their boxes, ruled tables as rows, a quality for every page."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.page import Block, Extract, Page
from ingest.readers.pdf_meta import describe_pdf, has_no_pages
from ingest.readers.pdf_tables import Box, Table, tables
from kb.errors import ReadError
from kb.text import is_japanese

_READABLE = 0.70
"""Share of JIS X 0208 or ASCII characters under which a page is no text (measured on 1,919 pages)."""

_LEAST = 10
"""Characters under which a page counts as having no text (same measurement)."""

_NO_PAGES = ReadError(
    "empty",
    "ページがありません。元のアプリからPDFに出力し直してください。",
    "The PDF has no pages. Export it again.",
)

_MANY = 60
"""Shapes on a page without text from which they are probably letters drawn as outlines."""

_LEADERS = re.compile(r"[.．・…‥─━\-_＿\s]{4,}")
_BULLET = re.compile(r"^(?:[・●○■□◆◇※▶➢✓]|[①-⑳]|[（(]\d+[)）]|\d+[.)．）]\s|【)")
_DROPPED = {0xFFFE: None, 0x0002: "-", 0x0000: None}  # what PDFium puts for hyphens and no glyph
_SPACES = re.compile(r"[ \t\u3000]+")


@dataclass(frozen=True, slots=True)
class _Char:
    text: str
    box: Box | None  # None for what PDFium made up: spaces between words


def read_pdf(path: Path, content: bytes, password: str | None = None) -> Extract:
    """The pages of a PDF.

    Raises ReadError: ``password``, ``damaged``, ``empty`` (no pages) or ``ocr`` (only pictures).
    """
    document = _open(content, password)
    try:
        if len(document) == 0:
            raise _NO_PAGES
        pages = tuple(_page(document, number) for number in range(1, len(document) + 1))
    finally:
        document.close()
    values, warnings = describe_pdf(content, password)
    return Extract("pdf", pages, values, warnings=(*warnings, *_quality_warnings(pages)))


def _open(content: bytes, password: str | None) -> Any:
    try:
        return pypdfium2.PdfDocument(content, password=password)
    except pypdfium2.PdfiumError as error:
        # PDFium keeps the last file's error when it has none of its own
        if error.err_code == pdfium.FPDF_ERR_PASSWORD and b"/Encrypt" in content:
            raise ReadError(
                "password",
                ("パスワードが違います。" if password else "パスワードが必要です。")
                + "資料の横に「ファイル名.pdf.yaml」を置き、「password: パスワード」と書くと読めます。",
                "The PDF needs a password. Write 'password: …' into NAME.pdf.yaml beside it.",
            ) from error
        if has_no_pages(content):
            raise _NO_PAGES from error
        raise ReadError(
            "damaged",
            "ファイルが壊れているため読めません。元のファイルをコピーし直すか、PDFに出力し直して"
            "ください。",
            "The PDF is damaged. Copy it again or export it again.",
        ) from error


def _page(document: Any, number: int) -> Page:
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        return Page(number, (), quality=0.0)
    textpage = page.get_textpage()
    try:
        width, height = page.get_size()
        grids = tables(page.raw, height)
        blocks = _blocks(textpage.raw, height, grids)
        text = "".join(block.text for block in blocks)
        quality = _quality(text, drawn=_is_drawn(page.raw))
        return Page(number, blocks, (width, height), quality)
    finally:
        textpage.close()
        page.close()


def _blocks(textpage: Any, height: float, grids: tuple[Table, ...]) -> tuple[Block, ...]:
    """Lines in PDFium's order; each table's rows stand where its first line stood."""
    text = _text(textpage)
    blocks: list[Block] = []
    inside: dict[int, list[_Char]] = {}
    at: dict[int, int] = {}
    for start, end in _line_spans(text):
        box = _line_box(textpage, start, end, height)
        grid = (
            None
            if box is None
            else next((i for i, g in enumerate(grids) if _overlaps(box, g.box)), None)
        )
        if grid is None:
            blocks.append(_line_block(textpage, text[start:end], start, box, height))
            continue
        if grid not in at:
            at[grid] = len(blocks)
        chars = _chars(textpage, text, start, end, height)
        inside.setdefault(grid, []).extend(c for c in chars if _belongs(c, grids[grid].box))
        outside = [c for c in chars if not _belongs(c, grids[grid].box)]
        if rest := "".join(c.text for c in outside).strip():
            blocks.append(
                Block(_tidy(rest), box=_union(c.box for c in outside), size=_size(outside))
            )
    for grid in sorted(at, key=lambda g: -at[g]):
        blocks[at[grid] : at[grid]] = _rows(inside[grid], grids[grid], grid)
    return tuple(block for block in blocks if block.text.strip())


def _text(textpage: Any) -> str:
    """The page's characters, one for each of PDFium's, so that numbers agree: UTF-16 halves stay
    apart until :func:`_tidy` puts them together."""
    n = pdfium.FPDFText_CountChars(textpage)
    if n <= 0:
        return ""
    buffer = (ctypes.c_ushort * (n + 1))()
    written = pdfium.FPDFText_GetText(textpage, 0, n, buffer)
    if written == n + 1:
        return "".join(map(chr, buffer[:n]))
    return "".join(chr(pdfium.FPDFText_GetUnicode(textpage, i) or 0xFFFD) for i in range(n))


def _line_spans(text: str) -> list[tuple[int, int]]:
    return [(m.start(), m.end()) for m in re.finditer(r"[^\r\n]+", text) if m.group().strip()]


def _line_box(textpage: Any, start: int, end: int, height: float) -> Box | None:
    boxes = []
    left, top, right, bottom = (ctypes.c_double() for _ in range(4))
    for i in range(pdfium.FPDFText_CountRects(textpage, start, end - start)):
        if pdfium.FPDFText_GetRect(textpage, i, left, top, right, bottom):
            boxes.append((left.value, height - top.value, right.value, height - bottom.value))
    return _union(boxes)


def _line_block(textpage: Any, text: str, start: int, box: Box | None, height: float) -> Block:
    first = start + len(text) - len(text.lstrip())
    loose = pdfium.FS_RECTF()
    size = 0.0
    if pdfium.FPDFText_GetLooseCharBox(textpage, first, loose):
        size = round(abs(loose.top - loose.bottom), 1)
    bold = pdfium.FPDFText_GetFontWeight(textpage, first) >= 600
    return Block(_tidy(text), size=size, bold=bold, box=box)


def _chars(textpage: Any, text: str, start: int, end: int, height: float) -> list[_Char]:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    chars = []
    for i in range(start, end):
        box = None
        if not pdfium.FPDFText_IsGenerated(textpage, i) and pdfium.FPDFText_GetCharBox(
            textpage, i, left, right, bottom, top
        ):
            box = (left.value, height - top.value, right.value, height - bottom.value)
        chars.append(_Char(text[i], box))
    chars.append(_Char("\n", None))
    return chars


def _rows(chars: list[_Char], table: Table, number: int) -> list[Block]:
    """The table's rows with the characters that lie in each cell; empty cells stay out."""
    texts: dict[Box, list[str]] = {}
    cells = {cell for row in table.rows for cell in row}
    current: Box | None = None
    for char in chars:
        if char.box is not None:
            x, y = (char.box[0] + char.box[2]) / 2, (char.box[1] + char.box[3]) / 2
            current = next((c for c in cells if c[0] <= x <= c[2] and c[1] <= y <= c[3]), None)
        if current is not None:
            texts.setdefault(current, []).append(char.text)
    rows = []
    for row in table.rows:
        filled = [(cell, _cell_text("".join(texts.get(cell, [])))) for cell in row]
        kept = tuple(text for _, text in filled if text)
        if not kept:
            continue
        box = (row[0][0], min(c[1] for c in row), row[-1][2], max(c[3] for c in row))
        if len(kept) == 1:
            rows.append(Block(kept[0], box=box, table=number))
        else:
            rows.append(Block("\t".join(kept), kind="row", cells=kept, box=box, table=number))
    return rows


def _cell_text(text: str) -> str:
    """A cell's lines joined; a bullet begins a new line."""
    joined = ""
    for line in (_tidy(part) for part in text.split("\n")):
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


def _tidy(text: str) -> str:
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _SPACES.sub(" ", whole.translate(_DROPPED)).strip()


def _quality(text: str, *, drawn: bool) -> float:
    """Share of the page's characters that Japanese text is made of. A page with next to none is a
    picture, quality 0, when something is ``drawn`` on it, and blank or tiny otherwise."""
    dense = "".join(_LEADERS.sub("", text).split())
    if len(dense) < _LEAST and drawn:
        return 0.0
    return sum(map(_is_ordinary, dense)) / len(dense) if dense else 1.0


def _is_drawn(page: Any) -> bool:
    """True when the page holds a picture, or so many shapes that they may be letters."""
    n = pdfium.FPDFPage_CountObjects(page)
    kinds = [
        pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, i)) for i in range(min(n, 400))
    ]
    pictures = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM, pdfium.FPDF_PAGEOBJ_SHADING)
    return any(kind in pictures for kind in kinds) or kinds.count(pdfium.FPDF_PAGEOBJ_PATH) > _MANY


def _is_ordinary(char: str) -> bool:
    if char.isascii():
        return char.isprintable()
    if "\u2e80" <= char <= "\u2fdf" or "\u2460" <= char <= "\u2473" or "\uff61" <= char <= "\uff9f":
        return True
    try:
        return len(char.encode("cp932")) == 2
    except UnicodeEncodeError:
        return False


def _quality_warnings(pages: tuple[Page, ...]) -> tuple[str, ...]:
    """Names the pages that need OCR. Raises ReadError("ocr") when all of them do."""
    bad = [page.number for page in pages if page.quality < _READABLE]
    if len(bad) == len(pages) and not any(len(page.text.strip()) >= _LEAST for page in pages):
        raise ReadError(
            "ocr",
            "文字のない画像だけのPDFです。文字認識（OCR）をかけたPDFに置き換えてください。",
            "The PDF holds pictures only. Replace it by one with recognised text (OCR).",
        )
    if not bad:
        return ()
    named = "、".join(str(number) for number in bad[:20]) + (" ほか" if len(bad) > 20 else "")
    return (f"文字を読み取れないページがあります（{named}ページ）。OCRが必要です。",)


def _overlaps(box: Box, area: Box) -> bool:
    y = (box[1] + box[3]) / 2
    return area[1] <= y <= area[3] and box[0] < area[2] and box[2] > area[0]


def _belongs(char: _Char, area: Box) -> bool:
    if char.box is None:
        return True
    x, y = (char.box[0] + char.box[2]) / 2, (char.box[1] + char.box[3]) / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]


def _union(boxes: Iterable[Box | None]) -> Box | None:
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    return (
        min(b[0] for b in known),
        min(b[1] for b in known),
        max(b[2] for b in known),
        max(b[3] for b in known),
    )


def _size(chars: list[_Char]) -> float:
    heights = [c.box[3] - c.box[1] for c in chars if c.box]
    return round(max(heights), 1) if heights else 0.0
