"""Writes the model as a sentence-transformers folder with ONNX weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer
from transformers import BertModel

from training.sentences.encoder import PASSAGE, QUERY
from training.sentences.evening import largest_inputs
from training.sentences.graph import write_graph

_MODULES = [
    ("", "onnx_encoder.OnnxEncoder"),
    ("1_Pooling", "sentence_transformers.sentence_transformer.modules.Pooling"),
    ("2_Normalize", "sentence_transformers.sentence_transformer.modules.Normalize"),
]
"""The first is ``onnx_encoder.py``, which lies in the folder."""


def write_folder(folder: Path, model: BertModel, tokens: Tokenizer, sample: Sequence[str]) -> None:
    """Writes weights, tokenizer and the three modules; what else is in ``folder`` stays. ``sample``
    is texts, with their prefixes, of the kinds that the model will read."""
    weights = {name: value.float().numpy() for name, value in model.state_dict().items()}
    for part in ("onnx", "1_Pooling", "2_Normalize"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    sizes = largest_inputs(model, tokens, sample)
    write_graph(weights, model.config, sizes, folder / "onnx" / "model.onnx")
    tokens.save(str(folder / "tokenizer.json"), pretty=False)
    hidden = model.config.hidden_size
    _write(folder / "config.json", model.config.to_diff_dict() | {"architectures": ["BertModel"]})
    _write(
        folder / "modules.json",
        [{"idx": i, "name": str(i), "path": p, "type": t} for i, (p, t) in enumerate(_MODULES)],
    )
    _write(
        folder / "1_Pooling" / "config.json",
        {"embedding_dimension": hidden, "pooling_mode": "mean", "include_prompt": True},
    )
    _write(folder / "2_Normalize" / "config.json", {})
    _write(
        folder / "config_sentence_transformers.json",
        {"prompts": {"query": QUERY, "document": PASSAGE}, "similarity_fn_name": "cosine"},
    )
    _write(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_input_names": ["input_ids", "attention_mask"],
            "model_max_length": 512,
            "bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>",
            "cls_token": "<s>", "sep_token": "</s>",
        },
    )  # fmt: skip


def _write(path: Path, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
