"""Whether a document is a collection, and which of its headings begin a case.

Only structure decides: headings printed alike that name different municipalities, or that carry the
numbers of cases, or that have a municipality's name plate beside them; else label rows (団体名 …) that
name them. Headings that come back after others are speakers, not cases.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ingest.split.labels import (
    NAMED_CASE,
    TITLES,
    Numbered,
    continued,
    exact_label,
    is_number,
    label_key,
    numbered,
)
from ingest.split.outline import Heading, Item
from ingest.split.plates import is_municipal, plated, shown
from ingest.split.tables import pairs
from kb.language.text import fold_text
from kb.places.gazetteer import Gazetteer, Mention

_FRAME = re.compile(
    r"(?:参考|資料|まとめ|おわりに|終わりに|はじめに|目次|付録|附録|巻末|奥付|コラム|総括|凡例|索引|用語|"
    r"お?問い?合わ?せ|連絡先|出典|今後に向けて|本書|本資料|謝辞|appendix|reference)",
    re.IGNORECASE,
)
_SEPARATORS = " 　:：/／|｜-－―–—【[［「『（(〔・、,"
_COVER = 150
"""Characters below which the text under a document's first heading is a cover's."""
_OPENING_SHARE = 0.6
_PLATED = 0.5
"""Share of the sibling headings that must have a name plate."""
_FORM = 12
"""Blocks at the head of a case among which a form has the row with its title."""
_TITLE = 80  # characters of the longest title of a row
_LINE = 30  # characters of the longest line above a form that is its title
_MOST_SAID = 0.7
"""Share of different headings, up to which the document is a conversation."""


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a case: its heading is items ``at`` to ``end``; ``place`` is the name of the
    municipality that the heading or its label row gives, "" for none."""

    at: int
    end: int
    text: str
    number: Numbered
    place: str = ""
    municipal: bool = False


class _Form(NamedTuple):
    """A row that names a municipality: its ``place``, the ``title`` that a row near it gives, the
    headings above it on its page and the one that begins the case."""

    place: str
    title: str
    above: list[Heading]
    top: Heading


def series(
    stream: tuple[Item, ...], outline: tuple[Heading, ...], gazetteer: Gazetteer
) -> tuple[tuple[Heading, ...], tuple[Head, ...]]:
    """The cases of a collection in order, and the sibling headings among which they were found; no
    cases for a document that is no collection."""
    groups = _groups(stream, outline)
    candidates = [_by_headings(stream, outline, group, gazetteer) for group in groups]
    candidates += [_by_plates(stream, group, gazetteer) for group in groups]
    candidates.append(_by_labels(stream, outline, gazetteer))
    group, heads = max(candidates, key=lambda found: len(found[1]))
    if len(heads) < 2:
        heads = _by_tables(stream) or _by_numbers(stream)
    return (group, heads) if len(heads) >= 2 and not _is_talk(heads) else ((), ())


def subject(text: str, gazetteer: Gazetteer) -> Mention | None:
    """The place a heading is about: the one at its start, set off, or alone; None for none or many."""
    rest = subject_text(text, gazetteer)
    mentions = gazetteer.mentions(rest) or (gazetteer.mentions_en(rest) if rest.isascii() else ())
    names = {mention.text for mention in mentions}
    if not mentions or len(names) > 2:
        return None
    for mention in mentions:
        before = rest[: mention.start].rstrip()
        if not before or before[-1] in _SEPARATORS:
            return mention
    return mentions[0] if len(names) == 1 else None


def subject_text(text: str, gazetteer: Gazetteer) -> str:
    """The part of a heading that its subject's offsets count in: without numbering, unless the
    number stands behind the place."""
    base = continued(text)[0]
    found = numbered(base)
    if found.prefix and not gazetteer.mentions(found.rest) and gazetteer.mentions(found.prefix):
        return base[base.index(found.prefix) :]
    return found.rest


def _groups(stream: tuple[Item, ...], outline: tuple[Heading, ...]) -> list[tuple[Heading, ...]]:
    """Headings that may be siblings: those printed alike, and the titles of the pages."""
    by_style: dict[str, list[Heading]] = {}
    for heading in outline:
        by_style.setdefault(heading.style, []).append(heading)
    titles = tuple(h for h in outline if h.opens and h.rank < 30)
    pages = len({item.page for item in stream})
    deck = pages >= 2 and len(titles) >= _OPENING_SHARE * pages
    groups = [tuple(group) for group in by_style.values() if len(group) >= 2]
    return [*([titles] if deck else []), *groups] or [()]


def _by_headings(
    stream: tuple[Item, ...],
    outline: tuple[Heading, ...],
    group: tuple[Heading, ...],
    gazetteer: Gazetteer,
) -> tuple[tuple[Heading, ...], tuple[Head, ...]]:
    """The cases that a group of sibling headings begins, none when they are no series."""
    likely: list[Head] = []
    for i, heading in enumerate(group):
        following = group[i + 1].at if i + 1 < len(group) else len(stream)
        if following > heading.end and not _is_cover(stream, group, i):
            likely.append(_head(heading, gazetteer))
    begun = [h for h in likely if h.place or _is_named_case(h)]
    if not _is_series(begun):
        return group, ()
    first = next((h.at for h in begun if h.municipal), begun[0].at)
    usual = Counter(h.number.kinds for h in begun).most_common(1)[0][0]
    last = begun[-1].at
    heads = [
        h
        for h in likely
        if (h.place and (h.at >= first or h.number.kinds == usual != ()))
        or _is_named_case(h)
        or (h.number.kinds == usual != () and first < h.at < last and not is_frame(h.text))
    ]
    inside = [h for h in likely if heads[0].at <= h.at <= heads[-1].at and not exact_label(h.text)]
    if len(heads) * 3 < len(inside):
        return group, ()
    titled = [_under_title(head, outline, stream) for head in heads]
    return group, _united([h for h in titled if h] if all(titled) else heads)


def _head(heading: Heading, gazetteer: Gazetteer) -> Head:
    mention = subject(heading.text, gazetteer) if not exact_label(heading.text) else None
    head = Head(heading.at, heading.end, heading.text, heading.number)
    if mention is None or is_frame(heading.text):
        return head
    return replace(head, place=shown(mention), municipal=is_municipal(mention))


def _under_title(head: Head, outline: tuple[Heading, ...], stream: tuple[Item, ...]) -> Head | None:
    """``head``, no more than a name, begun by the title right above it; None for any other."""
    above = next((h for h in outline if h.end == head.at), None)
    bare = head.number.rest.strip(_SEPARATORS + "）)】］]」』").endswith(head.place)
    if not (head.place and bare and above and len(head.number.rest) <= len(head.place) + 6):
        return None
    if stream[above.at].page != stream[head.at].page or is_frame(above.text):
        return None
    return replace(head, at=above.at, end=above.end, text=above.text, number=above.number)


def _is_series(heads: list[Head]) -> bool:
    """Two different municipalities, or two different numbers of cases."""
    places = {fold_text(head.place) for head in heads if head.municipal}
    numbers = {fold_text(head.number.number) for head in heads if _is_named_case(head)}
    return len(places) >= 2 or len(numbers) >= 2


def _is_named_case(head: Head) -> bool:
    return "case" in head.number.kinds and bool(NAMED_CASE.search(head.number.number))


def is_frame(text: str) -> bool:
    """True for a heading that never begins a case nor belongs to one: まとめ, 参考資料, 目次."""
    return bool(_FRAME.match(numbered(text).rest.lstrip("【[［〔「『")))


def _is_cover(stream: tuple[Item, ...], group: tuple[Heading, ...], i: int) -> bool:
    """True for the document's own title: its first heading, printed larger than its siblings or not
    numbered like them, with little text and no labels below."""
    heading, others = group[i], group[i + 1 :]
    if heading.at > 0 or not others:
        return False
    larger = heading.rank < min(other.rank for other in others)
    numbers = Counter(bool(other.number.kinds) for other in others).most_common(1)[0][0]
    below = [item.block for item in stream[heading.end : others[0].at]]
    if not larger and (not numbers or heading.number.kinds):
        return False
    if any(block.cells or exact_label(block.text) for block in below):
        return False
    return sum(len(block.text) for block in below) < _COVER


def _united(heads: list[Head]) -> tuple[Head, ...]:
    """Heads of cases, those left out that only continue the case before."""
    kept: list[Head] = []
    for head in heads:
        if not kept or not _continues(head, kept[-1]):
            kept.append(head)
    return tuple(kept)


def _continues(head: Head, before: Head) -> bool:
    text, marked = continued(head.text)
    base, _ = continued(before.text)
    if label_key(text) == label_key(base):
        same_number = fold_text(head.number.number) == fold_text(before.number.number)
        return same_number or marked or not head.number.number
    if not head.place or fold_text(head.place) != fold_text(before.place):
        return False
    if marked:
        return True
    rest = numbered(text).rest
    after = rest[rest.find(head.place) + len(head.place) :] if head.place in rest else rest
    return not head.number.kinds and exact_label(after) is not None and exact_label(base) is None


def _is_talk(heads: tuple[Head, ...]) -> bool:
    """True when many headings come back after others: those of minutes, who speaks in turn."""
    said = {(fold_text(head.text), head.place) for head in heads}
    return len(said) <= _MOST_SAID * len(heads)


def _by_plates(
    stream: tuple[Item, ...], group: tuple[Heading, ...], gazetteer: Gazetteer
) -> tuple[tuple[Heading, ...], tuple[Head, ...]]:
    """The cases of a group of sibling headings with the municipality's name plate beside them."""
    found = plated(stream, group, gazetteer)
    heads, moved = [], []
    for heading in group:
        at, place = found.get(heading.at, (heading.at, ""))
        heading = replace(heading, at=min(at, heading.at))
        moved.append(heading)
        if place and not is_frame(heading.text):
            heads.append(
                Head(heading.at, heading.end, heading.text, heading.number, place, municipal=True)
            )
    if len({head.place for head in heads}) < 2:
        return group, ()
    inside = [
        h
        for h in moved
        if heads[0].at <= h.at <= heads[-1].at and not (is_frame(h.text) or exact_label(h.text))
    ]
    if len(heads) < _PLATED * len(inside):
        return group, ()
    return tuple(moved), _united(heads)


def _by_labels(
    stream: tuple[Item, ...], outline: tuple[Heading, ...], gazetteer: Gazetteer
) -> tuple[tuple[Heading, ...], tuple[Head, ...]]:
    """Cases told by rows such as 「団体名｜X市」, each beginning at the title above its row."""
    found: list[_Form] = []
    since = 0
    for at, item in enumerate(stream):
        name = _named_place(item, gazetteer)
        if not name:
            continue
        above = [h for h in outline if since <= h.at <= at and stream[h.at].page == item.page]
        above = [h for h in above if not exact_label(h.text)]
        start = _start(stream, since, at)
        none = Heading(start, start, "", 0, "", Numbered((), "", ""), True)
        top = min(above, key=lambda h: (h.rank, h.at), default=none)
        found.append(_Form(name, row_title(stream[at : at + _FORM]), above, top))
        since = at + 1
    if len({(fold_text(form.place), form.title) for form in found}) < 2:
        return (), ()
    usual = Counter(form.top.style for form in found).most_common(1)[0][0]
    heads: list[Head] = []
    for i, (name, title, above, top) in enumerate(found):
        if not heads and usual:  # above the first stands the document's title too
            top = next((h for h in reversed(above) if h.style == usual), top)
        elif not heads and top.style:
            top = replace(top, at=top.end, text="", number=numbered(""))
        last = heads[-1] if heads else None
        is_next = i > 0 and bool(title) and title != found[i - 1].title
        if not last or is_next or (name, top.text) != (last.place, last.text):
            heads.append(Head(top.at, top.end, top.text, top.number, name, True))
    begun = {head.at for head in heads}
    styles = {h.style for h in outline if h.at in begun}
    return tuple(h for h in outline if h.style in styles), tuple(heads)


def _by_tables(stream: tuple[Item, ...]) -> tuple[Head, ...]:
    """Cases told by a table each, which begins with its title: 「取組名｜…」. Whose they are the document
    says as a whole."""
    found = []
    for at, item in enumerate(stream):
        is_first = at == 0 or not _stand_together(stream[at - 1], item)
        if item.block.kind == "row" and item.block.table is not None and is_first:
            found.append((at, row_title([item])))
    titles = [title for _, title in found if title]
    if len(set(titles)) < 2 or len(set(titles)) < len(titles) or len(titles) < len(found):
        return ()
    return tuple(Head(at, at, title, numbered(""), "", True) for at, title in found)


def _by_numbers(stream: tuple[Item, ...]) -> tuple[Head, ...]:
    """Cases told by rows with a number and a title (「No.1｜…」), each above the rows of its labels."""
    found = [
        (at, item.block.cells)
        for at, item in enumerate(stream)
        if len(item.block.cells) == 2 and is_number(item.block.cells[0])
    ]
    if len(found) < 2:
        return ()
    borders = [at for at, _ in found[1:]] + [len(stream)]
    for (at, (_, title)), end in zip(found, borders, strict=True):
        below = [pair for item in stream[at + 1 : end] for pair in pairs(item.block)]
        if not 2 <= len(title) <= _TITLE or not any(exact_label(label) for label, _ in below):
            return ()
    if len({fold_text(cells[0]) for _, cells in found}) < len(found):
        return ()
    return tuple(Head(at, at, cells[1], numbered(""), "", True) for at, cells in found)


def _start(stream: tuple[Item, ...], since: int, at: int) -> int:
    """Where the form begins whose row at ``at`` names its municipality, without a heading above: with
    the rows and lines that stand above the first such row of all, or with its table."""
    first = next(i for i in range(since, at + 1) if _stand_together(stream[i], stream[at]))
    if not since or first > since:  # its table begins with it
        return first
    known = {_opening(item) for item in stream[: since - 1]}
    while at > first and (_opening(stream[at - 1]) in known or _is_title(stream[at - 1])):
        at -= 1
    return at


def _opening(item: Item) -> str:
    return (item.block.cells or (item.block.text,))[0].strip()


def _is_title(item: Item) -> bool:
    text = item.block.text.strip()
    return item.block.kind == "line" and len(text) <= _LINE and not text.endswith("。")


def row_title(rows: Sequence[Item]) -> str:
    """The title that a row such as 「事業名｜…」, or the line below such a label, gives to the case that
    begins with these; "" for none."""
    for at, item in enumerate(rows):
        below = rows[at + 1].block if at + 1 < len(rows) else None
        is_above = item.block.kind == "line" and below is not None and below.kind == "line"
        under = ((item.block.text, below.text.strip()),) if is_above and below else ()
        if under and (exact_label(under[0][1]) or under[0][1].endswith("。")):
            under = ()
        for label, content in pairs(item.block) or under:
            if label_key(label) in TITLES and 4 <= len(content) <= _TITLE:
                return " ".join(content.split())
    return ""


def _stand_together(one: Item, other: Item) -> bool:
    """True on one page and, for the row of a table, in that table."""
    return one.page == other.page and other.block.table in (None, one.block.table)


def _named_place(item: Item, gazetteer: Gazetteer) -> str:
    """The municipality a label row or line gives, "" for none."""
    for label, content in pairs(item.block):
        meaning = exact_label(label)
        if meaning and meaning.kind == "place" and len(content) <= 40:
            for mention in gazetteer.mentions(content):
                if is_municipal(mention):
                    return shown(mention)
    return ""
