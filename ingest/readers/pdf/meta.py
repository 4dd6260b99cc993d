"""What a PDF says about itself: through PDFium, which has it open, and through pypdf where that sees
more; nothing here ever fails a read."""

from __future__ import annotations

import contextlib
import io
import logging
import re
from datetime import date
from functools import partial
from itertools import islice
from typing import Any

import pypdf

from ingest.readers.titles import means_something
from kb.base.messages import Message, message
from kb.language.text import is_japanese

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its complaints are ours to word

_MOST_OUTLINE = 2000
_MOST_NAMED = 10  # attachments
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)")  # ISO 32000-1, 7.9.4
_TAIL = 2048  # bytes at the end in which startxref stands
_END = re.compile(rb"startxref\s+(\d{1,12})")
_CONTENTS = re.compile(rb"\s*(?:xref|\d+\s+\d+\s+obj)")


def describe_pdf(
    document: Any, content: bytes, password: str | None
) -> tuple[dict[str, object], tuple[Message, ...]]:
    """(values, warnings) of a document that PDFium has open: ``document_title`` when it means something,
    ``outline`` [[level, title, page]], ``created`` (ISO date); warnings name attachments and tell
    where printed page numbers differ."""
    values: dict[str, object] = {}
    title = _quietly(lambda: document.get_metadata_value("Title").strip()) or ""
    if not title.isascii() and not any(map(is_japanese, title)):
        title = _quietly(lambda: _plain(_reader(content, password).metadata)) or ""
    if title and means_something(title):
        values["document_title"] = title
    created = _DATE.match(_quietly(lambda: document.get_metadata_value("CreationDate")) or "")
    if created and (day := _quietly(lambda: date(*map(int, created.groups())))):
        values["created"] = day.isoformat()
    if outline := _quietly(lambda: _outline(document)):
        values["outline"] = outline
    return values, (*_attached(document, content, password), *_labelled(document))


def _reader(content: bytes, password: str | None) -> pypdf.PdfReader:
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        reader.decrypt(password or "")
    return reader


def _attached(document: Any, content: bytes, password: str | None) -> tuple[Message, ...]:
    """Names the documents inside the document, which are not read."""
    if not _quietly(document.count_attachments):
        return ()
    reader = _quietly(lambda: _reader(content, password))
    names = _quietly(lambda: sorted(reader.attachments)) or ["？"]
    told: list[object] = [*names[:_MOST_NAMED]]
    if len(names) > _MOST_NAMED:
        told.append(message("warn.and_more"))
    if _quietly(lambda: "/Collection" in reader.root_object):
        return (message("warn.portfolio", names=told),)
    return (message("warn.attachments", names=told),)


def _labelled(document: Any) -> tuple[Message, ...]:
    """Says where printed page numbers differ from those that answers cite."""
    for number in range(1, len(document) + 1):
        label = _quietly(partial(document.get_page_label, number - 1))
        if not label:
            return ()
        if label != str(number):
            return (message("warn.page_labels", page=number, label=label),)
    return ()


def is_repaired(content: bytes) -> bool:
    """True when the file's end does not lead to its table of contents, so that what was read from
    it had to be searched for and may lack something (ISO 32000-1, 7.5.5)."""
    found = list(_END.finditer(content, max(len(content) - _TAIL, 0)))
    if not found:
        return True
    at = int(found[-1][1])
    places = (at, at + max(content.find(b"%PDF-"), 0))  # some count from the head, not from 0
    return not any(_CONTENTS.match(content, place) for place in places)


def has_no_pages(content: bytes) -> bool:
    """True for a sound PDF without a single page, which PDFium refuses without a reason."""
    try:
        return len(pypdf.PdfReader(io.BytesIO(content), strict=True).pages) == 0
    except Exception:
        return False


def _outline(document: Any) -> list[list[object]]:
    found: list[list[object]] = []
    for bookmark in islice(document.get_toc(max_depth=10), _MOST_OUTLINE):
        title, target = bookmark.get_title().strip(), bookmark.get_dest()
        page = target.get_index() if target else None
        if title and page is not None and page >= 0:
            found.append([bookmark.level + 1, title, page + 1])
    return found


def _plain(metadata: Any) -> str:
    """The title as text; without a mark of its encoding it is UTF-8 or Shift_JIS in Japan, not the
    Latin code of the standard."""
    title = metadata.get("/Title")
    if isinstance(title, bytes):
        raw = title
    elif getattr(title, "autodetect_pdfdocencoding", False) and not title.isascii():
        raw = title.original_bytes
    else:
        return str(title or "").strip()
    for encoding in ("utf-8", "cp932"):
        with contextlib.suppress(UnicodeDecodeError):
            return raw.decode(encoding).strip()
    return ""


def _quietly(get: Any) -> Any:
    try:
        return get()
    except Exception:
        return None
