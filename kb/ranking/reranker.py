"""A cross-encoder that reads question and passage together: slower, and optional."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.base.errors import ModelError
from kb.ranking.fusion import Scored, z_scores


class Reranker:
    """A sentence-transformers cross-encoder, given by folder or name. Imports torch.

    Raises ModelError when it cannot be loaded; nothing is fetched for a folder.
    """

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import CrossEncoder

            self._model: Any = CrossEncoder(name)
        except Exception as error:  # the library raises whatever its parts raise
            raise ModelError("store.reranker_unloadable", name=name, error=error) from error

    def scores(self, query: str, passages: Sequence[str]) -> npt.NDArray[np.float32]:
        """(n,) how well each passage answers the query; higher is better, in no fixed unit."""
        if not passages:
            return np.zeros(0, dtype=np.float32)
        pairs = [(query, passage) for passage in passages]
        found = self._model.predict(pairs, show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(found, dtype=np.float32).reshape(len(passages), -1)[:, -1]


def reread(scored: Sequence[Scored], read: Sequence[float], weight: float) -> tuple[Scored, ...]:
    """The first cases of ``scored``, as many as were ``read``, in the order of both scores, each
    standardised and the new one multiplied by ``weight``; the rest as it was."""
    head, tail = scored[: len(read)], scored[len(read) :]
    if not head:
        return tuple(scored)
    old, new = z_scores([s.score for s in head]), z_scores(read)
    sums = [a + weight * b for a, b in zip(old, new, strict=True)]
    floor = (tail[0].score if tail else 0.0) - min(sums)
    moved = [replace(s, score=floor + total) for s, total in zip(head, sums, strict=True)]
    moved.sort(key=lambda s: (-s.score, s.case_no))
    return (*moved, *tail)
