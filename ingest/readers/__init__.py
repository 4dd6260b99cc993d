"""One reader per family of formats; the type is told by content first, then by suffix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from ingest.page import Extract
from ingest.readers.kind import SUFFIXES, kind_of

Read = Callable[[Path, bytes, str | None], Extract]

_READERS = {
    "pdf": "ingest.readers.pdf.reader:read_pdf",
    "note": "ingest.readers.note:read_note",
    "docx": "ingest.readers.word.reader:read_docx",
    "pptx": "ingest.readers.powerpoint.reader:read_pptx",
    "xlsx": "ingest.readers.excel.reader:read_xlsx",
    "csv": "ingest.readers.excel.csv_table:read_csv",
    "html": "ingest.readers.html.reader:read_html",
    "legacy": "ingest.readers.legacy:read_legacy",
}


def read(path: Path, content: bytes | None = None, password: str | None = None) -> Extract:
    """Reads a file; ``content`` are its bytes when they are at hand already.

    Raises ReadError: ``empty``, ``unsupported``, ``damaged``, ``password``, ``encoding``,
    ``front_matter``, ``ocr``, ``too_large`` or ``libreoffice``, each with a sentence that says what
    to do.
    """
    if content is None:
        content = path.read_bytes()
    kind = kind_of(path, content)
    module, _, function = _READERS[kind.reader].partition(":")
    reader: Read = getattr(import_module(module), function)
    extract = reader(path, content, password)
    if kind.warning:
        return replace(extract, warnings=(kind.warning, *extract.warnings))
    return extract


def supported_suffixes() -> tuple[str, ...]:
    """Suffixes of the formats that can be read."""
    return tuple(SUFFIXES)
