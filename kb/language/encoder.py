"""Text becomes vectors: the built-in static model, or any sentence-transformers model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt

from kb.base.errors import ModelError
from kb.language.tokens import meaning_terms, tokenize

Matrix = npt.NDArray[np.float32]

MARKER = "dxkb_tokeniser"
"""Key in config_sentence_transformers.json of a static model over this project's own terms."""


_CONFIG = "config_sentence_transformers.json"
_HEADER = 100_000_000  # bytes of the longest header that the format allows


@runtime_checkable
class Encoder(Protocol):
    """Gives texts unit vectors of length ``dimension``; a text without meaning gets zeros.

    ``model_id`` names the very weights: vectors of different ids must never be compared.
    """

    @property
    def model_id(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """(n, dimension) vectors of questions."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """(n, dimension) vectors of texts to be found."""
        ...


class StaticEncoder:
    """A table of term vectors in sentence-transformers' StaticEmbedding format, read without torch.

    A text's vector is the normalised sum of the rows of its terms. The rows stay float16 on disk,
    mapped into memory; only those in use are converted.
    """

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / _CONFIG).read_text("utf-8"))
        weights = folder / "model.safetensors"
        self._rows = _mapped_rows(weights)
        vocabulary = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
        self._ids: dict[str, int] = vocabulary
        self._model_id = f"{config[MARKER]['name']}-{_digest(weights)}"

    @property
    def model_id(self) -> str:
        """Name and digest of the weights."""
        return self._model_id

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self._rows.shape[1])

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """(n, dimension) vectors; questions and passages are encoded alike."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """(n, dimension) vectors."""
        return self.encode_terms([meaning_terms(tokenize(text)) for text in texts])

    def knows(self, term: str) -> bool:
        """True for a term that has a vector of its own."""
        return term in self._ids

    def encode_terms(self, terms: Sequence[Sequence[str]]) -> Matrix:
        """(n, dimension) vectors of texts whose terms are known already."""
        known = [[i for term in text if (i := self._ids.get(term)) is not None] for text in terms]
        out = np.zeros((len(known), self.dimension), dtype=np.float32)
        filled = [n for n, ids in enumerate(known) if ids]
        if not filled:
            return out
        flat = np.fromiter((i for n in filled for i in known[n]), dtype=np.int64)
        starts = np.cumsum([0, *(len(known[n]) for n in filled[:-1])])
        sums = np.add.reduceat(self._rows[flat].astype(np.float32), starts, axis=0)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        out[filled] = sums / np.maximum(norms, 1e-9)
        return out


class TransformerEncoder:
    """Any sentence-transformers model, with its own prompts for questions and passages.

    Imports torch; nothing is fetched unless the model is given by name and not on this disk.
    """

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer

            self._model: Any = SentenceTransformer(name)
        except Exception as error:  # the library raises whatever its parts raise
            raise ModelError("store.model_unloadable", name=name, error=error) from error
        self._model_id = _transformer_id(name)

    @property
    def model_id(self) -> str:
        """Name of the model, with a digest of its weights when it is a folder."""
        return self._model_id

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self._model.get_embedding_dimension())

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """(n, dimension) vectors with the model's query prompt."""
        return self._unit(self._model.encode_query(list(texts), **_QUIET))

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """(n, dimension) vectors with the model's passage prompt."""
        prompts = self._model.prompts
        name = next((p for p in ("document", "passage", "corpus") if prompts.get(p)), None)
        return self._unit(self._model.encode(list(texts), prompt_name=name, **_QUIET))

    def _unit(self, vectors: Any) -> Matrix:
        matrix = np.asarray(vectors, dtype=np.float32).reshape(-1, self.dimension)
        norms = np.linalg.norm(matrix, axis=1, keepdims=True)
        unit: Matrix = matrix / np.maximum(norms, 1e-9)
        return unit


_QUIET = {"show_progress_bar": False, "convert_to_numpy": True}


def load_encoder(model: str) -> Encoder:
    """The encoder of a model folder or name. Raises ModelError with a remedy.

    A static model over this project's terms is read without torch; all else goes through
    SentenceTransformer.
    """
    folder = Path(model)
    try:
        if MARKER in _config(folder):
            return _static(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError("store.model_damaged", model=model, error=error) from error
    return TransformerEncoder(model)


_STATIC: WeakValueDictionary[tuple[object, ...], StaticEncoder] = WeakValueDictionary()
"""Those that somebody uses: who searches and who watches the folder share one, whose vocabulary takes 15 MB."""


def _static(folder: Path) -> StaticEncoder:
    beside = [(folder / name).stat() for name in (_CONFIG, "tokenizer.json")]
    stamps = tuple((about.st_size, about.st_mtime_ns) for about in beside)
    key = (folder.resolve(), _digest(folder / "model.safetensors"), stamps)
    found = _STATIC.get(key)
    if found is None:
        found = _STATIC[key] = StaticEncoder(folder)
    return found


def _config(folder: Path) -> dict[str, Any]:
    path = folder / _CONFIG
    config: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return config


def _mapped_rows(path: Path) -> npt.NDArray[np.float16]:
    """The one matrix of a safetensors file, mapped. The format: 8 bytes of header length, a JSON
    header with data offsets, then the data (https://huggingface.co/docs/safetensors). Raises OSError,
    ValueError or KeyError for a file that is none or does not hold what its header says."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 0 < length <= min(_HEADER, size - 8):
            raise ValueError(f"a header of {length} bytes in a file of {size}")
        header = json.loads(file.read(length))
    entry = header["embedding.weight"]
    if entry["dtype"] != "F16":
        raise ValueError(f"rows of type {entry['dtype']}, expected F16")
    rows, columns = map(int, entry["shape"])
    begin, end = (8 + length + int(offset) for offset in entry["data_offsets"])
    if not (8 + length <= begin < end <= size and end - begin == 2 * rows * columns > 0):
        raise ValueError(f"{rows} rows of {columns} do not lie in bytes {begin} to {end} of {size}")
    return np.memmap(path, dtype="<f2", mode="r", offset=begin, shape=(rows, columns))


def _digest(path: Path) -> str:
    """Digest of a weights file: its size and its first and last 256 KiB, which is quick."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(262_144)
        file.seek(max(0, size - 262_144))
        tail = file.read()
    return hashlib.sha256(str(size).encode() + head + tail).hexdigest()[:12]


def _transformer_id(name: str) -> str:
    folder = Path(name)
    if not folder.is_dir():
        return name
    weights = sorted(folder.rglob("*.safetensors")) + sorted(folder.rglob("*.bin"))
    return f"{folder.name}-{_digest(weights[0])}" if weights else folder.name
