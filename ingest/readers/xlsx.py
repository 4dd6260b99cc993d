"""Excel (.xlsx): a sheet is a page; its tables row by row, values as Excel shows them."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

from ingest.page import Block, Extract, Page
from ingest.readers.grid import Grid, blocks
from ingest.readers.kind import too_large
from ingest.readers.ooxml import Package, damaged
from kb.errors import ReadError

MOST_ROWS = 20_000
MOST_COLUMNS = 256
MOST_CELLS = 600_000
"""What is read of a sheet, and the cells a sheet may hold (about 300 MiB of Python objects)."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]')  # parts of a number format that are no digits


def read_xlsx(path: Path, content: bytes, password: str | None = None) -> Extract:
    """The tables of an Excel file, sheets as pages.

    Raises ReadError: ``damaged``, ``too_large`` or ``empty``.
    """
    package = Package(content)
    uncounted = _checked(package)
    try:
        from openpyxl import load_workbook

        book = load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
        warnings = [w for sheet in book.worksheets for w in _warnings(sheet)]
        pages = tuple(_page(n, sheet) for n, sheet in enumerate(book.worksheets, start=1))
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # whatever the library makes of a broken part
        raise damaged() from error
    if not any(page.blocks for page in pages):
        raise ReadError(
            "empty",
            "どのシートにも文字がありません。内容のあるファイルに置き換えてください。",
            "No sheet holds anything. Replace it with a file that has some.",
        )
    if uncounted:
        warnings.append(
            f"計算結果が保存されていない式が{uncounted:,}個あり、読めませんでした。"
            "Excelで開いて保存し直すと読めます。"
        )
    return Extract("xlsx", pages, package.describe(), warnings=tuple(warnings))


def shown(value: object, number_format: str) -> str:
    """A value as Excel shows it, near enough to be searched and read."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return _moment(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format)
    return "\n".join(line.strip() for line in str(value).splitlines() if line.strip())


def _page(number: int, sheet: Any) -> Page:
    """The sheet's name as a heading and its tables; no blocks when it is empty."""
    rows = [
        tuple(shown(cell.value, cell.number_format or "") for cell in row)
        for row in sheet.iter_rows(  # the library makes a cell of every place within these
            max_row=min(sheet.max_row, MOST_ROWS), max_col=min(sheet.max_column, MOST_COLUMNS)
        )
    ] if sheet.max_row else []  # fmt: skip
    merged = tuple(
        (area.min_row - 1, area.min_col - 1, area.max_row, area.max_col)
        for area in sheet.merged_cells.ranges
    )
    found = blocks(Grid(tuple(rows), merged))
    return Page(number, (Block(str(sheet.title), level=1), *found) if found else ())


def _warnings(sheet: Any) -> list[str]:
    found = []
    if sheet.sheet_state != "visible":
        found.append(f"非表示のシート「{sheet.title}」も読み取りました。")
    if (sheet.max_row or 0) > MOST_ROWS or (sheet.max_column or 0) > MOST_COLUMNS:
        found.append(
            f"シート「{sheet.title}」が大きいため、先頭の{MOST_ROWS:,}行・{MOST_COLUMNS}列までを"
            "読み取りました。残りが必要なら、シートを分けて置いてください。"
        )
    return found


def _checked(package: Package) -> int:
    """Number of formulas whose result was never saved.

    Raises ReadError: ``damaged`` or ``too_large``, before the library makes objects of every cell.
    """
    main = package.main()
    package.tree(main)
    uncounted = 0
    for kind, name in package.related(main).values():
        if kind == "sharedStrings":
            package.tree(name)
        if kind != "worksheet":
            continue
        root = package.tree(name)
        cells = list(root.iter(f"{_MAIN}c")) if root is not None else []
        if len(cells) > MOST_CELLS:
            raise too_large()
        uncounted += sum(
            c.find(f"{_MAIN}f") is not None and not (c.findtext(f"{_MAIN}v") or "") for c in cells
        )
        _bounded_merges(root)
    return uncounted


def _bounded_merges(root: Any) -> None:
    """Raises ReadError("too_large") for merged areas that the library would fill cell by cell."""
    total = 0
    for area in root.iter(f"{_MAIN}mergeCell") if root is not None else ():
        corners = re.findall(r"([A-Z]{1,3})(\d{1,7})", area.get("ref", ""))
        if len(corners) == 2:
            columns = abs(_column(corners[1][0]) - _column(corners[0][0])) + 1
            total += columns * (abs(int(corners[1][1]) - int(corners[0][1])) + 1)
    if total > MOST_CELLS:
        raise too_large()


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _moment(value: dt.datetime | dt.date | dt.time) -> str:
    if isinstance(value, dt.time):
        return f"{value.hour}時{value.minute:02}分"
    day = f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, dt.datetime) and (value.hour or value.minute):
        return f"{day} {value.hour}時{value.minute:02}分"
    return day


def _number(value: float, number_format: str) -> str:
    digits = _QUOTED.sub("", number_format.split(";")[0])
    places = len(match[1]) if (match := re.search(r"\.(0+)", digits)) else 0
    comma = "," if "#,#" in digits or ",0" in digits else ""
    if "%" in digits:
        return f"{value * 100:{comma}.{places}f}%"
    if comma or places:
        return f"{value:{comma}.{places}f}"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
