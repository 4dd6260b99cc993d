"""The encoder as an ONNX graph, written node by node, with integers for weights.

The linear layers have int8 weights with a scale a row and quantise what comes in, made even, as they
run (``DynamicQuantizeMatMul``). The pieces' rows stay the 4-bit blocks that they were read from, to the
bit (``GatherBlockQuantized``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from transformers import BertConfig

from training.sentences.blocks import in_blocks, in_rows
from training.sentences.evening import Sizes, factors
from training.sentences.packed import Array

_MICROSOFT = "com.microsoft"


class Graph:
    """Collects nodes and weights; every method returns the name of what it computes."""

    def __init__(self, weights: Mapping[str, Array], config: BertConfig, sizes: Sizes) -> None:
        self._weights = weights
        self._heads = config.num_attention_heads
        self._epsilon = config.layer_norm_eps
        self._sizes = sizes
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        """A weight of the graph."""
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self, kind: str, inputs: list[str], output: str, domain: str = "", **more: object
    ) -> str:
        """A node with one output."""
        self._nodes.append(helper.make_node(kind, inputs, [output], output, domain=domain, **more))
        return output

    def embeddings(self) -> str:
        """(batch, length, hidden): rows of the pieces, of their places and of the one kind."""
        table = in_blocks(self._weights["embeddings.word_embeddings.weight"])
        rows = len(table.data)
        words = self.node(
            "GatherBlockQuantized",
            [
                self.constant("words", table.data.reshape(rows, -1)),
                "input_ids",
                self.constant("words.scales", table.scales),
            ],
            "words.rows", _MICROSOFT, bits=4, block_size=table.block, gather_axis=0, quantize_axis=1,
        )  # fmt: skip
        places = self._weights["embeddings.position_embeddings.weight"]
        places = places + self._weights["embeddings.token_type_embeddings.weight"][0]
        zero, one = (self.constant(str(i), np.array([i], np.int64)) for i in (0, 1))
        shape = self.node("Shape", ["input_ids"], "length", start=1, end=2)
        near = self.node(
            "Slice", [self.constant("places", places), zero, shape, zero, one], "places.rows"
        )
        return self.norm(self.node("Add", [words, near], "sum"), "embeddings.LayerNorm", "embedded")

    def layer(self, states: str, mask: str, number: int) -> str:
        """One layer: attention among the texts' own pieces, then the feed-forward part."""
        prefix, out = f"encoder.layer.{number}.", f"l{number}."
        parts = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
        three = [out + part for part in ("q", "k", "v")]
        self._nodes.append(
            helper.make_node(
                "Split", [self.dense(states, parts, out + "qkv")], three, axis=-1, num_outputs=3
            )
        )
        heard = self.node(
            "MultiHeadAttention",
            [*three, "", mask],
            out + "heard",
            _MICROSOFT,
            num_heads=self._heads,
        )
        said = self.dense(heard, [prefix + "attention.output.dense"], out + "said")
        states = self.added(states, said, prefix + "attention.output.LayerNorm", out + "attended")
        wide = self.dense(states, [prefix + "intermediate.dense"], out + "wide")
        wide = self.node("Gelu", [wide], out + "gelu", _MICROSOFT)
        narrow = self.dense(wide, [prefix + "output.dense"], out + "narrow")
        return self.added(states, narrow, prefix + "output.LayerNorm", out + "states")

    def dense(self, states: str, names: Sequence[str], out: str) -> str:
        """A linear layer over integers; those of several ``names`` side by side are one."""
        matrix = np.concatenate([self._weights[name + ".weight"] for name in names])
        bias = np.concatenate([self._weights[name + ".bias"] for name in names])
        even = factors(matrix, self._sizes[names[0]])
        integers, scales = in_rows(matrix * even)
        inputs = [
            self.node("Mul", [states, self.constant(out + ".f", 1 / even)], out + ".even"),
            self.constant(out + ".w", integers.T),
            self.constant(out + ".s", scales),
            "",
            self.constant(out + ".b", bias),
        ]
        return self.node("DynamicQuantizeMatMul", inputs, out, _MICROSOFT)

    def added(self, states: str, more: str, name: str, out: str) -> str:
        """Both added and normalised."""
        gamma = self.constant(out + ".g", self._weights[name + ".weight"])
        beta = self.constant(out + ".h", self._weights[name + ".bias"])
        return self.node(
            "SkipLayerNormalization", [states, more, gamma, beta], out, _MICROSOFT,
            epsilon=self._epsilon,
        )  # fmt: skip

    def norm(self, states: str, name: str, out: str) -> str:
        """Normalised, with what was learned for it."""
        gamma = self.constant(out + ".g", self._weights[name + ".weight"])
        beta = self.constant(out + ".h", self._weights[name + ".bias"])
        return self.node(
            "LayerNormalization", [states, gamma, beta], out, epsilon=self._epsilon, axis=-1
        )

    def model(self, hidden: int) -> onnx.ModelProto:
        """The finished model: ids and mask (batch, length) to states (batch, length, hidden)."""
        shape = ["batch", "length"]
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, shape)
            for name in ("input_ids", "attention_mask")
        ]
        outputs = [
            helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, hidden])
        ]
        graph = helper.make_graph(self._nodes, "encoder", inputs, outputs, self._constants)
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="dxkb")


def write_graph(weights: Mapping[str, Array], config: BertConfig, sizes: Sizes, path: Path) -> None:
    """Writes the encoder whose weights have PyTorch's names for a BERT and whose linear layers see
    inputs of such ``sizes``."""
    graph = Graph(weights, config, sizes)
    states = graph.embeddings()
    mask = graph.node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    for number in range(config.num_hidden_layers):
        states = graph.layer(states, mask, number)
    graph.node("Identity", [states], "last_hidden_state")
    onnx.save(graph.model(config.hidden_size), str(path))
