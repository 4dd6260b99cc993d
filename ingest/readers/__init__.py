"""One reader per family of formats. To add one: a module with a ``FORMAT``, and its line in ``FORMATS``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ingest.page import Extract
from ingest.readers import excel, html, legacy, mail, notes, pdf, powerpoint, word
from ingest.readers.kind import Kind, kind_among
from ingest.readers.unlocked import unlocked

FORMATS = (
    pdf.FORMAT,
    word.FORMAT,
    powerpoint.FORMAT,
    excel.FORMAT,
    mail.FORMAT,
    mail.OUTLOOK,
    html.FORMAT,
    notes.FORMAT,
    excel.CSV,
    legacy.FORMAT,
)
"""Everything that can be read; content that two are sure of belongs to the first."""


def read(path: Path, content: bytes | None = None, password: str | None = None) -> Extract:
    """Reads a file; ``content`` are its bytes when they are at hand already.

    Raises ReadError: ``empty``, ``unsupported``, ``damaged``, ``password``, ``encoding``,
    ``front_matter``, ``ocr``, ``too_large`` or ``libreoffice``, each with a sentence that says what
    to do.
    """
    if content is None:
        content = path.read_bytes()
    content = unlocked(content, password)
    kind = kind_of(path, content)
    extract = kind.format.load()(path, content, password)
    if kind.warning:
        return replace(extract, warnings=(kind.warning, *extract.warnings))
    return extract


def kind_of(path: Path, content: bytes) -> Kind:
    """The kind of a file. Raises ReadError: ``empty``, ``unsupported``, ``damaged`` or ``password``."""
    return kind_among(FORMATS, path, content)


def supported_suffixes() -> tuple[str, ...]:
    """Suffixes of the formats that can be read."""
    return tuple(suffix for f in FORMATS for suffix in f.suffixes)
