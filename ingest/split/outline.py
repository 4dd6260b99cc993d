"""The headings of a document, found by what any producer leaves: stated levels, print, numbering."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from ingest.page import Block, Page
from ingest.split.labels import KINDS, Numbered, exact_label, is_case_number, numbered, role_of
from ingest.split.tables import line_pair, pairs

LONGEST = 90
"""Characters of the longest line that can be a heading by its print."""
_SENTENCE = 45  # with a 、 in it a longer line is a piece of a sentence
_ACROSS = 16  # characters of the longest label across a table
_SAME = 0.95  # of sizes of the lines of one title
_ALIKE = 0.92  # lines whose sizes differ less than this are printed alike
_GAP = 1.6  # sizes between the lines of one title, at most
_LARGER = 1.12  # a heading's size over the body's; text set 10.5 on 10 is no heading
_BOLD, _MARKED = 20, 30
_ALONE = "case number"  # 「事例１」 on a line of its own; its title is the next line
_LABEL = _MARKED + KINDS.index("1.")  # 【課題】 stands above ① and ■
_UNLEVELLED = 10
_CLOSED = re.compile(r"[。、，,;；]$")
_CONTENTS_LINE = re.compile(
    r"(?:[.…‥・．･_\s]{3,}|\s)[-－–]?\s*[pｐP]?\.?\s*[0-9０-９]{1,3}\s*[-－–]?$"
)
_TAIL = 80  # characters of a line that tell whether it ends in the number of a page
_CONTENTS_TITLE = re.compile(r"^(?:目\s*次|もくじ|contents|index)$", re.IGNORECASE)
_LETTER = re.compile(r"[A-Za-zＡ-Ｚａ-ｚぁ-んァ-ヶ一-鿿々]")
_BRACKETED = re.compile(r"^[【\[［〔≪《＜<][^【】\[\]］〕]{1,30}[】\]］〕≫》＞>]$")
_DATE = re.compile(
    r"^[(（]?(?:令和|平成|昭和|[RHＲＨ]|[12１２][0-9０-９]{3})[\s0-9０-９元./年月日度]{2,18}[)）]?\s*(?:現在|時点|版|作成|発行|公表)?$"
)
_NAMED = re.compile(r"^[【\[［〔≪《＜<]\S{0,12}[都道府県市区町村][】\]］〕≫》＞>][\s　]*\S")
"""A title behind a name in brackets: 【多可町】予約をアプリで."""
_LIST_KINDS = frozenset(["1.", "(1)", "①", "■"])


@dataclass(frozen=True, slots=True)
class Item:
    """A block with its place: ``page`` is the index of its page, ``first`` that it opens the page."""

    block: Block
    page: int
    number: int | None
    first: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: items ``at`` to ``end`` (exclusive); a smaller ``rank`` stands higher.

    ``opens`` is True for the title of a page. ``style`` is equal for headings printed alike.
    """

    at: int
    end: int
    text: str
    rank: int
    style: str
    number: Numbered
    opens: bool


def items(pages: tuple[Page, ...]) -> tuple[Item, ...]:
    """The blocks of all pages in reading order, blank ones left out."""
    found: list[Item] = []
    for index, page in enumerate(pages):
        blocks = [block for block in page.blocks if block.text.strip()]
        found += [Item(block, index, page.number, i == 0) for i, block in enumerate(blocks)]
    return tuple(found)


def headings(stream: tuple[Item, ...]) -> tuple[Heading, ...]:
    """The headings among ``stream``, in order; lines of a table of contents are left out."""
    body = _body_size(stream)
    sizes = _heading_sizes(stream, body)
    levelled = any(item.block.level for item in stream)
    listing = _contents_pages(stream)
    found: list[Heading] = []
    at = 0
    while at < len(stream):
        ranked = _rank(stream, at, body, sizes, levelled)
        is_listed = at <= listing.get(stream[at].page, -1)
        listed = is_listed and not stream[at].first and not stream[at].block.level
        if ranked is None or listed:
            at += 1
            continue
        rank, style = ranked
        end = at + 1
        if style == _ALONE:
            end += _names_more(stream, at)
        elif rank < _UNLEVELLED and not levelled:
            end = _end_of_title(stream, at, body)
        text = _joined([item.block.text.strip() for item in stream[at:end]])
        found.append(Heading(at, end, text, rank, style, numbered(text), stream[at].first))
        at = end
    return tuple(found)


def is_date(text: str) -> bool:
    """True for a line that is no more than a date."""
    return bool(_DATE.match(text.strip()))


def _body_size(stream: tuple[Item, ...]) -> float:
    """The size most characters below the first lines of the pages are printed in, 0 when the
    format has none."""
    weight: Counter[float] = Counter()
    for item in [item for item in stream if not item.first] or stream:
        weight[round(item.block.size * 2) / 2] += len(item.block.text)
    del weight[0.0]
    return weight.most_common(1)[0][0] if weight else 0.0


def _heading_sizes(stream: tuple[Item, ...], body: float) -> tuple[float, ...]:
    """The largest of each class of sizes above the body's, largest first; sizes that readers measure
    on the glyphs differ a little from line to line."""
    tops: list[float] = []
    for size in sorted({i.block.size for i in stream if _is_large(i.block, body)}, reverse=True):
        if not tops or size < tops[-1] * _ALIKE:
            tops.append(size)
    return tuple(tops)


def _is_large(block: Block, body: float) -> bool:
    return body > 0 and block.size >= body * _LARGER and block.size >= body + 0.9


def _contents_pages(stream: tuple[Item, ...]) -> dict[int, int]:
    """Pages with a table of contents, titled so or mostly lines that end in a page number, and the
    place in the stream of the last such line."""
    lines: Counter[int] = Counter(item.page for item in stream)
    ending: Counter[int] = Counter()
    last: dict[int, int] = {}
    for at, item in enumerate(stream):
        if _CONTENTS_LINE.search(item.block.text[-_TAIL:]):
            ending[item.page] += 1
            last[item.page] = at
    titled = {i.page for i in stream if _CONTENTS_TITLE.match(i.block.text.strip())}
    return {
        page: last[page]
        for page, count in lines.items()
        if ending[page] >= 3 and (ending[page] >= 0.5 * count or page in titled)
    }


def contents_lines(stream: tuple[Item, ...]) -> frozenset[int]:
    """The places of what belongs to a table of contents: its lines and what stands above them on
    their page."""
    last = _contents_pages(stream)
    return frozenset(at for at, item in enumerate(stream) if at <= last.get(item.page, -1))


def _rank(
    stream: tuple[Item, ...], at: int, body: float, sizes: tuple[float, ...], levelled: bool
) -> tuple[int, str] | None:
    """Rank and style of the item at ``at``, None when it is no heading."""
    block = stream[at].block
    text = block.text.strip()
    if block.level:
        return block.level, f"level {block.level}"
    if block.kind == "row" or not _could_be_heading(text):
        return None
    if _is_large(block, body):
        index = max(i for i, top in enumerate(sizes) if block.size <= top)
        return (_UNLEVELLED if levelled else 1) + min(index, 8), f"size {sizes[index]:.1f}"
    if body == 0 and stream[at].first and stream[-1].page > 0 and len(text) <= _SENTENCE:
        return 1, "first line"  # nothing is known of the print
    if is_case_number(text):
        return _MARKED + KINDS.index("case"), _ALONE
    if line_pair(text):
        return None
    if _above_labels(stream, at):
        return _BOLD - 1, "above labels"
    kinds = numbered(text).kinds
    if block.bold and len(text) <= 60 and not _in_list(stream, at, kinds):
        return _BOLD + _depth(kinds), f"bold {''.join(kinds[:1])}"
    if (label := exact_label(text)) and not re.search(r"[・･]", text[:1]) and label.kind != "place":
        return _LABEL, "label"
    if block.table is not None and len(text) <= _ACROSS and role_of(text):
        return _LABEL, "label"  # across a form, above its text
    if _BRACKETED.match(text):
        return _LABEL, "bracket"
    if _NAMED.match(text):
        return _LABEL, "name in brackets"
    if kinds and len(text) <= 60 and not _in_list(stream, at, kinds):
        return _MARKED + _depth(kinds), f"mark {kinds[0]}"
    return None


def _names_more(stream: tuple[Item, ...], at: int) -> bool:
    """True when the line below the number at ``at`` is the title of that case."""
    if at + 1 >= len(stream) or stream[at + 1].page != stream[at].page:
        return False
    block = stream[at + 1].block
    text = block.text.strip()
    return block.kind == "line" and _could_be_heading(text) and not exact_label(text)


def _above_labels(stream: tuple[Item, ...], at: int) -> bool:
    """True for the only line above a table of labels with content."""
    if at + 1 >= len(stream) or stream[at + 1].block.kind != "row":
        return False
    if at and stream[at - 1].block.kind != "row" and stream[at - 1].page == stream[at].page:
        return False
    found = pairs(stream[at + 1].block)
    return bool(found) and exact_label(found[0][0]) is not None


def _could_be_heading(text: str) -> bool:
    return (
        len(text) <= (LONGEST if "、" not in text else _SENTENCE)
        and not _CLOSED.search(text)
        and bool(_LETTER.search(text))
        and not _DATE.match(text)
        and not _CONTENTS_LINE.search(text[-_TAIL:].replace("　", " "))
    )


def _depth(kinds: tuple[str, ...]) -> int:
    return KINDS.index(kinds[-1]) if kinds else len(KINDS) - 1


def _in_list(stream: tuple[Item, ...], at: int, kinds: tuple[str, ...]) -> bool:
    """True when the numbered line at ``at`` is an item of a list: its neighbour is numbered alike."""
    if not kinds or kinds[-1] not in _LIST_KINDS:
        return False
    near = [stream[i].block.text for i in (at - 1, at + 1) if 0 <= i < len(stream)]
    return any(numbered(text).kinds[-1:] == kinds[-1:] for text in near)


def _end_of_title(stream: tuple[Item, ...], at: int, body: float) -> int:
    """Where a title that wraps over several lines ends (exclusive)."""
    first, end = stream[at], at + 1
    while end < len(stream) and end - at < 3:
        block, last = stream[end].block, stream[end - 1].block
        smaller, larger = sorted((block.size, first.block.size))
        alike = smaller >= larger * _SAME and block.bold == first.block.bold
        if stream[end].page != first.page or block.kind == "row" or not alike:
            break
        if not _is_large(block, body) or numbered(block.text).kinds or exact_label(block.text):
            break
        if _DATE.match(block.text.strip()):
            break
        if block.box and last.box and not 0 <= block.box[1] - last.box[3] <= _GAP * block.size:
            break
        if sum(len(item.block.text) for item in stream[at : end + 1]) > LONGEST:
            break
        end += 1
    return end


def _joined(lines: list[str]) -> str:
    """Lines of one title as one line; a space only between Latin words."""
    text = lines[0]
    for line in lines[1:]:
        text += (" " if text[-1].isascii() and line[:1].isascii() else "") + line
    return text
