"""The training pipeline learns from a small folder of sources and writes a model that is read.

The sources are made here: a dozen things of a town hall, said in Japanese and in English, in every
file that training reads.
"""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path

import numpy as np
import pytest

from kb.language.encoder import StaticEncoder, load_encoder
from training.teacher import english_texts
from training.train import main

# (word, another word, English, another English, a sentence, its English)
THINGS = (
    ("予防接種", "ワクチン", "vaccination", "vaccine", "注射を打つ。", "The nurse gives a shot."),
    ("保育所", "保育園", "nursery", "day care", "園児を預かる。", "Children are cared for."),
    ("図書館", "図書室", "library", "reading room", "本を借りる。", "People borrow books."),
    ("水道", "上水道", "waterworks", "tap water", "蛇口をひねる。", "Turn on the faucet."),
    ("道路", "車道", "road", "street", "舗装を直す。", "The pavement is mended."),
    ("税金", "租税", "tax", "taxation", "国に納める。", "Citizens pay money."),
    ("洪水", "水害", "flood", "inundation", "川があふれる。", "The river overflows."),
    ("農業", "農耕", "farming", "agriculture", "米を作る。", "They grow rice."),
    ("観光", "旅行", "tourism", "sightseeing", "名所を巡る。", "Guests visit famous places."),
    ("年金", "恩給", "pension", "annuity", "老後に備える。", "Old age is provided for."),
    ("電車", "列車", "train", "railway", "駅で乗る。", "Passengers ride from the station."),
    ("病院", "医院", "hospital", "clinic", "医師が診る。", "A doctor sees the patient."),
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> StaticEncoder:
    """Trained once from the sources above."""
    folder = tmp_path_factory.mktemp("training")
    out = folder / "model"
    _train(folder, out)
    encoder = load_encoder(str(out))
    assert isinstance(encoder, StaticEncoder)
    return encoder


def test_words_that_belong_together_are_nearer_than_all_others(model: StaticEncoder) -> None:
    for left, right in ((0, 1), (0, 2), (2, 3), (1, 3)):
        cosines = (
            model.encode_queries([thing[left] for thing in THINGS])
            @ model.encode_passages([thing[right] for thing in THINGS]).T
        )
        assert cosines.argmax(axis=1).tolist() == list(range(len(THINGS)))


def test_the_model_has_the_asked_size_and_a_zero_for_what_it_never_saw(
    model: StaticEncoder,
) -> None:
    vectors = model.encode_queries(["予防接種", "zyxxyz"])
    assert vectors.shape == (2, 16)
    assert np.linalg.norm(vectors, axis=1).round(3).tolist() == [1.0, 0.0]


def test_the_same_seed_makes_the_same_model(model: StaticEncoder, tmp_path: Path) -> None:
    _train(tmp_path, tmp_path / "again")
    again = load_encoder(str(tmp_path / "again"))
    words = [thing[0] for thing in THINGS]
    assert np.array_equal(model.encode_queries(words), again.encode_queries(words))


def _train(folder: Path, out: Path) -> None:
    source, work, lexicon = folder / "source", folder / "work", folder / "lexicon"
    for made in (source, work, lexicon):
        made.mkdir()
    _write_sources(source)
    (lexicon / "words.tsv").write_text(
        "".join(f"{a}\t{b}\t{c}|{d}\n" for a, b, c, d, _, _ in THINGS), encoding="utf-8"
    )
    np.save(work / "teacher.npy", _teacher(english_texts(source)))
    main(
        f"--source {source} --work {work} --lexicon {lexicon} --out {out} --threads 1 "
        "--distil-epochs 3 --adapt-epochs 16 --rate 0.02 --dimension 16".split()
    )


def _write_sources(folder: Path) -> None:
    """Every file that training reads, in its own columns."""
    tables = {
        "jmdict": [(a, "", f"{c}; {d}", "0") for a, _, c, d, _, _ in THINGS],
        "ja_en": [(f"{a}。{s}", f"{c}. {e}") for a, _, c, _, s, e in THINGS],
        "law_articles": [(f"{a}法", f"{b}", f"{b}について{s}") for a, b, _, _, s, _ in THINGS],
        "procedures": [("手続名", "法令名"), *((f"{a}の届出", f"{b}法") for a, b, *_ in THINGS)],
        "synonyms": [(a, b) for a, b, *_ in THINGS],
        "sts": [(f"{a}で{s}", f"{b}で{s}", "0.9") for a, b, _, _, s, _ in THINGS],
    }
    for name, rows in tables.items():
        _write(folder / f"{name}.tsv.gz", ["\t".join(row) for row in rows])
    passages = [(a, f"{b}の話。{s}" * 30, f"{a}はどうする。") for a, b, _, _, s, _ in THINGS]
    _write(
        folder / "jaquad_train.jsonl.gz",
        [json.dumps({"title": t, "passage": p, "questions": [q]}) for t, p, q in passages],
    )
    _write(
        folder / "bulletins.jsonl.gz",
        [json.dumps({"title": t, "body": p}) for t, p, _ in passages],
    )


def _write(path: Path, lines: list[str]) -> None:
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        file.write("\n".join(lines) + "\n")


def _teacher(texts: list[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float16]]:
    """A small teacher of English: texts that share words are alike."""
    vectors = np.zeros((len(texts), 384), np.float32)
    for row, text in zip(vectors, texts, strict=True):
        for word in text.lower().replace(";", " ").replace(".", " ").split():
            row += np.random.default_rng(zlib.crc32(word.encode())).normal(size=384)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)
