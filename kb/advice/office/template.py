"""A brief in an office's own Word document: what it has named places for is put there, the rest is as it was.

A place is ``{{題名}}`` in the text, or a content control with such a tag or title.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from kb.advice.brief import Brief
from kb.advice.brief_word import add_part, add_source
from kb.advice.office_zip import printable, timeless
from kb.advice.paper import PaperHead, PaperLine, Part, all_sources, parts
from kb.base.errors import UsageError
from kb.base.messages import message, render

LARGEST = 20 * 1024 * 1024
"""Bytes of a template, and five times of what is packed in it."""

WORDS = {"題名": "title", "宛先": "for", "作成": "author", "日付": "day"}
"""Places within a line, in Japanese and English."""
BLOCKS = {
    "本文": "body", "課題": "problem", "所見": "remark", "比較": "compared", "問われること": "objections",
    "事例": "cases", "確かめること": "open", "出典": "sources",
}  # fmt: skip
"""Places that are a line of their own; 本文 is all but 出典."""

_NAMES = {name: name for name in (*WORDS, *BLOCKS)} | {
    english: name for name, english in (WORDS | BLOCKS).items()
}
_PLACE = re.compile(r"[{｛]{2}\s*([^{}｛｝]{1,40}?)\s*[}｝]{2}")
_STYLES = ("Heading 1", "Heading 2", "List Bullet", "Table Grid")
_HEADS = {
    "brief.problem": "課題", "brief.remark": "所見", "brief.compared": "比較", "brief.objections": "問われること",
    "brief.open": "確かめること",
}  # fmt: skip


def in_template(brief: Brief, template: bytes) -> bytes:
    """The .docx of ``brief`` in ``template``; the same two give the same bytes.

    Raises UsageError for what is no Word document, has no place, or places that nobody knows.
    """
    document = _opened(template)
    _unwrap_controls(document)
    places = [(line, name) for line in _lines(document) for name in _PLACE.findall(line.text)]
    _check(places)
    told = _told(brief)
    _borrow_styles(document)
    for line in dict.fromkeys(line for line, _ in places):
        _fill_words(line, brief)
    has_sources = False
    for line, said in places:
        name = _NAMES[said]
        if name in BLOCKS:
            has_sources |= name == "出典"
            _put(document, line, name, told, brief)
    if not has_sources and any(_NAMES[said] in BLOCKS for _, said in places):
        document.add_paragraph(render(message("brief.sources"), brief.lang), style="Heading 1")
        _add_sources(document, brief)
    if brief.caution():
        first = document.add_paragraph(printable(brief.caution()))._p
        document.element.body.insert(0, first)
    document.core_properties.title = printable(brief.title)
    out = io.BytesIO()
    document.save(out)
    return timeless(out.getvalue())


def _opened(template: bytes) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if len(template) > LARGEST or unpacked > 5 * LARGEST:
            raise UsageError("usage.template_large", n=LARGEST >> 20)
        return Document(io.BytesIO(template))
    except UsageError:
        raise
    except Exception as error:  # python-docx raises whatever its parsers do
        raise UsageError("usage.template_broken") from error


def _check(places: Sequence[tuple[Paragraph, str]]) -> None:
    unknown = [said for _, said in places if said not in _NAMES]
    known = tuple(f"{{{{{name}}}}}" for name in (*WORDS, *BLOCKS))
    if not places:
        raise UsageError("usage.template_none", known=known)
    if unknown:
        raise UsageError("usage.template_unknown", names=tuple(dict.fromkeys(unknown)), known=known)
    for line, said in places:
        if _NAMES[said] in BLOCKS and not _PLACE.fullmatch(line.text.strip()):
            raise UsageError("usage.template_inline", name=said)


def _unwrap_controls(document: Any) -> None:
    """Content controls with the name of a place become ``{{name}}`` in their own text."""
    for root in _roots(document):
        for control in list(root.iter(qn("w:sdt"))):
            names = [e.get(qn("w:val"), "") for e in control.iterfind(f"{qn('w:sdtPr')}/*")
                     if e.tag in (qn("w:tag"), qn("w:alias"))]  # fmt: skip
            name = next((n for n in names if n in _NAMES), "")
            content = control.find(qn("w:sdtContent"))
            if not name or content is None:
                continue
            texts = list(content.iter(qn("w:t")))
            for at, text in enumerate(texts):
                text.text = "" if at else f"{{{{{name}}}}}"
            if texts:
                for part in list(content):
                    control.addprevious(part)
                control.getparent().remove(control)


def _roots(document: Any) -> Iterator[Any]:
    yield document.element.body
    for section in document.sections:
        for part in (
            section.header,
            section.footer,
            section.first_page_header,
            section.first_page_footer,
        ):
            if not part.is_linked_to_previous:
                yield part._element


def _lines(document: Any) -> list[Paragraph]:
    """Every paragraph, those of tables, text boxes, headers and footers too."""
    return [Paragraph(p, document._body) for root in _roots(document) for p in root.iter(qn("w:p"))]


def _fill_words(line: Paragraph, brief: Brief) -> None:
    """Puts what is short into a line, in the type of where its place begins; Word cuts a place into
    runs as it likes."""
    said = {"題名": brief.title, "宛先": brief.for_whom, "作成": brief.author, "日付": brief.day}
    texts = [t for run in line.runs for t in run._r.iterchildren(qn("w:t"))]
    whole = "".join(t.text or "" for t in texts)
    for found in reversed(list(_PLACE.finditer(whole))):
        if (name := _NAMES[found[1]]) in WORDS:
            _replace(texts, found.start(), found.end(), printable(said[name]))


def _replace(texts: Sequence[Any], start: int, end: int, by: str) -> None:
    at, is_put = 0, False
    for text in texts:
        own = text.text or ""
        low, high = max(start - at, 0), min(end - at, len(own))
        at += len(own)
        if low < high:
            text.text = own[:low] + ("" if is_put else by) + own[high:]
            text.set(qn("xml:space"), "preserve")
            is_put = True


def _told(brief: Brief) -> dict[str, list[Part]]:
    """The parts of the paper by the place that they are for; a part of its own begins with its head."""
    heads = {render(message(code), brief.lang): name for code, name in _HEADS.items()}
    found: dict[str, list[Part]] = {name: [] for name in BLOCKS}
    name = ""
    for part in parts(brief):
        if isinstance(part, PaperHead) and part.level == 1:
            name = "事例" if part.quoted else heads.get(part.text, "事例")
        elif not name or (isinstance(part, PaperLine) and part.kind == "caution"):
            continue
        found["本文"].append(part)
        if not (isinstance(part, PaperHead) and part.level == 1 and not part.quoted):
            found[name].append(part)
    return found


def _put(
    document: Any, line: Paragraph, name: str, told: dict[str, list[Part]], brief: Brief
) -> None:
    """Puts parts in the place of a line."""
    body = document.element.body
    before = list(body)
    if name == "出典":
        _add_sources(document, brief)
    for part in told[name]:
        add_part(document, part, [])
    for element in [e for e in body if e not in before]:
        line._p.addprevious(element)
    if line._p.getparent().tag == qn("w:tc") and line._p.getnext() is None:
        for child in list(line._p):  # a cell ends with a paragraph
            line._p.remove(child)
    else:
        line._p.getparent().remove(line._p)


def _add_sources(document: Any, brief: Brief) -> None:
    for source in all_sources(brief):
        add_source(document, source, brief.lang)


def _borrow_styles(document: Any) -> None:
    """Styles that the paper needs and the template lacks, of the plain document; a list there has no
    numbering of its own."""
    known = {style.name for style in document.styles}
    plain = Document()
    for name in _STYLES:
        if name not in known:
            style = deepcopy(plain.styles[name].element)
            for numbering in list(style.iter(qn("w:numPr"))):
                numbering.getparent().remove(numbering)
            document.styles.element.append(style)
