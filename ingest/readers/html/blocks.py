"""An element of a web page as blocks: headings, paragraphs, lists and the rows of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from ingest.page import Block
from ingest.readers.grid import Cell, rows
from kb.language.text import is_japanese

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main ol p pre section "
    "summary table tbody td tfoot th thead tr ul".split()
)
_HEADING = re.compile(r"^h([1-6])$")
_SKIPPED = frozenset(("rt", "rp", "script", "style", "head", "del", "template"))
_BOLD = frozenset(("b", "strong"))
_SPACE = re.compile(r"[\x00-\x20\x7f\xa0]+")
_BULLET = re.compile(r"^(?:[・●○■□◆◇※▶•\-*]|[①-⑳]|[（(]?\d+[)）.．])")
_MOST_SPAN = 1000  # HTML Living Standard, 4.9.11
_MOST_COLUMNS = 1000


def blocks(top: Any) -> list[Block]:
    """The blocks of an element in reading order."""
    return list(_Walk().blocks(top))


def line(node: Any) -> str:
    """The whole text of an element on one line."""
    return _one_line("".join(_pieces(node)).replace("\n", " "))


class _Walk:
    """Numbers the tables as it goes."""

    def __init__(self) -> None:
        self._tables = 0

    def blocks(self, node: Any) -> Iterator[Block]:
        if match := _HEADING.match(node.tag):
            text = line(node)
            yield from [Block(text, level=int(match[1]))] if text else []
        elif node.tag == "table":
            yield from self._table(node)
        elif node.tag == "dl":
            yield from self._definitions(node)
        elif node.tag in ("ul", "ol"):
            yield from self._items(node)
        elif node.tag == "pre":
            yield from _lines("".join(_pieces(node, pre=True)), bold=False)
        else:
            yield from self._mixed(node)

    def _mixed(self, node: Any) -> Iterator[Block]:
        """Running text and blocks in turn."""
        text, bold = [_flat(node.text)], not _flat(node.text).strip()
        for child in node:
            if child.tag in _SKIPPED or not isinstance(child.tag, str):
                pass
            elif child.tag in _BLOCKS or _holds_blocks(child):
                yield from _lines("".join(text), bold=bold)
                text, bold = [], True
                yield from self.blocks(child)
            else:
                inside = "".join(_pieces(child)) if child.tag != "br" else "\n"
                bold = bold and (child.tag in _BOLD or not inside.strip())
                text.append(inside)
            text.append(_flat(child.tail))
            bold = bold and not _flat(child.tail).strip()
        yield from _lines("".join(text), bold=bold)

    def _items(self, node: Any) -> Iterator[Block]:
        number = 0
        for child in node:
            if not isinstance(child.tag, str):
                continue
            number += child.tag == "li"
            mark = f"{number}. " if node.tag == "ol" else "・"
            for i, block in enumerate(self.blocks(child)):
                marked = i == 0 and child.tag == "li" and block.kind == "line" and not block.level
                if marked and not _BULLET.match(block.text):
                    yield Block(mark + block.text, bold=block.bold)
                else:
                    yield block

    def _definitions(self, node: Any) -> Iterator[Block]:
        """Terms with what is said of them, as rows of label and content."""
        number, self._tables = self._tables, self._tables + 1
        label, said = "", list[str]()
        for child in [*node.iter("dt", "dd"), None]:
            if child is None or child.tag == "dt":
                if label and said:
                    cells = (label, "\n".join(said))
                    yield Block("\t".join(cells), "row", cells, table=number)
                elif label or said:
                    yield Block(label or "\n".join(said))
                label, said = (line(child), []) if child is not None else ("", [])
            else:
                said += [self._cell(child)]

    def _table(self, table: Any) -> Iterator[Block]:
        found = [row for row in table.iter("tr") if _owner(row) is table]
        cells = [[c for c in row if c.tag in ("td", "th")][:_MOST_COLUMNS] for row in found]
        for caption in table.iterchildren("caption"):
            yield from self.blocks(caption)
        if _is_layout(table) or all(len(row) < 2 for row in cells):
            for cell in chain.from_iterable(cells):
                yield from self._mixed(cell)
            return
        number, self._tables = self._tables, self._tables + 1
        for row in rows(self._placed(cells)):
            yield row.block(number)

    def _placed(self, table: list[list[Any]]) -> Iterator[Cell]:
        """The cells with their places: a cell takes the next column that none from above reaches."""
        down: dict[int, int] = {}  # column: the row that is free again
        for at, cells in enumerate(table):
            column = 0
            for cell in cells:
                while down.get(column, 0) > at:
                    column += 1
                across, rows_down = _span(cell, "colspan"), _span(cell, "rowspan")
                across = min(across, max(_MOST_COLUMNS - column, 1))
                yield Cell(at, column, self._cell(cell), rows_down, across)
                if rows_down > 1:
                    down |= dict.fromkeys(range(column, column + across), at + rows_down)
                column += across

    def _cell(self, cell: Any) -> str:
        return "\n".join(block.text.replace("\t", "　") for block in self._mixed(cell))


def _pieces(node: Any, *, pre: bool = False) -> Iterator[str]:
    """The text of an element; ``\\n`` only where a line breaks."""
    yield _flat(node.text, pre=pre)
    for child in node:
        if child.tag == "br":
            yield "\n"
        elif child.tag not in _SKIPPED and isinstance(child.tag, str):
            yield from _pieces(child, pre=pre)
        yield _flat(child.tail, pre=pre)


def _flat(text: str | None, *, pre: bool = False) -> str:
    """Text as a browser shows it: white space is one space, and none between Japanese letters that
    only the source breaks apart."""
    if not text or pre:
        return text or ""
    return re.sub(r"\s*\n\s*", lambda m: _seam(text, m), text)


def _seam(text: str, match: re.Match[str]) -> str:
    start, end = match.span()
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    return "" if is_japanese(before) and is_japanese(after) else " "


def _lines(text: str, *, bold: bool) -> Iterator[Block]:
    for part in text.split("\n"):
        if shown := _one_line(part):
            yield Block(shown, bold=bold)


def _one_line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _holds_blocks(node: Any) -> bool:
    return any(child.tag in _BLOCKS for child in node.iter() if child is not node)


def _owner(row: Any) -> Any:
    return next(row.iterancestors("table"), None)


def _is_layout(table: Any) -> bool:
    """True for a table that only arranges parts of the page."""
    if table.get("role") == "presentation":
        return True
    inside = {node.tag for node in table.iter("table", "h1", "h2", "h3", "h4") if node is not table}
    if inside == {"table"} and any(_owner(head) is table for head in table.iter("th")):
        return False  # its rows have labels; tables within are part of their cells
    return bool(inside)


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), _MOST_SPAN) if value.isdecimal() and len(value) < 7 else 1
