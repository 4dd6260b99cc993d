"""A cross-encoder, learned in a moment, moves cases; without one nothing is loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.flow.pipeline import ingest
from kb.base.config import Settings, load_settings
from kb.base.errors import ModelError
from kb.ranking.reranker import Reranker
from kb.ranking.search import Searcher
from kb.storage.store import Store
from tests.support.samples import note

_LIKED, _OTHER = "住民", "職員"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny cross-encoder that has learned to like passages about 住民, whatever is asked."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("cross")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"住民職員窓口予約待時間短縮電子申請"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), tokenize_chinese_chars=True)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=256, num_labels=1,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    network = BertForSequenceClassification(config)
    passages = [
        f"{who}の窓口{what}" for who in (_LIKED, _OTHER) for what in ("予約", "申請", "時間")
    ]
    batch = tokenizer(["窓口"] * 6, passages, return_tensors="pt", padding=True)
    target = torch.tensor([[1.0]] * 3 + [[0.0]] * 3)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(80):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(network(**batch).logits, target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    network.save_pretrained(folder / "model")
    tokenizer.save_pretrained(folder / "model")
    return folder / "model"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    corpus = tmp_path / "corpus"
    for i in range(4):
        note(
            corpus, f"staff{i}.md", "職員の窓口の待ち時間を短縮した。", title=f"窓口の予約と申請{i}"
        )
    note(corpus, "people.md", "住民の窓口の待ち時間を短縮した。", title="窓口の予約と申請")
    settings = Settings(data=tmp_path / "data", corpus=corpus)
    ingest(settings)
    return settings


def test_it_reads_question_and_passage_together(model: Path) -> None:
    scores = Reranker(str(model)).scores("窓口", ["住民の窓口予約", "職員の窓口予約"])
    assert scores[0] > scores[1]
    assert Reranker(str(model)).scores("窓口", []).shape == (0,)


def test_it_moves_what_it_likes_to_the_front(settings: Settings, model: Path) -> None:
    question = "職員の窓口の待ち時間"
    plain = Searcher(settings, Store.open(settings)).search(question)
    assert plain.results[0].case.path != "people.md"
    other = replace(settings, reranker=str(model))
    read = Searcher(other, Store.open(other)).search(question)
    assert read.results[0].case.path == "people.md"
    assert {r.case.id for r in read.results} == {r.case.id for r in plain.results}
    scores = [r.score for r in read.results]
    assert scores == sorted(scores, reverse=True)


def test_a_model_that_is_not_there_names_the_setting(settings: Settings, tmp_path: Path) -> None:
    broken = replace(settings, reranker=str(tmp_path / "nothing"))
    with pytest.raises(ModelError, match="DXKB_RERANKER"):
        Searcher(broken, Store.open(broken)).search("窓口")


def test_it_is_a_setting() -> None:
    assert load_settings({}).reranker == ""
    assert load_settings({"DXKB_RERANKER": "/models/cross"}).reranker == "/models/cross"
