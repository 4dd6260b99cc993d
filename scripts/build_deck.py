"""Typeset ``scripts/deck.yaml`` as the PDF deck that ships in ``corpus/decks/``.

    python scripts/build_deck.py [--font FONT.ttf] [--out DIR]

The same text, font and reportlab give the same bytes. The font is embedded as a subset, so take
one that permits it: on Debian and Ubuntu ``apt install fonts-ipaexfont-gothic`` (or
``fonts-ipafont-gothic``), both under the IPA Font License.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table, TableStyle

ROOT = Path(__file__).resolve().parents[1]
CONTENT = Path(__file__).with_name("deck.yaml")
GAZETTEER = ROOT / "kb" / "data" / "municipalities.csv"
OUT = ROOT / "corpus" / "decks"
FONTS = (
    Path("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf"),
    Path("/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf"),
    Path("/usr/share/fonts/truetype/fonts-japanese-gothic.ttf"),
    Path("C:/Windows/Fonts/BIZ-UDGothicR.ttc"),
)
FACE = "Deck"
WIDTH, HEIGHT = landscape(A4)
MARGIN = 18 * mm
BODY_WIDTH = WIDTH - 2 * MARGIN
HEADING_Y = HEIGHT - 28 * mm
LEAD_Y = HEIGHT - 40 * mm
GRID_TOP = HEIGHT - 46 * mm
GRID_BOTTOM = 20 * mm
SIZES = tuple(half / 2 for half in range(32, 21, -1))
INK, MUTED, ACCENT = HexColor("#1f2933"), HexColor("#52606d"), HexColor("#0b5d5e")
TINT, RULE = HexColor("#e6f0f0"), HexColor("#9fb3c8")

Draw = Callable[[Canvas], None]


class DeckError(Exception):
    """The deck cannot be built; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality as the project's table knows it; ``population`` is the 2020 census."""

    name: str
    prefecture: str
    population: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table to draw: texts by row, and each column's share of the width."""

    rows: Sequence[Sequence[Any]]
    shares: Sequence[int]
    header: bool


@dataclass(frozen=True, slots=True)
class Slide:
    """A page: its entry in the outline, and what draws its body."""

    outline: str
    draw: Draw


def load_places(path: Path = GAZETTEER) -> dict[str, Place]:
    """Read the municipalities by their six-digit code."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            row["code"]: Place(row["name"], row["prefecture"], int(row["population"] or 0))
            for row in csv.DictReader(lines)
        }


def find_font(chosen: Path | None) -> Path:
    """Return ``chosen``, else the first known font that is installed; DeckError without one."""
    for path in (chosen,) if chosen else FONTS:
        if path.is_file():
            return path
    tried = chosen or "、".join(str(path) for path in FONTS)
    raise DeckError(
        f"日本語フォントが見つかりません（{tried}）。"
        "apt install fonts-ipaexfont-gothic を実行するか、--font でTrueTypeフォントを指定してください。"
    )


def fiscal_year(year: int) -> str:
    """Name a fiscal year of the Reiwa era in both calendars."""
    return f"令和{'元' if year == 2019 else year - 2018}年度（{year}）"


def paragraphs(content: Any, size: float, color: Color = INK) -> list[Paragraph]:
    """Set a string, or a list as bullets with hanging indents, breaking lines as Japanese does."""
    bullets = isinstance(content, list)
    style = ParagraphStyle(
        "cell",
        fontName=FACE,
        fontSize=size,
        leading=size * 1.42,
        textColor=color,
        wordWrap="CJK",
        leftIndent=size if bullets else 0,
        firstLineIndent=-size if bullets else 0,
    )
    texts = [f"・{item}" for item in content] if bullets else [str(content)]
    return [Paragraph(text, style) for text in texts]


def grid_table(grid: Grid, size: float) -> Table:
    """Lay the grid out at one size of type, with ruling lines and a tinted head."""
    cells = [
        [
            paragraphs(text, size, _head_color(grid, row, column))
            for column, text in enumerate(texts)
        ]
        for row, texts in enumerate(grid.rows)
    ]
    head = ((0, 0), (-1, 0), ACCENT) if grid.header else ((0, 0), (0, -1), TINT)
    style = TableStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.75, RULE),
            ("BACKGROUND", *head),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 8),
            # Wide enough for the small kana and stops that hang over the edge of a line.
            ("RIGHTPADDING", (0, 0), (-1, -1), size),
            ("TOPPADDING", (0, 0), (-1, -1), size * 0.4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), size * 0.7),
        ]
    )
    widths = [BODY_WIDTH * share / sum(grid.shares) for share in grid.shares]
    return Table(cells, colWidths=widths, style=style)


def _head_color(grid: Grid, row: int, column: int) -> Color:
    if grid.header:
        return white if row == 0 else INK
    return ACCENT if column == 0 else INK


def draw_grid(canvas: Canvas, grid: Grid) -> None:
    """Draw the grid under the lead in the largest type that fits; DeckError when none does."""
    for size in SIZES:
        table = grid_table(grid, size)
        _, height = table.wrapOn(canvas, BODY_WIDTH, GRID_TOP)
        if height <= GRID_TOP - GRID_BOTTOM:
            table.drawOn(canvas, MARGIN, GRID_TOP - height)
            return
    raise DeckError(f"表が1枚に収まりません。文を短くしてください: {grid.rows[0]}")


def draw_body(canvas: Canvas, heading: str, lead: str, grid: Grid) -> None:
    """Draw a slide's heading, the line under it, and its table."""
    canvas.setFillColor(ACCENT)
    canvas.rect(MARGIN, HEADING_Y - 2 * mm, 2.2 * mm, 9 * mm, stroke=0, fill=1)
    canvas.setFont(FACE, 22)
    canvas.drawString(MARGIN + 5 * mm, HEADING_Y, heading)
    canvas.setFont(FACE, 12.5)
    canvas.setFillColor(MUTED)
    canvas.drawString(MARGIN, LEAD_Y, lead)
    draw_grid(canvas, grid)


def draw_title(canvas: Canvas, content: dict[str, Any]) -> None:
    """Draw the title page."""
    canvas.setFillColor(ACCENT)
    canvas.rect(0, HEIGHT * 0.46, WIDTH, HEIGHT * 0.3, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.setFont(FACE, 36)
    canvas.drawString(MARGIN, HEIGHT * 0.625, content["title"])
    canvas.setFont(FACE, 20)
    canvas.drawString(MARGIN, HEIGHT * 0.525, content["subtitle"])
    y = HEIGHT * 0.37
    for block in paragraphs(content["about"], 13, MUTED):
        _, height = block.wrapOn(canvas, BODY_WIDTH, HEIGHT)
        y -= height
        block.drawOn(canvas, MARGIN, y)


def draw_frame(canvas: Canvas, running_head: str, page: int, pages: int) -> None:
    """Draw the running head and the page number."""
    canvas.setFont(FACE, 9.5)
    canvas.setFillColor(MUTED)
    canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 13 * mm, running_head)
    canvas.drawCentredString(WIDTH / 2, 9 * mm, f"{page} / {pages}")
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, 14 * mm, WIDTH - MARGIN, 14 * mm)


def overview_grid(content: dict[str, Any], places: dict[str, Place]) -> Grid:
    """Compare the cases in one table."""
    rows = [
        [
            f"{place.prefecture}{place.name}",
            f"{place.population:,}",
            case["first"],
            case["tool"],
            case.get("year", "―"),
        ]
        for case in content["cases"]
        for place in [places[case["code"]]]
    ]
    overview = content["overview"]
    return Grid([overview["columns"], *rows], overview["widths"], header=True)


def case_slide(section: str, number: int, case: dict[str, Any], place: Place) -> Slide:
    """Make the page of one municipality; DeckError when its code names another one."""
    if place.name != case["name"]:
        raise DeckError(f"{case['name']}のコード{case['code']}は{place.name}のものです。")
    heading = f"{section} {chr(ord('①') + number)}{case['name']}：{case['heading']}"
    facts = [f"{place.prefecture}{place.name}", f"人口{place.population:,}人（2020年国勢調査）"]
    if case.get("year"):
        facts.append(f"取組の年度：{fiscal_year(case['year'])}")
    grid = Grid(list(case["rows"].items()), [17, 83], header=False)
    lead = "　".join(facts)
    return Slide(heading, partial(draw_body, heading=heading, lead=lead, grid=grid))


def slides(content: dict[str, Any], places: dict[str, Place]) -> list[Slide]:
    """Turn the text into pages, in order."""
    overview, closing = content["overview"], content["closing"]
    table = Grid([closing["columns"], *closing["rows"]], closing["widths"], header=True)
    return [
        Slide(content["title"], partial(draw_title, content=content)),
        _framed(overview, overview_grid(content, places)),
        *(
            case_slide(content["section"], number, case, places[case["code"]])
            for number, case in enumerate(content["cases"])
        ),
        _framed(closing, table),
    ]


def _framed(part: dict[str, Any], grid: Grid) -> Slide:
    draw = partial(draw_body, heading=part["heading"], lead=part["lead"], grid=grid)
    return Slide(part["heading"], draw)


def build(content: dict[str, Any], font: Path, out: Path) -> Path:
    """Write the deck under ``out`` and return its path; DeckError when it cannot be set."""
    try:
        pdfmetrics.registerFont(TTFont(FACE, font))
    except TTFError as error:
        raise DeckError(f"{font} をTrueTypeフォントとして読めません: {error}") from error
    pages = slides(content, load_places())
    target: Path = out / content["file"]
    out.mkdir(parents=True, exist_ok=True)
    canvas = Canvas(str(target), pagesize=(WIDTH, HEIGHT), invariant=1, lang="ja")
    canvas.setTitle(f"{content['title']} {content['subtitle']}")
    canvas.setAuthor("dxkb")
    for number, slide in enumerate(pages, start=1):
        canvas.bookmarkPage(f"page{number}")
        canvas.addOutlineEntry(slide.outline, f"page{number}")
        slide.draw(canvas)
        if number > 1:
            draw_frame(canvas, content["running_head"], number, len(pages))
        canvas.showPage()
    canvas.save()
    return target


def main(argv: Sequence[str] | None = None) -> int:
    """Build the deck from the command line."""
    parser = argparse.ArgumentParser(description="corpus/decks/ のPDFを作ります。")
    parser.add_argument("--font", type=Path, help="埋め込むTrueTypeフォント")
    parser.add_argument("--out", type=Path, default=OUT, help="書き出す先のフォルダー")
    args = parser.parse_args(argv)
    content = yaml.safe_load(CONTENT.read_text(encoding="utf-8"))
    try:
        print(build(content, find_font(args.font), args.out))
    except DeckError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
