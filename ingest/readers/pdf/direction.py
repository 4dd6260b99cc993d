"""Which way a page's lines run, and the order of lines that run down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.readers.pdf.columns import without_ruby
from ingest.readers.pdf.lines import Box, Line, Matrix, middle, times
from ingest.readers.vertical import laid, stood

_MOST = 0.6  # share of the letters that are turned, from which the page is
_BACK = 0.2  # share of the steps from line to line that lead back, from which the order is wrong
_ROW = 0.5  # times the font size: middles of one row's pieces differ by less
_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)
_TURNS: dict[int, tuple[int, int, int, int]] = {
    1: (0, -1, 1, 0),  # text runs down: the right edge becomes the top
    3: (0, 1, -1, 0),  # text runs up: the left edge becomes the top
}


def turns(lines: Sequence[Line]) -> int:
    """Quarter turns, 1 or 3, by which most letters are turned clockwise; 0 for letters that stand
    upright, whichever way their lines run."""
    weight: Counter[int] = Counter()
    for line in lines:
        weight[line.turn] += line.end - line.start
    turn = max(_TURNS, key=lambda turn: weight[turn])
    return turn if weight[turn] > _MOST * weight.total() else 0


def turned(matrix: Matrix, size: tuple[float, float], turn: int) -> Matrix:
    """The matrix to the page turned back so that its letters stand upright; ``size`` is the page's
    as it is shown."""
    e, f = (0.0, size[0]) if turn == 1 else (size[1], 0.0)
    return times(matrix, (*_TURNS[turn], e, f))


def columns(lines: Sequence[Line]) -> list[Line]:
    """The lines of a vertical page from right to left, without readings in ruby."""
    sideways = [replace(line, parts=tuple(laid(line.parts))) for line in lines]
    return [
        replace(line, parts=tuple(stood(line.parts))) for line in without_ruby(ordered(sideways))
    ]


def ordered(lines: Sequence[Line]) -> list[Line]:
    """Lines from top to bottom, one tier after the other where they stand in tiers side by side; as
    they are when few of them lead back, because then the file's own order says more."""
    boxes = [box for line in lines if (box := line.box)]
    back = sum(after[1] < before[1] for before, after in pairwise(boxes))
    if len(boxes) < len(lines) or back < max(_BACK * (len(boxes) - 1), 1):
        return list(lines)
    tiers: list[list[Line]] = []
    reach = float("-inf")
    for line in sorted(lines, key=lambda line: line.box or _NOWHERE):
        left, _, right, _ = line.box or _NOWHERE
        if left >= reach:
            tiers.append([])
        tiers[-1].append(line)
        reach = max(reach, right)
    return [line for tier in tiers for line in by_rows(tier)]


def by_rows(lines: Sequence[Line]) -> list[Line]:
    """Lines from top to bottom; pieces of one row from left to right."""
    found: list[list[Line]] = []
    start = 0.0
    for line in sorted(lines, key=_height):
        if not found or _height(line) - start > _ROW * line.parts[0].size:
            found.append([])
            start = _height(line)
        found[-1].append(line)
    return [line for row in found for line in sorted(row, key=lambda line: line.box or _NOWHERE)]


def _height(line: Line) -> float:
    return middle(line.box or _NOWHERE)[1]
