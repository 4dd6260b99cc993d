"""Weights as small integers, as ONNX Runtime reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.sentences.packed import Array

_MOST = 63
"""Of the 127 that int8 could hold: a byte times it, twice, fits 16 bits, so that processors without
VNNI, which add pairs in 16 bits, compute the same."""


def in_rows(matrix: Array) -> tuple[npt.NDArray[np.int8], Array]:
    """A matrix as int8, and a scale for each of its rows."""
    scales = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / _MOST
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Blocks:
    """A matrix in 4 bits: ``data`` (rows, bytes) with the low half of each byte first, 8 standing
    for 0, and ``scales`` (rows, blocks), one for each ``block`` values of a row."""

    block: int
    data: npt.NDArray[np.uint8]
    scales: Array

    def dense(self) -> Array:
        """The matrix that the integers stand for."""
        values = np.stack([self.data & 15, self.data >> 4], axis=-1).reshape(*self.scales.shape, -1)
        centred = values.astype(np.float32) - 8
        return (centred * self.scales[:, :, None]).reshape(len(self.data), -1)


def in_blocks(matrix: Array, block: int = 32) -> Blocks:
    """A matrix in 4 bits; one that came from such blocks is given back to the bit: the largest value
    of a block stands for −8."""
    parts = matrix.reshape(len(matrix), -1, block)
    largest = np.take_along_axis(parts, np.abs(parts).argmax(-1)[..., None], -1)[..., 0]
    scales = (largest / -8).astype(np.float32)
    safe = np.where(scales == 0, 1, scales)
    values = np.clip(np.rint(parts / safe[..., None]) + 8, 0, 15).astype(np.uint8)
    data = (values[..., 0::2] | values[..., 1::2] << 4).reshape(len(matrix), -1)
    return Blocks(block, data, scales)
