"""Activations made even before they are quantised, by moving what is large into the weights.

A few of a layer's inputs are ten times as large as the rest; one scale for all leaves the rest few
steps. Each input is divided, and its column of weights multiplied, by a factor between both sizes
(SmoothQuant, Xiao et al. 2023), which changes nothing but the rounding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from training.sentences.encoder import padded
from training.sentences.packed import Array

Sizes = Mapping[str, Array]
"""What :func:`largest_inputs` gives."""

SHARE = 0.75
"""How much of an input's size goes into the weights: at 0.75 the error of cosines is smallest."""


@torch.inference_mode()
def largest_inputs(model: BertModel, tokens: Tokenizer, texts: Sequence[str]) -> dict[str, Array]:
    """For each linear layer by name, (inputs,) the largest size of each input over ``texts``."""
    found: dict[str, torch.Tensor] = {}

    def watch(name: str) -> object:
        def seen(_: object, inputs: tuple[torch.Tensor], __: object) -> None:
            sizes = inputs[0].abs().flatten(0, -2).amax(0)
            found[name] = torch.maximum(found.get(name, sizes), sizes)

        return seen

    linear = [(n, m) for n, m in model.named_modules() if isinstance(m, torch.nn.Linear)]
    hooks = [module.register_forward_hook(watch(name)) for name, module in linear]
    for encoding in tokens.encode_batch(list(texts)):
        ids, mask = padded([encoding.ids])
        model(ids, attention_mask=mask)
    for hook in hooks:
        hook.remove()
    return {name: sizes.numpy() for name, sizes in found.items()}


def factors(matrix: Array, largest: Array) -> Array:
    """(inputs,) what to divide inputs and multiply columns by; 1 on (geometric) average."""
    weights = np.maximum(np.abs(matrix).max(axis=0), 1e-5)
    sizes = np.maximum(largest, 1e-5)
    logs = SHARE * np.log(sizes) - (1 - SHARE) * np.log(weights)
    return np.exp(logs - logs.mean()).astype(np.float32)
