"""The brief as a workbook: a row for each case, columns that filter and sort, and the sources."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from kb.advice.brief import Brief, Quote, Source, compare, listed, sources
from kb.advice.office_zip import printable, timeless
from kb.base.messages import render
from kb.base.record import ABOUT, FACTS, facts_of, label, value_of
from kb.base.types import Case

_LONGEST = 32_000  # characters; a cell holds 32,767
_LINE, _TALLEST = 15.0, 409.0  # points: a line, and the tallest row that Excel knows
_ACROSS = 160  # characters on a printed page
_CUT = "…（続きは出典をご覧ください）"
_FORMULA = ("=", "+", "-", "@")
_HEAD = PatternFill("solid", start_color="FFE8F1FE")
_WIDTHS = {"分野": 12, "年度": 7, "段階": 7, "確認日": 11}  # characters
_COLUMNS = {
    name: render(label(name)) for name, about in ABOUT.items() if about.is_fact and about.is_listed
}  # facts with columns of their own
_TYPED = {"自治体", "人口", *_COLUMNS.values()}

_FACT_HEADS = {
    "No": 5, "事例": 34, "種類": 14, "内容": 36, "数": 14, "前の数": 10, "単位": 8, "期間": 8, "ページ": 8, "出典": 6,
    "本文": 60,
}  # fmt: skip
_NUMBERS = frozenset({"人口", "数", "前の数"})

_Cell = str | int | float | None
_Cited = Mapping[tuple[str, int | None], Source]


def excel(brief: Brief) -> bytes:
    """The .xlsx of ``brief``: sheets 事例 and 出典, and 所見 where there is one; the same brief gives
    the same bytes. Whatever a case says stays text: no cell is ever a formula."""
    cited = sources(brief.cases)
    book = Workbook()
    book.properties.creator, book.properties.title = "dxkb", printable(brief.title)
    _sheet(book.active, "事例", *_cases(brief, cited))
    places: list[list[_Cell]] = [
        [s.number, s.title, s.page, s.path, s.link()] for s in listed(cited)
    ]
    heads = {"番号": 6, "文書": 44, "ページ": 8, "ファイル": 40, "URL": 50}
    _sheet(book.create_sheet(), "出典", heads, places)
    _sheet(book.create_sheet(), "事実", _FACT_HEADS, list(_facts(brief, cited)))
    notes = [note for note in (brief.caution(), brief.remark.strip()) if note]
    if notes:
        _sheet(book.create_sheet(), "所見", {brief.title: 90}, [[note] for note in notes])
    out = io.BytesIO()
    book.save(out)
    return timeless(out.getvalue())


def _cases(brief: Brief, cited: _Cited) -> tuple[dict[str, int], list[list[_Cell]]]:
    """Headings with their widths, in characters, and a row for each case."""
    told = [row for row in compare(brief.cases) if row.label not in _TYPED]
    heads = {"No": 5, "事例": 34, "都道府県": 10, "自治体": 12, "人口": 11}
    heads |= {label: _WIDTHS.get(label, 12) for label in _COLUMNS.values()}
    heads |= {row.label: 24 if row.is_fact else 44 for row in told}
    heads |= {"所見": 36, "出典": 40, "開始ページ": 10, "公開範囲": 9, "URL": 40}
    rows: list[list[_Cell]] = []
    for position, case in enumerate(brief.cases):
        link = case.source_url if case.source_url.startswith(("https://", "http://")) else ""
        rows.append([
            position + 1, case.title, case.prefecture, case.municipality, case.population,
            *(value_of(case, name) for name in _COLUMNS),
            *(_quotes(row.cells[position], case, cited) for row in told),
            brief.remark_for(case), case.source_title or case.path,
            case.pages[0] if case.pages else None, case.visibility, link,
        ])  # fmt: skip
    return heads, rows


def _facts(brief: Brief, cited: _Cited) -> Iterator[list[_Cell]]:
    """A row for each fact that decides, its numbers as numbers."""
    for position, case in enumerate(brief.cases):
        for name in FACTS:
            for e in facts_of(case, name):
                yield [
                    position + 1, case.title, render(label(name)), e.shown, e.amount, e.before, e.unit,
                    e.period, e.page, cited[case.id, e.page].number, " ".join(e.text.split()),
                ]  # fmt: skip


def _quotes(quotes: Sequence[Quote], case: Case, cited: _Cited) -> str:
    return "\n".join(
        f"{quote.text} [{cited[case.id, quote.page].number}]" if quote.own else quote.text
        for quote in quotes
    )


def _sheet(sheet: Any, name: str, heads: Mapping[str, int], rows: list[list[_Cell]]) -> None:
    sheet.title = name
    for column, (head, width) in enumerate(heads.items(), start=1):
        cell = sheet.cell(1, column)
        _put(cell, head)
        cell.font, cell.fill = Font(bold=True), _HEAD
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate(rows, start=2):
        for column, (head, value) in enumerate(zip(heads, row, strict=True), start=1):
            cell = sheet.cell(number, column)
            _put(cell, value)
            if head in _NUMBERS:
                cell.number_format = "#,##0" if value == int(value or 0) else "#,##0.0#"
            if head == "URL" and value:
                cell.hyperlink, cell.style = value, "Hyperlink"
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.row_dimensions[number].height = _height(row, list(heads.values()))
    sheet.freeze_panes = "C2" if len(heads) > 2 else "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.print_title_cols = "A:B" if len(heads) > 2 else "A:A"
    sheet.page_setup.fitToWidth = math.ceil(sum(heads.values()) / _ACROSS)
    sheet.page_setup.fitToHeight = 0
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
