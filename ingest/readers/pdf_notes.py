"""What people wrote on a PDF's pages: filled form fields, comments and text boxes."""

from __future__ import annotations

from ctypes import c_ushort
from typing import Any

from pypdfium2 import raw as pdfium

from ingest.page import Block

_MOST = 500  # on one page
_OFF = frozenset({"", "Off"})  # a field that nobody filled in
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


def written_on(page: Any) -> tuple[Block, ...]:
    """A block for each filled field and each comment of a raw page, in the file's order."""
    found = []
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            text = _said(annotation, pdfium.FPDFAnnot_GetSubtype(annotation))
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
        if text:
            found.append(Block(text))
    return tuple(found)


def _said(annotation: Any, kind: int) -> str:
    if kind == pdfium.FPDF_ANNOT_WIDGET:
        value = _string(annotation, b"V")
        name = _string(annotation, b"TU") or _string(annotation, b"T")
        return "" if value in _OFF else f"記入欄 {name}：{value}"
    if kind in _SAYING:
        said = _string(annotation, b"Contents")
        return f"注釈：{said}" if said else ""
    return ""


def _string(annotation: Any, key: bytes) -> str:
    """A value of the annotation; "" when it is none or no string."""
    size = pdfium.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if size <= 2:
        return ""
    buffer = (c_ushort * (size // 2))()
    pdfium.FPDFAnnot_GetStringValue(annotation, key, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0").strip()
