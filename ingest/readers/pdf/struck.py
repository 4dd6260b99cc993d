"""Struck-out text of a PDF page: letters that a line runs through, or that are marked so."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2.raw as pdfium

from ingest.readers.pdf.lines import Box, Line, Matrix, View, lies_in, middle, moved
from ingest.readers.pdf.notes import marks_on
from ingest.readers.pdf.tables import Rule

_INNER = 0.15  # times a letter's height, at its top and bottom, where a line is no strike
_FLAT = 0.3  # times the font size: ー and 一 are too flat to tell where a line meets them
_CROSSED = 0.7  # share of the letters beside a line that it must run through
_PAST = 0.6  # times the font size: a rule that reaches farther past its letters is a table's
_COVERED = 0.7  # share of a rule's length that its letters take up
_SAME = 0.7  # points within which rules lie on one height
_TOUCH = 1.5  # points between rules that continue each other


def struck(
    page: Any, view: View, lines: Sequence[Line], rules: Sequence[Rule]
) -> tuple[frozenset[int], list[str]]:
    """The numbers of the characters of a raw page that are struck out, and what their pieces say.
    ``rules`` are the horizontal lines drawn on the page."""
    ordered = _whole(rules)
    heights = [rule.at for rule in ordered]
    marks = list(_marked(page, view.matrix))
    found: set[int] = set()
    for line in lines:
        box, size = line.box, line.parts[0].size
        if box is None or line.turn:
            continue
        near = ordered[bisect_left(heights, box[1]) : bisect_right(heights, box[3])]
        near = [rule for rule in near if rule.start < box[2] and rule.end > box[0]]
        areas = [area for area in marks if area[1] < box[3] and area[3] > box[1]]
        if near or areas:
            placed = list(view.placed(line))
            for rule in near:
                found.update(_run_through(rule, placed, size))
            found.update(i for i, letter in placed if any(lies_in(letter, a) for a in areas))
    starts = sorted(i for i in found if i - 1 not in found)
    ends = sorted(i + 1 for i in found if i + 1 not in found)
    return frozenset(found), [view.said(a, b) for a, b in zip(starts, ends, strict=True)]


def _whole(rules: Sequence[Rule]) -> list[Rule]:
    """The rules by height, those that continue each other as one: a table's are drawn cell by cell."""
    whole: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.at / _SAME), rule.start)):
        last = whole[-1] if whole else None
        if last and abs(last.at - rule.at) <= _SAME and rule.start <= last.end + _TOUCH:
            whole[-1] = Rule(last.at, last.start, max(last.end, rule.end))
        else:
            whole.append(rule)
    return sorted(whole, key=lambda rule: rule.at)


def _run_through(rule: Rule, placed: Sequence[tuple[int, Box]], size: float) -> set[int]:
    """The letters that the rule runs through; none when it runs below them, as an underline does, or
    reaches past them or leaves gaps, as a rule of a table or of a form does."""
    under = [
        (i, box)
        for i, box in placed
        if rule.start <= middle(box)[0] <= rule.end
        and abs(middle(box)[1] - rule.at) <= _PAST * size
    ]
    if not under:
        return set()
    left, right = min(box[0] for _, box in under), max(box[2] for _, box in under)
    if rule.start < left - _PAST * size or rule.end > right + _PAST * size:
        return set()
    tall = [box for _, box in under if box[3] - box[1] > _FLAT * size]
    crossed = sum(_is_crossed(box, rule.at) for box in tall)
    covered = sum(max(box[2] - box[0], 0.35 * size) for _, box in under)
    is_struck = tall and crossed >= _CROSSED * len(tall)
    return {i for i, _ in under} if is_struck and covered >= _COVERED * (right - left) else set()


def _is_crossed(box: Box, at: float) -> bool:
    margin = _INNER * (box[3] - box[1])
    return box[1] + margin < at < box[3] - margin


def _marked(page: Any, matrix: Matrix) -> Iterator[Box]:
    """The areas that somebody marked as struck out in a viewer."""
    for annotation in marks_on(page):
        if pdfium.FPDFAnnot_GetSubtype(annotation) != pdfium.FPDF_ANNOT_STRIKEOUT:
            continue
        points = pdfium.FS_QUADPOINTSF()
        for at in range(pdfium.FPDFAnnot_CountAttachmentPoints(annotation)):
            if pdfium.FPDFAnnot_GetAttachmentPoints(annotation, at, points):
                xs, ys = ([getattr(points, axis + i) for i in "1234"] for axis in "xy")
                yield moved((min(xs), min(ys), max(xs), max(ys)), matrix)
