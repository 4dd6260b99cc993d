"""Pages without running heads, torn lines and torn words."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, pairwise

from ingest.page import Block, Page
from ingest.readers.vertical import laid, runs_down, stood
from ingest.split.tables import line_pair
from kb.language.text import display, is_japanese, may_be_torn

_EDGE = 0.12  # of the page's height, above and below, in which running heads and page numbers stand
_OUTER = 0.2  # of the page, in which a number beyond all text is the page's
_CENTRED = 0.03  # of the page's width, about its middle
_REPEATED = 0.5  # share of the pages on which a line must stand to be a running head
_FEWEST = 3  # pages under which nothing can be told to repeat
_TITLE = 1.15  # times the usual size: a title, which may repeat on continued slides
_NARROW = 1.7  # times the font size: a distance between lines that is always within a paragraph
_WIDEST = 3.0  # times the font size: a greater distance is no matter of lines any more
_LONG = 12  # letters that a line has at least before it is broken
_ENDS = tuple("。．!?！？：:）)】｝>＞▶→；;")
_BEGINS = re.compile(
    r"^(?:[・‧•●○■□◆◇◎※▶▼▲➢✓☆★→⇒【〔［\[<＜]|[(（][0-9０-９一二三四五六七八九十ア-ン]{1,3}[)）]|[-–—*]\s|[①-⑳㉑-㉟]|[0-9０-９]{1,3}[.．)）、\s]"
    r"|[ア-ン][.．)）]|第[0-9０-９一二三四五六七八九十百]+[条章節項回編部]|[a-zA-Z][.)）])"
)
_PAGE_NUMBER = re.compile(
    r"^[-–—\s]*(?:p\.?|page)?\s*\d{1,4}\s*(?:[/／]\s*\d{1,4})?[-–—\s]*$", re.IGNORECASE
)
_LISTED = re.compile(r"[.…‥・．･_]{3,}\s*[pｐP]?\.?\s*[0-9０-９]{1,3}$")
"""How a line of a table of contents ends; the next line is another one."""
_OWNED = re.compile(r"^(?:©|ⓒ|\(c\)\s*(?=\d{4}|copyright)|copyright\b)[^。]{0,70}$", re.IGNORECASE)
"""Whose a page is, at its foot: said by the template, not by who wrote the text."""
_Box = tuple[float, float, float, float]
_Mark = tuple[str, int]
"""A line's text and its place: a twentieth of the page."""
_Marks = frozenset[_Mark]
_NONE: _Marks = frozenset()
_LETTER = "[\u3041-\u30ff\u4e00-\u9fff]"
_LONE_DIGITS = re.compile(rf"(?<![０-９，．])[０-９](?: [０-９])+(?= ?{_LETTER})")
_SPACED_DIGITS = re.compile(rf"(?<={_LETTER}) ?([０-９]+) ?(?={_LETTER})")
_AFTER_COMMA = re.compile(rf"(?<=[、。]) (?={_LETTER})")
_DIGITS = re.compile(r"[0-9０-９]{1,9}")
_SYMBOL = re.compile("[\uf020-\uf0ff]")
_SIGNS = {
    0x6C: "●", 0x6E: "■", 0x71: "□", 0x75: "◆", 0x76: "◇", 0x77: "◆", 0xA7: "■", 0xA8: "□",
    0xD8: "➢", 0xE0: "→", 0xE8: "→", 0xF0: "⇒", 0xFC: "✓", 0xFE: "☑",
}  # fmt: skip


def clean(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    """The pages with running heads and page numbers dropped, broken lines joined into paragraphs
    and spaces torn between Japanese characters removed. Table rows keep their cells."""
    pages = tuple(replace(page, blocks=tuple(map(_legible, page.blocks))) for page in pages)
    usual = [_usual_size(page) for page in pages]
    marks = [
        [_marks(block, page, size) for block in page.blocks]
        for page, size in zip(pages, usual, strict=True)
    ]
    heads = _running_heads(marks)
    return tuple(
        replace(page, blocks=_joined(_kept(page, told, heads)))
        for page, told in zip(pages, marks, strict=True)
    )


def _legible(block: Block) -> Block:
    """The block with the signs of symbol fonts (Wingdings, Symbol), which have no meaning without
    them, as bullets and ticks."""
    if not _SYMBOL.search(block.text):
        return block
    cells = tuple(_SYMBOL.sub(_sign, cell) for cell in block.cells)
    return replace(block, text=_SYMBOL.sub(_sign, block.text), cells=cells)


def _sign(symbol: re.Match[str]) -> str:
    return _SIGNS.get(ord(symbol.group()) - 0xF000, "・")


def _running_heads(pages: Sequence[Sequence[_Marks]]) -> frozenset[_Mark]:
    """What the lines are known by that stand on most pages at the same height, the same but for the
    number of the page; ``pages`` hold what each of their lines would be known by.

    A line much larger than the others is a title; a sentence
    or the content of a label may say the same on many pages, and is never dropped for it.
    """
    if len(pages) < _FEWEST:
        return frozenset()
    counts: Counter[_Mark] = Counter()
    for page in pages:
        counts.update(set().union(*page))
    return frozenset(
        mark for mark, n in counts.items() if n >= max(_FEWEST, _REPEATED * len(pages))
    )


def _marks(block: Block, page: Page, usual_size: float) -> _Marks:
    """What a line would be known by as a running head: its text, and that with one of its
    numbers told by its distance from the page's. A title is none."""
    if block.kind != "line" or block.box is None or page.size is None:
        return _NONE
    height = page.size[1] or 1.0
    if not (block.box[3] <= _EDGE * height or block.box[1] >= (1 - _EDGE) * height):
        return _NONE
    if block.box[1] < height / 2 and block.size > _TITLE * usual_size:
        return _NONE
    text = block.text.strip()
    if "。" in text or line_pair(text):
        return _NONE
    told = {text}
    for number in islice(_DIGITS.finditer(text), 4):
        away = int(number.group()) - (page.number or 0)
        told.add(f"{text[: number.start()]}<{away}>{text[number.end() :]}")
    return frozenset((way, round(block.box[1] / height * 20)) for way in told)


def _usual_size(page: Page) -> float:
    sizes = [b.size for b in page.blocks if b.size]
    return statistics.median(sizes) if sizes else 0.0


def _kept(page: Page, marks: Sequence[_Marks], heads: frozenset[_Mark]) -> list[Block]:
    return [
        _whole_words(block)
        for block, told in zip(page.blocks, marks, strict=True)
        if told.isdisjoint(heads)
        and not _is_page_number(block, page)
        and not (block.kind == "line" and _OWNED.match(block.text.strip()))
    ]


def _whole_words(block: Block) -> Block:
    if not may_be_torn(block.text) and block.text.count("\t") == max(len(block.cells) - 1, 0):
        return block
    cells = tuple(_closed_up(cell) for cell in block.cells)
    text = "\t".join(cells) if cells else _closed_up(block.text)
    return block if text == block.text else replace(block, text=text, cells=cells)


def _closed_up(text: str) -> str:
    """Without spaces torn between Japanese characters and between those and wide digits, except
    after a number that begins the line."""
    text = display(text)
    if " " not in text:
        return text
    text = _LONE_DIGITS.sub(lambda digits: digits[0].replace(" ", ""), text)
    return _AFTER_COMMA.sub("", _SPACED_DIGITS.sub(r"\1", text))


def _is_page_number(block: Block, page: Page) -> bool:
    if block.kind != "line" or block.box is None or page.size is None:
        return False
    if not _PAGE_NUMBER.match(block.text.strip()):
        return False
    edge = block.box[3] <= _EDGE * page.size[1] or block.box[1] >= (1 - _EDGE) * page.size[1]
    return edge or _stands_outside(block, block.box, page)


def _stands_outside(block: Block, box: _Box, page: Page) -> bool:
    """True for a line no larger than the others beyond all of them, near that edge of the page or in
    its middle: where a narrow page, or one that is half empty, has its number."""
    width, height = page.size or (1.0, 1.0)
    others = [b.box for b in page.blocks if b is not block and b.box and b.text.strip()]
    if not others or block.size > _TITLE * _usual_size(page):
        return False
    outer, turned = _OUTER * width, _OUTER * height
    centred = abs((box[0] + box[2]) / 2 - width / 2) <= _CENTRED * width
    above, below = (all(box[3] <= o[1] for o in others), all(box[1] >= o[3] for o in others))
    aside = all(box[2] <= o[0] for o in others), all(box[0] >= o[2] for o in others)
    return (
        (above and (centred or box[1] <= turned))
        or (below and (centred or box[3] >= height - turned))
        or (aside[0] and box[0] <= outer)
        or (aside[1] and box[2] >= width - outer)
    )


def _joined(blocks: list[Block]) -> tuple[Block, ...]:
    """Lines that continue each other as one block."""
    if runs_down(blocks):
        return tuple(stood(_lines_joined(laid(blocks))))
    return tuple(_lines_joined(blocks))


def _lines_joined(blocks: list[Block]) -> list[Block]:
    pitch = _usual_pitch(blocks)
    follows = [_follows(before, after, pitch) for before, after in pairwise(blocks)]
    edges = _right_edges(blocks, follows)
    joined: list[Block] = blocks[:1]
    for i, block in enumerate(blocks[1:], start=1):
        before = blocks[i - 1]
        is_next = follows[i - 1] or _in_next_column(before, block)
        if is_next and _goes_on(before, block, edges[i - 1]):
            joined[-1] = _append(joined[-1], block)
        else:
            joined.append(block)
    return joined


def _usual_pitch(blocks: list[Block]) -> float:
    """The distance in points from one line's bottom to the next one's that is usual within a
    paragraph: the lower quartile, because wider ones lie between paragraphs; 0 when there is none."""
    steps = [
        after.box[3] - before.box[3]
        for before, after in pairwise(blocks)
        if before.kind == after.kind == "line"
        and before.box
        and after.box
        and 0.8 * before.size < after.box[3] - before.box[3] < _WIDEST * before.size
    ]
    return sorted(steps)[len(steps) // 4] if steps else 0.0


def _right_edges(blocks: list[Block], follows: Sequence[bool]) -> list[float]:
    """For each block the right edge of the text it stands in: of the lines that follow each other,
    or where those are too few to tell, of the page's lines of its size that begin near it. Each
    ``follows`` its forerunner or not."""
    edges: list[float] = []
    lines = [b for b in blocks if b.kind == "line" and b.box and not b.level]
    start = 0
    for i in range(1, len(blocks) + 1):
        if i < len(blocks) and follows[i - 1]:
            continue
        run = blocks[start:i]
        tells = len(run) >= _FEWEST or run[0].kind != "line" or not run[0].box
        beside = run if tells else [b for b in lines if _alike(run[0], b)]
        edges += [max((b.box[2] for b in beside if b.box), default=0.0)] * len(run)
        start = i
    return edges


def _alike(one: Block, other: Block) -> bool:
    """True for lines that are set alike: of one size, beginning within four letters of each other."""
    if not one.box or not other.box:
        return False
    near = 4.0 * max(one.size, other.size, 1.0)
    return abs(one.box[0] - other.box[0]) <= near and _same_font(one, other)


def _same_font(one: Block, other: Block) -> bool:
    return (
        one.kind == other.kind == "line"
        and one.bold == other.bold
        and one.table == other.table
        and not (one.level or other.level)
        and abs(one.size - other.size) <= 0.08 * max(one.size, other.size, 1.0)
    )


def _in_next_column(before: Block, after: Block) -> bool:
    if not _same_font(before, after) or not before.box or not after.box:
        return False
    return after.box[0] >= before.box[2] and after.box[3] <= before.box[1]


def _follows(before: Block, after: Block, pitch: float) -> bool:
    """True when ``after`` is set like ``before``, in the next line."""
    if not _alike(before, after) or not before.box or not after.box:
        return False
    size = max(before.size, after.size, 1.0)
    step = after.box[3] - before.box[3]
    return 0.7 * size <= step <= max(1.2 * pitch, _NARROW * size)


def _goes_on(before: Block, after: Block, right_edge: float) -> bool:
    """True when ``after`` is the rest of the sentence that ``before`` began."""
    begins = _BEGINS.match(after.text) and not before.text.endswith("第")
    is_over = before.text.endswith(_ENDS) or _LISTED.search(before.text[-20:])
    if begins or is_over or not before.box:
        return False
    size = max(before.size, 1.0)
    is_full = before.box[2] >= right_edge - 2.5 * size
    return is_full and before.box[2] - before.box[0] >= _LONG * size


def _append(before: Block, after: Block) -> Block:
    between = "" if is_japanese(before.text[-1:]) or is_japanese(after.text[:1]) else " "
    box = before.box
    if before.box and after.box:
        a, b = before.box, after.box
        box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
    return replace(before, text=before.text + between + after.text, box=box)
