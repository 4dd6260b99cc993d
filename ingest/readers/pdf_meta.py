"""What a PDF says about itself, through pypdf; nothing here ever fails a read."""

from __future__ import annotations

import contextlib
import io
import logging
import re
from typing import Any

import pypdf

from ingest.readers.titles import means_something

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its complaints are ours to word

_MOST_OUTLINE = 2000
_TAIL = 2048  # bytes at the end in which startxref stands
_END = re.compile(rb"startxref\s+(\d{1,12})")
_CONTENTS = re.compile(rb"\s*(?:xref|\d+\s+\d+\s+obj)")


def describe_pdf(content: bytes, password: str | None) -> tuple[dict[str, object], tuple[str, ...]]:
    """(values, warnings): ``document_title`` when it means something, ``outline`` [[level, title, page]],
    ``created`` (ISO date); warnings name attachments and tell
    where printed page numbers differ."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            reader.decrypt(password or "")
    except Exception:
        return {}, ()
    values: dict[str, object] = {}
    title = _quietly(lambda: _plain(reader.metadata.get("/Title"))) if reader.metadata else ""
    if title and means_something(title):
        values["document_title"] = title
    created = _quietly(lambda: reader.metadata.creation_date if reader.metadata else None)
    if created:
        values["created"] = created.date().isoformat()
    outline = _quietly(lambda: _outline(reader, reader.outline, 1))
    if outline:
        values["outline"] = outline[:_MOST_OUTLINE]
    return values, (*_attached(reader), *_labelled(reader))


def _attached(reader: pypdf.PdfReader) -> tuple[str, ...]:
    """Names the documents inside the document, which are not read."""
    names = _quietly(lambda: sorted(reader.attachments))
    if not names:
        return ()
    named = "、".join(names[:10]) + (" ほか" if len(names) > 10 else "")
    if _quietly(lambda: "/Collection" in reader.root_object):
        return (
            f"PDFポートフォリオです。中の文書（{named}）は、取り出して資料フォルダに置くと読めます。",
        )
    return (f"添付ファイルは読み取っていません: {named}",)


def _labelled(reader: pypdf.PdfReader) -> tuple[str, ...]:
    """Says where printed page numbers differ from those that answers cite."""
    labels = _quietly(lambda: reader.page_labels) or []
    other = [(n, label) for n, label in enumerate(labels, 1) if label and label != str(n)]
    if not other:
        return ()
    number, label = other[0]
    return (
        f"印刷されたページ番号は、ファイルのページと異なります（{number}ページ目は「{label}」）。"
        "p. はファイルのページです。",
    )


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


def _outline(reader: pypdf.PdfReader, items: Any, level: int) -> list[list[object]]:
    found: list[list[object]] = []
    for item in items:
        if isinstance(item, list):
            found += _outline(reader, item, level + 1) if level < 10 else []
            continue
        page = reader.get_destination_page_number(item)
        if item.title and page is not None and page >= 0:
            found.append([level, str(item.title).strip(), page + 1])
    return found


def _plain(title: Any) -> str:
    """The title as text; without a mark of its encoding it is UTF-8 or Shift_JIS in Japan, not the
    Latin code of the standard."""
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
