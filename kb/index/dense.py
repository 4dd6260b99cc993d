"""The dense view: exact inner-product search over passages in FAISS."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from kb.storage.feed.contents import Vectors

Matrix = npt.NDArray[np.float32]

faiss.omp_set_num_threads(1)
# Threads wait for each other wherever something else is running: two took 40 ms for 10,000 passages and 57 ms
# for 100,000 on two busy cores, one 0.3 and 15 ms (medians).

TITLE_WEIGHT = 1.0
"""Weight of the title's vector beside the passage's; 1.0 as measured (docs/ablation.md)."""

_FEW = 5  # cases under which their mean is too near to each of them
_PASSAGES_PER_CASE = 8  # how many passages to fetch for each case wanted; doubled until enough


def build(folder: Path, vectors: Vectors, title_weight: float = TITLE_WEIGHT) -> DenseView:
    """Writes the view into ``folder`` and opens it."""
    view = in_memory(vectors, title_weight)
    folder.mkdir(parents=True, exist_ok=True)
    faiss.write_index(view.index, str(folder / "passages.faiss"))
    np.save(folder / "cases.npy", vectors.case_nos)
    np.save(folder / "chunks.npy", vectors.chunk_nos)
    return view


def in_memory(vectors: Vectors, title_weight: float = TITLE_WEIGHT) -> DenseView:
    """The view over ``vectors``, each passage with its title's ``title_weight`` times."""
    index = faiss.IndexFlatIP(vectors.chunks.shape[1])
    index.add(vectors.chunks + title_weight * vectors.titles)
    return DenseView(index, vectors.case_nos, vectors.chunk_nos)


def open_view(folder: Path) -> DenseView:
    """Opens a view that :func:`build` wrote. Raises OSError, RuntimeError or ValueError."""
    index = faiss.read_index(str(folder / "passages.faiss"))
    return DenseView(index, np.load(folder / "cases.npy"), np.load(folder / "chunks.npy"))


class DenseView:
    """Passages as vectors, ordered by case. A case scores as its best passage: inner product of the
    unit query with unit passage plus weighted unit title."""

    def __init__(
        self, index: Any, case_nos: npt.NDArray[np.int64], chunk_nos: npt.NDArray[np.int64]
    ) -> None:
        if not index.ntotal == len(case_nos) == len(chunk_nos):
            raise ValueError("the dense view's parts differ in length")
        self.index = index
        self._case_nos = case_nos
        self._chunk_nos = chunk_nos
        self._matrix: Matrix = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d).reshape(
            index.ntotal, index.d
        )
        if not np.isfinite(self._matrix).all():
            raise ValueError("the dense view holds what is no number")
        self._centres: dict[int, Matrix] = {}
        nos, starts = np.unique(case_nos, return_index=True)
        ends = np.append(starts, len(case_nos))[1:]
        self._ranges = {int(n): (int(s), int(e)) for n, s, e in zip(nos, starts, ends, strict=True)}

    def __len__(self) -> int:
        return int(self.index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self.index.d)

    def top(self, query: Matrix, k: int, allowed: Collection[int] | None) -> dict[int, float]:
        """The best ``k`` cases for the unit vector ``query`` (d,), among ``allowed`` (None: all)."""
        selector = None if allowed is None else self._selector(allowed)
        limit = len(self) if selector is None else selector[1]
        wanted = min(k * _PASSAGES_PER_CASE, limit)
        found: dict[int, float] = {}
        while wanted > 0:
            params = None if selector is None else _only(selector[0])
            scores, rows = self.index.search(query[None, :], wanted, params=params)
            for score, row in zip(scores[0].tolist(), rows[0].tolist(), strict=True):
                if row >= 0:
                    found.setdefault(int(self._case_nos[row]), score)
            if len(found) >= k or wanted >= limit:
                break
            found.clear()
            wanted = min(wanted * 4, limit)
        return dict(list(found.items())[:k])

    def scores(self, query: Matrix, cases: Iterable[int]) -> dict[int, float]:
        """Exact scores of the given cases; a case without passages is left out."""
        found = {}
        for case in cases:
            start, end = self._ranges.get(case, (0, 0))
            if end > start:
                found[case] = float((self._matrix[start:end] @ query).max())
        return found

    def passages(self, query: Matrix, case: int) -> list[tuple[int, float]]:
        """(chunk number, score) of every passage of a case, best first."""
        start, end = self._ranges.get(case, (0, 0))
        scores = self._matrix[start:end] @ query
        order = np.argsort(-scores, kind="stable")
        return [(int(self._chunk_nos[start + i]), float(scores[i])) for i in order]

    def likeness(self, case: int, other: int, least: float) -> float:
        """How alike two cases are in all they say: the mean, over the passages of both, of the cosine
        with the nearest passage of the other. Under ``least`` only roughly; 0 where one has none."""
        if case not in self._ranges or other not in self._ranges:
            return 0.0
        if (rough := float(self._centre(case) @ self._centre(other))) < least:
            return rough
        cosines = self._units(case) @ self._units(other).T
        return float(cosines.max(axis=1).mean() + cosines.max(axis=0).mean()) / 2

    def _centre(self, case: int) -> Matrix:
        if case not in self._centres:
            mean = self._units(case).mean(axis=0)
            self._centres[case] = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return self._centres[case]

    def _units(self, case: int) -> Matrix:
        start, end = self._ranges[case]
        rows = self._matrix[start:end]
        units: Matrix = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return units

    def standing(self, query: Matrix, case: int) -> float | None:
        """By how much the case's best passage is nearer to the unit vector ``query`` (d,) than
        passages are on the whole: comparable from question to question, where the products
        themselves are not. None for a case without passages."""
        best = self.scores(query, (case,)).get(case)
        return None if best is None else best - float(self._middle @ query)

    def alike(self, case: int) -> dict[int, float]:
        """What the other cases are about, compared with this one: cosines (−1 to 1) of their passages'
        means, both from the mean of all cases, so that 0 is what any two have in common. Empty for a
        case without passages, and where there are too few cases to tell."""
        if case not in self._ranges or len(self._ranges) < _FEW:
            return {}
        cases, means = self._subjects
        near = means @ means[int(np.searchsorted(cases, case))]
        return {int(n): float(x) for n, x in zip(cases, near, strict=True) if n != case}

    @cached_property
    def _middle(self) -> Matrix:
        mean: Matrix = self._matrix.mean(axis=0)
        return mean

    @cached_property
    def _subjects(self) -> tuple[npt.NDArray[np.int64], Matrix]:
        """Case numbers in order, and for each the unit vector of what sets it apart (n, d)."""
        cases, starts, counts = np.unique(self._case_nos, return_index=True, return_counts=True)
        means = np.add.reduceat(self._matrix, starts) / counts[:, None]
        means -= means.mean(axis=0)
        return cases, means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)

    def _selector(self, allowed: Collection[int]) -> tuple[Any, int]:
        rows = np.flatnonzero(np.isin(self._case_nos, np.fromiter(allowed, dtype=np.int64)))
        return faiss.IDSelectorBatch(rows), len(rows)


def _only(selector: Any) -> Any:
    parameters = faiss.SearchParameters()
    parameters.sel = selector
    return parameters
