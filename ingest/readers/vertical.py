"""Vertical writing: columns of text seen as if the page lay on its side, so that they are lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ingest.page import Block

_TALL = 2.0  # times its width: the height from which a line runs down
_FEWEST = 3  # letters of a line whose shape tells


def runs_down(blocks: Sequence[Block]) -> bool:
    """True when most letters stand in lines that run from the top to the bottom."""
    down = total = 0
    for block in blocks:
        if block.box is None or block.kind != "line" or len(block.text) < _FEWEST:
            continue
        left, top, right, bottom = block.box
        total += len(block.text)
        down += len(block.text) if bottom - top > _TALL * (right - left) else 0
    return down * 2 > total


def laid(blocks: Iterable[Block]) -> list[Block]:
    """The blocks with the page turned so that its right edge is on top."""
    return [replace(b, box=b.box and (b.box[1], -b.box[2], b.box[3], -b.box[0])) for b in blocks]


def stood(blocks: Iterable[Block]) -> list[Block]:
    """What :func:`laid` turned, turned back."""
    return [replace(b, box=b.box and (-b.box[3], b.box[0], -b.box[1], b.box[2])) for b in blocks]
