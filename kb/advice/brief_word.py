"""The brief as a Word document: A4, headings, a table of the cases, numbered citations."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from kb.advice.brief import Brief, ComparedRow, Quote, Source, compare, listed, sources
from kb.advice.office_zip import printable, timeless
from kb.base.types import Case

FONT = "游ゴシック"
"""On every Windows and Mac with Office; elsewhere the program puts its own Gothic in its place."""

_INK, _MUTED, _SHADE = RGBColor(0x1A, 0x1A, 0x1C), RGBColor(0x5E, 0x5E, 0x66), "E8F1FE"
_SIZES = {"Title": 18, "Heading 1": 13, "Heading 2": 10.5, "Normal": 10}  # points
_COLUMNS = {"自治体": 30, "人口": 24, "分野": 20, "年度": 20, "段階": 14}  # millimetres
_NUMBER, _WIDTH = 8, 174  # millimetres: the first column, and all of them

_Cited = Mapping[tuple[str, int | None], Source]


def word(brief: Brief) -> bytes:
    """The .docx of ``brief``; the same brief gives the same bytes."""
    document = Document()
    _page(document, brief.caution())
    _styles(document)
    document.core_properties.title = printable(brief.title)
    document.core_properties.author = "dxkb"
    document.core_properties.comments = ""
    cited, rows = sources(brief.cases), compare(brief.cases)
    document.add_paragraph(printable(brief.title), style="Title")
    if brief.caution():
        document.add_paragraph().add_run(brief.caution()).bold = True
    if brief.remark.strip():
        document.add_heading("所見", 1)
        _lines(document, brief.remark)
    document.add_heading("取り上げた事例", 1)
    _table(document, brief, rows)
    for position, case in enumerate(brief.cases):
        _case(document, brief, position, case, rows, cited)
    document.add_heading("出典", 1)
    for source in listed(cited):
        _source(document, source)
    out = io.BytesIO()
    document.save(out)
    return timeless(out.getvalue())


def _page(document: Any, caution: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(20)
    if caution:
        header = section.header.paragraphs[0]
        header.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        header.add_run("取扱注意").bold = True
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(footer, "PAGE")
    footer.add_run(" / ")
    _field(footer, "NUMPAGES")


def _styles(document: Any) -> None:
    """One Gothic for everything: the template's own theme fonts know no Japanese."""
    for name, size in _SIZES.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), _INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if key.lower().endswith("theme")]:
            del fonts.attrib[key]
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(script), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "ja-JP")
    document.styles["Normal"].element.get_or_add_rPr().append(language)
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    document.styles["Heading 1"].paragraph_format.space_before = Pt(14)
    document.styles["Heading 2"].paragraph_format.space_before = Pt(8)


def _table(document: Any, brief: Brief, rows: tuple[ComparedRow, ...]) -> None:
    """A row for each case with what can be told in a word; a number leads to its chapter."""
    facts = {row.label: row.cells for row in rows if row.is_fact and row.label in _COLUMNS}
    widths = [_NUMBER, _WIDTH - _NUMBER - sum(_COLUMNS[label] for label in facts)]
    widths += [_COLUMNS[label] for label in facts]
    table = document.add_table(rows=1, cols=len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    _fill(table.rows[0], ["", "事例", *facts], widths, head=True)
    for position, case in enumerate(brief.cases):
        told = ["、".join(quote.text for quote in cells[position]) for cells in facts.values()]
        _fill(table.add_row(), [str(position + 1), case.title, *told], widths)


def _fill(row: Any, texts: list[str], widths: list[int], head: bool = False) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    for cell, text, width in zip(row.cells, texts, widths, strict=True):
        cell.width = Mm(width)
        run = cell.paragraphs[0].add_run(printable(text.removesuffix("（2020年国勢調査）")))
        run.font.size, run.bold = Pt(9), head
        around = cell.paragraphs[0].paragraph_format
        around.space_before = around.space_after = Pt(2)
        if head:
            shade = OxmlElement("w:shd")
            shade.set(qn("w:val"), "clear")
            shade.set(qn("w:fill"), _SHADE)
            cell._tc.get_or_add_tcPr().append(shade)


def _case(  # noqa: PLR0913
    document: Any,
    brief: Brief,
    position: int,
    case: Case,
    rows: tuple[ComparedRow, ...],
    cited: _Cited,
) -> None:
    document.add_heading(printable(f"{position + 1}. {case.title}"), 1)
    for row in (row for row in rows if row.is_fact and row.cells[position]):
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        line.add_run(f"{row.label}: ").bold = True
        for i, quote in enumerate(row.cells[position]):
            _quote(line, "、" if i else "", quote, case, cited)
    for row in (row for row in rows if not row.is_fact and row.cells[position]):
        document.add_heading(row.label, 2)
        for quote in row.cells[position]:
            _quote(document.add_paragraph(style="List Bullet"), "", quote, case, cited)
    if remark := brief.remark_for(case):
        document.add_heading("所見", 2)
        _lines(document, remark)


def _quote(line: Any, before: str, quote: Quote, case: Case, cited: _Cited) -> None:
    line.add_run(printable(before + quote.text))
    if quote.own:
        number = line.add_run(f" [{cited[case.id, quote.page].number}]")
        number.font.color.rgb, number.font.size = _MUTED, Pt(8)


def _source(document: Any, source: Source) -> None:
    line = document.add_paragraph(f"[{source.number}] {printable(source.label())}")
    address = printable(source.link())
    if not address:
        return
    line.add_run("  ")
    link = OxmlElement("w:hyperlink")
    link.set(
        qn("r:id"), line.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    )
    run = line.add_run(address)
    run.font.size, run.font.underline = Pt(8), True
    link.append(run._r)
    line._p.append(link)


def _lines(document: Any, text: str) -> None:
    for line in printable(text).splitlines():
        if line.strip():
            document.add_paragraph(line.strip())


def _field(line: Any, name: str) -> None:
    """A field that Word fills in, such as the number of the page."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    shown = OxmlElement("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    line._p.append(field)
