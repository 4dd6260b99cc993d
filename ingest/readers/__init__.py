"""One reader per family of formats; the type is told by content first, then by suffix."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from ingest.page import Extract
from kb.errors import ReadError

Read = Callable[[Path, bytes, str | None], Extract]

_READERS = {
    "pdf": "ingest.readers.pdf:read_pdf",
    "note": "ingest.readers.note:read_note",
}
_SUFFIXES = {".pdf": "pdf", ".md": "note", ".markdown": "note", ".txt": "note"}
_PDF_HEAD = 1024  # bytes within which %PDF may stand (ISO 32000-1, annex H, implementation note 13)


def read(path: Path, content: bytes | None = None, password: str | None = None) -> Extract:
    """Reads a file; ``content`` are its bytes when they are at hand already.

    Raises ReadError: ``empty``, ``unsupported``, ``damaged``, ``password``, ``encoding``,
    ``front_matter`` or ``ocr``, each with a sentence that says what to do.
    """
    if content is None:
        content = path.read_bytes()
    module, _, function = _READERS[_kind(path, content)].partition(":")
    reader: Read = getattr(import_module(module), function)
    return reader(path, content, password)


def supported_suffixes() -> tuple[str, ...]:
    """Suffixes of the formats that can be read."""
    return tuple(_SUFFIXES)


def _kind(path: Path, content: bytes) -> str:
    suffix = path.suffix.lower()
    if not content:
        raise ReadError(
            "empty",
            "中身が空です（0バイト）。コピーが途中で終わっていないか確認し、置き直してください。",
            "The file is empty (0 bytes). Check that copying was not cut short.",
        )
    if b"%PDF-" in content[:_PDF_HEAD]:
        return "pdf"
    if suffix == ".pdf":
        raise ReadError(
            "damaged",
            "PDFとして読めません。元のアプリで開けるか確かめ、PDFに出力し直してください。",
            "This is no PDF inside. Check that it opens and export it again.",
        )
    if suffix not in _SUFFIXES:
        raise ReadError(
            "unsupported",
            f"この形式（{suffix or '拡張子なし'}）は読めません。PDF・Markdown・テキストにして置いてください。",
            f"Files of type {suffix or '(none)'} cannot be read. Save it as PDF, Markdown or text.",
        )
    return _SUFFIXES[suffix]
