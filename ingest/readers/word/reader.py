"""Word (.docx): every visible word, by walking the document's own XML."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from pathlib import Path

from ingest.page import Block, Extract, Page, tables_from_0
from ingest.readers.ooxml import Package, damaged
from ingest.readers.struck import struck_in, unpaged
from ingest.readers.word.body import Body, Placed
from kb.base.messages import message


def read_docx(path: Path, content: bytes, password: str | None = None) -> Extract:
    """The text of a Word file, with printed page numbers when Word left reliable ones.

    Headers and footers stand once, at the end. Raises ReadError: ``damaged``, ``too_large``, ``ocr``
    (only pictures) or ``empty``.
    """
    package = Package(content)
    try:
        body = Body(package, package.main())
        placed = body.read()
        running = body.running_heads()
    except RecursionError as error:
        raise damaged() from error
    if not any(block.text.strip() for block in [p.block for p in placed] + running):
        raise package.nothing("word/media/", "read.ocr.word")
    reliable = 1 < body.page == package.stated_pages()  # a template's 1 means nothing
    pages = _numbered(placed, body.page) if reliable else _unpaged(placed)
    last = replace(pages[-1], blocks=(*pages[-1].blocks, *running))
    warnings = ((message("warn.embedded"),) if body.unread() else ()) + package.unread_comments()
    struck = unpaged(body.struck)
    warnings += struck_in(struck)
    read = (*pages[:-1], last)
    around = (*(block.text for block in running), *body.watermarks())
    front = package.describe()
    return Extract("docx", read, front, False, warnings, struck=struck, around=around)


def _numbered(placed: list[Placed], count: int) -> list[Page]:
    """Pages 1 to ``count`` with their blocks."""
    blocks: dict[int, list[Block]] = {}
    for one in placed:
        blocks.setdefault(one.page, []).append(one.block)
    return [Page(n, tables_from_0(blocks.get(n, ()))) for n in range(1, count + 1)]


def _unpaged(placed: list[Placed]) -> list[Page]:
    """One page without a number, the table of contents apart, so that its lines are known for what
    they are."""
    parts = groupby(placed, key=lambda one: one.contents)
    pages = [Page(None, tables_from_0(one.block for one in part)) for _, part in parts]
    return pages or [Page(None, ())]
