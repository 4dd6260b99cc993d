"""What every side gets: passages and questions, cut into the product's own tokens and with the product's own word vectors, so
that what is compared is indexing and searching, not Japanese tokenising nor one model against another."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
FILTERED = "兵庫県"
"""The prefecture of the filter: about one passage of forty."""


@dataclass(frozen=True, slots=True)
class Material:
    """``tokens[i]`` (joined by spaces), ``prefectures[i]`` and ``vectors[i]`` (unit) of passage i of document
    ``documents[i]``; ``questions`` as typed, as tokens and as vectors."""

    tokens: list[str]
    prefectures: list[str]
    documents: list[str]
    vectors: Matrix
    questions: list[str]
    asked: list[str]
    asked_vectors: Matrix

    def write(self, folder: Path) -> None:
        """Puts it into ``folder`` for the processes of the sides."""
        folder.mkdir(parents=True, exist_ok=True)
        words = {
            name: getattr(self, name)
            for name in ("tokens", "prefectures", "documents", "questions", "asked")
        }
        (folder / "words.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        np.save(folder / "vectors.npy", self.vectors)
        np.save(folder / "asked.npy", self.asked_vectors)


def read(folder: Path) -> Material:
    """What :meth:`Material.write` wrote."""
    words = json.loads((folder / "words.json").read_text("utf-8"))
    vectors, asked = (np.load(folder / f"{name}.npy") for name in ("vectors", "asked"))
    return Material(vectors=vectors, asked_vectors=asked, **words)
