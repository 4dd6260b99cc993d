"""The sections of one case: its headings and the label cells of its tables, with their roles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.split.labels import continued, exact_label, label_key, role_of
from ingest.split.outline import Heading, Item
from ingest.split.tables import columns, labelled, pairs
from kb.base.types import Section

OVERVIEW, OTHER = "概要", "その他"
_FACT = 60
"""Characters of the longest content that is a fact of a line (人口 …) and not a passage."""
_TELLING = 16
"""Characters from which a heading over other headings is worth a passage."""
_BULLETS = "・‧•･●○◯■◆◇□▪※➢▶"
_BULLET = re.compile(rf"[ \t　]+(?=[{_BULLETS}][^\s・‧])|(?<=\S)[ \t　]+(?=[①-⑳㉑-㉟❶-❿])")
_DASHED = re.compile(
    r"^[-–]\s+(?=[・‧])", re.MULTILINE
)  # 「- ・」: a list's own mark and a typed one
_LONGEST = 20_000  # letters of a section that a sentence carries over to the next page
_ENDED = re.compile(r"[。．.!?！？：:」』）)】\]]\s*$")
_BEGINS = re.compile(rf"\s*[{_BULLETS}①-⑳❶-❿\-*(（0-9０-９]")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text of the section numbered ``key``; ``fact`` marks a short fact, ``line`` a plain line."""

    key: int
    role: str
    heading: str
    page: int | None
    text: str
    fact: bool = False
    line: bool = False


@dataclass(frozen=True, slots=True)
class _Under:
    """What the next text stands under: its section's number, the role and the heading."""

    key: int = 0
    role: str = OVERVIEW
    heading: str = OVERVIEW


def labelled_sections(
    stream: tuple[Item, ...], outline: tuple[Heading, ...], title: str
) -> tuple[Section, ...]:
    """The sections of the case that ``stream`` holds, in reading order.

    A heading, a label row and a line 「課題：…」 begin a section; a section ends with its page, so
    that each has one. ``outline`` are the headings by their place in ``stream``; ``title`` is the
    case's own heading, which begins none, nor does its repetition on the next page.
    """
    merged: list[_Piece] = []
    for piece in _pieces(stream, outline, title):
        last = merged[-1] if merged else None
        if last and last.fact and piece.fact and last.page == piece.page:
            merged[-1] = replace(
                last,
                heading=f"{last.heading}・{piece.heading}",
                text=f"{last.text}\n{piece.text}",
            )
        elif last and last.key == piece.key and _joins(last, piece):
            merged[-1] = replace(last, text=f"{last.text}\n{piece.text}", line=piece.line)
        else:
            merged.append(piece)
    return tuple(
        Section(piece.role, piece.heading, piece.text, piece.page)
        for piece in merged
        if piece.text.strip()
    )


def _joins(last: _Piece, piece: _Piece) -> bool:
    """Same page; or a sentence that the end of the page cut in two."""
    if last.page == piece.page:
        return True
    if not (last.line and piece.line) or len(last.text) > _LONGEST:
        return False
    end = last.text.rstrip().rpartition("\n")[2]
    return not (_ENDED.search(end) or _BEGINS.match(piece.text) or _BEGINS.match(end))


def _pieces(stream: tuple[Item, ...], outline: tuple[Heading, ...], title: str) -> Iterator[_Piece]:
    """The texts of ``stream`` in order, each with the section it belongs to."""
    begins = {heading.at: heading for heading in outline}
    above: list[tuple[int, str]] = []
    under, home, key, at = _Under(), _Under(), 0, 0
    while at < len(stream):
        item = stream[at]
        heading = begins.get(at)
        if heading and _repeats(heading.text, title):
            at = heading.end
            continue
        key += 1
        if heading:
            above = [(rank, role) for rank, role in above if rank < heading.rank]
            role = role_of(heading.text) or (above[-1][1] if above else OTHER)
            above.append((heading.rank, role))
            under = home = _Under(key, role, _bare(heading.text))
            at = heading.end
            if _stands_alone(stream, begins, heading):
                yield _Piece(key, role, home.heading, item.number, heading.text)
        elif item.block.kind == "row":
            rows = _table(stream, at)
            yield from _rows(rows, under, home, key)
            blocks = tuple(row.block for row in rows)
            if labelled(blocks) or columns(blocks):
                key += 4 * len(rows)
                under = home = replace(home, key=key)
            at += len(rows)
        else:
            found = pairs(item.block)
            if found:
                piece = _labelled(found[0], home, key, item.number)
                under = _Under(key, piece.role, piece.heading)
                yield piece
            else:
                text = _tidy(item.block.text)
                yield _Piece(under.key, under.role, under.heading, item.number, text, line=True)
            at += 1


def _stands_alone(stream: tuple[Item, ...], begins: dict[int, Heading], heading: Heading) -> bool:
    """True for a heading without text of its own that says more than the label of a group."""
    if heading.end >= len(stream):
        return True
    following = begins.get(heading.end)
    if following and following.rank <= heading.rank:
        return True
    bare = following is not None or bool(pairs(stream[heading.end].block))
    telling = len(heading.number.rest) >= _TELLING and heading.style != "bracket"
    return bare and telling and not exact_label(heading.text)


def _table(stream: tuple[Item, ...], at: int) -> tuple[Item, ...]:
    """The rows of the table that begins at ``at``."""
    first, end = stream[at], at
    while end < len(stream) and stream[end].block.kind == "row":
        same = stream[end].page == first.page and stream[end].block.table == first.block.table
        if not same:
            break
        end += 1
    return stream[at:end]


def _rows(rows: tuple[Item, ...], under: _Under, home: _Under, key: int) -> Iterator[_Piece]:
    """A table's texts: a section per label, or its rows as lines of the section it stands in."""
    blocks = tuple(row.block for row in rows)
    if across := columns(blocks):
        for i, pair in enumerate(across):
            yield _labelled(pair, home, key + i, rows[0].number)
        return
    if not labelled(blocks):
        for row in rows:
            text = _tidy("｜".join(cell.strip() for cell in row.block.cells if cell.strip()))
            yield _Piece(home.key, home.role, home.heading, row.number, text)
        return
    current = under
    for row in rows:
        found = pairs(row.block)
        for pair in found:
            key += 1
            if not pair[0]:
                text = _tidy(pair[1])
                yield _Piece(current.key, current.role, current.heading, row.number, text)
                continue
            piece = _labelled(pair, home, key, row.number)
            current = _Under(piece.key, piece.role, piece.heading)
            yield piece
        if not found:
            text = _tidy("｜".join(cell.strip() for cell in row.block.cells if cell.strip()))
            yield _Piece(home.key, home.role, home.heading, row.number, text)


def _labelled(pair: tuple[str, str], home: _Under, key: int, page: int | None) -> _Piece:
    """The section of a label and its content."""
    name, content = _bare(pair[0].replace("\n", "")), _tidy(pair[1])
    known = exact_label(name)
    if known and known.kind and len(content) <= _FACT:
        return _Piece(key, known.role, name, page, f"{name}：{content}", fact=True)
    inherited = home.role if home.role != OVERVIEW else OTHER
    return _Piece(key, role_of(name) or inherited, name, page, content)


def _repeats(text: str, title: str) -> bool:
    return label_key(continued(text)[0]) == label_key(continued(title)[0])


def _bare(heading: str) -> str:
    """A heading without brackets around it and marks of continuation, its numbering kept."""
    text = continued(heading)[0].strip()
    inside = re.fullmatch(
        r"[【\[［〔≪《＜<■◆●▼□◇▶]*\s*([^【】\[\]］〕≫》＞>]+?)\s*[】\]］〕≫》＞>]*\s*[:：]?", text
    )
    return inside[1] if inside else text


def _tidy(text: str) -> str:
    """Text with each bullet on a line of its own."""
    return _BULLET.sub("\n", _DASHED.sub("", text.replace("\t", "｜"))).strip()
