"""Pages → cases with labelled sections and page spans.

A collection becomes one case per municipality (or per numbered case) and the frame around them; any
other document, and every note, stays one case. See :mod:`ingest.split.series` for how that is told.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from ingest.page import Extract
from ingest.readers.titles import means_something
from ingest.split.labels import exact_label, label_key
from ingest.split.outline import Heading, Item, contents_lines, headings, is_date, items
from ingest.split.plates import plate, shown
from ingest.split.questionnaires import is_question
from ingest.split.roles import labelled_sections
from ingest.split.series import Head, row_title, subject, subject_text
from ingest.split.spans import CaseSpan, spans
from ingest.split.tables import line_pair, pairs
from kb.base.types import CaseDraft
from kb.language.text import fold_text
from kb.places.gazetteer import Gazetteer, load_gazetteer

_TITLE = 80
"""Characters of the longest title."""
_COVER = 8  # lines of a cover, with its date and its office
_FIRST_LINE = 60
_FORM_NAME = re.compile(
    r"(?:効果報告|実績報告|様式|調査票|調査|調書|報告書|申請書|回答票|整理票|シート|フォーム|カルテ|個票|カード|応募用紙|記入用紙|提出用紙?"
    r"|(?:記入|記載|作成)(?:要領|例|方法))(?:[（(].*[)）])?$"
)
"""The name of a form, which says what it is for and not what it tells."""
_FORM = 12
"""Blocks at the head of a case among which a form has the row with its title."""
_UNFINISHED = re.compile(
    "(?:(?<!も)の|(?<!こ)と|[やを・、]|(?:に|へ)(?:係る|関する|よる|おける|向けた)|における|及び|および)$"
)
_NUMBER_ONLY = re.compile(
    r"^(?:議案|報告|諮問|認定|承認|同意|別紙|別添|資料|様式|参考)*\s*(?:第|No\.?)?\s*[0-9０-９\s－-]+\s*号?$"
)
_MINUTES = re.compile(
    r"(?:^|(?:会|会議|回)[\s　]*)(?:議事録|議事要旨|議事概要|会議録|会議要旨|会議概要|会議結果|発言要旨)\s*(?:[（(].*[)）])?$"
)
_BORNE_OUT = 0.7
_AFTER_PLACE = re.compile(r"^\s*(?:[:：／/|｜－―–—\-]|における|での?|の)?\s*")
_PLACE_TAIL = re.compile(r"\s*[（(【\[［〔][^（()）【】\[\]［］〔〕]*[)）】\]］〕]\s*$")


def split(extract: Extract) -> tuple[CaseDraft, ...]:
    """The cases of a document in order, each with its sections; nothing is described yet but
    ``title``, ``pages`` and the ``municipality`` that the case's own heading or label row names.

    A document without any text gives no case.
    """
    stream = items(extract.pages)
    if not stream:
        return ()
    outline = headings(stream)
    gazetteer = load_gazetteer()
    whole = (CaseSpan(0, len(stream), None),)
    is_one = extract.note or _is_minutes(stream)
    parts = whole if is_one else spans(stream, outline, gazetteer)
    own = document_title(extract, stream, outline)
    listed = contents_lines(stream)
    repeated = Counter(label_key(part.head.text) for part in parts if part.head)
    drafts = []
    for part in parts:
        first = next((h.text for h in outline if part.start <= h.at < part.end), own)
        title = first if part.start else own
        if part.head:
            title = _case_title(part.head, stream, gazetteer)
            is_sheet = extract.is_book and stream[part.start].block.level == 1
            says_little = plate(title, gazetteer) or _FORM_NAME.search(part.head.text)
            if is_sheet or says_little or repeated[label_key(part.head.text)] > 1:
                title = _row_title(part, stream) or title
        printed = part.head.text if part.head else title
        if part.head is None and part.end < len(stream):
            part = replace(part, end=_before_titles(outline, part))
        inside = stream[part.start : part.end]
        is_listed = listed.issuperset(range(part.start, part.end))
        if part.head is None and len(parts) > 1 and (is_listed or not _says_anything(inside)):
            continue
        sections = labelled_sections(inside, _within(outline, part), printed)
        if sections:
            place = part.head.place if part.head else ""
            pages = _pages(stream, part)
            drafts.append(CaseDraft(title[:_TITLE], sections, pages, municipality=place))
    return tuple(drafts)


def _says_anything(frame: tuple[Item, ...]) -> bool:
    """False for a frame that is no more than the name that a sheet has by itself."""
    return any(means_something(item.block.text.strip()) for item in frame)


def _is_minutes(stream: tuple[Item, ...]) -> bool:
    """True for the record of a meeting: its headings are who speaks and what about, not cases."""
    return any(_MINUTES.search(item.block.text.strip()) for item in stream[:4])


def whole_title(extract: Extract) -> str:
    """The title of a whole document, "" for one without text."""
    stream = items(extract.pages)
    return document_title(extract, stream, headings(stream)) if stream else ""


def document_title(extract: Extract, stream: tuple[Item, ...], outline: tuple[Heading, ...]) -> str:
    """The title of a whole document.

    In this order: ``title`` of the front matter, given by people; ``document_title``, what the file
    says about itself, when the text bears it out (many a file still has its template's); the top
    heading of the first page; the first line; ``default_title``, from the file's name. A label such
    as 「背景・課題」 is no title.
    """
    front = {key: str(value).strip() for key, value in extract.front_matter.items() if value}
    if front.get("title"):
        return front["title"]
    stated = front.get("document_title", "")
    if stated and _borne_out(stated, extract):
        printed = stated
    else:
        has_name = bool(front.get("default_title"))
        printed = _top_heading(stream, outline) or _first_title(stream, has_name)
    if not printed or _FORM_NAME.search(printed) or line_pair(printed):
        printed = _row_title(CaseSpan(0, len(stream), None), stream) or printed
    line = stream[0].block.text.strip().splitlines()[0]
    return printed or stated or front.get("default_title") or line


def _top_heading(stream: tuple[Item, ...], outline: tuple[Heading, ...]) -> str:
    """The highest heading of the first page, "" for none."""
    first = [
        h
        for h in outline
        if stream[h.at].page == stream[0].page
        and h.rank < 30
        and means_something(h.text)
        and not (exact_label(h.text) or is_question(h.text))
    ]
    gazetteer = load_gazetteer()
    named = [h for h in first if not plate(h.text, gazetteer)]
    is_first = bool(first) and first[0].at == 0 and bool(named)
    if is_first and (named[0].rank == first[0].rank or _is_cover(stream)):
        first = named  # a cover: whose it is stands above what it is
    if first and first[0].at and plate(first[0].text, gazetteer):
        first = []  # the first of many names: the document's own title stands above, in plain print
    if not first:
        return ""
    top = min(first, key=lambda h: (h.rank, h.at))
    return _with_subject(top.text, stream[top.end :])


def _is_cover(stream: tuple[Item, ...]) -> bool:
    """True where the first page holds a few lines and no sentence, and others follow."""
    page = [item for item in stream if item.page == stream[0].page]
    is_short = len(page) <= _COVER and len(page) < len(stream)
    return is_short and not any(item.block.text.rstrip().endswith("。") for item in page)


def _first_title(stream: tuple[Item, ...], has_name: bool) -> str:
    """The first line that can be a title, below 「報道発表資料」 with its date and office; "" where
    none stands at the top. ``has_name``: the file's name is a better title than a row of a table."""
    for at, item in enumerate(stream[:_FORM]):
        if item.block.kind == "row" and has_name:
            return ""
        lines = [line.strip() for line in item.block.text.strip().splitlines()]
        for line in lines if at or len(lines) > 1 else lines[:1]:
            if _is_furnishing(line, at, stream):
                continue
            short = len(line) <= _FIRST_LINE and not line.endswith("。") and not exact_label(line)
            return _with_subject(line, stream[at + 1 :]) if short else ""
    return ""


def _is_furnishing(line: str, at: int, stream: tuple[Item, ...]) -> bool:
    """True for the name of a sheet or a kind of document, and for a date or an office under it."""
    if not means_something(line):
        return True
    topped = not means_something(stream[0].block.text.strip().splitlines()[0])
    return topped and bool(is_date(line) or plate(line, load_gazetteer()))


def _with_subject(title: str, below: tuple[Item, ...]) -> str:
    """「議案第12号」 with the line below that says what it is about, 「…の特性と」 with the line that
    ends it; any other title as it is."""
    is_open = bool(_UNFINISHED.search(title))
    if not (is_open or _NUMBER_ONLY.match(title)) or not below:
        return title
    line = below[0].block.text.strip().splitlines()[0]
    is_title = len(line) <= _FIRST_LINE and not (is_open and line.endswith("。"))
    return f"{title}{'' if is_open else ' '}{line}" if is_title else title


def _borne_out(title: str, extract: Extract) -> bool:
    """True when the text holds most pairs of characters of ``title``."""
    text = fold_text("".join(page.text for page in extract.pages))
    folded = fold_text(title)
    pairs = {folded[i : i + 2] for i in range(len(folded) - 1)}
    return len(pairs) >= 3 and sum(pair in text for pair in pairs) >= _BORNE_OUT * len(pairs)


def _case_title(head: Head, stream: tuple[Item, ...], gazetteer: Gazetteer) -> str:
    """The heading without its numbering, the municipality set behind: 「保健福祉DX」…（多可町）."""
    rest = subject_text(head.text, gazetteer)
    mention = subject(head.text, gazetteer)
    if mention is None:
        return f"{rest}（{head.place}）" if rest and head.place else rest or head.place
    before = rest[: mention.start].strip(" 　【[［〔（(・:：")
    known = not before or before in {place.prefecture for place in mention.candidates}
    after = rest[mention.end :]
    if not known or after.startswith(("）", ")", "の", "と", "は", "・", "、", "及び", "ほか")):
        return rest
    tail = _AFTER_PLACE.sub("", after.lstrip("】]］〕")).strip(" 　")
    if tail.startswith(("（", "(")) and not _PLACE_TAIL.sub("", tail):
        tail = ""
    if not tail or exact_label(tail):
        tail = _line_below(head, stream)
    return f"{tail}（{shown(mention)}）" if tail else rest


def _row_title(part: CaseSpan, stream: tuple[Item, ...]) -> str:
    """The title that a row gives to a case under a name or a form's title, the municipality set
    behind; "" for none."""
    title = row_title(stream[part.start : min(part.end, part.start + _FORM)])
    place = part.head.place if part.head else ""
    return f"{title}（{place}）" if title and place and place not in title else title


def _line_below(head: Head, stream: tuple[Item, ...]) -> str:
    """The catchword printed under a heading that is no more than a name, "" for none."""
    if head.end >= len(stream) or stream[head.end].page > stream[head.at].page + 1:
        return ""
    block = stream[head.end].block
    text = block.text.strip()
    plain = block.kind == "line" and 4 <= len(text) <= 60 and not text.endswith(("。", "、"))
    if not plain or exact_label(text) or pairs(block) or text[0] in "・●○-－※(（":
        return ""
    standing_out = block.bold or block.level or text.startswith(("「", "～", "〜", "『"))
    return text if standing_out or _opens_parts(stream, head.end + 1) else ""


def _opens_parts(stream: tuple[Item, ...], at: int) -> bool:
    """True when labels follow: the line before them is the title."""
    if at >= len(stream):
        return False
    block = stream[at].block
    return exact_label(block.text) is not None or bool(pairs(block))


def _pages(stream: tuple[Item, ...], part: CaseSpan) -> tuple[int, int] | None:
    numbers = [n for item in stream[part.start : part.end] if (n := item.number) is not None]
    return (min(numbers), max(numbers)) if numbers else None


def _before_titles(outline: tuple[Heading, ...], part: CaseSpan) -> int:
    """Where a piece of the frame ends without the headings of the chapter that the next case opens."""
    end = part.end
    for heading in reversed([h for h in outline if part.start < h.at < part.end]):
        if heading.end == end:
            end = heading.at
    return end


def _within(outline: tuple[Heading, ...], part: CaseSpan) -> tuple[Heading, ...]:
    """The headings of one part, their places counted from its start."""
    return tuple(
        replace(h, at=h.at - part.start, end=h.end - part.start)
        for h in outline
        if part.start <= h.at < part.end
    )
