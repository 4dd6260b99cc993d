"""The sentence model with a memory on disk: what was read once, in this run or an earlier one, is not
read again. Reading 40,000 passages takes two cores a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kb.language.encoder import Matrix
from kb.language.sentences import SentenceEncoder
from kb.storage.sentence_vectors import key_of, sentence_matrix

_TOGETHER = 1024  # texts after which what was read is written down


class Remembered:
    """``encode_passages`` of the shipped model; what was read lies in ``folder``, in a file named by
    the model, so that another model's vectors are never taken for its own."""

    def __init__(self, folder: Path) -> None:
        self._model = SentenceEncoder(threads=2)
        self.model_id = self._model.model_id
        self.dimension = self._model.dimension
        self._path = folder / f"{self.model_id}.f16"
        folder.mkdir(parents=True, exist_ok=True)
        self._known: dict[bytes, bytes] = {}
        row = 16 + 2 * self.dimension
        data = self._path.read_bytes() if self._path.is_file() else b""
        for at in range(0, len(data) - row + 1, row):
            self._known[data[at : at + 16]] = data[at + 16 : at + row]

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """(n, dimension) vectors of questions, which are not remembered."""
        return self._model.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """(n, dimension) vectors of texts to be found, in half precision as the store keeps them."""
        keys = [key_of(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        unread = list(new.items())
        for start in range(0, len(unread), _TOGETHER):
            part = unread[start : start + _TOGETHER]
            vectors = self._model.encode_passages([text for _, text in part]).astype(
                np.dtype("<f2")
            )
            rows = {key: row.tobytes() for (key, _), row in zip(part, vectors, strict=True)}
            self._known |= rows
            with self._path.open("ab") as file:
                file.writelines(key + row for key, row in rows.items())
        return sentence_matrix([self._known[key] for key in keys])[0]
