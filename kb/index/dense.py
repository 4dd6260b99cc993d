"""The dense view: exact inner products over passages, by FAISS."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from kb.index import parts
from kb.index.checksums import share
from kb.index.eight_bit import best_of, products
from kb.index.parts import Matrix, Numbers, Part
from kb.storage.feed.contents import Vectors

TITLE_WEIGHT = 1.0
"""Weight of the title's vector beside the passage's; 1.0 as measured (docs/ablation.md)."""

_FEW = 5  # cases under which their mean is too near to each of them


def build(
    folder: Path, vectors: Iterable[Vectors], title_weight: float = TITLE_WEIGHT
) -> DenseView:
    """Writes the view over ``vectors``, which come by case and are never all in memory, into ``folder`` and
    opens it. Raises OSError or ValueError."""
    parts.stream(folder, (_part(some, title_weight) for some in vectors))
    return open_view(folder)


def in_memory(vectors: Vectors, title_weight: float = TITLE_WEIGHT) -> DenseView:
    """The view over ``vectors``, each passage with its title's ``title_weight`` times."""
    return DenseView((_part(vectors, title_weight),))


def open_view(folder: Path) -> DenseView:
    """Opens a view that :func:`build` or :func:`change` wrote. Raises OSError or ValueError."""
    return DenseView(parts.read(folder))


def change(
    before: Path,
    folder: Path,
    gone: Collection[int],
    vectors: Vectors,
    title_weight: float = TITLE_WEIGHT,
) -> None:
    """Writes into ``folder`` what the view ``before`` becomes without the cases that are ``gone`` and
    with these ``vectors``; what stays is shared. Raises OSError or ValueError."""
    after = parts.add(parts.read(before), gone, _part(vectors, title_weight))
    parts.write(folder, after)
    for name in parts.files(after):
        share(before / name, folder / name)


def _part(vectors: Vectors, title_weight: float) -> Part:
    rows = vectors.chunks + title_weight * vectors.titles
    if not np.isfinite(rows).all():
        raise ValueError("the dense view holds what is no number")
    return parts.made(rows.astype(np.float32), vectors.case_nos, vectors.chunk_nos)


@dataclass(frozen=True, slots=True)
class _Cases:
    """The cases of a part that count: their numbers in order, and the rows from ``starts`` on up to
    ``ends`` that are theirs."""

    nos: Numbers
    starts: Numbers
    ends: Numbers

    @classmethod
    def of(cls, part: Part) -> _Cases:
        starts = np.flatnonzero(np.diff(part.cases, prepend=-1))
        nos, ends = part.cases[starts], np.append(starts[1:], len(part.cases))
        live = ~np.isin(nos, part.gone)
        return cls(nos[live], starts[live], ends[live])

    def rows(self, kept: npt.NDArray[np.bool_] | None, n: int) -> npt.NDArray[np.bool_]:
        """Which of the ``n`` rows of the part belong to those of the cases that are ``kept`` (None: all)."""
        border = np.zeros(n + 1, np.int8)
        border[self.starts if kept is None else self.starts[kept]] += 1
        border[self.ends if kept is None else self.ends[kept]] -= 1
        inside: npt.NDArray[np.bool_] = np.cumsum(border[:n], dtype=np.int8) > 0
        return inside


class DenseView:
    """Passages as vectors, ordered by case. A case scores as its best passage: inner product of the
    unit query with unit passage plus weighted unit title."""

    def __init__(self, of: Sequence[Part]) -> None:
        self.parts = tuple(of)
        self._cases = tuple(map(_Cases.of, self.parts))
        self._dead = tuple(part.dead() for part in self.parts)
        self._last: tuple[Matrix, dict[int, Matrix]] | None = None
        self._centres: dict[int, Matrix] = {}

    def __len__(self) -> int:
        return sum(len(p.cases) - len(d) for p, d in zip(self.parts, self._dead, strict=True))

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self.parts[0].rows.shape[1])

    def top(self, query: Matrix, k: int, allowed: Collection[int] | None) -> dict[int, float]:
        """The best ``k`` cases for the unit vector ``query`` (d,), among ``allowed`` (None: all)."""
        if allowed is not None and not allowed:
            return {}
        chosen = None if allowed is None else np.fromiter(allowed, np.int64, len(allowed))
        nos, scores = [], []
        for i in range(len(self.parts)):
            own, best = self._near(i, query, k, chosen)
            nos.append(own)
            scores.append(best)
        every, told = np.concatenate(nos), np.concatenate(scores)
        if len(every) > k:
            first = np.argpartition(-told, k - 1)[:k]
            every, told = every[first], told[first]
        order = np.lexsort((every, -told))
        return dict(zip(every[order].tolist(), told[order].tolist(), strict=True))

    def scores(self, query: Matrix, cases: Iterable[int]) -> dict[int, float]:
        """Exact scores of the given cases; a case without passages is left out."""
        asked = np.array(sorted({*cases}), np.int64)  # np.unique would load numpy.ma for this
        found: dict[int, float] = {}
        for i, own in enumerate(self._cases):
            kept = np.searchsorted(own.nos, asked)
            kept = kept[kept < len(own.nos)]
            kept = kept[own.nos[kept] == asked[: len(kept)]]
            found |= zip(own.nos[kept].tolist(), self._best(i, query, kept).tolist(), strict=True)
        return found

    def passages(self, query: Matrix, case: int) -> list[tuple[int, float]]:
        """(chunk number, score) of every passage of a case, best first."""
        part, at = self._place(case)
        scores = part.rows[at] @ query
        order = np.argsort(-scores, kind="stable")
        chunks = part.chunks[at]
        return [(int(chunks[i]), float(scores[i])) for i in order]

    def likeness(self, case: int, other: int, least: float) -> float:
        """How alike two cases are in all they say: the mean, over the passages of both, of the cosine
        with the nearest passage of the other. Under ``least`` only roughly; 0 where one has none."""
        if (rough := float(self._centre(case) @ self._centre(other))) < least or not rough:
            return rough
        cosines = self._units(case) @ self._units(other).T
        return float(cosines.max(axis=1).mean() + cosines.max(axis=0).mean()) / 2

    def standing(self, query: Matrix, case: int) -> float | None:
        """By how much the case's best passage is nearer to the unit vector ``query`` (d,) than
        passages are on the whole: comparable from question to question, where the products
        themselves are not. None for a case without passages."""
        part, at = self._place(case)
        if at.start == at.stop:
            return None
        places = np.arange(at.start, at.stop)
        return float(products(part.rows, query, places).max()) - self.usual(query)

    def usual(self, query: Matrix) -> float:
        """How near passages on the whole are to the unit vector ``query`` (d,)."""
        return float(self._middle @ query)

    def alike(self, case: int) -> dict[int, float]:
        """What the other cases are about, compared with this one: cosines (−1 to 1) of their passages'
        means, both from the mean of all cases, so that 0 is what any two have in common. Empty for a
        case without passages, and where there are too few cases to tell."""
        cases, means = self._subjects
        at = int(np.searchsorted(cases, case))
        if len(cases) < _FEW or at == len(cases) or cases[at] != case:
            return {}
        near = means @ means[at]
        return {int(n): float(x) for n, x in zip(cases, near, strict=True) if n != case}

    def _near(
        self, i: int, query: Matrix, k: int, chosen: Numbers | None
    ) -> tuple[Numbers, Matrix]:
        """The cases of a part that may be among the best ``k`` of those that are ``chosen`` (None: all), with
        their scores."""
        part, cases = self.parts[i], self._cases[i]
        kept = None if chosen is None else np.isin(cases.nos, chosen)
        if part.codes is not None:
            among = (
                None if kept is None and not len(part.gone) else cases.rows(kept, len(part.cases))
            )
            near = part.codes.near(part.rows, query, k, part.cases, among)
            if near is not None:
                return near
        every = slice(None) if kept is None else kept
        return cases.nos[every], self._every(i, query)[every]

    def _best(self, i: int, query: Matrix, kept: Numbers) -> Matrix:
        """The scores of the cases of a part at these places."""
        part, cases = self.parts[i], self._cases[i]
        if part.codes is None:
            return self._every(i, query)[kept]
        starts, counts = cases.starts[kept], cases.ends[kept] - cases.starts[kept]
        before = np.cumsum(counts) - counts
        places = np.repeat(starts - before, counts) + np.arange(counts.sum())
        return best_of(part.rows, query, places, part.cases)[1]

    def _every(self, i: int, query: Matrix) -> Matrix:
        """The score of each case of a part; kept for the query at hand, which is asked for often."""
        last = self._last
        if last is None or not (last[0] is query or np.array_equal(last[0], query)):
            last = self._last = query, {}
        if i not in last[1]:
            last[1][i] = _best(self.parts[i], self._cases[i], query)
        return last[1][i]

    def _place(self, case: int) -> tuple[Part, slice]:
        """Where the rows of a case are."""
        places = ((part, part.at(case)) for part in self.parts)
        return next((p for p in places if p[1].stop > p[1].start), (self.parts[0], slice(0, 0)))

    def _centre(self, case: int) -> Matrix:
        """The unit vector of the mean of a case's passages; zeros where it has none."""
        if case not in self._centres:
            units = self._units(case)
            mean = units.mean(axis=0) if len(units) else np.zeros(self.dimension, np.float32)
            self._centres[case] = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return self._centres[case]

    def _units(self, case: int) -> Matrix:
        part, at = self._place(case)
        rows = part.rows[at]
        units: Matrix = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return units

    @cached_property
    def _middle(self) -> Matrix:
        total = np.zeros(self.dimension, np.float64)
        for part, dead in zip(self.parts, self._dead, strict=True):
            total += part.total - part.rows[dead].sum(axis=0, dtype=np.float64)
        middle: Matrix = (total / max(1, len(self))).astype(np.float32)
        return middle

    @cached_property
    def _subjects(self) -> tuple[Numbers, Matrix]:
        """Case numbers in order, and for each the unit vector of what sets it apart (n, d)."""
        nos = np.concatenate([cases.nos for cases in self._cases])
        means = np.concatenate([_means(p, c) for p, c in zip(self.parts, self._cases, strict=True)])
        order = np.argsort(nos)
        nos, means = nos[order], means[order]
        if len(nos):
            means -= means.mean(axis=0)
        return nos, means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)


def _best(part: Part, cases: _Cases, query: Matrix) -> Matrix:
    """The score of each case that counts: its best row."""
    if not len(cases.nos):
        return np.zeros(0, np.float32)
    scores = _products(part.rows, query)
    bounds = cases.starts
    if len(part.gone):
        bounds = np.stack([cases.starts, cases.ends], axis=1).ravel()
        bounds = bounds[:-1] if bounds[-1] == len(scores) else bounds
    best: Matrix = np.maximum.reduceat(scores, bounds)
    return best[::2] if len(part.gone) else best


def _products(rows: Matrix, query: Matrix) -> Matrix:
    """The inner product of each row (n, d) with ``query`` (d,), on one thread: numpy takes two, which wait for each
    other under load (20,000 rows of 192: 7 ms of processor, not 0.7)."""
    if query.shape != rows.shape[1:]:
        raise ValueError(f"a query of {query.shape} for rows of {rows.shape}")
    held, asked = np.ascontiguousarray(rows, np.float32), np.ascontiguousarray(query, np.float32)
    told = np.empty(len(held), np.float32)
    size, count = held.shape[1], len(held)
    pointers = map(faiss.swig_ptr, (told, asked, held))
    faiss.fvec_inner_products_ny(*pointers, size, count)  # type: ignore[attr-defined]
    return told


def _means(part: Part, cases: _Cases) -> Matrix:
    """The mean of the rows of each case that counts (n, d)."""
    counts = cases.ends - cases.starts
    rows = np.delete(part.rows, part.dead(), axis=0) if len(part.gone) else part.rows
    if not len(counts):
        return np.zeros((0, part.rows.shape[1]), np.float32)
    means: Matrix = np.add.reduceat(rows, np.cumsum(counts) - counts) / counts[:, None]
    return means
