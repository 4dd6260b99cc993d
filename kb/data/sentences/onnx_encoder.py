"""The encoder of this folder as a module of sentence-transformers, on ONNX Runtime.

``SentenceTransformer(folder, trust_remote_code=True)`` takes it from here. dxkb itself does not use
it: ``kb.language.sentences`` reads the same files without torch.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from sentence_transformers.base.modules.input_module import InputModule
from tokenizers import Tokenizer

_FILES = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "onnx/model.onnx",
    "onnx_encoder.py",
)


class OnnxEncoder(InputModule):
    """Texts to the states of their pieces: (batch, length, 384)."""

    def __init__(self, folder: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.folder = Path(folder)
        self.tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        self.tokenizer.enable_padding(pad_id=1)
        self._session = onnxruntime.InferenceSession(
            str(self.folder / "onnx" / "model.onnx"), providers=["CPUExecutionProvider"]
        )

    @classmethod
    def load(cls, model_name_or_path: str, *_: Any, **__: Any) -> OnnxEncoder:
        """The module of a folder on this disk."""
        return cls(model_name_or_path)

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Copies the files to another folder."""
        for name in _FILES:
            target = Path(output_path) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.folder / name, target)

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **_: Any
    ) -> dict[str, torch.Tensor]:
        """Ids of the texts' pieces, padded, and the mask of what is no padding."""
        rows = self.tokenizer.encode_batch([(prompt or "") + text for text in inputs])
        return {
            "input_ids": torch.tensor([row.ids for row in rows]),
            "attention_mask": torch.tensor([row.attention_mask for row in rows]),
        }

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Adds ``token_embeddings``."""
        feed = {
            name: features[name].cpu().numpy().astype(np.int64)
            for name in ("input_ids", "attention_mask")
        }
        (states,) = self._session.run(None, feed)
        return features | {"token_embeddings": torch.from_numpy(states)}

    def get_embedding_dimension(self) -> int:
        """Length of the vectors."""
        return 384

    @property
    def max_seq_length(self) -> int:
        """Pieces of a text that are read."""
        return 512
