"""What an engine read where on a page, and the lines that its words make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from ingest.page import Block, Mark
from ingest.readers.pdf.columns import arranged
from ingest.readers.pdf.lines import Box, Line, union
from ingest.readers.pdf.reader import cell_text

_LARGE = 1.35  # times the usual height of the page's lines: a heading
_BESIDE = 0.5  # of the lower one's height: pieces that overlap so much are one printed line


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn page: grey ``pixels`` (rows one after the other), ``width`` and ``height`` in pixels,
    and how many ``scale`` there are to a point."""

    pixels: bytes
    width: int
    height: int
    scale: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A ``text`` that stands together, its words each with its box in pixels, and how sure the engine
    is, 0–1."""

    text: str
    words: tuple[Mark, ...]
    certain: float

    @property
    def box(self) -> Box:
        """What the words take up."""
        found = union(word.box for word in self.words)
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Seen:
    """The pieces on a page of ``size`` points, drawn with ``scale`` pixels per point."""

    pieces: tuple[Piece, ...]
    scale: float
    size: tuple[float, float]

    @property
    def letters(self) -> int:
        """How many letters all words have."""
        return sum(len(word.text) for piece in self.pieces for word in piece.words)

    @property
    def certain(self) -> float:
        """The letters weighed by how sure the engine is of them; none of a line that stands upright, which
        is read where the page lies on its side, too, but in the wrong order."""
        lying = [p for p in self.pieces if not _is_tall(p)]
        return sum(p.certain * sum(len(word.text) for word in p.words) for p in lying)

    def blocks(self) -> tuple[Block, ...]:
        """The page's lines in reading order, columns one after the other. A line's size is the page's
        usual one unless it is clearly larger: the height of its letters says no more."""
        heights = [median(word.box[3] - word.box[1] for word in p.words) for p in self.pieces]
        usual = median(heights) if heights else 0.0
        sizes = [(h if h > _LARGE * usual else usual) / self.scale for h in heights]
        made = [
            Block(piece.text, size=round(size, 1), box=scaled(piece.box, 1 / self.scale))
            for piece, size in zip(self.pieces, sizes, strict=True)
        ]
        lines = [Line(0, 0, tuple(parts)) for parts in printed(made)]
        return tuple(block for group in arranged(lines, 0, cell_text) for block in group)


def printed(blocks: Sequence[Block]) -> list[list[Block]]:
    """The pieces of each printed line from left to right, the lines from top to bottom."""
    lines: list[list[Block]] = []
    for block in sorted(blocks, key=lambda block: _box(block)[1] + _box(block)[3]):
        if lines and all(_is_beside(_box(block), _box(other)) for other in lines[-1]):
            lines[-1].append(block)
        else:
            lines.append([block])
    return [sorted(line, key=lambda block: _box(block)[0]) for line in lines]


def scaled(box: Box, by: float) -> Box:
    """A box in another unit."""
    return box[0] * by, box[1] * by, box[2] * by, box[3] * by


def turned_back(marks: Iterable[Mark], turn: int, size: tuple[float, float]) -> tuple[Mark, ...]:
    """Marks on a page that was drawn turned clockwise by ``turn`` degrees to ``size`` points, on the
    page as it is shown."""
    width, height = size

    def back(box: Box) -> Box:
        left, top, right, bottom = box
        if turn == 90:
            return top, width - right, bottom, width - left
        if turn == 180:
            return width - right, height - bottom, width - left, height - top
        if turn == 270:
            return height - bottom, left, height - top, right
        return box

    return tuple(Mark(mark.text, back(mark.box)) for mark in marks)


def _is_tall(piece: Piece) -> bool:
    left, top, right, bottom = piece.box
    return len(piece.text) > 1 and bottom - top > right - left


def _is_beside(one: Box, other: Box) -> bool:
    shared = min(one[3], other[3]) - max(one[1], other[1])
    is_level = shared > _BESIDE * min(one[3] - one[1], other[3] - other[1])
    return is_level and (one[0] >= other[2] or other[0] >= one[2])


def _box(block: Block) -> Box:
    assert block.box is not None
    return block.box
