"""The body of a Word file as blocks: paragraphs, tables, text boxes, notes, running heads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ingest.page import Block
from ingest.readers import grid
from ingest.readers.drawing import ALTERNATE, graphic_lines
from ingest.readers.grid import Cell
from ingest.readers.ooxml import Package, without_struck
from ingest.readers.word.numbers import Numbers
from ingest.readers.word.styles import Styles, W
from ingest.readers.word.text import (
    DELETED,
    Inline,
    PageCount,
    Paragraph,
    choice,
    is_prompt,
    value,
)

_P, _TBL, _TR, _TC, _SDT = W + "p", W + "tbl", W + "tr", W + "tc", W + "sdt"
_WRAPPERS = frozenset(
    W + name for name in ("sdt", "sdtContent", "smartTag", "customXml", "ins", "moveTo")
)
_CONTENTS = f"{W}sdtPr/{W}docPartObj/{W}docPartGallery"
_LONGEST_HEADING = 200  # characters; longer text with an outline level is a paragraph
_PAGE_NUMBER = re.compile(r"^(?:page|ページ|頁|of|[\W\d])*$", re.IGNORECASE)
_DRAWING_P = "{http://schemas.openxmlformats.org/drawingml/2006/main}p"
_WORD_ART = "{urn:schemas-microsoft-com:vml}textpath"


@dataclass(frozen=True, slots=True)
class Placed:
    """A block, the page it begins on, and whether it is a line of the table of contents."""

    block: Block
    page: int
    contents: bool = False


class Body:
    """Walks one document. ``page`` is the number of pages gone through so far."""

    def __init__(self, package: Package, main: str) -> None:
        self._package = package
        self._main = main
        self._related = package.related(main)
        self._styles = Styles(self._part("styles"))
        self._numbers = Numbers(self._part("numbering"))
        self._notes = {kind: self._note_texts(kind) for kind in ("footnote", "endnote")}
        self._pages = PageCount()
        self._inline = Inline(self._styles, self._pages)
        self._drawn: list[str] = []
        self._tables = 0
        self._due: list[tuple[str, str]] = []

    @property
    def page(self) -> int:
        """The page that the walk stands on, 1-based."""
        return self._pages.page

    @property
    def struck(self) -> list[str]:
        """The pieces of struck-out text that were passed over so far."""
        return [*self._inline.struck, *self._drawn]

    def read(self) -> list[Placed]:
        """The document's blocks in reading order, notes after the paragraph or table they hang on."""
        root = self._package.tree(self._main)
        body = root.find(W + "body") if root is not None else None
        self._drawn += without_struck(root) if root is not None else []
        placed: list[Placed] = []
        for node, contents in _flat(body if body is not None else (), contents=False):
            placed += [replace(p, contents=contents or p.contents) for p in self._node(node)]
            placed += [Placed(block, self.page) for block in self._noted()]
        return placed

    def running_heads(self) -> list[Block]:
        """Headers and footers, each text once, without mere page numbers."""
        found: dict[str, Block] = {}
        for kind, name in self._related.values():
            root = self._package.tree(name) if kind in ("header", "footer") else None
            for placed in self._blocks(root) if root is not None else ():
                if not _PAGE_NUMBER.match(placed.block.text):
                    found.setdefault(placed.block.text, replace(placed.block, level=0))
        return list(found.values())

    def watermarks(self) -> list[str]:
        """The words drawn behind the text, which headers hold as WordArt."""
        roots = [
            self._package.tree(name) for kind, name in self._related.values() if kind == "header"
        ]
        shapes = [s for root in roots if root is not None for s in root.iter(_WORD_ART)]
        return [text for shape in shapes if (text := shape.get("string", "").strip())]

    def unread(self) -> bool:
        """True when other files are embedded, which are not read."""
        return any(
            kind in ("aFChunk", "oleObject", "package") for kind, _ in self._related.values()
        )

    def _part(self, kind: str) -> Any:
        name = next((target for k, target in self._related.values() if k == kind), "")
        return self._package.tree(name)

    def _note_texts(self, kind: str) -> dict[str, Any]:
        root = self._part(kind + "s")
        items = root.iterfind(W + kind) if root is not None else ()
        return {item.get(W + "id", ""): item for item in items if not item.get(W + "type")}

    def _noted(self) -> list[Block]:
        """The notes that are due, each once."""
        blocks: list[Block] = []
        while self._due:
            kind, key = self._due.pop(0)
            item = self._notes[kind].pop(key, None)
            if item is not None:
                blocks += [placed.block for placed in self._blocks(item)]
        return blocks

    def _blocks(self, container: Any) -> list[Placed]:
        return [p for node, _ in _flat(container, contents=False) for p in self._node(node)]

    def _node(self, node: Any) -> list[Placed]:
        return self._table(node) if node.tag == _TBL else self._paragraph(node)

    def _paragraph(self, node: Any) -> list[Placed]:
        found = self._inline.read(node)
        properties = node.find(W + "pPr")
        number = self._styles.number(properties)
        label = self._numbers.label(number) if number else ""
        lines = [line.strip() for line in found.text.split("\n") if line.strip()]
        level = self._styles.level(properties)
        if level and lines and len(found.text) <= _LONGEST_HEADING:
            lines = ["　".join(lines)]
        else:
            level = 0
        contents = self._styles.is_contents(properties)
        look = found.look
        placed = [
            Placed(Block(text, size=look.size, bold=look.bold, level=level), found.page, contents)
            for text in (lines and [label + lines[0], *lines[1:]])
        ]
        self._due += found.notes
        return placed + self._hanging(found)

    def _hanging(self, found: Paragraph) -> list[Placed]:
        """Text boxes, shapes and graphics of a paragraph."""
        placed: list[Placed] = []
        for box in found.boxes:
            if isinstance(box, str):
                placed += [Placed(Block(box.strip()), found.page)] if box.strip() else []
            elif box.tag == _DRAWING_P:
                placed += self._paragraph(box)
            else:
                placed += self._blocks(box)
        for key in found.graphics:
            root = self._package.tree(self._related.get(key, ("", ""))[1])
            self._drawn += without_struck(root) if root is not None else []
            lines = graphic_lines(root) if root is not None else ()
            placed += [Placed(Block(line), found.page) for line in lines]
        return placed

    def _table(self, table: Any) -> list[Placed]:
        rows = [_cells(row) for row in _within(table, _TR) if not _is_deleted(row)]
        if all(len(row) < 2 for row in rows):  # a frame around text
            return [p for row in rows for cell in row for p in self._blocks(cell.node)]
        number, self._tables = self._tables, self._tables + 1
        cells: list[Cell] = []
        inside: dict[int, list[Placed]] = {}  # by row, of rows that are one cell
        pages: dict[int, int] = {}
        for at, row in enumerate(rows):
            pages[at] = self.page
            for i, cell in enumerate(row):
                if cell.goes_on:
                    continue
                found = self._blocks(cell.node)
                if i == 0 and found:
                    pages[at] = found[0].page
                if len(row) == 1:
                    inside[at] = found
                cells.append(
                    Cell(at, cell.column, _cell_text(found), _down(rows, at, cell), cell.across)
                )
        return _rows(grid.rows(cells), inside, pages, number)


@dataclass(frozen=True, slots=True)
class _Cell:
    node: Any
    column: int
    across: int
    goes_on: bool  # the rest of a cell merged downwards


def _flat(container: Any, *, contents: bool) -> Iterator[tuple[Any, bool]]:
    """The paragraphs and tables of a container, out of whatever wraps them, each with whether it
    belongs to the table of contents."""
    for child in container:
        if child.tag in (_P, _TBL):
            yield child, contents
        elif child.tag == ALTERNATE:
            yield from _flat(choice(child), contents=contents)
        elif child.tag in _WRAPPERS and not is_prompt(child):
            within = child.tag == _SDT and value(child, _CONTENTS) == "Table of Contents"
            yield from _flat(child, contents=contents or within)


def _within(node: Any, tag: str) -> Iterator[Any]:
    """The children with this tag, out of whatever wraps them."""
    for child in node:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _within(child, tag)


def _is_deleted(row: Any) -> bool:
    properties = row.find(W + "trPr")
    return properties is not None and any(child.tag in DELETED for child in properties)


def _cells(row: Any) -> list[_Cell]:
    """The cells of a row with the columns of the table's grid in which they begin."""
    column = _count(value(row, f"{W}trPr/{W}gridBefore"), 0)
    found = []
    for cell in _within(row, _TC):
        merge = cell.find(f"{W}tcPr/{W}vMerge")
        goes_on = merge is not None and merge.get(W + "val", "continue") == "continue"
        across = max(_count(value(cell, f"{W}tcPr/{W}gridSpan"), 1), 1)
        found.append(_Cell(cell, column, across, goes_on))
        column += across
    return found


def _down(rows: list[list[_Cell]], at: int, cell: _Cell) -> int:
    """How many rows a cell goes down: as long as a cell in its column goes on."""
    down = 1
    for row in rows[at + 1 :]:
        if not any(c.goes_on and c.column == cell.column for c in row):
            break
        down += 1
    return down


def _count(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else default


def _cell_text(inside: list[Placed]) -> str:
    """A cell's paragraphs and the rows of tables in it, a line each."""
    return "\n".join(placed.block.text.replace("\t", "　") for placed in inside)


def _rows(
    rows: list[grid.Row], inside: dict[int, list[Placed]], pages: dict[int, int], number: int
) -> list[Placed]:
    """Rows as blocks; a row across the table is lines."""
    placed: list[Placed] = []
    for row in rows:
        if row.at in inside and row.is_line:
            placed += [replace(p, block=_in_table(p.block, number)) for p in inside[row.at]]
        else:
            placed.append(Placed(row.block(number), pages[row.at]))
    return placed


def _in_table(block: Block, number: int) -> Block:
    return block if block.table is not None else replace(block, table=number)
