"""Batches whose wrong answers are hard: each pair beside pairs with passages like its own.

Likeness is judged by the product's word vectors, which take no time; the contrast within the batch
does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from training.sentences.texts import Pair

Array = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Array]
"""(n, d) unit vectors of texts."""

_NEAR, _FAR = (
    2,
    24,
)  # ranks among which a pair's neighbours are drawn: the nearest may be right, too


class Neighbourhood:
    """Pairs of one source and, for each, the pairs whose passages are likest to its question."""

    def __init__(self, pairs: Sequence[Pair], embed: Embed) -> None:
        self.pairs = list(pairs)
        asked, found = embed([p.question for p in pairs]), embed([p.passage for p in pairs])
        depth = min(_FAR, len(pairs) - 1)
        self._near = np.concatenate(
            [
                np.argpartition(-(asked[at : at + 512] @ found.T), depth, axis=1)[:, :depth]
                for at in range(0, len(pairs), 512)
            ]
        )

    def batches(self, size: int, together: int, rng: np.random.Generator) -> Iterator[list[Pair]]:
        """Endless batches of ``size`` pairs: some drawn evenly, each with ``together`` − 1 others
        from near it."""
        while True:
            for start in _chunks(rng.permutation(len(self.pairs)), max(1, size // together)):
                chosen: dict[int, None] = {}
                for seed in start.tolist():
                    near = rng.permutation(self._near[seed])[: together - 1]
                    chosen.update(dict.fromkeys([seed, *near.tolist()]))
                yield [self.pairs[i] for i in list(chosen)[:size]]


def _chunks(order: npt.NDArray[np.int64], size: int) -> Iterator[npt.NDArray[np.int64]]:
    for at in range(0, len(order) - size + 1, size):
        yield order[at : at + size]
