"""What people wrote on a PDF's pages: filled form fields, comments and text boxes."""

from __future__ import annotations

from ctypes import c_ushort
from typing import Any

from pypdfium2 import raw as pdfium

from ingest.page import Block

_MOST = 500  # on one page
_ON = frozenset({"", "Yes", "On", "1", "はい"})  # what a box says of itself when it is ticked
_WRITTEN = frozenset(
    {
        pdfium.FPDF_FORMFIELD_TEXTFIELD,
        pdfium.FPDF_FORMFIELD_COMBOBOX,
        pdfium.FPDF_FORMFIELD_LISTBOX,
    }
)
_SAYING = frozenset(
    {
        pdfium.FPDF_ANNOT_TEXT,
        pdfium.FPDF_ANNOT_FREETEXT,
        pdfium.FPDF_ANNOT_HIGHLIGHT,
        pdfium.FPDF_ANNOT_UNDERLINE,
        pdfium.FPDF_ANNOT_SQUARE,
        pdfium.FPDF_ANNOT_STAMP,
    }
)


def written_on(page: Any, form: Any) -> tuple[Block, ...]:
    """A block for each filled field and each comment of a raw page, in the file's order; ``form`` is
    the raw handle of the document's form, None when it has none."""
    found = []
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            text = _said(annotation, form)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
        if text:
            found.append(Block(text))
    return tuple(found)


def _said(annotation: Any, form: Any) -> str:
    kind = pdfium.FPDFAnnot_GetSubtype(annotation)
    if kind == pdfium.FPDF_ANNOT_WIDGET and form is not None:
        return _filled(annotation, form)
    if kind in _SAYING:
        said = _string(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents")
        return f"注釈：{said}" if said else ""
    return ""


def _filled(widget: Any, form: Any) -> str:
    """Name and value of a field, which a widget may share with others; "" when it is left empty."""
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, widget)
    name = _string(pdfium.FPDFAnnot_GetFormFieldAlternateName, form, widget)
    name = name or _string(pdfium.FPDFAnnot_GetFormFieldName, form, widget)
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        if not pdfium.FPDFAnnot_IsChecked(form, widget):
            return ""
        said = _string(pdfium.FPDFAnnot_GetFormFieldExportValue, form, widget)
        value = "✓" if said in _ON else said
    elif kind in _WRITTEN:
        value = _string(pdfium.FPDFAnnot_GetFormFieldValue, form, widget)
    else:
        return ""
    return f"記入欄「{name}」：{value}" if value else ""


def _string(get: Any, *of: Any) -> str:
    """What one of PDFium's functions writes into a buffer; "" when it is nothing."""
    size = get(*of, None, 0)
    if size <= 2:
        return ""
    buffer = (c_ushort * (size // 2))()
    get(*of, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0").strip()
