"""PDFs built for tests with reportlab, from a Japanese font of the system."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pypdf
from pypdf.generic import RectangleObject
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

_FONTS = (
    Path("/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf"),
    Path("/usr/share/fonts/truetype/fonts-japanese-gothic.ttf"),
    Path("C:/Windows/Fonts/YuGothM.ttc"),
    Path("C:/Windows/Fonts/msgothic.ttc"),
)
SIZE = A4


def japanese_font() -> str:
    """An embedded Japanese font, else one of reportlab's own that is not embedded."""
    for path in _FONTS:
        if path.is_file():
            pdfmetrics.registerFont(TTFont("test-gothic", str(path)))
            return "test-gothic"
    return cid_font()


def cid_font() -> str:
    """A font that stays outside the file, as old 帳票 systems do it."""
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
    return "HeiseiKakuGo-W5"


def build(*pages: Callable[[Canvas], None], font: str | None = None, **options: object) -> bytes:
    """A PDF of pages drawn by functions; text is 11 points high."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=SIZE, **options)  # type: ignore[arg-type]
    name = font or japanese_font()
    for draw in pages:
        canvas.setFont(name, 11)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines(
    *texts: str, top: float = 780, left: float = 60, step: float = 16
) -> Callable[[Canvas], None]:
    """Draws lines of text below each other."""

    def draw(canvas: Canvas) -> None:
        for i, text in enumerate(texts):
            canvas.drawString(left, top - i * step, text)

    return draw


def ruled(
    rows: list[list[str]], widths: list[float], top: float = 760, high: float = 40
) -> Callable[[Canvas], None]:
    """Draws a ruled table; a cell's lines are separated by newlines."""

    def draw(canvas: Canvas) -> None:
        edges = [60.0]
        for width in widths:
            edges.append(edges[-1] + width)
        for i in range(len(rows) + 1):
            canvas.line(edges[0], top - i * high, edges[-1], top - i * high)
        for x in edges:
            canvas.line(x, top, x, top - len(rows) * high)
        for i, row in enumerate(rows):
            for x, cell in zip(edges, row, strict=False):
                for j, text in enumerate(cell.split("\n")):
                    canvas.drawString(x + 4, top - i * high - 15 - j * 14, text)

    return draw


def turned(
    content: bytes, degrees: int, crop: tuple[float, float, float, float] | None = None
) -> bytes:
    """The PDF with its first page turned clockwise, and cropped to (left, bottom, right, top)."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.pages[0].rotate(degrees)
    if crop:
        writer.pages[0].cropbox = RectangleObject(crop)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
