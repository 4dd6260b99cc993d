"""The student: a table of term vectors with learned weights, trained in two stages."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from training.bags import Bags, Vocabulary

Array = npt.NDArray[np.float32]
_PART_WEIGHT = 0.35  # of idf: how much a kanji counts beside its word at the start


class Student(nn.Module):
    """A text is the normalised sum of ``exp(w_t) · e_t`` over its terms and their parts."""

    def __init__(self, words: Vocabulary, dimension: int, seed: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        n = len(words)
        self.rows = nn.Embedding(n, dimension, sparse=True)
        self.rows.weight.data.normal_(0, 1 / math.sqrt(dimension), generator=generator)
        start = torch.log(torch.from_numpy(np.maximum(words.idf, 0.3)))
        start[len(words.terms) :] += math.log(_PART_WEIGHT)
        self.weights = nn.Embedding(n, 1, sparse=True)
        self.weights.weight.data.copy_(start[:, None])
        self.parts = _part_bags(words)

    def forward(
        self, ids: npt.NDArray[np.int32], row_of: npt.NDArray[np.int32], n: int
    ) -> torch.Tensor:
        """(n, d) unit vectors of the bags; every distinct term is put together once a batch."""
        terms, place = np.unique(ids, return_inverse=True)
        parts, of = self.parts.take(terms.astype(np.int64))
        numbers = torch.from_numpy(np.concatenate([terms, parts]).astype(np.int64))
        weighted = self.rows(numbers) * self.weights(numbers).exp()
        owner = torch.from_numpy(np.concatenate([np.arange(len(terms)), of]).astype(np.int64))
        whole = torch.zeros(len(terms), weighted.shape[1]).index_add(0, owner, weighted)
        starts = torch.from_numpy(np.searchsorted(row_of, np.arange(n)).astype(np.int64))
        sums = functional.embedding_bag(
            torch.from_numpy(place.reshape(-1)), whole, starts, mode="sum"
        )
        return functional.normalize(sums, dim=1, eps=1e-6)

    def table(self, n_terms: int) -> Array:
        """(n_terms, d) rows with weights and parts folded in: a plain sum is the whole model."""
        with torch.no_grad():
            full = (self.rows.weight * self.weights.weight.exp()).numpy()
        folded = full[:n_terms].copy()
        lengths = np.diff(self.parts.starts)
        np.add.at(folded, np.repeat(np.arange(n_terms), lengths), full[self.parts.flat])
        return folded


@dataclass(frozen=True, slots=True)
class Distillation:
    """Bags on both sides of a translation and the teacher's vector of the English side."""

    left: Bags
    right: Bags
    target: npt.NDArray[np.int64]
    teacher: npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Contrast:
    """Pairs that belong together: everything else in the batch does not, unless it shares a group
    (``left_group``, ``right_group``: a number for each pair)."""

    name: str
    left: Bags
    right: Bags
    left_group: npt.NDArray[np.int64]
    right_group: npt.NDArray[np.int64]


def distil(  # noqa: PLR0913
    student: Student,
    data: Distillation,
    *,
    epochs: int,
    rate: float,
    seed: int,
    log: Callable[[str], None],
) -> None:
    """Stage 1: both languages learn to land on the teacher's vector of the English side."""
    rng = np.random.default_rng(seed)
    for epoch in range(epochs):
        optimiser = torch.optim.SparseAdam(list(student.parameters()), lr=rate / 2**epoch)
        losses = []
        for rows in _batches(rng.permutation(len(data.left)), 2048):
            optimiser.zero_grad()
            loss = _distillation_loss(student, data, rows)
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        log(f"distil epoch {epoch + 1}: loss {np.mean(losses):.4f}")


def adapt(  # noqa: PLR0913
    student: Student, sets: list[Contrast], data: Distillation, *,
    epochs: int, rate: float, keep: float, seed: int, log: Callable[[str], None],
) -> None:  # fmt: skip
    """Stage 2: pairs of the field attract each other, while the distillation loss holds on with
    weight ``keep``; the learning rate falls to zero."""
    rng = np.random.default_rng(seed)
    steps = [
        (i, rows)
        for _ in range(epochs)
        for i, rows in _shuffled(
            rng,
            [
                (i, rows)
                for i, s in enumerate(sets)
                for rows in _batches(rng.permutation(len(s.left)), 1024)
            ],
        )
    ]
    optimiser = torch.optim.SparseAdam(list(student.parameters()), lr=rate)
    losses: list[float] = []
    for step, (i, rows) in enumerate(steps):
        for group in optimiser.param_groups:
            group["lr"] = rate * (1 - step / len(steps))
        optimiser.zero_grad()
        loss = _contrast_loss(student, sets[i], rows)
        if keep:
            loss = loss + keep * _distillation_loss(
                student, data, rng.integers(0, len(data.left), min(1024, len(data.left)))
            )
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if (step + 1) % 200 == 0:
            log(f"adapt step {step + 1}/{len(steps)}: loss {np.mean(losses[-200:]):.4f}")


def _distillation_loss(
    student: Student, data: Distillation, rows: npt.NDArray[np.int64]
) -> torch.Tensor:
    """(1 − cos) + 0.2 · in-batch softmax(20 · cos), mean over both languages."""
    target = torch.from_numpy(data.teacher[data.target[rows]].astype(np.float32))
    labels = torch.arange(len(rows))
    total = torch.zeros(())
    for side in (data.left, data.right):
        out = student(*side.take(rows), len(rows))
        cosines = out @ target.T
        total = (
            total
            + (1 - cosines.diagonal()).mean()
            + 0.2 * functional.cross_entropy(20 * cosines, labels)
        )
    return total / 2


def _contrast_loss(student: Student, pairs: Contrast, rows: npt.NDArray[np.int64]) -> torch.Tensor:
    """In-batch softmax(20 · cos), both ways, over what is known to be wrong."""
    left = student(*pairs.left.take(rows), len(rows))
    right = student(*pairs.right.take(rows), len(rows))
    cosines = (20 * left @ right.T).masked_fill(torch.from_numpy(_unsure(pairs, rows)), -1e4)
    labels = torch.arange(len(rows))
    loss: torch.Tensor = (
        functional.cross_entropy(cosines, labels) + functional.cross_entropy(cosines.T, labels)
    ) / 2
    return loss


def _unsure(pairs: Contrast, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """True where a left and another's right side may belong together after all."""
    a, b = pairs.left_group[rows], pairs.right_group[rows]
    same: npt.NDArray[np.bool_] = (a[:, None] == a[None]) | (b[:, None] == b[None])
    np.fill_diagonal(same, False)
    return same


def _batches(order: npt.NDArray[np.int64], size: int) -> list[npt.NDArray[np.int64]]:
    return [
        order[i : i + size]
        for i in range(0, len(order), size)
        if len(order) - i >= size // 4 or i == 0
    ]


def _shuffled(
    rng: np.random.Generator, items: list[tuple[int, npt.NDArray[np.int64]]]
) -> list[tuple[int, npt.NDArray[np.int64]]]:
    return [items[i] for i in rng.permutation(len(items))]


def _part_bags(words: Vocabulary) -> Bags:
    starts = np.concatenate([[0], np.cumsum([len(p) for p in words.parts])]).astype(np.int64)
    return Bags(np.fromiter((i for p in words.parts for i in p), dtype=np.int32), starts)
