"""What people wrote on a PDF's pages: filled form fields, comments and text boxes."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import c_ushort
from typing import Any

from pypdfium2 import raw as pdfium

from ingest.page import Block

_MOST = 500  # on one page
_ON = frozenset({"", "Yes", "On", "1", "はい"})  # what a box says of itself when it is ticked
_WRITTEN = frozenset(
    getattr(pdfium, f"FPDF_FORMFIELD_{kind}") for kind in ("TEXTFIELD", "COMBOBOX", "LISTBOX")
)
_SAYING = frozenset(
    getattr(pdfium, f"FPDF_ANNOT_{kind}")
    for kind in "TEXT FREETEXT HIGHLIGHT UNDERLINE SQUARE STAMP".split()
)


def written_on(page: Any, form: Any) -> tuple[Block, ...]:
    """A block for each filled field and each comment of a raw page, in the file's order; ``form`` is
    the raw handle of the document's form, None when it has none."""
    return tuple(Block(text) for one in marks_on(page) if (text := _said(one, form)))


def marks_on(page: Any) -> Iterator[Any]:
    """The annotations of a raw page, each open until the next one."""
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST)):
        if annotation := pdfium.FPDFPage_GetAnnot(page, number):
            try:
                yield annotation
            finally:
                pdfium.FPDFPage_CloseAnnot(annotation)


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
