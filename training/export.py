"""The trained table in sentence-transformers' StaticEmbedding format."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from kb.language.encoder import MARKER

Array = npt.NDArray[np.float32]


def compress(table: Array, sample: Array, dimension: int) -> Array:
    """The rows in the ``dimension`` directions in which the ``sample`` of text vectors lies most: an
    uncentred PCA, which keeps inner products as well as any rotation can. Drawing the weaker
    directions out (whitening) was measured to hurt."""
    _, directions = np.linalg.eigh(sample.T @ sample)
    kept: Array = (table @ directions[:, ::-1][:, :dimension]).astype(np.float32)
    return kept


def export(folder: Path, terms: list[str], table: Array, name: str) -> None:
    """Writes the model; row 0 is the unknown word's and is zero."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = np.concatenate([np.zeros((1, table.shape[1]), np.float32), table]).astype(np.float16)
    save_file({"embedding.weight": rows}, str(folder / "model.safetensors"))
    vocabulary = {"[UNK]": 0} | {term: i + 1 for i, term in enumerate(terms)}
    _write(
        folder / "tokenizer.json",
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [],
            "normalizer": None,
            "pre_tokenizer": {"type": "WhitespaceSplit"},
            "post_processor": None,
            "decoder": None,
            "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
        },
    )
    types = "sentence_transformers.sentence_transformer.modules"
    _write(
        folder / "modules.json",
        [
            {"idx": 0, "name": "0", "path": "", "type": f"{types}.StaticEmbedding"},
            {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{types}.Normalize"},
        ],
    )
    (folder / "1_Normalize").mkdir(exist_ok=True)
    _write(folder / "1_Normalize" / "config.json", {})
    _write(
        folder / "config_sentence_transformers.json",
        {
            "prompts": {},
            "similarity_fn_name": "cosine",
            MARKER: {
                "name": name,
                "input": "terms of kb.language.tokens.meaning_terms, joined by spaces",
            },
        },
    )


def _write(path: Path, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")
