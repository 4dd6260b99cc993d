"""The built-in sentence model: what it means, what it needs, and that sentence-transformers agrees."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.base.config import BUILTIN_SENTENCES as FOLDER
from kb.base.errors import ModelError
from kb.language.sentences import SentenceEncoder

PASSAGES = (
    "書かない窓口\n職員が聞き取りながら申請書を作るため、住民は署名するだけでよい。",
    "灯油の残量を遠くから見る\nタンクに付けた計器が残りを知らせ、配達の回数が減った。",
    "保育所の入所選考をAIで\n職員が何日もかけていた割り振りを、数分で終える。",
    "鳥獣害対策\n山に置いたカメラが、罠にかかったイノシシを知らせる。",
)
"""A title and a sentence of four made-up cases."""

MEANT = (
    ("役所で何枚も用紙に記入するのが大変だという声がある", 0),
    ("At the town hall people should not have to fill in forms by hand", 0),
    ("冬の燃料が切れる前に気づきたい", 1),
    ("deciding which child gets into which nursery takes too long", 2),
    ("猟師の見回りを楽にする", 3),
)
"""A question without the words of its answer, and the answer's number."""


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    """The shipped model."""
    return SentenceEncoder()


@pytest.mark.parametrize(("question", "answer"), MEANT)
def test_a_question_finds_what_answers_it_in_other_words(
    encoder: SentenceEncoder, question: str, answer: int
) -> None:
    cosines = encoder.encode_passages(PASSAGES) @ encoder.encode_queries([question])[0]
    assert int(cosines.argmax()) == answer


def test_vectors_are_unit_and_in_the_order_of_the_texts(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode_passages(PASSAGES)
    assert vectors.shape == (4, encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(encoder.encode_passages(PASSAGES[::-1]), vectors[::-1])
    assert encoder.encode_queries([]).shape == (0, encoder.dimension)


def test_a_vector_hangs_on_neither_neighbours_nor_threads(encoder: SentenceEncoder) -> None:
    alone = encoder.encode_passages(PASSAGES[:1])[0]
    among = SentenceEncoder(threads=3).encode_passages([*PASSAGES, PASSAGES[1] * 30])[0]
    np.testing.assert_array_equal(alone, among)


def test_any_text_has_a_vector(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode_passages(["", "\x00\x07", "税" * 5000, "👩‍🦽 ⿰", "한국어 текст"])
    assert np.isfinite(vectors).all()
    assert vectors.any(axis=1).all()


def test_sentence_transformers_loads_the_folder_and_agrees(encoder: SentenceEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(FOLDER), trust_remote_code=True, device="cpu")
    quiet = {"show_progress_bar": False, "convert_to_numpy": True}
    asked, found = [question for question, _ in MEANT], list(PASSAGES)
    ours = np.concatenate([encoder.encode_queries(asked), encoder.encode_passages(found)])
    single = [
        model.encode_query(asked, batch_size=1, **quiet),
        model.encode_document(found, batch_size=1, **quiet),
    ]
    np.testing.assert_allclose((np.concatenate(single) * ours).sum(axis=1), 1, atol=1e-4)
    batched = model.encode_document(found, **quiet)  # one scale for a batch: rounded otherwise
    assert (batched * ours[len(asked) :]).sum(axis=1).min() > 0.985


def test_the_folder_is_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 60e6


def test_nothing_imports_torch() -> None:
    code = (
        "import sys\nfrom kb.language.sentences import SentenceEncoder\n"
        "assert 'onnxruntime' not in sys.modules, 'loaded before it is needed'\n"
        "SentenceEncoder().encode_queries(['窓口'])\n"
        "print({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_damaged_model_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="dxkb を入れ直"):
        SentenceEncoder(tmp_path)
    for name in ("config_sentence_transformers.json", "1_Pooling/config.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    for name in ("tokenizer.json", "onnx/model.onnx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        with pytest.raises(ModelError, match=str(tmp_path)):
            SentenceEncoder(tmp_path).encode_queries(["窓口"])
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
