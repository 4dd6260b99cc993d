"""PowerPoint (.pptx): a slide is a page; text, tables, charts, diagrams and speaker notes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.page import MOST_PAGES, Block, Extract, Page
from ingest.readers.drawing import ALTERNATE, CHOICES, graphic_lines
from ingest.readers.drawing import DRAWING as _A
from ingest.readers.grid import Cell, rows
from ingest.readers.ooxml import Package, damaged, parse, without_struck
from ingest.readers.struck import struck_in
from kb.base.errors import ReadError
from kb.base.messages import message

_EMU = 12700  # English Metric Units in a point (ECMA-376, 20.1.2.1)
_BAND = 24.0  # points: shapes whose tops differ by less stand in one row
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_NUMBER = re.compile(r"^[<‹](?:number|#|番号)[>›]$")  # what stands for the number of a slide
NOTES = "【発表者ノート】"

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Frame:
    """How a group's own coordinates lie on the slide: ``scale · x + offset``, in EMU."""

    scale: tuple[float, float] = (1.0, 1.0)
    offset: tuple[float, float] = (0.0, 0.0)


def read_pptx(path: Path, content: bytes, password: str | None = None) -> Extract:
    """The text of a PowerPoint file, slides as pages.

    Raises ReadError: ``damaged``, ``too_large``, ``ocr`` (only pictures) or ``empty``.
    """
    package = Package(content)
    package.bounded()
    package.tree(package.main())  # damage is told before the library opens it
    try:
        from pptx import Presentation

        deck = Presentation(io.BytesIO(content))
        size = ((deck.slide_width or 0) / _EMU, (deck.slide_height or 0) / _EMU)
        count = len(deck.slides)
        slides = list(islice(deck.slides, MOST_PAGES))
        struck = tuple(
            (n, said) for n, slide in enumerate(slides, start=1) for said in _without_struck(slide)
        )
        around = _around(deck)
        pages = tuple(Page(n, _blocks(slide), size) for n, slide in enumerate(slides, start=1))
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # whatever the library makes of a broken part
        raise damaged() from error
    if not any(block.text.strip() for page in pages for block in page.blocks):
        raise package.nothing("ppt/media/", "read.ocr.slides")
    hidden = [n for n, slide in enumerate(slides, start=1) if slide.element.get("show") == "0"]
    warnings = [message("warn.hidden_slides", n=len(hidden), slides=hidden)] * bool(hidden)
    if count > MOST_PAGES:
        warnings.append(message("warn.pages_cut", n=count, most=MOST_PAGES))
    warnings += package.unread_comments()
    warnings += struck_in(struck)
    front = package.describe()
    return Extract("pptx", pages, front, False, tuple(warnings), struck=struck, around=around)


def _around(deck: Any) -> tuple[str, ...]:
    """What masters and layouts print on every slide, without what stands for its text."""
    layouts = {slide.slide_layout.part.partname: slide.slide_layout for slide in deck.slides}
    found = [
        shape.text_frame.text
        for layout in layouts.values()
        for part in (layout, layout.slide_master)
        for shape in part.shapes
        if shape.has_text_frame and not shape.is_placeholder
    ]
    return tuple(dict.fromkeys(text for text in found if text.strip()))


def _without_struck(slide: Any) -> list[str]:
    notes = slide.notes_slide.element if slide.has_notes_slide else None
    return without_struck(slide.element) + (without_struck(notes) if notes is not None else [])


def _blocks(slide: Any) -> tuple[Block, ...]:
    """The slide's blocks: the title first, then from the top left to the bottom right."""
    _choose(slide.shapes._spTree)
    title = slide.shapes.title
    title_id = None if title is None else title.shape_id
    placed: list[tuple[Box, list[Block]]] = []
    for shape, box in _flat(slide.shapes, _Frame()):
        found = _of_shape(shape, box, is_title=shape.shape_id == title_id)
        if any(block.text.strip() for block in found):
            placed.append((box, found))
    placed.sort(key=lambda one: (one[1][0].level == 0, one[0][1] // _BAND, one[0][0]))
    numbers = iter(range(len(placed)))
    blocks: list[Block] = []
    for _, found in placed:
        number = next(numbers) if any(b.table is not None for b in found) else None
        blocks += [b if b.table is None else replace(b, table=number) for b in found]
    if slide.has_notes_slide:
        frame = slide.notes_slide.notes_text_frame
        notes = [p.text.strip() for p in frame.paragraphs if p.text.strip()] if frame else []
        blocks += [Block(NOTES), *(Block(text) for text in notes)] if notes else []
    return tuple(blocks)


def _choose(tree: Any) -> None:
    """Puts one of several renderings of the same shape (ISO/IEC 29500-3) in its place: the first with
    text. The library passes over all of them."""
    for alternate in list(tree.iter(ALTERNATE)):
        parent = alternate.getparent()
        options = [child for child in alternate if child.tag in CHOICES]
        with_text = (option for option in options if any(True for _ in option.iter(f"{_A}t")))
        at = parent.index(alternate)
        parent[at : at + 1] = list(next(with_text, ()))


def _flat(shapes: Any, frame: _Frame) -> Iterator[tuple[Any, Box]]:
    """Every shape that is no group, with its box on the slide in points."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _flat(shape.shapes, _inside(shape, frame))
        else:
            yield shape, _box(shape, frame)


def _inside(group: Any, frame: _Frame) -> _Frame:
    """The frame of a group's members (ECMA-376, 20.1.7.5: chOff, chExt)."""
    place = group.element.grpSpPr.find(f"{_A}xfrm")
    numbers = {}
    for name in ("off", "ext", "chOff", "chExt") if place is not None else ():
        item = place.find(f"{_A}{name}")
        keys = ("x", "y") if name.endswith("ff") else ("cx", "cy")
        numbers[name] = [float(item.get(key, 0)) for key in keys] if item is not None else [0, 0]
    if not numbers:
        return frame
    scale, offset = [], []
    for i in (0, 1):
        inner = numbers["ext"][i] / numbers["chExt"][i] if numbers["chExt"][i] else 1.0
        shift = numbers["off"][i] - inner * numbers["chOff"][i]
        scale.append(frame.scale[i] * inner)
        offset.append(frame.scale[i] * shift + frame.offset[i])
    return _Frame((scale[0], scale[1]), (offset[0], offset[1]))


def _box(shape: Any, frame: _Frame) -> Box:
    left, top = float(shape.left or 0), float(shape.top or 0)
    right, bottom = left + float(shape.width or 0), top + float(shape.height or 0)
    (sx, sy), (dx, dy) = frame.scale, frame.offset
    return (
        (sx * left + dx) / _EMU, (sy * top + dy) / _EMU,
        (sx * right + dx) / _EMU, (sy * bottom + dy) / _EMU,
    )  # fmt: skip


def _of_shape(shape: Any, box: Box, *, is_title: bool) -> list[Block]:
    if getattr(shape, "has_table", False):
        return _table(shape.table, box)
    if getattr(shape, "has_chart", False):
        return _chart(shape.chart, box)
    if getattr(shape, "has_text_frame", False):
        lines = [p for p in shape.text_frame.paragraphs if p.text.strip()]
        if is_title:  # a title that wraps is one title
            text = " ".join(" ".join(p.text.split()) for p in lines)
            return [Block(text, size=_size(lines), level=1, box=box)] if text else []
        return _lines(lines, box)
    return [Block(text, box=box) for text in _diagram(shape)]


def _lines(paragraphs: list[Any], box: Box) -> list[Block]:
    """A block a line; the lines share the shape's height evenly."""
    left, top, right, bottom = box
    step = (bottom - top) / max(len(paragraphs), 1)
    blocks = []
    for i, paragraph in enumerate(paragraphs):
        bold = all(run.font.bold for run in paragraph.runs) if paragraph.runs else False
        place = (left, top + i * step, right, top + (i + 1) * step)
        for text in paragraph.text.replace("\v", "\n").splitlines():
            if text.strip() and not _NUMBER.match(text.strip()):
                blocks.append(
                    Block(text.strip(), size=_size([paragraph]), bold=bool(bold), box=place)
                )
    return blocks


def _size(paragraphs: list[Any]) -> float:
    """The largest font size that a run states, in points; 0 when it comes from the layout."""
    sizes = [run.font.size.pt for p in paragraphs for run in p.runs if run.font.size is not None]
    return float(max(sizes, default=0.0))


def _table(table: Any, box: Box) -> list[Block]:
    """A block a row."""
    cells = [
        Cell(at, column, _cell(cell), cell.span_height, cell.span_width)
        for at, row in enumerate(table.rows)
        for column, cell in enumerate(row.cells)
        if not cell.is_spanned
    ]
    return [replace(row.block(0), box=box) for row in rows(cells)]


def _cell(cell: Any) -> str:
    return str(cell.text).replace("\v", "\n").replace("\t", " ").strip()


def _row(cells: tuple[str, ...], box: Box | None) -> Block:
    return Block("\t".join(cells), "row", cells, box=box, table=0)


def _chart(chart: Any, box: Box) -> list[Block]:
    """The chart's title and its numbers as a table: a row for each category."""
    blocks = []
    if chart.has_title and chart.chart_title.has_text_frame:
        blocks.append(Block(chart.chart_title.text_frame.text.strip(), box=box))
    plots = list(chart.plots)
    if not plots:
        return blocks
    series = [s for plot in plots for s in plot.series]
    names = [str(category) for category in plots[0].categories]
    if names and series:
        blocks.append(_row(("", *(str(s.name or "") for s in series)), box))
        columns = [list(s.values) for s in series]
        for i, name in enumerate(names):
            values = [c[i] if i < len(c) else None for c in columns]
            blocks.append(_row((name, *(_number(value) for value in values)), box))
    elif series:  # points have no categories
        blocks.append(Block("、".join(str(s.name or "") for s in series), box=box))
    return blocks


def _number(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _diagram(shape: Any) -> list[str]:
    """The words of a SmartArt diagram, which lie in a part of their own."""
    link = next(shape.element.iter(f"{_DGM}relIds"), None)
    target = None if link is None else link.get(f"{_R}dm")
    if not target:
        return []
    return graphic_lines(parse(shape.part.related_part(target).blob))
