"""The parts of an Excel file as texts: cells, merged areas, shapes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.readers.content import too_large
from ingest.readers.drawing import ALTERNATE, graphic_lines
from ingest.readers.drawing import DRAWING as _A
from ingest.readers.excel.grid import Grid
from ingest.readers.excel.values import BUILT_IN, shown

MOST_ROWS = 20_000
MOST_COLUMNS = 256
MOST_CELLS = 600_000
"""What is read of a sheet, and the cells that a sheet may hold."""

_M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})$")
_TRUE = ("1", "true")
_BESIDE = re.compile("&[LCR]")  # ISO/IEC 29500-1, 18.3.1.46
_CODES = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-F]{6}|K\d\d[+-]\d{3}|.)', re.DOTALL)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # ISO/IEC 29500-1, 22.4.2.4


@dataclass(frozen=True, slots=True)
class Said:
    """A text of cells without its struck-out runs: ``text``, ``text_in_struck`` in a cell that is struck
    out itself, where only runs set otherwise stand, and what such runs say."""

    text: str
    text_in_struck: str = ""
    struck: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """What the sheets of a book share: ``strings``, a number format for each style of cells, the
    styles that strike out, and whether days are counted from 1904."""

    strings: tuple[Said, ...] = ()
    formats: tuple[str, ...] = ()
    struck: frozenset[int] = frozenset()
    from_1904: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells that hold something; ``cut`` when there are more than are read, ``uncounted`` formulas
    whose result was never saved, ``struck`` the struck-out text of cells; ``hides``: some stand in rows or
    columns that are hidden."""

    grid: Grid
    cut: bool
    uncounted: int
    struck: tuple[str, ...] = ()
    hides: bool = False


def strings(root: Any) -> tuple[Said, ...]:
    """The shared strings, without the readings that Excel keeps beside them."""
    return tuple(_text(item) for item in root.iterfind(f"{_M}si")) if root is not None else ()


def struck_styles(root: Any) -> frozenset[int]:
    """The numbers of the cell styles whose font is struck out."""
    if root is None:
        return frozenset()
    fonts = [_strikes(font) for font in root.iterfind(f"{_M}fonts/{_M}font")]
    used = (_int(style.get("fontId")) for style in root.iterfind(f"{_M}cellXfs/{_M}xf"))
    return frozenset(i for i, font in enumerate(used) if font < len(fonts) and fonts[font])


def formats(root: Any) -> tuple[str, ...]:
    """The number format of each cell style, from the styles part."""
    if root is None:
        return ()
    own = {
        _int(item.get("numFmtId")): item.get("formatCode", "")
        for item in root.iterfind(f"{_M}numFmts/{_M}numFmt")
    }
    used = (_int(style.get("numFmtId")) for style in root.iterfind(f"{_M}cellXfs/{_M}xf"))
    return tuple(own.get(n) or BUILT_IN.get(n, "") for n in used)


def sheet(root: Any, shared: Shared) -> Sheet:
    """A worksheet's cells. Raises ReadError("too_large")."""
    rows: dict[int, dict[int, str]] = {}
    cells = uncounted = row_number = 0
    struck: list[str] = []
    cut = False
    for row in root.iter(f"{_M}row"):
        row_number = _int(row.get("r")) or row_number + 1
        column = 0
        for cell in row.iterfind(f"{_M}c"):
            cells += 1
            if cells > MOST_CELLS:
                raise too_large()
            place = _PLACE.match(cell.get("r", ""))
            column = column_number(place[1]) if place else column + 1
            said = _cell(cell, shared)
            is_struck = _int(cell.get("s")) in shared.struck
            text = said.text_in_struck if is_struck else said.text
            whole = said.text if is_struck and text != said.text else ""
            struck += filter(None, [said.struck or whole])
            uncounted += not said.text and cell.find(f"{_M}f") is not None and _is_unsaved(cell)
            if not text:
                continue
            if row_number > MOST_ROWS or column > MOST_COLUMNS:
                cut = True
                continue
            rows.setdefault(row_number - 1, {})[column - 1] = text
    hides = _hides(root, rows)
    return Sheet(Grid(rows, tuple(_merged(root))), cut, uncounted, tuple(struck), hides)


def _hides(root: Any, rows: Mapping[int, Mapping[int, str]]) -> bool:
    """True where a text stands in a hidden row or column."""
    areas = [
        range(_int(col.get("min")) - 1, _int(col.get("max")))
        for col in root.iterfind(f"{_M}cols/{_M}col")
        if col.get("hidden") in _TRUE
    ]
    used = {column for cells in rows.values() for column in cells} if areas else set()
    gone = (_int(row.get("r")) - 1 for row in root.iter(f"{_M}row") if row.get("hidden") in _TRUE)
    return any(column in area for column in used for area in areas) or any(n in rows for n in gone)


def printed_around(root: Any) -> list[str]:
    """The texts of a sheet's headers and footers, without the codes for fonts, dates and numbers."""
    parts = [part.text or "" for part in root.iterfind(f"{_M}headerFooter/*")]
    texts = [text for part in parts for text in _BESIDE.split(part)]
    return [said for text in texts if (said := _CODES.sub("", text).strip())]


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def shape_lines(root: Any) -> list[str]:
    """The words of the shapes and text boxes in a drawing, a line for each paragraph; of several
    renderings of one shape the first with text."""
    for alternate in list(root.iter(ALTERNATE)):
        with_text = [option for option in alternate if any(True for _ in option.iter(f"{_A}t"))]
        for option in with_text[1:]:
            alternate.remove(option)
    return graphic_lines(root)


def _cell(cell: Any, shared: Shared) -> Said:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inside = cell.find(f"{_M}is")
        return _text(inside) if inside is not None else Said("")
    raw = cell.findtext(f"{_M}v") or ""
    if kind == "s":
        at = _int(raw, -1)
        return shared.strings[at] if 0 <= at < len(shared.strings) else Said("")
    return Said(_value(raw, kind, _int(cell.get("s")), shared))


def _value(raw: str, kind: str, style: int, shared: Shared) -> str:
    """What a cell shows that holds no text of its own."""
    if kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(raw.strip(), "")
    if kind == "e":  # #N/A and its like: nothing that anybody wrote
        return ""
    if kind in ("str", "d"):
        return _lines(raw)
    try:
        value = float(raw)
    except ValueError:
        return ""
    form = shared.formats[style] if style < len(shared.formats) else ""
    return shown(value, form, from_1904=shared.from_1904) if abs(value) < 1e300 else ""


def _is_unsaved(cell: Any) -> bool:
    return not (cell.findtext(f"{_M}v") or "") and cell.get("t") != "str"


def _text(item: Any) -> Said:
    """A text in one piece or in runs, each set in its own way or in the cell's."""
    pieces: list[str] = []
    otherwise: list[str] = []
    struck: list[str] = []
    for t in item.iter(f"{_M}t"):
        around = t.getparent()
        if around.tag == f"{_M}rPh":
            continue
        look = around.find(f"{_M}rPr") if around.tag == f"{_M}r" else None
        if look is not None and _strikes(look):
            struck.append((t.text or "").strip())
            continue
        pieces.append(t.text or "")
        if look is not None:
            otherwise.append(t.text or "")
    return Said(_lines("".join(pieces)), _lines("".join(otherwise)), "".join(struck))


def _strikes(look: Any) -> bool:
    """True for a font, of a style or a run, that strikes out."""
    found = look.find(f"{_M}strike")
    return found is not None and found.get("val", "1") not in ("0", "false")


def _lines(text: str) -> str:
    text = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)
    lines = (line.replace("\t", " ").strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _merged(root: Any) -> list[tuple[int, int, int, int]]:
    """Merged areas (top, left, bottom, right), 0-based, ends open. Raises ReadError("too_large") when
    they cover more than a sheet may hold."""
    found = []
    total = 0
    for area in root.iter(f"{_M}mergeCell"):
        corners = [_PLACE.match(corner) for corner in area.get("ref", "").split(":")]
        if len(corners) != 2 or not corners[0] or not corners[1]:
            continue
        columns = sorted(column_number(corner[1]) for corner in corners if corner)
        rows = sorted(int(corner[2]) for corner in corners if corner)
        total += (columns[1] - columns[0] + 1) * (rows[1] - rows[0] + 1)
        found.append((rows[0] - 1, columns[0] - 1, rows[1], columns[1]))
    if total > MOST_CELLS:
        raise too_large()
    return found


def _int(text: str | None, default: int = 0) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else default
