"""Lines that PDFium gives letter by letter: those that run across on a page it takes for a vertical
one, and columns of letters that were set one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.page import Block
from ingest.readers.pdf.direction import by_rows
from ingest.readers.pdf.lines import Line, middle, union

_ASIDE = 0.6  # times the font size: middles of one column's letters differ by less
_LEVEL = 0.45  # the same of a line that runs across
_NEXT = 1.3  # times the font size: the widest step to the next letter of a column
_APART = 2.2  # times the font size: the widest space within a line that runs across
_SPACE = 0.6  # times the font size: a step between letters from which a space is meant


def put_together(lines: Sequence[Line]) -> list[Line]:
    """The lines, neighbouring ones of one letter each as the line or column that they make."""
    found: list[Line] = []
    group: list[Line] = []
    down: bool | None = None
    for line in lines:
        way = _way(group[-1], line) if group else None
        if group and (way is None or down not in (None, way)):
            found += _whole(group, down)
            group, down, way = [], None, None
        if not _is_letter(line):
            found.append(line)
            continue
        down = way if group else None
        group.append(line)
    return [*found, *_whole(group, down)]


def parted(lines: Sequence[Line]) -> tuple[list[Line], list[Line], list[Line]]:
    """What stands across above the columns of a vertical page, the columns, and what stands across
    below them: heads, page numbers and feet."""
    tall = [b for li in lines if (b := li.box) and b[3] - b[1] > 2 * (b[2] - b[0])]
    top, bottom = min((b[1] for b in tall), default=0.0), max((b[3] for b in tall), default=0.0)
    above: list[Line] = []
    columns: list[Line] = []
    below: list[Line] = []
    for line in lines:
        height = middle(line.box)[1] if line.box else top
        if height < top or (_runs_across(line) and height < (top + bottom) / 2):
            above.append(line)
        elif height > bottom or _runs_across(line):
            below.append(line)
        else:
            columns.append(line)
    return _joined(above), columns, _joined(below)


def _joined(pieces: Sequence[Line]) -> list[Line]:
    """Pieces of lines that run across, in whatever order, as those lines."""
    found: list[Line] = []
    for piece in by_rows(list(pieces)):
        last = found[-1] if found else None
        a, b = (last.box if last else None), piece.box
        size = max(piece.parts[0].size, 1.0)
        level = a and b and abs(middle(a)[1] - middle(b)[1]) <= _LEVEL * size
        if last and a and b and level and -size <= b[0] - a[2] <= _APART * size:
            between = " " if b[0] - a[2] > _SPACE * size else ""
            text = between.join(part.text for part in (*last.parts, *piece.parts))
            part = replace(last.parts[0], text=text, box=union((a, b)))
            found[-1] = replace(last, parts=(part,))
            continue
        found.append(piece)
    return found


def _runs_across(line: Line) -> bool:
    """True for a line wider than high, and for a number of few digits, which is about as wide."""
    if line.box is None or len(line.parts[0].text) < 2:
        return False
    width, height = line.box[2] - line.box[0], line.box[3] - line.box[1]
    size = line.parts[0].size
    return width > 1.5 * height or (line.parts[0].text.isascii() and height < 1.5 * size)


def _is_letter(line: Line) -> bool:
    return len(line.parts) == 1 and len(line.parts[0].text) == 1 and line.box is not None


def _way(before: Line, after: Line) -> bool | None:
    """True when the letter ``after`` stands below the one before, False when it stands to its right,
    None when neither."""
    a, b = before.box, after.box
    if a is None or b is None or not _is_letter(after):
        return None
    size = max(before.parts[0].size, after.parts[0].size, 1.0)
    if abs(before.parts[0].size - after.parts[0].size) > 0.2 * size:
        return None
    right, below = (there - here for here, there in zip(middle(a), middle(b), strict=True))
    if abs(below) <= _LEVEL * size and right > 0:
        return False if b[0] - a[2] <= _APART * size else None
    if abs(right) <= _ASIDE * size and below > 0:
        return True if b[1] - a[3] <= _NEXT * size else None
    return None


def _whole(group: Sequence[Line], down: bool | None) -> Iterator[Line]:
    """The letters as one line."""
    if len(group) < 2:
        yield from group
        return
    text = group[0].parts[0].text
    for before, after in pairwise(group):
        a, b = before.box, after.box
        step = b[0] - a[2] if a and b and not down else 0.0
        wide = step > _SPACE * max(after.parts[0].size, 1.0)
        text += (" " if wide else "") + after.parts[0].text
    first = group[0].parts[0]
    block: Block = replace(first, text=text, box=union(line.box for line in group))
    yield Line(group[0].start, group[-1].end, (block,), group[0].turn)
