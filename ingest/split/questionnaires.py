"""Forms and questionnaires as what was answered: without the options left open, and without what the
form itself explains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ingest.page import Block, Extract
from ingest.split.choices import (
    asks,
    chosen,
    is_mark,
    is_offered,
    is_ticked,
    of_list,
    offers,
    one_line,
)

_QUESTION = re.compile(
    r"(?:ください|下さい|ですか|ますか|でしょうか|[?？]|お答え|あてはまるもの|当てはまるもの)[。．\s]*(?:[（(※【].*)?$"
)
_NUMBERED = re.compile(
    r"^\s*(?:[\[【［(（]?\s*(?:No\.?|問|設問|質問|Q)\s*[0-9０-９]+)", re.IGNORECASE
)
_NOTE = re.compile(r"^\s*(?:※|[（(]?注[)）\s:：0-9０-９]|[（(]例[)）]|例[:：]|記入例)")
_COUNT = re.compile(r"[（(]?(?:No\.?|問|Q)?\s*[0-9０-９①-⑳-]{1,5}[.．)）]?")
_FEWEST = 3
"""Questions that make a document a questionnaire."""
_ASIDE = 120
"""Characters of the longest text that asks to choose from what follows."""
_OPTION = 40
"""Characters of the longest option in a table."""


def is_question(text: str) -> bool:
    """True for the words of a form that ask something."""
    if _NOTE.match(text):
        return False
    return bool(_QUESTION.search(text.strip()) or (_NUMBERED.match(text) and len(text) > 8))


def answered(extract: Extract) -> Extract:
    """``extract`` with its choices as they were made."""
    asked = _is_questionnaire([block for page in extract.pages for block in page.blocks])
    pages = tuple(
        replace(page, blocks=tuple(_of_page(page.blocks, asked))) for page in extract.pages
    )
    return replace(extract, pages=pages)


def _is_questionnaire(blocks: Sequence[Block]) -> bool:
    """True for questions of which a third at least offer choices: requests alone (「…してください」) also
    stand in guides."""
    bodies = [
        [line for block in body for line in block.text.split("\n")]
        for heading, body in _sections(blocks, questionnaire=True)
        if heading and is_question(heading.text)
    ]
    choices = sum(map(_offers_choices, bodies))
    return len(bodies) >= _FEWEST and choices * 3 >= len(bodies)


def _offers_choices(lines: Sequence[str]) -> bool:
    """True for what stands under a question when a part of it is a choice that was made."""
    text = "\n".join(lines)
    listed = any(offers(lines[at : at + 2]) for at in range(len(lines)))
    return chosen(text) != text or (listed and of_list(lines, True) != lines)


def _of_page(blocks: Sequence[Block], questionnaire: bool) -> Iterator[Block]:
    for heading, body in _sections(blocks, questionnaire):
        asking = heading is not None and is_question(heading.text)
        answering = asking and (questionnaire or bool(heading and _NUMBERED.match(heading.text)))
        asked = answering or bool(heading and asks(heading.text))
        if not (questionnaire and asking):
            yield from [heading] if heading else []
            yield from _told(body, asked)
        elif told := list(_told(_answer(body), asked)):
            yield from [replace(heading, level=heading.level or 3), *told] if heading else told


def _sections(
    blocks: Sequence[Block], questionnaire: bool
) -> list[tuple[Block | None, list[Block]]]:
    """(heading, what stands under it), the first without one; a questionnaire's questions are
    headings, whatever their print."""
    out: list[tuple[Block | None, list[Block]]] = [(None, [])]
    for block in blocks:
        first = block.text.split("\n")[0]
        asking = questionnaire and block.kind == "line" and is_question(first)
        asking = asking and "。" not in first.strip().rstrip("。")
        if block.level or asking:
            first, _, below = block.text.partition("\n")
            out.append((replace(block, text=first), [Block(below)] if below.strip() else []))
        else:
            out[-1][1].append(block)
    return out


def _answer(body: Sequence[Block]) -> Sequence[Block]:
    """What was answered under a question: from the first option on, else all but the form's notes."""
    for at in range(len(body) - 1):
        if offers([block.text for block in body[at : at + 2]]):
            return body[at:]
    return [block for block in body if not _NOTE.match(block.text)]


def _told(blocks: Sequence[Block], asked: bool) -> Iterator[Block]:
    above = ""
    for (kind, _), group in groupby(blocks, key=lambda block: (block.kind, block.table)):
        run = list(group)
        yield from (
            _table(run, asked or _asks_below(above)) if kind == "row" else _options(run, asked)
        )
        above = run[-1].text


def _options(blocks: Sequence[Block], asked: bool) -> Iterator[Block]:
    """The blocks under one heading, each of one line or several."""
    single = [block for block in blocks if "\n" not in block.text]
    if len(single) < len(blocks):
        for block in blocks:
            if text := chosen(block.text, asked):
                yield block if text == block.text else replace(block, text=text)
        return
    told = [
        one_line(block.text, asked or _asked_above(blocks, i)) for i, block in enumerate(blocks)
    ]
    left = [
        replace(b, text=text) if text != b.text else b
        for b, text in zip(blocks, told, strict=True)
        if text
    ]
    kept = of_list([block.text for block in left], asked)
    at = 0
    for text in kept:
        match = next((i for i in range(at, len(left)) if left[i].text == text), None)
        if match is None:
            yield Block(text)
        else:
            yield left[match]
            at = match + 1


def _asked_above(blocks: Sequence[Block], at: int) -> bool:
    return at > 0 and _asks_below(blocks[at - 1].text)


def _asks_below(text: str) -> bool:
    return len(text) <= _ASIDE and asks(text)


def _table(rows: Sequence[Block], asked: bool) -> Iterator[Block]:
    """The rows of a table with its choices made: a column of marks drops the rows without one,
    several become the heads of those that are ticked."""
    rows = list(_one_row_a_choice(rows))
    columns = _mark_columns(rows)
    if columns and _is_form(rows, columns):
        yield from _marked(rows, columns)
        return
    label = False
    for row in rows:
        cells = []
        for cell in row.cells:
            cells.append(chosen(cell, asked or label))
            label = asks(cell)
        label = label and bool(row.cells[-1:]) and asks(row.cells[-1])
        if tuple(cells) == row.cells:
            yield row
        elif any(cells[1:] or cells):
            yield replace(row, cells=tuple(cells), text="\t".join(cells))


def _one_row_a_choice(rows: Sequence[Block]) -> Iterator[Block]:
    """The rows, those of options under one merged label, with a column for the mark, as one row: the
    label and what is ticked."""
    at = 0
    while at < len(rows):
        label, end = rows[at].cells[0].strip(), at + 1
        while label and end < len(rows) and _is_below(rows[end], label):
            end += 1
        told = _ticked_options(rows[at:end]) if end > at + 1 else ""
        if told:
            yield replace(rows[at], cells=(label, told), text=f"{label}\t{told}", spans=())
        else:
            yield from rows[at:end]
        at = end


def _is_below(row: Block, label: str) -> bool:
    return not row.cells[0].strip() and bool(row.spans) and row.spans[0].above.strip() == label


def _ticked_options(rows: Sequence[Block]) -> str:
    """What is ticked of options that stand beside a column of marks, "" for any other rows."""
    cells = [(*row.cells[1:], "")[:2] if len(row.cells) == 2 else row.cells[1:] for row in rows]
    for mark, option in ((0, 1), (1, 0)):
        if all(len(c) == 2 and c[option].strip() and len(c[option]) <= _OPTION for c in cells):
            marks = [c[mark].strip() for c in cells]
            if any(map(is_ticked, marks)) and all(not m or is_mark(m) for m in marks):
                return "、".join(c[option].strip() for c in cells if is_ticked(c[mark]))
    return ""


def _mark_columns(rows: Sequence[Block]) -> list[int]:
    """The columns that hold nothing but marks below their head."""
    width = max(len(row.cells) for row in rows)
    found = []
    for at in range(1 if width > 2 else 0, width):
        cells = [row.cells[at] for row in rows if at < len(row.cells) and row.cells[at].strip()]
        marks = [cell for cell in cells if is_mark(cell)]
        others = len(cells) - len(marks)  # the head, as a rule
        if marks and len(rows) > 1 and others <= (not is_mark(cells[0])):
            found.append(at)
    return found if len(found) < width else []


def _marked(rows: Sequence[Block], columns: Sequence[int]) -> Iterator[Block]:
    head = rows[0].cells
    has_head = _has_head(rows, columns)
    for row in rows[has_head:]:
        ticked = [at for at in columns if at < len(row.cells) and is_ticked(row.cells[at])]
        if not ticked:
            continue
        kept = _beside(row, columns)
        if has_head and len(columns) > 1:
            kept.append("、".join(head[at] for at in ticked))
        if len(kept) > 1:
            yield replace(row, cells=tuple(kept), text="\t".join(kept), spans=())
        elif kept:
            yield Block(f"○ {kept[0]}")


def _is_form(rows: Sequence[Block], columns: Sequence[int]) -> bool:
    """True when the marks are choices that somebody made: some are ticked, the heads ask or offer
    answers, and beside the marks stands nothing but the option. Other tables compare or tell more."""
    cells = [row.cells[at] for row in rows for at in columns if at < len(row.cells)]
    if not any(map(is_ticked, cells)):
        return False
    has_head = _has_head(rows, columns)
    head = rows[0].cells
    if has_head and not any(_is_choice_head(head[at]) for at in columns if at < len(head)):
        return False
    beside = [_beside(row, columns) for row in rows[has_head:]]
    options = [[cell for cell in cells if not _COUNT.fullmatch(cell.strip())] for cells in beside]
    return all(len(cells) <= 1 and all(len(cell) <= _OPTION for cell in cells) for cells in options)


def _has_head(rows: Sequence[Block], columns: Sequence[int]) -> bool:
    found = [rows[0].cells[at] for at in columns if at < len(rows[0].cells)]
    return not any(map(is_mark, found)) and any(cell.strip() for cell in found)


def _beside(row: Block, columns: Sequence[int]) -> list[str]:
    """What a row says beside its marks."""
    return [cell for at, cell in enumerate(row.cells) if at not in columns and cell.strip()]


def _is_choice_head(head: str) -> bool:
    """True for the head of a column of answers, not of what a plain table compares."""
    return asks(head) or is_offered(head) or head.strip() in ("有無", "○", "○印", "実績")
