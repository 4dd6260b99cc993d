"""Forms and questionnaires as what was answered: without the options left open, and without what the
form itself explains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ingest.page import Block, Extract
from ingest.split.choices import asks, chosen, is_mark, is_ticked, of_list, offers, one_line

_QUESTION = re.compile(
    r"(?:ください|下さい|ですか|ますか|でしょうか|[?？]|お答え|あてはまるもの|当てはまるもの)[。．\s]*(?:[（(※【].*)?$"
)
_NUMBERED = re.compile(
    r"^\s*(?:[\[【［(（]?\s*(?:No\.?|問|設問|質問|Q)\s*[0-9０-９]+)", re.IGNORECASE
)
_NOTE = re.compile(r"^\s*(?:※|[（(]?注[)）\s:：0-9０-９]|[（(]例[)）]|例[:：]|記入例)")
_FEWEST = 3
"""Questions that make a document a questionnaire."""


def is_question(text: str) -> bool:
    """True for the words of a form that ask something."""
    if _NOTE.match(text):
        return False
    return bool(_QUESTION.search(text.strip()) or (_NUMBERED.match(text) and len(text) > 8))


def answered(extract: Extract) -> Extract:
    """``extract`` with its choices as they were made."""
    blocks = [b for page in extract.pages for b in page.blocks if b.kind == "line"]
    texts = [block.text.split("\n")[0] for block in blocks]
    asked = sum(map(is_question, texts)) >= _FEWEST
    pages = tuple(
        replace(page, blocks=tuple(_of_page(page.blocks, asked))) for page in extract.pages
    )
    return replace(extract, pages=pages)


def _of_page(blocks: Sequence[Block], questionnaire: bool) -> Iterator[Block]:
    for heading, body in _sections(blocks, questionnaire):
        asking = heading is not None and is_question(heading.text)
        asked = heading is not None and (asking or asks(heading.text))
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
        asking = questionnaire and block.kind == "line" and is_question(block.text.split("\n")[0])
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
        yield from _table(run, asked or asks(above)) if kind == "row" else _options(run, asked)
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
    return at > 0 and asks(blocks[at - 1].text) and len(blocks[at - 1].text) <= 120


def _table(rows: Sequence[Block], asked: bool) -> Iterator[Block]:
    """The rows of a table with its choices made: a column of marks drops the rows without one,
    several become the heads of those that are ticked."""
    columns = _mark_columns(rows)
    if columns:
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
        elif any(cells[1:]):
            yield replace(row, cells=tuple(cells), text="\t".join(cells))


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
    has_head = not any(is_mark(head[at]) for at in columns if at < len(head)) and any(
        head[at].strip() for at in columns if at < len(head)
    )
    for row in rows[has_head:]:
        ticked = [at for at in columns if at < len(row.cells) and is_ticked(row.cells[at])]
        if not ticked:
            continue
        kept = [cell for at, cell in enumerate(row.cells) if at not in columns and cell.strip()]
        if has_head and len(columns) > 1:
            kept.append("、".join(head[at] for at in ticked))
        if len(kept) > 1:
            yield replace(row, cells=tuple(kept), text="\t".join(kept), spans=())
        elif kept:
            yield Block(f"○ {kept[0]}")
