"""Tables of a PDF page, by the lines ruled on it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import attrgetter
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from ingest.readers.pdf import calls
from ingest.readers.pdf.lines import Box, Matrix, moved, times

_THIN = 2.5  # points: a filled shape this thin is a line
_NEAR = 2.5  # points within which two lines are one, or meet
_SHORTEST = 6.0  # points: a shorter line rules nothing
_BROAD = 10.0  # points: a broader stroke is no line
_LINE = 2  # points of a path that is one line
_RECTANGLE = 5  # points of a path that is a rectangle, the last one the first again
_FLAT = 0.5  # times its width: a single row higher than this is no row
_COMB = 3  # lines that end together and make an edge that is not drawn
_MOST = 6000  # lines; a page with more is a drawing, not a table
_MOST_OBJECTS = 50_000  # that are looked at on a page
_Point = tuple[int, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_DEEPEST = 4  # form XObjects inside each other


class Rule(NamedTuple):
    """A ruled line (a tuple, because a page may have thousands): at ``at`` (y of a horizontal, x of a vertical one) from ``start`` to ``end``."""

    at: float
    start: float
    end: float


_AT, _START = attrgetter("at"), attrgetter("start")


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells; ``rows`` hold the boxes of their cells from left to right. A cell that spans
    several rows stands in each of them."""

    box: Box
    rows: tuple[tuple[Box, ...], ...]


def tables(horizontal: list[Rule], vertical: list[Rule]) -> tuple[Table, ...]:
    """The tables that ruled lines make, from top to bottom: two cells or more side by side
    somewhere."""
    if not horizontal or not vertical or len(horizontal) + len(vertical) > _MOST:
        return ()
    levels, uprights = _merged(horizontal), _merged(vertical)
    closed = _merged(levels + _closing(uprights, levels))
    cells = _cells(closed, _merged(uprights + _closing(levels, uprights)))
    found = [_table(group) for group in _connected(cells)]
    kept = [t for t in found if any(len(row) >= 2 for row in t.rows) and not _is_frame(t)]
    return tuple(sorted(kept, key=lambda table: table.box[1]))


def _is_frame(table: Table) -> bool:
    """True for boxes side by side that are so high that they hold columns, not cells."""
    left, top, right, bottom = table.box
    return len(table.rows) < 2 and bottom - top > _FLAT * (right - left)


def ruled_lines(page: Any, matrix: Matrix) -> tuple[list[Rule], list[Rule]]:
    """The horizontal and the vertical lines drawn on a PDFium page; ``matrix`` leads from its
    coordinates to the page as it is shown."""
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    for x0, y0, x1, y1 in _segments(page, matrix):
        left, right = (x0, x1) if x0 <= x1 else (x1, x0)
        top, bottom = (y0, y1) if y0 <= y1 else (y1, y0)
        if bottom - top <= _THIN and right - left >= _SHORTEST:
            horizontal.append(Rule((top + bottom) / 2, left, right))
        elif right - left <= _THIN and bottom - top >= _SHORTEST:
            vertical.append(Rule((left + right) / 2, top, bottom))
    return horizontal, vertical


def _segments(page: Any, matrix: Matrix) -> list[Box]:
    """Ends (x0, y0, x1, y1) of every straight line and thin shape."""
    found: list[Box] = []
    n = min(pdfium.FPDFPage_CountObjects(page), _MOST_OBJECTS)
    _collect(list(map(calls.page_object, repeat(page), range(n))), matrix, 0, found)
    return found


def _collect(items: Sequence[int], outer: Matrix, depth: int, found: list[Box]) -> None:
    """Adds the segments of the objects of a page or a form, and of the forms among them."""
    for item, kind in zip(items, map(calls.kind_of, items), strict=True):
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            found += _path_segments(item, outer)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            n = min(calls.count_in_form(item), _MOST_OBJECTS)
            inside = list(map(calls.form_object, repeat(item), range(n)))
            _collect(inside, times(_matrix(item), outer), depth + 1, found)


def _path_segments(path: int, outer: Matrix) -> Iterable[Box]:
    if not calls.bounds(path, *calls.TO_BOUNDS):
        return ()
    left, bottom, right, top = calls.BOUNDS
    area = moved((left.value, bottom.value, right.value, top.value), outer)
    width, height = area[2] - area[0], area[3] - area[1]
    if max(width, height) < _SHORTEST:
        return ()
    calls.draw_mode(path, *calls.TO_FLAGS)
    is_filled, is_stroked = (bool(flag.value) for flag in calls.FLAGS)
    if not (is_filled or is_stroked):
        return ()
    n = min(calls.count_segments(path), _MOST)
    if n <= (_LINE if is_stroked else _RECTANGLE):
        if min(width, height) <= _THIN:  # its bounds say it all, at once
            return (area,)
        if not is_stroked or min(width, height) > _BROAD:
            return ()
    parts = list(map(calls.segment, repeat(path), range(n)))
    points = list(_points(parts, times(_matrix(path), outer)))
    return _stroked(points, parts) if is_stroked else _thin_shapes(points)


def _stroked(points: list[_Point], parts: Sequence[int]) -> Iterator[Box]:
    """The straight parts of a path that is drawn as a line."""
    start = previous = points[0][1:3] if points else (0.0, 0.0)
    for (kind, x, y), closes in zip(points, map(calls.closes, parts), strict=True):
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = (x, y)
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield (previous[0], previous[1], x, y)
        if closes:
            yield (x, y, start[0], start[1])
        previous = (x, y)


def _thin_shapes(points: list[_Point]) -> Iterator[Box]:
    """Filled shapes that are as thin as a line, one for each closed part of the path."""
    part: list[tuple[float, float]] = []
    for kind, x, y in [*points, (pdfium.FPDF_SEGMENT_MOVETO, 0.0, 0.0)]:
        if kind == pdfium.FPDF_SEGMENT_MOVETO and part:
            xs, ys = [p[0] for p in part], [p[1] for p in part]
            if max(xs) - min(xs) <= _THIN or max(ys) - min(ys) <= _THIN:
                yield (min(xs), min(ys), max(xs), max(ys))
            part = []
        part.append((x, y))


def _points(parts: Sequence[int], matrix: Matrix) -> Iterator[_Point]:
    a, b, c, d, e, f = matrix
    left, top = calls.POINT
    for part, kind in zip(parts, map(calls.segment_kind, parts), strict=True):
        calls.point_of(part, *calls.TO_POINT)
        x, y = left.value, top.value
        yield kind, a * x + c * y + e, b * x + d * y + f


def _matrix(item: int) -> Matrix:
    found = calls.MATRIX
    if not calls.object_matrix(item, calls.TO_MATRIX):
        return _IDENTITY
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _merged(lines: list[Rule]) -> list[Rule]:
    """Lines that lie on each other, or continue each other, as one."""
    merged: list[Rule] = []
    for at, group in _by_position(lines):
        current: Rule | None = None
        for line in sorted(group, key=_START):
            if current and line.start <= current.end + _NEAR:
                current = Rule(at, current.start, max(current.end, line.end))
            else:
                merged += [current] if current else []
                current = Rule(at, line.start, line.end)
        merged += [current] if current else []
    return merged


def _closing(lines: list[Rule], across: list[Rule]) -> list[Rule]:
    """The edges left open, at the side of a page or by design: where all of three lines or more
    that one line ``across`` holds together end side by side."""
    edges = []
    places = [line.at for line in lines]
    for bar in across:
        met = [lines[i] for i in _meeting(bar, lines, places)]
        if len(met) < _COMB:
            continue
        for ends in ([line.start for line in met], [line.end for line in met]):
            edge = Rule(ends[0], min(line.at for line in met), max(line.at for line in met))
            together = max(ends) - min(ends) <= _NEAR
            if together and not any(_covers(other, edge) for other in across):
                edges.append(edge)
    return edges


def _covers(line: Rule, edge: Rule) -> bool:
    return (
        abs(line.at - edge.at) <= _SHORTEST
        and line.start <= edge.start + _NEAR
        and line.end >= edge.end - _NEAR
    )


def _meeting(bar: Rule, lines: Sequence[Rule], places: Sequence[float]) -> list[int]:
    """The numbers of the ``lines``, which lie across it at ``places`` in order, that meet the bar."""
    at, start, end = bar
    first, last = bisect_left(places, start - _NEAR), bisect_right(places, end + _NEAR)
    return [i for i in range(first, last) if lines[i][1] - _NEAR <= at <= lines[i][2] + _NEAR]


def _by_position(lines: list[Rule]) -> Iterator[tuple[float, list[Rule]]]:
    group: list[Rule] = []
    for line in sorted(lines, key=_AT):
        if group and line.at - group[0].at > _NEAR:
            yield sum(one.at for one in group) / len(group), group
            group = []
        group.append(line)
    if group:
        yield sum(one.at for one in group) / len(group), group


def _cells(horizontal: list[Rule], vertical: list[Rule]) -> list[Box]:
    """The smallest rectangles between lines that meet."""
    tops = [level.at for level in horizontal]
    lefts = [upright.at for upright in vertical]
    on_upright = [_meeting(upright, horizontal, tops) for upright in vertical]
    on_level: dict[int, list[int]] = {}
    for v, levels in enumerate(on_upright):
        for h in levels:
            on_level.setdefault(h, []).append(v)
    crossings = {(v, h) for v, levels in enumerate(on_upright) for h in levels}
    cells = []
    for v, levels in enumerate(on_upright):
        for h in levels:
            rights = _beyond(lefts, v, on_level[h])
            belows = _beyond(tops, h, levels)
            corner = next(((r, b) for b in belows for r in rights if (r, b) in crossings), None)
            if corner:
                cells.append((lefts[v], tops[h], lefts[corner[0]], tops[corner[1]]))
    return cells


def _beyond(places: Sequence[float], this: int, among: list[int]) -> list[int]:
    """Those ``among`` the lines, which stand at ``places`` in order, that lie beyond this one."""
    return among[bisect_right(among, places[this], key=places.__getitem__) :]


def _connected(cells: list[Box]) -> list[list[Box]]:
    """Cells that touch, together."""
    corners: dict[tuple[int, int], list[int]] = {}
    for i, (left, top, right, bottom) in enumerate(cells):
        for corner in ((left, top), (right, top), (left, bottom), (right, bottom)):
            corners.setdefault((round(corner[0]), round(corner[1])), []).append(i)
    group_of = list(range(len(cells)))

    def root(i: int) -> int:
        while group_of[i] != i:
            group_of[i] = group_of[group_of[i]]
            i = group_of[i]
        return i

    for touching in corners.values():
        for other in touching[1:]:
            group_of[root(other)] = root(touching[0])
    groups: dict[int, list[Box]] = {}
    for i, cell in enumerate(cells):
        groups.setdefault(root(i), []).append(cell)
    return list(groups.values())


def _table(cells: list[Box]) -> Table:
    tops: list[float] = []
    for top in sorted(cell[1] for cell in cells):
        if not tops or top - tops[-1] > _NEAR:
            tops.append(top)
    bottom = max(cell[3] for cell in cells)
    rows = []
    for top, below in zip(tops, [*tops[1:], bottom], strict=True):
        middle = (top + below) / 2
        rows.append(tuple(sorted(cell for cell in cells if cell[1] < middle < cell[3])))
    box = (min(c[0] for c in cells), tops[0], max(c[2] for c in cells), bottom)
    return Table(box, tuple(row for row in rows if row))
