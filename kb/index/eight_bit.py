"""Rows of many vectors once more in 8 bits, by FAISS: they tell which rows can be among the nearest, whose exact
products then decide. A quarter of the memory is read, and the answers are those of the exact rows."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

_KIND = faiss.ScalarQuantizer.QT_8bit_uniform
_SURE = 6.0  # standard deviations of what rounding moves a product by
_MOST, _FEW = 0.25, 0.125
"""Share of the rows from which on reading all exactly costs less than looking for the nearest, and up to which
those that are chosen are read exactly."""
_BATCH = 65_536  # rows rounded at once


def write(path: Path, rows: Matrix) -> None:
    """Writes ``rows`` (n, d) in 8 bits. Raises OSError."""
    index = faiss.IndexScalarQuantizer(rows.shape[1], _KIND, faiss.METRIC_INNER_PRODUCT)
    bounds = [
        f(rows[i : i + _BATCH]) for i in range(0, len(rows), _BATCH) for f in (np.min, np.max)
    ]
    index.train(np.array([[min(bounds)], [max(bounds)]], np.float32).repeat(rows.shape[1], axis=1))
    for i in range(0, len(rows), _BATCH):
        index.add(np.ascontiguousarray(rows[i : i + _BATCH], np.float32))
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise OSError(f"{path}: {error}") from error


def read(path: Path, shape: tuple[int, ...]) -> Codes:
    """Maps what :func:`write` wrote of rows of this shape. Raises OSError or ValueError."""
    try:
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise OSError(f"{path}: {error}") from error
    if (index.ntotal, index.d) != shape:
        raise ValueError(f"{path}: rows of another view")
    return Codes(index)


class Codes:
    """Rows in 8 bits."""

    def __init__(self, index: Any) -> None:  # faiss tells types of floats alone
        self._index = index
        _, width = faiss.vector_to_array(index.sq.trained).tolist()
        self._deviation = width / 255 / math.sqrt(12)

    def near(
        self,
        rows: Matrix,
        query: Matrix,
        k: int,
        owners: Numbers,
        among: npt.NDArray[np.bool_] | None,
    ) -> tuple[Numbers, Matrix] | None:
        """The ``k`` owners (of each row one, numbered in order; of ties perhaps more) with the best exact
        products, and these, looking at the rows ``among`` these (n,) (None: all). None where too many rows
        lie too near to each other to be told apart."""
        _alone()
        every, asked = len(rows), 8 * k
        slack = _SURE * self._deviation * float(np.linalg.norm(query))
        chosen = None if among is None else np.packbits(among, bitorder="little")
        total = every if among is None else int(among.sum())
        if among is not None and total <= _FEW * every:
            return best_of(rows, query, np.flatnonzero(among), owners)
        while slack and asked < _MOST * every:  # to a query of zeros all are the same
            options = None if chosen is None else _selected(chosen)
            near, found = self._index.search(query[None], min(asked, total), params=options)
            own, best = best_of(rows, query, np.sort(found[0]), owners)
            least = near[0][-1] + slack  # of what has not been found nothing can be better
            if asked >= total or (len(best) >= k and np.partition(best, -k)[-k] >= least):
                return own, best
            asked *= 4
        return None


def best_of(
    rows: Matrix, query: Matrix, places: Numbers, owners: Numbers
) -> tuple[Numbers, Matrix]:
    """The owners of the rows at ``places`` (in order) with the best exact product of each."""
    if not len(places):
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    starts = np.flatnonzero(np.diff(owners[places], prepend=-1))
    best: Matrix = np.maximum.reduceat(products(rows, query, places), starts)
    return owners[places[starts]], best


def products(rows: Matrix, query: Matrix, places: Numbers) -> Matrix:
    """The exact products of the rows (n, d) at these ``places`` with ``query`` (d,), on one thread."""
    _alone()
    told = np.empty(len(places), np.float32)
    query, at = np.ascontiguousarray(query, np.float32), np.ascontiguousarray(places, np.int64)
    pointers: list[Any] = [faiss.swig_ptr(one) for one in (told, query, rows, at)]
    faiss.fvec_inner_products_by_idx(*pointers, rows.shape[1], 1, len(at))  # type: ignore[attr-defined]
    return told


def _alone() -> None:
    """Keeps FAISS to the thread that asks, which has to say so itself: two wait for each other under load."""
    faiss.omp_set_num_threads(1)


def _selected(chosen: npt.NDArray[np.uint8]) -> Any:
    of: Any = faiss
    return of.SearchParameters(sel=of.IDSelectorBitmap(chosen))
