"""The brief as a workbook: cases side by side on one page across, every quote and every question in
rows that filter, and the sources."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from kb.advice.asked import answers, asked
from kb.advice.brief import Brief, Cited, compare, deciding, row_label, sources
from kb.advice.office_zip import printable, timeless
from kb.advice.paper import all_sources
from kb.advice.quotes import Quote
from kb.base.messages import message, render, value_name
from kb.base.record import FACTS, facts_of, label
from kb.base.types import Case

_LONGEST = 32_000  # characters; a cell holds 32,767
_LINE, _TALLEST = 15.0, 409.0  # points: a line, and the tallest row that Excel knows
_CUT = "…（続きは出典をご覧ください）"
_FORMULA = ("=", "+", "-", "@")
_HEAD = PatternFill("solid", start_color="FFE8F1FE")
_LINES = Border(*[Side("thin", color="FFB8C0CC")] * 4)  # else a printed table has none
_WHO = {
    "no": 4,
    "case": 26,
    "prefecture": 9,
    "municipality": 10,
    "population": 9,
    "year": 7,
    "status": 6,
}
_TOLD, _UNSAID, _TAIL = 17, 9, {"remark": 18, "numbers": 7}  # characters

_Cell = str | int | float | None
_Say = Callable[[str], str]


def excel(brief: Brief) -> bytes:
    """The .xlsx of ``brief``: sheets for the comparison, the questions of a finance section, all
    quotes, the sources, and the author's own words where there are any; the same brief gives the same
    bytes. Whatever a case says stays text: no cell is ever a formula."""

    def say(code: str) -> str:
        return render(message(f"brief.excel.{code}"), brief.lang)

    cited = sources(brief.cases, brief.needs, brief.originals)
    book = Workbook()
    book.properties.creator, book.properties.title = "dxkb", printable(brief.title)
    _sheet(book.active, say("compared"), *_compared(brief, cited, say))
    _sheet(book.create_sheet(), say("asked"), *_asked(brief, cited, say))
    _sheet(book.create_sheet(), say("facts"), *_facts(brief, cited, say))
    _sheet(book.create_sheet(), say("quotes"), *_quotes(brief, cited, say))
    places: list[list[_Cell]] = [
        [s.number, s.label(brief.lang), s.page, s.path, s.link()] for s in all_sources(brief)
    ]
    heads = {say("number"): 6, say("document"): 50, say("page"): 7, say("file"): 34, "URL": 40}
    _sheet(book.create_sheet(), say("sources"), heads, places)
    notes = [brief.caution(), brief.for_whom, brief.author, brief.day, brief.problem, brief.remark]
    notes += [quote.text for quote, _ in brief.needs]
    rows: list[list[_Cell]] = [[note.strip()] for note in notes if note.strip()]
    if rows:
        _sheet(book.create_sheet(), say("remark"), {brief.title: 90}, rows)
    out = io.BytesIO()
    book.save(out)
    return timeless(out.getvalue())


_Table = tuple[dict[str, int], list[list[_Cell]]]


def _compared(brief: Brief, cited: Cited, say: _Say) -> _Table:
    """A row for each case of others, with what decides."""
    cases = brief.precedents
    told = [row for row in deciding(cases) if not row.is_known]
    heads = {say(name): width for name, width in _WHO.items()}
    heads |= {
        row_label(row.label, brief.lang): _TOLD if any(row.cells) else _UNSAID for row in told
    }
    heads |= {say(name): width for name, width in _TAIL.items()}
    rows: list[list[_Cell]] = []
    for at, case in enumerate(cases):
        quotes = [row.cells[at] for row in told]
        numbers = sorted({cited[case.id, q.page].number for cell in quotes for q in cell})
        numbers = numbers or sorted({c.number for (of, _), c in cited.items() if of == case.id})
        rows.append([
            brief.cases.index(case) + 1, case.title, case.prefecture, case.municipality,
            case.population, case.year, value_name("status", case.status, brief.lang),
            *(_cell(cell, case, cited) or say("unsaid") for cell in quotes),
            brief.remark_for(case), ", ".join(map(str, numbers)),
        ])  # fmt: skip
    return heads, rows


def _asked(brief: Brief, cited: Cited, say: _Say) -> _Table:
    """A row for each question and case that answers it, or one that says that none does."""
    rows: list[list[_Cell]] = []
    for point in asked("objection"):
        told = [(case, quote) for case in brief.precedents for quote in answers(case, point)]
        rows += [[point.title(brief.lang), *_row(case, quote, cited)] for case, quote in told]
        if not told:
            rows.append([point.title(brief.lang), "", say("unsaid"), None, "", None])
    heads = {say("question"): 16, say("municipality"): 12, say("quote"): 70}
    return heads | {say("number"): 6, say("document"): 40, say("page"): 7}, rows


def _quotes(brief: Brief, cited: Cited, say: _Say) -> _Table:
    """A row for everything that is quoted of a case."""
    rows: list[list[_Cell]] = []
    for case in brief.cases:
        for row in compare([case]):
            name = row_label(row.label, brief.lang)
            rows += [[name, *_row(case, quote, cited)] for quote in row.cells[0]]
    heads = {say("item"): 16, say("municipality"): 12, say("quote"): 70}
    return heads | {say("number"): 6, say("document"): 40, say("page"): 7}, rows


def _facts(brief: Brief, cited: Cited, say: _Say) -> _Table:
    """A row for each fact that decides, its numbers as numbers."""
    rows: list[list[_Cell]] = []
    for case in brief.cases:
        for name in FACTS:
            for e in facts_of(case, name):
                place, _, number, document, page = _row(case, Quote("", e.page), cited)
                text = " ".join(e.text.split())
                rows.append([
                    render(label(name), brief.lang), place, e.shown, e.amount, e.before, e.unit, e.period,
                    text, number, document, page,
                ])  # fmt: skip
    heads = {say("item"): 13, say("municipality"): 10, say("value"): 26, say("amount"): 13}
    heads |= {say("before"): 10, say("unit"): 7, say("per"): 7, say("quote"): 50}
    return heads | {say("number"): 6, say("document"): 30, say("page"): 7}, rows


def _row(case: Case, quote: Quote, cited: Cited) -> list[_Cell]:
    place = case.municipality or case.prefecture
    if not quote.own:
        return [place, quote.text, None, "", None]
    source = cited[case.id, quote.page]
    return [place, quote.text, source.number, source.title, source.page]


def _cell(quotes: Sequence[Quote], case: Case, cited: Cited) -> str:
    return "\n".join(f"{quote.text} [{cited[case.id, quote.page].number}]" for quote in quotes)


def _sheet(sheet: Any, name: str, heads: Mapping[str, int], rows: list[list[_Cell]]) -> None:
    sheet.title = name
    for column, (head, width) in enumerate(heads.items(), start=1):
        cell = sheet.cell(1, column)
        _put(cell, head)
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _LINES
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[1].height = _height(list(heads), list(heads.values()))
    large = {c for row in rows for c, v in enumerate(row, 1) if isinstance(v, int) and v > 9999}
    for number, row in enumerate(rows, start=2):
        for column, (head, value) in enumerate(zip(heads, row, strict=True), start=1):
            cell = sheet.cell(number, column)
            _put(cell, value)
            if isinstance(value, float) or (isinstance(value, int) and column in large):
                cell.number_format = "#,##0" if value == int(value) else "#,##0.0#"
            if head == "URL" and value:
                cell.hyperlink, cell.style = value, "Hyperlink"
            cell.alignment, cell.border = Alignment(vertical="top", wrap_text=True), _LINES
        sheet.row_dimensions[number].height = _height(row, list(heads.values()))
    sheet.freeze_panes = "C2" if len(heads) > 2 else "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_margins.left = sheet.page_margins.right = 0.4  # inches
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&P / &N"


def _height(row: Sequence[_Cell], widths: Sequence[int]) -> float:
    """Points in which the row shows all its text, up to what a row can be."""
    lines = [
        sum(math.ceil(max(1, _columns(line)) / width) for line in str(value or "").split("\n"))
        for value, width in zip(row, widths, strict=True)
    ]
    return min(_TALLEST, max(lines) * _LINE)


def _columns(text: str) -> int:
    """Width of ``text`` in characters of the kind column widths are counted in."""
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


def _put(cell: Any, value: _Cell) -> None:
    """Text is stored as text, and stays text when somebody edits the cell."""
    if not isinstance(value, str):
        cell.value = value
        return
    text = printable(value)
    cell.value = text[:_LONGEST] + _CUT if len(text) > _LONGEST else text or None
    if cell.value is not None:
        cell.data_type = "s"
        cell.quotePrefix = text.lstrip().startswith(_FORMULA)
