"""The brief as a Word document: A4, contents, headings, cases side by side, citations that lead to
their sources."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from kb.advice.brief import Brief, Source
from kb.advice.office_zip import printable, timeless
from kb.advice.paper import (
    CitedText,
    PaperHead,
    PaperLine,
    Part,
    SideBySide,
    Texts,
    all_sources,
    between,
    parts,
)
from kb.base.messages import message, render

FONT = "游ゴシック"
"""On every Windows and Mac with Office; elsewhere the program puts its own Gothic in its place."""

_INK, _MUTED, _SHADE = RGBColor(0x1A, 0x1A, 0x1C), RGBColor(0x5E, 0x5E, 0x66), "E8F1FE"
_SIZES = {"Title": 18, "Heading 1": 13, "Heading 2": 10.5, "Normal": 10}  # points
_LABEL, _WIDTH = 24, 174  # millimetres: the first column of a table, and all of them
_LONG = 4  # chapters from which a paper has a table of contents


def word(brief: Brief) -> bytes:
    """The .docx of ``brief``; the same brief gives the same bytes."""
    document = Document()
    _page(document, brief)
    _styles(document)
    document.core_properties.title = printable(brief.title)
    document.core_properties.author = printable(brief.author) or "dxkb"
    document.core_properties.comments = ""
    document.add_paragraph(printable(brief.title), style="Title")
    told = tuple(parts(brief))
    heads = [part for part in told if isinstance(part, PaperHead) and part.level == 1]
    for part in told:
        if isinstance(part, PaperHead) and heads and part is heads[0] and len(heads) > _LONG:
            _contents(document, [head.text for head in heads], brief.lang)
        add_part(document, part, heads)
    _heading(document, render(message("brief.sources"), brief.lang), 1, len(heads))
    for source in all_sources(brief):
        add_source(document, source, brief.lang)
    out = io.BytesIO()
    document.save(out)
    return timeless(out.getvalue())


def add_part(document: Any, part: Part, heads: list[PaperHead]) -> None:
    if isinstance(part, PaperHead):
        at = next((i for i, head in enumerate(heads) if head is part), None)
        _heading(document, part.text, part.level, at)
    elif isinstance(part, SideBySide):
        _table(document, part)
    else:
        _line(document, part)


def _page(document: Any, brief: Brief) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(20)
    header = section.header.paragraphs[0]
    header.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if brief.caution():
        header.add_run(render(message("brief.care"), brief.lang)).bold = True
    elif brief.for_whom:
        run = header.add_run(printable(f"{brief.title}  {brief.for_whom}  {brief.day}".strip()))
        run.font.size, run.font.color.rgb = Pt(8), _MUTED
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


def _heading(document: Any, text: str, level: int, number: int | None) -> None:
    """A heading; one of the contents has a bookmark."""
    heading = document.add_heading(printable(text), level)
    if number is not None:
        _mark(heading, f"_Toc{number}", number)


def _mark(line: Any, name: str, number: int) -> None:
    for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
        mark = OxmlElement(tag)
        mark.set(qn("w:id"), str(number))
        if tag == "w:bookmarkStart":
            mark.set(qn("w:name"), name)
        line._p.append(mark)


def _contents(document: Any, heads: list[str], lang: str) -> None:
    """A table of contents that Word brings up to date, with the pages, which only it knows."""
    title = document.add_paragraph()
    title.add_run(render(message("brief.contents"), lang)).bold = True
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(10), Pt(2)
    for at, text in enumerate(heads):
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        if not at:
            _mark_field(line, "begin", ' TOC \\o "1-1" \\h ')
            _mark_field(line, "separate")
        link = _linked(line, f"_Toc{at}")
        link.append(line.add_run(printable(text))._r)
        if at == len(heads) - 1:
            _mark_field(line, "end")


def _mark_field(line: Any, kind: str, instruction: str = "") -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    line.add_run()._r.append(mark)
    if instruction:
        mark.set(qn("w:dirty"), "true")
        told = OxmlElement("w:instrText")
        told.set(qn("xml:space"), "preserve")
        told.text = instruction
        line.add_run()._r.append(told)


def _linked(line: Any, anchor: str) -> Any:
    """A link within the document, empty as yet."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), anchor)
    line._p.append(link)
    return link


def _table(document: Any, part: SideBySide) -> None:
    """Cases as columns, what is known of them as rows."""
    widths = [_LABEL, *[(_WIDTH - _LABEL) // len(part.heads)] * len(part.heads)]
    table = document.add_table(rows=1, cols=len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    heads = [(CitedText(head),) for head in ("", *part.heads)]
    _fill(table.rows[0], heads, widths, head=True)
    for name, cells in part.rows:
        _fill(table.add_row(), [(CitedText(name),), *cells], widths)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _fill(row: Any, cells: Sequence[Texts], widths: list[int], head: bool = False) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    for at, (cell, texts, width) in enumerate(zip(row.cells, cells, widths, strict=True)):
        cell.width = Mm(width)
        for i, told in enumerate(texts):
            line = cell.paragraphs[0] if not i else cell.add_paragraph()
            line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(2)
            _text(line, told, size=8.5, bold=head or not at)
        if head or not at:
            shade = OxmlElement("w:shd")
            shade.set(qn("w:val"), "clear")
            shade.set(qn("w:fill"), _SHADE)
            cell._tc.get_or_add_tcPr().append(shade)


def _line(document: Any, part: PaperLine) -> None:
    line = document.add_paragraph(style="List Bullet" if part.kind == "item" else None)
    if part.kind in ("fact", "about"):
        line.paragraph_format.space_after = Pt(0)
    if part.label:
        line.add_run(printable(f"{part.label}: ")).bold = True
    for sign, told in between(part.texts):
        line.add_run(sign)
        _text(line, told, bold=part.kind == "caution")


def _text(line: Any, told: CitedText, size: float | None = None, bold: bool = False) -> None:
    """Words, and the number of their source, which leads to it."""
    run = line.add_run(printable(told.text))
    run.bold = bold or None
    run.font.size = Pt(size) if size else None
    if told.number is not None:
        number = line.add_run(f" [{told.number}]")
        number.font.color.rgb, number.font.size = _MUTED, Pt(8)
        _linked(line, f"source{told.number}").append(number._r)


def add_source(document: Any, source: Source, lang: str) -> None:
    line = document.add_paragraph(f"[{source.number}] {printable(source.label(lang))}")
    _mark(line, f"source{source.number}", 1000 + source.number)
    path = line.add_run(printable(f"  {source.path}"))
    path.font.size, path.font.color.rgb = Pt(8), _MUTED
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


def _field(line: Any, name: str) -> None:
    line._p.append(_field_of(name))


def _field_of(name: str) -> Any:
    """A field that Word fills in, such as the number of the page."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    shown = OxmlElement("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    return field
