"""Web pages saved as HTML or MHTML: the main text with its headings and tables, without the site."""

from __future__ import annotations

import codecs
import email
import email.policy
import re
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from ingest.page import Extract, Page
from ingest.readers.furniture import without_furniture
from ingest.readers.html.blocks import blocks, line
from ingest.readers.html.main_text import main_part, without_boilerplate
from ingest.readers.html.struck import without_struck
from ingest.readers.notes.text import Decoded, decode_as
from ingest.readers.struck import struck_in, unpaged
from ingest.readers.titles import means_something
from kb.base.errors import ReadError

_HEAD = 4096  # bytes in which the charset stands (HTML Living Standard asks for 1024)
_CHARSET = re.compile(
    rb"""charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]*encoding=["']([\w.:-]+)""", re.I
)
_DATES = frozenset(
    {"article:published_time", "dcterms.created", "dcterms.issued", "dc.date", "date"}
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_SITE = re.compile(r"\s*[|｜：:／/»«‐–—-]\s*")
_DEEPEST = 200  # elements within elements; browsers stop at 512
_INLINE = ("font", "b", "i", "u", "span", "strong", "em", "small", "big", "center", "tt", "s", "a")
_LARGEST = 32 * 2**20
"""Bytes of the largest page that is parsed; a law of 1,000 articles takes about 5 MiB."""


def read_html(path: Path, content: bytes, password: str | None = None) -> Extract:
    """The main text of a page as one unpaged page of blocks.

    Raises ReadError: ``encoding``, ``damaged``, ``too_large`` or ``empty``.
    """
    if len(content) > _LARGEST:
        raise ReadError("read.too_large.html")
    decoded = _decoded(*_of_archive(content))
    root = _parsed(decoded.text)
    try:
        title = _title(root)
        values = _dates(root)
        struck = unpaged(without_struck(root))
        etree.strip_tags(
            root, "head"
        )  # without <body> the parser takes <header> and <main> into it
        without_boilerplate(root)
        found = blocks(main_part(root))
        found = without_furniture(found) or found
    except RecursionError as error:
        raise _no_page() from error
    if not any(block.text.strip() for block in found):
        raise ReadError("read.empty.html")
    if title:
        values |= _titled(title, [b.text for b in found if b.level == 1])
    return Extract(
        "html",
        (Page(None, tuple(found)),),
        values,
        warnings=(*decoded.warnings, *struck_in(struck)),
        struck=struck,
    )


def _of_archive(content: bytes) -> tuple[bytes, str]:
    """(bytes, charset) of the page in an MHTML archive; of anything else itself and ""."""
    if content.lstrip()[:1] == b"<" or content.startswith(
        (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    ):
        return content, ""
    message = email.message_from_bytes(content, policy=email.policy.default)
    for part in message.walk() if message.is_multipart() else ():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload.strip():
                return payload, str(part.get_content_charset() or "")
    if message.get_content_maintype() == "multipart":
        raise _no_page()
    return content, ""


def _decoded(content: bytes, charset: str) -> Decoded:
    """The text by its BOM, by what the transport or the page says, else by what the bytes look like."""
    stated = _CHARSET.search(content[:_HEAD])
    said = [name.decode("ascii") for name in (stated.groups() if stated else ()) if name]
    return decode_as(content, [charset, *said] if charset else said)


def _parsed(text: str) -> Any:
    parser = lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise _no_page() from error
    cut = any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)
    if root is None or root.tag != "html" or cut:
        raise _no_page()
    if _depth(root) > _DEEPEST:  # every <font> that is never closed holds all that follows
        etree.strip_tags(root, *_INLINE)
        if _depth(root) > _DEEPEST:
            raise _no_page()
    return root


def _depth(root: Any) -> int:
    """Levels of elements, as far as ``_DEEPEST`` is concerned."""
    depth = most = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        most = max(most, depth)
    return most


def _no_page() -> ReadError:
    return ReadError("read.damaged.html")


def _title(root: Any) -> str:
    found = root.find(".//title")
    title = line(found) if found is not None else ""
    return title if means_something(title) else ""


def _titled(title: str, headings: list[str]) -> dict[str, object]:
    """Of 「電子申請｜南国市」 the page's own part, which is the main heading when it is a part, else the first
    part, and the ``site`` behind it."""
    parts = [part for part in _SITE.split(title) if part]
    heading = next((text for text in headings if text in title or title in text), "")
    own = heading or (title if len(parts) < 2 else parts[0])
    site = next((part for part in parts[1:] if part not in own), "")
    return {"document_title": own} | ({"site": site} if site else {})


def _dates(root: Any) -> dict[str, object]:
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        date = _DATE.match(meta.get("content", ""))
        if name in _DATES and date:
            return {"created": date[0]}
    return {}
