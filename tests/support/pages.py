"""Pages made by hand, as a reader would give them."""

from __future__ import annotations

from ingest.page import Block, Extract, Page


def title(text: str, size: float = 20.0) -> Block:
    """A line printed large."""
    return Block(text, size=size, bold=True)


def line(text: str, size: float = 10.5, bold: bool = False) -> Block:
    """A line of text."""
    return Block(text, size=size, bold=bold)


def head(text: str, level: int) -> Block:
    """A heading whose format states its level."""
    return Block(text, level=level)


def row(*cells: str, table: int = 0) -> Block:
    """A row of a table."""
    return Block("\t".join(cells), kind="row", cells=cells, size=10.5, table=table)


def deck(*pages: list[Block], **front: object) -> Extract:
    """Pages numbered from 1."""
    numbered = tuple(Page(i, tuple(blocks)) for i, blocks in enumerate(pages, 1))
    return Extract("test", numbered, dict(front))


def flow(*blocks: Block, **front: object) -> Extract:
    """An unpaged document."""
    return Extract("test", (Page(None, blocks),), dict(front))


def note(*blocks: Block, **front: object) -> Extract:
    """A note."""
    return Extract("test", (Page(None, blocks),), dict(front), note=True)
