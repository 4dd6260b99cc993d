"""PDFium's functions that are called for every letter and every stroke, without a check of each argument:
pypdfium2's own spend more than half of their time on that.

The first argument is a handle as pypdfium2 or one of these gives it; the others are numbers, or references to
what is written into, which stands here once: PDFium is for one thread at a time anyway.
"""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as pdfium

LONGEST_NAME = 128
"""Bytes of a font's name that are read."""
EDGES = tuple(ctypes.c_double() for _ in range(4))
BOUNDS = tuple(ctypes.c_float() for _ in range(4))
POINT = (ctypes.c_float(), ctypes.c_float())
FLAGS = (ctypes.c_int(), ctypes.c_int())
MATRIX = pdfium.FS_MATRIX()
NAME = ctypes.create_string_buffer(LONGEST_NAME)
TO_EDGES, TO_BOUNDS, TO_POINT, TO_FLAGS = (
    tuple(map(ctypes.byref, one)) for one in (EDGES, BOUNDS, POINT, FLAGS)
)
TO_MATRIX = ctypes.byref(MATRIX)
TO_NAME = (NAME, ctypes.c_ulong(LONGEST_NAME), TO_FLAGS[0])


def _unchecked(function: Any, result: Any = ctypes.c_int) -> Any:
    return ctypes.PYFUNCTYPE(result)(ctypes.cast(function, ctypes.c_void_p).value or 0)


def _of_address(function: Any, result: Any = ctypes.c_int) -> Any:
    """For a function whose handle is one that these return: an address, longer than a number."""
    found = _unchecked(function, result)
    found.argtypes = (ctypes.c_void_p,)
    return found


char_box = _unchecked(pdfium.FPDFText_GetCharBox)
is_generated = _unchecked(pdfium.FPDFText_IsGenerated)
count_rects = _unchecked(pdfium.FPDFText_CountRects)
rect = _unchecked(pdfium.FPDFText_GetRect)
font_size = _unchecked(pdfium.FPDFText_GetFontSize, ctypes.c_double)
font_weight = _unchecked(pdfium.FPDFText_GetFontWeight)
font_info = _unchecked(pdfium.FPDFText_GetFontInfo, ctypes.c_ulong)
text_matrix = _unchecked(pdfium.FPDFText_GetMatrix)

page_object = _unchecked(pdfium.FPDFPage_GetObject, ctypes.c_void_p)
form_object = _of_address(pdfium.FPDFFormObj_GetObject, ctypes.c_void_p)
count_in_form = _of_address(pdfium.FPDFFormObj_CountObjects)
kind_of = _of_address(pdfium.FPDFPageObj_GetType)
bounds = _of_address(pdfium.FPDFPageObj_GetBounds)
object_matrix = _of_address(pdfium.FPDFPageObj_GetMatrix)
draw_mode = _of_address(pdfium.FPDFPath_GetDrawMode)
count_segments = _of_address(pdfium.FPDFPath_CountSegments)
segment = _of_address(pdfium.FPDFPath_GetPathSegment, ctypes.c_void_p)
point_of = _of_address(pdfium.FPDFPathSegment_GetPoint)
segment_kind = _of_address(pdfium.FPDFPathSegment_GetType)
closes = _of_address(pdfium.FPDFPathSegment_GetClose)
