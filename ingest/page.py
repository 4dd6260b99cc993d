"""What a reader makes of a file: pages of blocks in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from kb.base.messages import Message, message
from kb.base.types import READABLE

_MOST_NAMED = 20  # ranges of pages that a sentence names

MOST_PAGES = 2_000
"""What is taken of one document: more than any report has, and read within a worker's time."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a cell lies in its table: its first ``column`` (0-based), how many columns it goes
    ``across``, and ``above``: what a cell says that was merged downwards and reaches into this row.
    The text itself stands once, in the row where the cell begins, and is empty here."""

    column: int
    across: int = 1
    above: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A line or a table row, in reading order.

    ``cells`` holds the cells of a row, left to right (two or more), and is empty for a line; the
    ``text`` of a row is its cells joined by one tab. ``spans`` says where the cells lie, one for
    each, in a table with merged cells; without it cell i stands in column i. ``row`` is the number
    of the row in its sheet or file, 1-based, None where nobody counts them. ``size`` is the font size in points (0 when the
    format has none), ``bold`` and ``level`` (1–6, a heading level that the format itself states; 0
    for none) come from the format. ``box`` is (left, top, right, bottom) in points from the top left
    of the page, None where the format has no geometry. ``table`` numbers the tables of a page from 0.
    """

    text: str
    kind: Literal["line", "row"] = "line"
    cells: tuple[str, ...] = ()
    size: float = 0.0
    bold: bool = False
    level: int = 0
    box: tuple[float, float, float, float] | None = None
    table: int | None = None
    spans: tuple[Span, ...] = ()
    row: int | None = None

    @property
    def places(self) -> tuple[Span, ...]:
        """The place of each cell."""
        return self.spans or tuple(Span(column) for column in range(len(self.cells)))


@dataclass(frozen=True, slots=True)
class Mark:
    """Words and where they stand: (left, top, right, bottom) in points from the page's top left."""

    text: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Page:
    """One page. ``number`` is 1-based, None for unpaged sources; ``size`` (width, height) in points;
    ``quality`` is the share of the page that reads as text, 0–1; ``ocr`` True when it was a picture and
    recognised, ``words`` then are where on the page as it is shown each was read."""

    number: int | None
    blocks: tuple[Block, ...]
    size: tuple[float, float] | None = None
    quality: float = 1.0
    ocr: bool = False
    words: tuple[Mark, ...] = ()

    @property
    def text(self) -> str:
        """The page's text, a line per block."""
        return "\n".join(block.text for block in self.blocks)

    @property
    def is_readable(self) -> bool:
        """False for a picture or garbled text, which needs OCR."""
        return self.quality >= READABLE


Struck = tuple[int | None, str]
"""A struck-out text and its page, None in an unpaged source."""


@dataclass(frozen=True, slots=True)
class Extract:
    """A file as read. ``front_matter`` holds what the file says about itself (a note's YAML head, a
    PDF's title and outline under ``title`` and ``outline``); ``warnings`` are messages for
    people. ``note`` is True for a Markdown or text note, which is one case unless it is a list of towns; ``attached`` are
    further documents that came in the same file, as a mail's attachments do; ``struck`` are texts that were
    struck out and are not read, with their page; so many pages are
    ``waiting`` to be recognised. ``around`` is what is printed on every page and no text of it: headers,
    footers, masters and watermarks. ``sheets`` is True for a book of sheets in an older format."""

    reader: str
    pages: tuple[Page, ...]
    front_matter: dict[str, object] = field(default_factory=dict)
    note: bool = False
    warnings: tuple[Message, ...] = ()
    attached: tuple[Extract, ...] = ()
    struck: tuple[Struck, ...] = ()
    waiting: int = 0
    around: tuple[str, ...] = ()
    sheets: bool = False

    @property
    def is_book(self) -> bool:
        """True where pages are sheets, whatever program made them."""
        return self.sheets or self.reader in ("xlsx", "csv")


def tables_from_0(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks of a page with its tables numbered from 0 in the order in which they begin."""
    numbers: dict[int, int] = {}
    return tuple(
        block
        if block.table is None
        else replace(block, table=numbers.setdefault(block.table, len(numbers)))
        for block in blocks
    )


def named(pages: Sequence[int]) -> Message:
    """p.1–3, 7: the pages in ranges, the first few of them."""
    ranges: list[list[int]] = []
    for page in pages:
        if ranges and page == ranges[-1][-1] + 1:
            ranges[-1][1:] = [page]
        else:
            ranges.append([page])
    shown = ", ".join("–".join(map(str, one)) for one in ranges[:_MOST_NAMED])
    return message("name.pages.more" if len(ranges) > _MOST_NAMED else "name.pages", shown=shown)
