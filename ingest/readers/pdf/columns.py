"""Reading order where nothing is ruled: columns side by side, labels beside their text, ruby."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from ingest.page import Block
from ingest.readers.pdf.lines import Box, Line, union

_FEWEST_ROWS = 3  # lines of label and text that make a table
_FEWEST_LINES = 5  # lines side by side that make columns
_LABEL = 12  # characters of the longest label
_TEXT = 4  # characters of the usual text beside a label; numbers alone are no text
_SENTENCE = 10  # characters of a usual line in a column
_STEP = 3.0  # times the font size: a wider space above a line ends the columns
_RUBY = 0.65  # times the size of the line it stands on (JIS X 4051: one half)
_KANA = re.compile(r"^[\u3041-\u3096\u30a1-\u30fc\s]+$")

JoinCell = Callable[[str], str]


@dataclass(slots=True)
class _Run:
    """Lines below each other with one gutter, from ``left`` to ``right``, between their parts."""

    left: float
    right: float
    bottom: float
    size: float
    lines: list[Line] = field(default_factory=list)
    sides: list[int] = field(default_factory=list)  # 0 left of the gutter, 1 right of it, 2 both

    @property
    def pairs(self) -> list[tuple[Block, ...]]:
        """The parts of the lines that stand on both sides."""
        return [line.parts for line, side in zip(self.lines, self.sides, strict=True) if side == 2]


def arranged(lines: Sequence[Line], table: int, join: JoinCell) -> list[list[Block]]:
    """For each line the blocks that begin there: a column's lines stand together, labels and the
    text beside them are rows of tables numbered from ``table``; readings in ruby stay out.

    ``join`` makes a cell's text of its lines.
    """
    lines = without_ruby(lines)
    blocks: list[list[Block]] = []
    at = 0
    while at < len(lines):
        run = _run(lines, at)
        made = run and (_labelled(run, table, join) or _columns(run))
        if run and made:
            table += any(block.kind == "row" for block in made)
            blocks.append(made)
            at += len(run.lines)
        else:
            blocks.append([whole(lines[at])])
            at += 1
    return blocks


def without_ruby(lines: Sequence[Line]) -> list[Line]:
    """The lines that are no readings of the words beside them."""
    return [line for i, line in enumerate(lines) if not _is_ruby(lines, i)]


def whole(line: Line) -> Block:
    """The line as one block."""
    first, *rest = line.parts
    if not rest:
        return first
    bold = all(part.bold for part in line.parts)
    return replace(first, text=" ".join(p.text for p in line.parts), box=line.box, bold=bold)


def _is_ruby(lines: Sequence[Line], i: int) -> bool:
    """True for small kana that lie right above the line PDFium gives before or after them."""
    text, box = whole(lines[i]).text, lines[i].box
    if box is None or not _KANA.match(text):
        return False
    for other in (lines[j] for j in (i - 1, i + 1) if 0 <= j < len(lines)):
        base, size = other.box, other.parts[0].size
        if (
            base is not None
            and lines[i].parts[0].size <= _RUBY * size
            and base[0] - size <= box[0]
            and box[2] <= base[2] + size
            and abs(base[1] - box[3]) <= 0.5 * size
        ):
            return True
    return False


def _run(lines: Sequence[Line], at: int) -> _Run | None:
    """The lines from ``at`` on that share a gutter; None when the first has none."""
    box, parts = lines[at].box, lines[at].parts
    if len(parts) != 2 or box is None or parts[0].box is None or parts[1].box is None:
        return None
    run = _Run(parts[0].box[2], parts[1].box[0], box[3], max(parts[0].size, 1.0))
    for line in lines[at:]:
        box = line.box
        if box is None or not _follows(run, line, box) or not _extends(run, line, box):
            break
        run.bottom = box[3]
    return run if len(run.pairs) >= _FEWEST_ROWS else None


def _follows(run: _Run, line: Line, box: Box) -> bool:
    """True for the run's first line and for those closely below the last one."""
    return not run.lines or -run.size <= box[1] - run.bottom <= _STEP * run.size


def _extends(run: _Run, line: Line, box: Box) -> bool:
    """Takes the line into the run when it leaves the gutter free."""
    inner = [part.box for part in line.parts]
    left, right, side = run.left, run.right, 2
    if len(inner) == 2 and inner[0] and inner[1] and inner[0][2] < right and inner[1][0] > left:
        left, right = max(left, inner[0][2]), min(right, inner[1][0])
    elif len(inner) == 1 and box[2] < right:
        left, side = max(left, box[2]), 0
    elif len(inner) == 1 and box[0] > left:
        right, side = min(right, box[0]), 1
    else:
        return False
    if right - left < run.size:
        return False
    run.left, run.right = left, right
    run.lines.append(line)
    run.sides.append(side)
    return True


def _labelled(run: _Run, table: int, join: JoinCell) -> list[Block] | None:
    """Rows of a label and its text, when that is plain: short labels and texts each begin at one x."""
    while run.sides[-1] == 0:
        run.sides.pop()
        run.lines.pop()
    labels = [pair[0] for pair in run.pairs]
    texts = [pair[1] for pair in run.pairs]
    texts += [whole(li) for li, side in zip(run.lines, run.sides, strict=True) if side == 1]
    if (
        0 in run.sides
        or max(len(label.text) for label in labels) > _LABEL
        or median(len(text.text) for text in texts) < _TEXT
        or not _begin_together(labels, run.size)
        or not _begin_together(texts, run.size)
    ):
        return None
    rows: list[list[Block]] = []
    for line, side in zip(run.lines, run.sides, strict=True):
        if side == 2:
            rows.append(list(line.parts))
        else:
            rows[-1].append(whole(line))
    return [_row(row, table, join) for row in rows]


def _begin_together(blocks: list[Block], size: float) -> bool:
    lefts = [block.box[0] for block in blocks if block.box]
    return max(lefts) - min(lefts) <= size


def _row(parts: list[Block], table: int, join: JoinCell) -> Block:
    label, *texts = parts
    cells = (label.text, join("\n".join(text.text for text in texts)))
    box = union(part.box for part in parts)
    return Block("\t".join(cells), "row", cells, label.size, box=box, table=table)


def _columns(run: _Run) -> list[Block] | None:
    """The left column's lines, then the right one's, when both hold running text."""
    pairs = run.pairs
    usual = min(median(len(pair[side].text) for pair in pairs) for side in (0, 1))
    if len(pairs) < _FEWEST_LINES or usual < _SENTENCE:
        return None
    left: list[Block] = []
    right: list[Block] = []
    for line, side in zip(run.lines, run.sides, strict=True):
        if side in (0, 2):
            left.append(line.parts[0])
        if side in (1, 2):
            right.append(line.parts[-1])
    return left + right
