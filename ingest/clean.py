"""Pages without running heads, torn lines and torn words."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from dataclasses import replace

from ingest.page import Block, Page
from kb.text import display, is_japanese

_EDGE = 0.12  # of the page's height, above and below, in which running heads and page numbers stand
_REPEATED = 0.5  # share of the pages on which a line must stand to be a running head
_FEWEST = 3  # pages under which nothing can be told to repeat
_TITLE = 1.15  # times the usual size: a title, which may repeat on continued slides
_ENDS = tuple("。．!?！？：:）)」』】｝>＞▶→；;")
_BEGINS = re.compile(
    r"^(?:[・‧•●○■□◆◇◎※▶▼▲➢✓☆★→⇒【〔［\[(（「『<＜]|[-–—*]\s|[①-⑳㉑-㉟]|[0-9０-９]{1,3}[.．)）、\s]"
    r"|[ア-ン][.．)）]|第[0-9０-９一二三四五六七八九十百]+[条章節項回編部]|[a-zA-Z][.)）])"
)
_PAGE_NUMBER = re.compile(
    r"^[-–—\s]*(?:p\.?|page)?\s*\d{1,4}\s*(?:[/／]\s*\d{1,4})?[-–—\s]*$", re.IGNORECASE
)
_DIGITS = re.compile(r"[0-9０-９]+")


def clean(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    """The pages with running heads and page numbers dropped, broken lines joined into paragraphs
    and spaces torn between Japanese characters removed. Table rows keep their cells."""
    heads = _running_heads(pages)
    return tuple(replace(page, blocks=_joined(_kept(page, heads))) for page in pages)


def _running_heads(pages: tuple[Page, ...]) -> frozenset[tuple[str, int]]:
    """(text without digits, place) of the lines that stand on most pages at the same height.

    The place is a twentieth of the page. A line much larger than the others is a title.
    """
    if len(pages) < _FEWEST:
        return frozenset()
    counts: Counter[tuple[str, int]] = Counter()
    for page in pages:
        counts.update({mark for block in page.blocks if (mark := _mark(block, page))})
    return frozenset(
        mark for mark, n in counts.items() if n >= max(_FEWEST, _REPEATED * len(pages))
    )


def _mark(block: Block, page: Page) -> tuple[str, int] | None:
    if block.kind != "line" or block.box is None or page.size is None:
        return None
    height = page.size[1] or 1.0
    if not (block.box[3] <= _EDGE * height or block.box[1] >= (1 - _EDGE) * height):
        return None
    if block.box[1] < height / 2 and block.size > _TITLE * _usual_size(page):
        return None
    return _DIGITS.sub("0", block.text.strip()), round(block.box[1] / height * 20)


def _usual_size(page: Page) -> float:
    sizes = [b.size for b in page.blocks if b.size]
    return statistics.median(sizes) if sizes else 0.0


def _kept(page: Page, heads: frozenset[tuple[str, int]]) -> list[Block]:
    return [
        replace(block, text=display(block.text), cells=tuple(map(display, block.cells)))
        for block in page.blocks
        if _mark(block, page) not in heads and not _is_page_number(block, page)
    ]


def _is_page_number(block: Block, page: Page) -> bool:
    if block.kind != "line" or block.box is None or page.size is None:
        return False
    edge = block.box[3] <= _EDGE * page.size[1] or block.box[1] >= (1 - _EDGE) * page.size[1]
    return edge and bool(_PAGE_NUMBER.match(block.text.strip()))


def _joined(blocks: list[Block]) -> tuple[Block, ...]:
    """Lines that continue each other as one block."""
    right_edge = max((b.box[2] for b in blocks if b.kind == "line" and b.box), default=0.0)
    joined: list[Block] = []
    last_line: Block | None = None  # the last printed line of the paragraph at hand
    for block in blocks:
        if last_line is not None and _continues(last_line, block, right_edge):
            joined[-1] = _append(joined[-1], block)
        else:
            joined.append(block)
        last_line = block if block.kind == "line" else None
    return tuple(joined)


def _continues(before: Block, after: Block, right_edge: float) -> bool:
    """True when ``after`` is the rest of the sentence that ``before`` began."""
    if after.kind != "line" or before.level or after.level or before.table != after.table:
        return False
    if before.text.endswith(_ENDS) or _BEGINS.match(after.text):
        return False
    if before.box is None or after.box is None:
        return False
    size = max(before.size, after.size, 1.0)
    if before.bold != after.bold or abs(before.size - after.size) > 0.25 * size:
        return False
    gap = after.box[1] - before.box[3]
    is_next = -0.3 * size <= gap <= 1.2 * size
    reaches = before.box[2] >= right_edge - 3.0 * size or before.box[2] >= after.box[2] - 2.0 * size
    is_beside = after.box[0] <= before.box[0] + 4.0 * size and after.box[2] > before.box[0]
    long_enough = before.box[2] - before.box[0] >= 12 * size
    return is_next and reaches and is_beside and long_enough


def _append(before: Block, after: Block) -> Block:
    between = "" if is_japanese(before.text[-1:]) or is_japanese(after.text[:1]) else " "
    box = before.box
    if before.box and after.box:
        a, b = before.box, after.box
        box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
    return replace(before, text=before.text + between + after.text, box=box)
