"""The built-in static model, and any other through sentence-transformers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.base.config import BUILTIN_MODEL, Settings
from kb.base.errors import ModelError
from kb.language.encoder import Encoder, StaticEncoder, TransformerEncoder, load_encoder
from kb.language.tokens import meaning_terms, tokenize

TEXTS = [
    "予防接種の予約をアプリで受け付ける。",
    "drone delivery to mountain villages",
    "書かない窓口",
    "",
]


@pytest.fixture(scope="module")
def builtin() -> Encoder:
    return load_encoder(str(BUILTIN_MODEL))


def test_vectors_are_unit_or_zero(builtin: Encoder) -> None:
    vectors = builtin.encode_passages(TEXTS)
    assert vectors.shape == (4, builtin.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1, 0], abs=1e-4)
    assert builtin.encode_passages([]).shape == (0, builtin.dimension)


def test_encoding_is_the_same_every_time(builtin: Encoder) -> None:
    assert (
        builtin.encode_queries(TEXTS) == load_encoder(str(BUILTIN_MODEL)).encode_queries(TEXTS)
    ).all()
    assert isinstance(builtin, StaticEncoder)
    terms = [meaning_terms(tokenize(text)) for text in TEXTS]
    assert (builtin.encode_terms(terms) == builtin.encode_passages(TEXTS)).all()


def test_a_process_holds_a_model_once_until_its_files_change(
    builtin: Encoder, tmp_path: Path
) -> None:
    assert load_encoder(str(BUILTIN_MODEL)) is builtin
    folder = tmp_path / "model"
    shutil.copytree(BUILTIN_MODEL, folder)
    first = load_encoder(str(folder))
    assert first is not builtin
    assert load_encoder(str(folder)) is first
    path = folder / "config_sentence_transformers.json"
    path.write_text(path.read_text("utf-8") + "\n", encoding="utf-8")
    assert load_encoder(str(folder)) is not first


def test_sentence_transformers_computes_the_same(builtin: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    joined = [" ".join(meaning_terms(tokenize(text))) for text in TEXTS[:3]]
    theirs = SentenceTransformer(str(BUILTIN_MODEL)).float().encode(joined)
    ours = builtin.encode_passages(TEXTS[:3])
    assert (np.sum(theirs * ours, axis=1) > 0.999).all()


def test_the_builtin_model_needs_no_torch() -> None:
    code = (
        "import sys; from kb.base.config import BUILTIN_MODEL; from kb.language.encoder import load_encoder;"
        "load_encoder(str(BUILTIN_MODEL)).encode_queries(['窓口']);"
        "assert not {'torch', 'transformers', 'sentence_transformers', 'tokenizers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_ships_small_and_with_its_card() -> None:
    assert sum(path.stat().st_size for path in BUILTIN_MODEL.rglob("*")) <= 40 * 2**20
    card = (BUILTIN_MODEL / "README.md").read_text("utf-8")
    for source in (
        "JMdict",
        "Tatoeba",
        "JaQuAD",
        "JSTS",
        "SudachiDict",
        "all-MiniLM-L6-v2",
        "CC BY-SA",
    ):
        assert source in card


@pytest.fixture(scope="module")
def small_transformer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transformer of a few thousand weights with prompts, saved as its makers save theirs."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("tiny")
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        "query",
        "passage",
        ":",
        *"予防接種窓口申請電子化住民",
    ]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), tokenize_chinese_chars=True)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder / "bert")
    tokenizer.save_pretrained(folder / "bert")
    module = Transformer(str(folder / "bert"))
    model = SentenceTransformer(
        modules=[module, Pooling(16)],
        prompts={"query": "query: ", "document": "passage: "},
        device="cpu",
    )
    model.save(str(folder / "model"))
    return folder / "model"


def test_another_model_goes_through_sentence_transformers_with_its_prompts(
    small_transformer: Path,
) -> None:
    encoder = load_encoder(str(small_transformer))
    assert isinstance(encoder, TransformerEncoder)
    assert encoder.dimension == 16
    asked, told = encoder.encode_queries(["予防接種"]), encoder.encode_passages(["予防接種"])
    assert np.linalg.norm(asked, axis=1) == pytest.approx([1.0], abs=1e-4)
    assert not np.allclose(asked, told, atol=1e-3)
    plain = encoder._model.encode(["passage: 予防接種"], normalize_embeddings=True)
    assert np.allclose(told, plain, atol=1e-5)


def test_the_whole_way_with_another_model(small_transformer: Path, settings: Settings) -> None:
    from dataclasses import replace

    from ingest.flow.pipeline import ingest
    from kb.ranking.search import Searcher
    from kb.storage.store import Store
    from tests.support.samples import town_notes

    town_notes(settings.corpus)
    other = replace(settings, model=str(small_transformer))
    assert ingest(other).count("indexed") == 4
    answer = Searcher(other, Store.open(other)).search("予防接種 申請")
    assert answer.results[0].case.path in ("taka.md", "kaga.md")


def test_ids_tell_weights_apart(small_transformer: Path, tmp_path: Path) -> None:
    copy = tmp_path / small_transformer.name
    shutil.copytree(small_transformer, copy)
    assert load_encoder(str(copy)).model_id == load_encoder(str(small_transformer)).model_id
    weights = copy / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(bytes(content))
    assert load_encoder(str(copy)).model_id != load_encoder(str(small_transformer)).model_id


def test_a_missing_or_damaged_model_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="DXKB_MODEL"):
        load_encoder(str(tmp_path / "none"))
    broken = tmp_path / "broken"
    shutil.copytree(BUILTIN_MODEL, broken)
    (broken / "tokenizer.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="壊れて"):
        load_encoder(str(broken))
    config = broken / "config_sentence_transformers.json"
    config.write_text("[", encoding="utf-8")
    with pytest.raises(ModelError):
        load_encoder(str(broken))


def _weights(shape: object, offsets: object, data: bytes = b"\0" * 16, dtype: str = "F16") -> bytes:
    entry = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
    header = json.dumps({"embedding.weight": entry}).encode()
    return len(header).to_bytes(8, "little") + header + data


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 8 + b"{}",  # a header longer than the file
        (2).to_bytes(8, "little") + b"[]",
        (2).to_bytes(8, "little") + b"{}",
        _weights([2, 4], [0, 16], dtype="F32"),
        _weights([2, 4], [0, 16], b"\0" * 15),  # cut off
        _weights([2, 4], [-16, 0]),  # into the header
        _weights([4, 4], [0, 16]),
        _weights([0, 4], [0, 0]),
        _weights([2, 2, 2], [0, 16]),
        _weights(None, [0, 16]),
    ],
)
def test_weights_that_do_not_hold_what_they_say_are_refused(tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(BUILTIN_MODEL, broken, ignore=shutil.ignore_patterns("*.safetensors"))
    (broken / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match="壊れて"):
        load_encoder(str(broken))


def test_the_model_says_what_it_reads() -> None:
    config = json.loads((BUILTIN_MODEL / "config_sentence_transformers.json").read_text("utf-8"))
    assert "meaning_terms" in config["dxkb_tokeniser"]["input"]
