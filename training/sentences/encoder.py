"""The encoder as a plain PyTorch BERT, and texts as vectors by it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from training.sentences.packed import Array, Packed

QUERY, PASSAGE = "query: ", "passage: "
"""What e5 wants before a question and before a text that may be found."""

_NAMES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "fi": "intermediate.dense", "fo": "output.dense",
    "aln": "attention.output.LayerNorm", "oln": "output.LayerNorm",
}  # fmt: skip


def build(packed: Packed, kept: npt.NDArray[np.int64] | None = None) -> BertModel:
    """The pretrained encoder with the rows of ``kept`` pieces (None: of all)."""
    words = packed.tensors["emb.word"].reshape(-1, packed.hidden)
    words = words[: len(packed.pieces)] if kept is None else words[kept]
    model = BertModel(_config(packed, len(words)), add_pooling_layer=False)
    state = {
        "embeddings.word_embeddings.weight": words,
        "embeddings.position_embeddings.weight": packed.tensors["emb.pos"],
        "embeddings.token_type_embeddings.weight": packed.tensors["emb.type"],
        "embeddings.LayerNorm.weight": packed.tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": packed.tensors["emb.ln.b"],
    }
    for name, tensor in packed.tensors.items():
        layer, _, rest = name.partition(".")
        if layer.startswith("l") and layer[1:].isdigit():
            part, kind = rest.split(".")
            kind = "weight" if kind == "w" else "bias"
            state[f"encoder.layer.{layer[1:]}.{_NAMES[part]}.{kind}"] = tensor
    shapes = {name: value.shape for name, value in model.state_dict().items()}
    found = {name: torch.from_numpy(t.copy()).reshape(shapes[name]) for name, t in state.items()}
    missing = model.load_state_dict(found, strict=False)
    assert not missing.unexpected_keys, missing
    assert set(missing.missing_keys) <= {"embeddings.position_ids", "embeddings.token_type_ids"}
    return model.eval()


def _config(packed: Packed, pieces: int) -> BertConfig:
    return BertConfig(
        vocab_size=pieces,
        hidden_size=packed.hidden,
        num_hidden_layers=packed.layers,
        num_attention_heads=packed.heads,
        intermediate_size=packed.feed_forward,
        max_position_embeddings=packed.positions,
        layer_norm_eps=packed.epsilon,
        bos_token_id=0,
        eos_token_id=2,
        pad_token_id=1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )


def padded(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """(n, longest) ids, padded with 1, and the mask of what is no padding."""
    longest = max(map(len, rows))
    ids = torch.ones((len(rows), longest), dtype=torch.long)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
    lengths = torch.tensor([len(row) for row in rows])
    return ids, (torch.arange(longest)[None] < lengths[:, None]).long()


def pooled(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """(n, d) unit vectors: the mean over the last states that are no padding."""
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return torch.nn.functional.normalize((hidden * weights).sum(1), dim=-1)


@torch.inference_mode()
def encode(
    model: BertModel, tokens: Tokenizer, texts: Sequence[str], prefix: str, budget: int = 4096
) -> Array:
    """(n, d) unit vectors of texts, in batches of like length of about ``budget`` pieces."""
    rows = [e.ids for e in tokens.encode_batch([prefix + text for text in texts])]
    out = np.zeros((len(rows), model.config.hidden_size), np.float32)
    for batch in batches([len(row) for row in rows], budget):
        ids, mask = padded([rows[i] for i in batch])
        out[batch] = pooled(model(ids, attention_mask=mask).last_hidden_state, mask).numpy()
    return out


def batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Numbers of texts, longest first, in batches of at most ``budget`` pieces with padding."""
    found: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if not found or (len(found[-1]) + 1) * lengths[found[-1][0]] > budget:
            found.append([])
        found[-1].append(i)
    return found
