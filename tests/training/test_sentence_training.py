"""The parts of the sentence model's training, each on something small."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from training.sentences.adapt import Recipe, Student, adapt
from training.sentences.blocks import in_blocks, in_rows
from training.sentences.encoder import PASSAGE, QUERY, batches, encode
from training.sentences.evening import factors, largest_inputs
from training.sentences.mining import Neighbourhood
from training.sentences.packed import Packed, read_packed
from training.sentences.texts import ASKED, WINDOW, Pair, asked, lexicon_words, residents, windows
from training.sentences.vocabulary import SPECIALS, cut, full_tokenizer, kept_pieces, tokenizer

PIECES = [
    *SPECIALS,
    "▁",
    *"queryasg:窓口税保育防災のをはするabc",
    "窓口",
    "防災",
    "привет",
    "▁tax",
    "▁TAX",
]
PAIRS = [
    Pair(question, passage, passage)
    for question, passage in (
        ("窓口は", "窓口の税"),
        ("防災を", "防災する"),
        ("保育は", "保育の口"),
    )
]


@pytest.fixture
def packed() -> Packed:
    """A vocabulary of a few pieces, without weights."""
    scores = np.array([0.0] * 4 + [-float(10 - len(p)) for p in PIECES[4:]], np.float32)
    return Packed(32, 2, 2, 64, 64, 1e-12, (0, 2, 1, 3), PIECES, scores, {}, {})


@pytest.fixture
def model() -> BertModel:
    """An untrained encoder of two layers."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(PIECES), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=64, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    return BertModel(config, add_pooling_layer=False).eval()


def test_the_packed_file_is_read(tmp_path: Path) -> None:
    pieces = ["<s>", "窓"]
    text = "".join(pieces).encode()
    block = struct.pack("<e", 0.5) + bytes([0x0F] + [0x88] * 15)  # 15 and 0, then 8s
    body = struct.pack("<I7if i", 1, 32, 1, 2, 64, 2, 8, 2, 1e-12, 32)
    body += struct.pack("<5iQ3I2f", 2, 0, 2, 1, 3, len(text), 0, 3, len(text), 0.0, -1.5) + text
    table = struct.pack("<IBI", ord("Ａ"), 1, ord("A"))
    body += struct.pack("<iI", 1, len(table)) + table
    entry = struct.pack("<H", 8) + b"emb.word" + struct.pack("<BIQQ", 1, 32, 0, len(block))
    at = 4 + len(body) + 4 + len(entry)
    entry = entry[:-16] + struct.pack("<QQ", at, len(block))
    path = tmp_path / "packed.bin"
    path.write_bytes(b"E5S1" + body + struct.pack("<i", 1) + entry + block)
    read = read_packed(path)
    assert (read.pieces, read.scores.tolist(), read.folded) == (pieces, [0.0, -1.5], {"Ａ": "A"})
    assert read.tensors["emb.word"].tolist() == [3.5, *[0.0] * 15, -4.0, *[0.0] * 15]


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"GGUF")
    with pytest.raises(ValueError, match="no file of packed weights"):
        read_packed(tmp_path / "x")


def test_the_vocabulary_loses_other_alphabets_and_cuts_alike(packed: Packed) -> None:
    kept = kept_pieces(packed, ["窓口の防災", "tax"])
    pieces, scores = cut(packed, kept)
    assert "привет" not in pieces
    assert "▁TAX" in pieces  # a word that is used, in another case
    small, full = tokenizer(pieces, scores.tolist()), full_tokenizer(packed)
    for text in ("窓口　の\t防災", "税をＡＢＣする", "tax"):
        assert small.encode(text).tokens == full.encode(text).tokens


def test_windows_keep_every_sentence_and_their_size() -> None:
    text = "短い文。" * 90 + "\n・箇条書き\n" + "長" * 500
    found = windows(text)
    assert "".join(found).replace("\n", "") == text.replace("\n", "")
    assert max(map(len, found)) <= WINDOW + 1


def test_the_lexicon_pairs_japanese_and_english(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("# 題\n窓口\tカウンター\tcounter|desk\t受付\n", "utf-8")
    said = {(pair.question, pair.passage) for pair in lexicon_words(tmp_path)}
    assert said == {("カウンター", "窓口、counter"), ("counter", "窓口"), ("desk", "カウンター")}


def test_integers_stand_for_nearly_the_same_weights() -> None:
    matrix = np.random.default_rng(0).normal(size=(8, 64)).astype(np.float32)
    once = in_blocks(matrix).dense()
    np.testing.assert_allclose(in_blocks(once).dense(), once, atol=1e-6)  # 4 bits stay as they are
    integers, scales = in_rows(matrix)
    assert np.abs(integers).max() == 63
    np.testing.assert_allclose(integers * scales[:, None], matrix, atol=np.abs(matrix).max() / 120)


def test_evening_changes_nothing_but_sizes(packed: Packed, model: BertModel) -> None:
    sizes = largest_inputs(model, full_tokenizer(packed), ["窓口", "防災を"])
    name = "encoder.layer.0.intermediate.dense"
    matrix = model.get_submodule(name).weight.detach().numpy()
    even = factors(matrix, sizes[name])
    assert even.shape == (32,)
    assert np.log(even).mean() == pytest.approx(0, abs=1e-5)
    states = np.random.default_rng(0).normal(size=(3, 32)).astype(np.float32)
    np.testing.assert_allclose((states / even) @ (matrix * even).T, states @ matrix.T, atol=1e-5)


def test_batches_bring_neighbours_together() -> None:
    pairs = [Pair(f"q{i}", f"p{i}", str(i)) for i in range(60)]
    angle = np.arange(60) / 60 * np.pi
    circle = np.stack([np.cos(angle), np.sin(angle)], 1).astype(np.float32)
    near = Neighbourhood(pairs, lambda texts: circle)
    batch = next(near.batches(8, 4, np.random.default_rng(0)))
    numbers = [int(pair.group) for pair in batch]
    assert len(set(numbers)) == len(numbers)
    assert min(abs(numbers[0] - n) for n in numbers[1:]) < 24


def test_the_student_learns_above_the_frozen_layer(packed: Packed, model: BertModel) -> None:
    tokens = full_tokenizer(packed)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    student = Student(model, frozen=1)
    rows = [tokens.encode(QUERY + "窓口").ids]
    assert student.vectors(rows, 1)[1].item() == pytest.approx(0, abs=1e-5)
    recipe = Recipe(
        {"pairs": 1.0}, steps=30, warm_up=2, rate=3e-3, keep=0.1, frozen=1, remembered=2
    )
    losses: list[float] = []
    adapt(
        student,
        tokens,
        {"pairs": iter([PAIRS] * 30)},
        recipe,
        lambda _, loss, __: losses.append(loss),
    )
    assert losses[-1] < losses[0] / 2
    changed = {n for n, value in model.state_dict().items() if not torch.equal(value, before[n])}
    assert changed
    assert all(name.startswith("encoder.layer.1.") for name in changed)
    asked = encode(model, tokens, [pair.question for pair in PAIRS], QUERY)
    found = encode(model, tokens, [pair.passage for pair in PAIRS], PASSAGE)
    assert (asked @ found.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_batches_fit_their_budget() -> None:
    lengths = [5, 30, 7, 7, 100, 2]
    found = batches(lengths, 30)
    assert sorted(i for batch in found for i in batch) == list(range(6))
    assert all(len(b) == 1 or len(b) * max(lengths[i] for i in b) <= 30 for b in found)


def test_questions_of_our_own_lead_to_what_answers_them() -> None:
    for pattern, least in (("f*.tsv", 500), ("dx*.tsv", 300)):
        pairs = list(asked(ASKED, pattern))
        assert len({pair.group for pair in pairs}) >= least
        assert all(pair.question and "\n" in pair.passage for pair in pairs)
        held = {pair.group for pair in pairs if pair.held}
        assert held
        assert held.isdisjoint(pair.group for pair in pairs if not pair.held)


def test_questions_about_bulletins_find_their_windows(tmp_path: Path) -> None:
    lines = [json.dumps({"title": f"記事{n}", "body": f"本文{n}です。"}) for n in range(3)]
    with gzip.open(tmp_path / "bulletins.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(lines))
    (tmp_path / "windows_1.tsv").write_text("2\t0\tいつですか|when\n", "utf-8")

    found = list(residents(tmp_path, tmp_path))

    assert [(pair.question, pair.passage) for pair in found] == [
        ("いつですか", "記事2\n本文2です。"),
        ("when", "記事2\n本文2です。"),
    ]
