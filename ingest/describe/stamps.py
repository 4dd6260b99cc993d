"""Stamps that say who may see a document: 部外秘, 取扱注意, 庁内限り."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.page import Extract, Page
from kb.documents.stamped import stamped

_HEAD, _FOOT = 20, 5  # lines at the begin and the end of what has no pages
_EDGE = 2  # lines at the begin and the end of a page after the first


def stamps(extract: Extract) -> tuple[str, ...]:
    """What is stamped on a document, once each: on its first page and at the edges of the others, in its
    title, in what is printed around its pages, on what is attached. Running heads count, so ask before
    they are taken away."""
    found = [word for line in _lines(extract) if (word := stamped(line))]
    found += [word for part in extract.attached for word in stamps(part)]
    return tuple(dict.fromkeys(found))


def _lines(extract: Extract) -> Iterator[str]:
    titles = (extract.front_matter.get(name) for name in ("title", "document_title"))
    yield from (str(title) for title in titles if title)
    yield from extract.around
    for at, page in enumerate(extract.pages):
        lines = [
            part
            for place, block in enumerate(page.blocks)
            if place < _EDGE
            or len(list(filter(None, block.cells))) < 2  # 非公開 in a table is a value
            for part in re.split(r"[\n\t]", block.text)
        ]
        yield from lines if at == 0 and page.number is not None else _edges(page, lines)


def _edges(page: Page, lines: list[str]) -> list[str]:
    head, foot = (_HEAD, _FOOT) if page.number is None else (_EDGE, _EDGE)
    return lines if len(lines) <= head + foot else [*lines[:head], *lines[-foot:]]
