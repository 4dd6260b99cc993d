"""Excel (.xlsx): a sheet is a page; its tables row by row, values as Excel shows them.

The parts are read as they are: libraries refuse whole books for a style or a chart that they do not
know, and pass over text boxes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest.page import Block, Extract, Page, Struck
from ingest.readers.excel.grid import blocks
from ingest.readers.excel.sheet import (
    MOST_COLUMNS,
    MOST_ROWS,
    Shared,
    formats,
    printed_around,
    shape_lines,
    sheet,
    strings,
    struck_styles,
)
from ingest.readers.ooxml import Package, without_struck
from kb.base.errors import ReadError
from kb.base.messages import Message, message

_M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_SHEETS = ("worksheet", "chartsheet")


def read_xlsx(path: Path, content: bytes, password: str | None = None) -> Extract:
    """The tables of an Excel file, sheets as pages; the words of its text boxes and charts below
    them.

    Raises ReadError: ``damaged``, ``too_large`` or ``empty``.
    """
    package = Package(content)
    book = _Book(package)
    pages = book.read()
    if not any(page.blocks for page in pages):
        raise ReadError("read.empty.sheets")
    warnings = (*book.warnings, *package.unread_comments())
    struck = tuple(book.struck)
    around = tuple(dict.fromkeys(book.around))
    return Extract("xlsx", pages, package.describe(), False, warnings, struck=struck, around=around)


class _Book:
    """A book on its way to pages; ``warnings`` gather what cannot be seen or was not read, ``struck`` what
    was struck out, ``around`` the headers and footers."""

    def __init__(self, package: Package) -> None:
        self.warnings: list[Message] = []
        self.struck: list[Struck] = []
        self.around: list[str] = []
        self._package = package
        self._main = package.main()
        self._related = package.related(self._main)
        self._root = package.tree(self._main)
        self._uncounted = 0
        properties = self._root.find(f"{_M}workbookPr")
        dated = properties is not None and properties.get("date1904") in ("1", "true")
        self._shared = Shared(
            strings(self._part("sharedStrings")),
            formats(self._part("styles")),
            struck_styles(self._part("styles")),
            dated,
        )

    def read(self) -> tuple[Page, ...]:
        """A page for each sheet that is no macro or dialogue."""
        found: list[Page] = []
        for item in self._root.iterfind(f"{_M}sheets/{_M}sheet"):
            kind, name = self._related.get(item.get(f"{_R}id", ""), ("", ""))
            if kind in _SHEETS:
                found.append(self._page(len(found) + 1, item, name))
        if self._uncounted:
            self.warnings.append(message("warn.uncounted", n=self._uncounted))
        return tuple(found)

    def _page(self, number: int, item: Any, name: str) -> Page:
        """The sheet's name as a heading and what it holds; no blocks when it is empty."""
        title = item.get("name", "")
        root = self._package.tree(name)
        found: tuple[Block, ...] = ()
        struck: list[str] = []
        if root is not None:
            cells = sheet(root, self._shared)
            self.around += printed_around(root)
            self._uncounted += cells.uncounted
            struck += cells.struck
            if cells.hides and item.get("state", "visible") == "visible":
                self.warnings.append(message("warn.hidden_cells", title=title))
            lines, drawn = self._drawn(name)
            found = (*blocks(cells.grid), *map(Block, lines))
            struck += drawn
            if cells.cut:
                told = message(
                    "warn.large_sheet", title=title, rows=MOST_ROWS, columns=MOST_COLUMNS
                )
                self.warnings.append(told)
        if struck:
            self.warnings.append(message("warn.struck_sheet", n=len(struck), title=title))
            self.struck += [(number, said) for said in struck]
        if found and item.get("state", "visible") != "visible":
            self.warnings.append(message("warn.hidden_sheet", title=title))
        return Page(number, (Block(title, level=1), *found) if found else ())

    def _drawn(self, name: str) -> tuple[list[str], list[str]]:
        """The words of the shapes and charts on a sheet, and those that are struck out."""
        lines: list[str] = []
        struck: list[str] = []
        for kind, drawing in self._package.related(name).values():
            if kind != "drawing":
                continue
            root = self._package.tree(drawing)
            struck += without_struck(root) if root is not None else []
            lines += shape_lines(root) if root is not None else []
            for inner, part in self._package.related(drawing).values():
                chart = self._package.tree(part) if inner in ("chart", "diagramData") else None
                lines += shape_lines(chart) if chart is not None else []
        return lines, struck

    def _part(self, kind: str) -> Any:
        name = next((target for k, target in self._related.values() if k == kind), "")
        return self._package.tree(name)
