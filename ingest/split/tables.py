"""What a table row says: labels with their content."""

from __future__ import annotations

import re
from statistics import median

from ingest.page import Block
from ingest.split.labels import exact_label

_INLINE = re.compile(r"^([^:：。、]{1,20})\s*[:：]\s*(.*)$", re.DOTALL)
_SPACED = re.compile(r"^(\S{2,14})[ 　]+(\S.*)$", re.DOTALL)
_BRACKETED = re.compile(r"^[【\[［〔]([^】\]］〕]{1,20})[】\]］〕]\s*(.+)$", re.DOTALL)
_FIGURE = re.compile(r"[0-9０-９。、]")
_SHORT = 14
"""Characters of the longest label of a row with several."""
LABEL = 24
"""Characters of the longest label of a row."""


def pairs(block: Block) -> tuple[tuple[str, str], ...]:
    """(label, content) of a row of labels and contents in turn; nothing for any other block. A row
    that goes on has "" as its label. For a line see :func:`line_pair`."""
    if block.kind == "line":
        found = line_pair(block.text.strip())
        return (found,) if found else ()
    cells = tuple(cell.strip() for cell in block.cells)
    above = block.spans[0].above if block.spans else ""
    if len(cells) > 2 and not cells[0] and exact_label(above):  # goes on below a merged label
        content = "｜".join(cell for cell in cells[1:] if cell)
        return (("", content),) if not any(map(exact_label, cells[1:])) else _several(cells)
    if len(cells) == 2:
        return ((cells[0], cells[1]),) if len(cells[0]) <= LABEL and cells[1] else ()
    return _several(cells)


def line_pair(text: str) -> tuple[str, str] | None:
    """Label and content of a line 「課題：…」, 「【課題】…」 or 「課題 ①…」 whose label is known."""
    if match := _INLINE.match(text) or _BRACKETED.match(text):
        return (match[1].strip(), match[2].strip()) if exact_label(match[1]) and match[2] else None
    match = _SPACED.match(text)
    known = match and exact_label(match[1])
    if not match or not known:
        return None
    # Short words such as 取組 begin sentences too: a mark must follow to make them labels.
    telling = bool(known.kind) or len(match[1]) >= 6 or match[2][0] in "①・【●○「（("
    return (match[1], match[2].strip()) if telling else None


def _several(cells: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """A row of three cells or more: label and content in turn, or labels of groups before them; cells
    that nobody filled do not count."""
    filled = tuple(cell for i, cell in enumerate(cells) if cell or not i)
    if len(filled) == 2 and len(filled[0]) <= LABEL and exact_label(filled[0]):
        return ((filled[0], filled[1]),)
    if len(cells) % 2 or not all(exact_label(label) for label in cells[0::2] if label):
        cells = filled
    if len(cells) % 2 == 0 and all(exact_label(label) for label in cells[0::2] if label):
        found = tuple((a, b) for a, b in zip(cells[0::2], cells[1::2], strict=True) if a or b)
        if any(a for a, _ in found) and not all(exact_label(b) for _, b in found if b):
            return found
    if _in_turn(cells):
        return tuple((a, b) for a, b in zip(cells[0::2], cells[1::2], strict=True) if b)
    for i in range(len(cells) - 2, -1, -1):
        if cells[i] and exact_label(cells[i]) and not any(exact_label(c) for c in cells[i + 1 :]):
            content = "｜".join(cell for cell in cells[i + 1 :] if cell)
            return ((cells[i], content),) if content else ()
    return ()


def _in_turn(cells: tuple[str, ...]) -> bool:
    """True for labels and contents in turn of which not all labels are known."""
    heads, told = cells[0::2], cells[1::2]
    return (
        len(cells) >= 4
        and len(heads) == len(told)
        and all(0 < len(head) <= _SHORT and not _FIGURE.search(head) for head in heads)
        and sum(exact_label(head) is not None for head in heads) * 2 >= len(heads)
        and not any(map(exact_label, told))
    )


def labelled(rows: tuple[Block, ...]) -> bool:
    """True when the rows of one table are labels with content, not a list of things."""
    two = [row.cells for row in rows if len(row.cells) == 2]
    known = sum(any(exact_label(a) for a, _ in pairs(row) if a) for row in rows)
    if known * 2 >= len(rows):
        return True
    if len(two) < len(rows) or known == 0:
        return False
    return median(len(a) for a, _ in two) <= 12 and median(len(b) for _, b in two) >= 20


def columns(rows: tuple[Block, ...]) -> tuple[tuple[str, str], ...]:
    """(label, content) of a table with its labels in the first row and one case below; else nothing."""
    head, *below = [row.cells for row in rows]
    if len(below) != 1 or len(head) < 2 or len(below[0]) > len(head):
        return ()
    if sum(exact_label(cell) is not None for cell in head) < len(head):
        return ()
    return tuple((a.strip(), b.strip()) for a, b in zip(head, below[0], strict=False) if b.strip())
