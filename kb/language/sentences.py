"""Texts become vectors by the built-in sentence model: a small transformer, on ONNX Runtime.

Neither torch nor transformers is imported. The folder is an ordinary sentence-transformers folder;
``training/sentences`` makes it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kb.base.config import BUILTIN_SENTENCES
from kb.base.errors import ModelError
from kb.language.encoder import Encoder
from kb.language.lexicon import Lexicon

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Matrix = npt.NDArray[np.float32]

_WEIGHTS = Path("onnx", "model.onnx")
_TOGETHER = 256  # texts cut into pieces at a time: bounds what is held of a long run


class SentenceEncoder:
    """Gives texts unit vectors of length ``dimension``; loaded when the first text comes.

    Texts are run one by one, as many at a time as there are ``threads``: on a processor this is as
    fast as batches, wastes nothing on padding, and a text's vector never hangs on its neighbours.
    """

    def __init__(self, folder: Path = BUILTIN_SENTENCES, threads: int = 1) -> None:
        config = _json(folder / "config_sentence_transformers.json")
        self._folder = folder
        self._threads = max(1, threads)
        self._prompts: dict[str, str] = config["prompts"]
        self.dimension = int(_json(folder / "1_Pooling" / "config.json")["embedding_dimension"])
        """Length of the vectors."""

    def open_ahead(self) -> None:
        """Begins to load what a question needs, beside what else there is to load; a damaged model is told by the
        question. The process waits for the end of it: ONNX Runtime aborts one that leaves half way."""
        threading.Thread(target=self._open).start()

    def _open(self) -> None:
        with suppress(ModelError):
            self._session, self._tokens  # noqa: B018

    @cached_property
    def model_id(self) -> str:
        """Name and digest of the weights: vectors of different ids must never be compared."""
        digest = hashlib.sha256((self._folder / _WEIGHTS).read_bytes()).hexdigest()
        return f"dxkb-sentences-{digest[:12]}"

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """(n, dimension) vectors of questions."""
        return self._encode(self._prompts["query"], texts)

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """(n, dimension) vectors of texts to be found: a title, a line break, some 200 characters.

        What is over 510 pieces is cut off.
        """
        return self._encode(self._prompts["document"], texts)

    def _encode(self, prompt: str, texts: Sequence[str]) -> Matrix:
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        self._session  # noqa: B018  # loaded once, before the threads
        with ThreadPoolExecutor(self._threads) as pool:
            for start in range(0, len(texts), _TOGETHER):
                part = [prompt + text for text in texts[start : start + _TOGETHER]]
                rows = [encoding.ids for encoding in self._tokens.encode_batch_fast(part)]
                longest_first = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
                found = pool.map(self._vector, [rows[i] for i in longest_first])
                for i, vector in zip(longest_first, found, strict=True):
                    out[start + i] = vector
        return out

    def _vector(self, ids: list[int]) -> Matrix:
        """(dimension,) unit vector of a text given as ids: the mean over its pieces' last states."""
        pieces = np.array([ids], dtype=np.int64)
        (states,) = self._session.run(
            None, {"input_ids": pieces, "attention_mask": np.ones_like(pieces)}
        )
        mean: Matrix = states[0].mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-9)

    @cached_property
    def _tokens(self) -> Tokenizer:
        try:
            from tokenizers import Tokenizer

            return Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        except Exception as error:  # the library raises plain Exceptions
            raise _damaged(self._folder, error) from error

    @cached_property
    def _session(self) -> InferenceSession:
        try:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            options.inter_op_num_threads = 1
            return onnxruntime.InferenceSession(
                str(self._folder / _WEIGHTS), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the library raises whatever its parts raise
            raise _damaged(self._folder, error) from error


def _json(path: Path) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(path.parent, error) from error
    return read


def _damaged(folder: Path, error: Exception) -> ModelError:
    return ModelError("store.model_damaged", model=folder, error=error)


def read_twice(encoder: Encoder, lexicon: Lexicon, text: str, words: int) -> Matrix:
    """(d,) what a question says as a whole, read as a question and as a passage that says it in
    ``words`` usual words for each of its own, too: the model has not seen every abbreviation."""
    told = lexicon.in_other_words(text, words)
    asked = encoder.encode_queries([text])[0] + encoder.encode_passages([told])[0]
    vector: Matrix = asked / max(float(np.linalg.norm(asked)), 1e-9)
    return vector
