"""The encoder learns municipal Japanese: contrast of questions and passages, gently.

The embeddings and the lower layers stay as they are, so that their states are computed once for the
student and for the pretrained model, which the student is held to (distillation).
"""

from __future__ import annotations

import copy
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import BertModel

from training.sentences.encoder import PASSAGE, QUERY, padded, pooled
from training.sentences.texts import Pair

Tensor = torch.Tensor


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long, how fast and how far the encoder is adapted; ``shares`` of the steps by source."""

    shares: Mapping[str, float]
    steps: int = 200
    warm_up: int = 20
    rate: float = 3e-5
    scale: float = 33.0
    keep: float = 5.0
    frozen: int = 6
    remembered: int = 160
    question_pieces: int = 48
    passage_pieces: int = 100
    average: float = 0.96
    seed: int = 1


@dataclass
class Memory:
    """Passages of the last batches of a source: more wrong answers for the price of none."""

    size: int
    vectors: deque[Tensor] = field(default_factory=deque)
    groups: list[str] = field(default_factory=list)

    def add(self, vectors: Tensor, groups: Sequence[str]) -> None:
        """Takes in (n, d) vectors of passages and forgets the oldest."""
        self.vectors.extend(vectors.detach())
        self.groups += groups
        while len(self.vectors) > self.size:
            self.vectors.popleft()
        self.groups = self.groups[-self.size :]


class Student:
    """The upper layers that learn, and the same as they were, over the frozen lower ones."""

    def __init__(self, model: BertModel, frozen: int) -> None:
        self.model = model
        self.upper = torch.nn.ModuleList(model.encoder.layer[frozen:])
        self._lower = model.encoder.layer[:frozen]
        self._before = copy.deepcopy(self.upper)
        model.requires_grad_(False)
        self._before.requires_grad_(False)
        self.upper.requires_grad_(True)

    def before(self) -> dict[str, Tensor]:
        """The upper layers' pretrained weights."""
        return {name: value.clone() for name, value in self._before.state_dict().items()}

    def vectors(self, rows: Sequence[Sequence[int]], kept: int) -> tuple[Tensor, Tensor]:
        """(n, d) unit vectors of texts given as ids, and 1 − cosine of the first ``kept`` of them
        to what the pretrained model says of them, (kept,)."""
        ids, mask = padded(rows)
        bias = torch.zeros(mask.shape).masked_fill(mask == 0, -1e9)[:, None, None, :]
        with torch.no_grad():
            states = _through(self._lower, self.model.embeddings(ids), bias)
            before = pooled(_through(self._before, states[:kept], bias[:kept]), mask[:kept])
        now = pooled(_through(self.upper, states, bias), mask)
        return now, 1 - (now[:kept] * before).sum(1)


def _through(layers: Sequence[torch.nn.Module], states: Tensor, bias: Tensor) -> Tensor:
    for layer in layers:
        found = layer(states, attention_mask=bias)
        states = found[0] if isinstance(found, tuple) else found
    return states


def adapt(
    student: Student,
    tokens: Tokenizer,
    sources: Mapping[str, Iterator[list[Pair]]],
    recipe: Recipe,
    report: Callable[[int, float, dict[str, Tensor]], None],
) -> None:
    """Trains the student in place; ``report`` gets each step's number, loss and averaged weights."""
    rng = np.random.default_rng(recipe.seed)
    torch.manual_seed(recipe.seed)
    parameters = [p for p in student.upper.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=recipe.rate, weight_decay=0.01)
    memories = {name: Memory(recipe.remembered) for name in sources}
    names = list(recipe.shares)
    share = np.array([recipe.shares[name] for name in names])
    averaged = {k: v.detach().clone() for k, v in student.upper.state_dict().items()}
    for step in range(1, recipe.steps + 1):
        name = names[rng.choice(len(names), p=share / share.sum())]
        for group in optimizer.param_groups:
            group["lr"] = recipe.rate * _pace(step, recipe)
        loss = _loss(student, tokens, next(sources[name]), memories[name], recipe)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        for key, value in student.upper.state_dict().items():
            averaged[key].lerp_(value.detach(), 1 - recipe.average)
        report(step, loss.item(), averaged)


def _pace(step: int, recipe: Recipe) -> float:
    """Share of the rate: rising at first, then a cosine down to 5 %."""
    if step <= recipe.warm_up:
        return step / recipe.warm_up
    done = (step - recipe.warm_up) / max(1, recipe.steps - recipe.warm_up)
    return 0.05 + 0.95 * (1 + math.cos(math.pi * done)) / 2


def _loss(
    student: Student, tokens: Tokenizer, batch: list[Pair], memory: Memory, recipe: Recipe
) -> Tensor:
    """Contrast both ways, with remembered passages, and the distance from the pretrained model."""
    asked, drift = student.vectors(
        _rows(tokens, [QUERY + p.question for p in batch], recipe.question_pieces),
        (len(batch) + 1) // 2,
    )
    found, drift_found = student.vectors(
        _rows(tokens, [PASSAGE + p.passage for p in batch], recipe.passage_pieces),
        len(batch) // 3,
    )
    groups = [p.group for p in batch]
    scores = recipe.scale * asked @ torch.cat([found, *(v[None] for v in memory.vectors)]).T
    right = torch.arange(len(batch))
    hidden = torch.tensor([[a == b for b in (*groups, *memory.groups)] for a in groups])
    hidden[right, right] = False
    scores = scores.masked_fill(hidden, -1e9)
    contrast = functional.cross_entropy(scores, right)
    contrast = contrast + functional.cross_entropy(scores[:, : len(batch)].T, right)
    memory.add(found, groups)
    return contrast / 2 + recipe.keep * (drift.mean() + drift_found.mean()) / 2


def _rows(tokens: Tokenizer, texts: Sequence[str], longest: int) -> list[list[int]]:
    rows = [e.ids for e in tokens.encode_batch_fast(list(texts))]
    return [row if len(row) <= longest else [*row[: longest - 1], 2] for row in rows]
