"""The material of a store, or of plain texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.bench.material import Material, Matrix
from kb.base.config import BUILTIN_MODEL
from kb.base.types import Viewer
from kb.language.encoder import StaticEncoder, load_encoder
from kb.language.tokens import meaning_terms, tokenize
from kb.storage.store import Store

_BATCH = 1000


def of_store(store: Store, questions: Sequence[str]) -> Material:
    """Every passage of a store, with the vectors that the product searches."""
    held = store.all_vectors(store.model_id())
    rows = held.chunks + held.titles
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    nos = held.chunk_nos.tolist()
    tokens, documents, prefectures = [], [], []
    for start in range(0, len(nos), _BATCH):
        batch = nos[start : start + _BATCH]
        cases = held.case_nos[start : start + _BATCH].tolist()
        chunks = store.chunks(batch, Viewer.owner())
        of = store.cases_by_no(sorted(set(cases)), Viewer.owner())
        for no, case in zip(batch, cases, strict=True):
            at = chunks[no]
            text = of[case].sections[at.section].text[at.start : at.end]
            tokens.append(_tokens(f"{of[case].title}\n{text}"))
            documents.append(of[case].id)
            prefectures.append(of[case].prefecture)
    return _made(tokens, prefectures, documents, rows, questions)


def of_texts(texts: Sequence[str], documents: Sequence[str], questions: Sequence[str]) -> Material:
    """Whole texts, a vector each."""
    tokens = [_tokens(text) for text in texts]
    return _made(tokens, [""] * len(texts), list(documents), _vectors(tokens), questions)


def _made(
    tokens: list[str],
    prefectures: list[str],
    documents: list[str],
    rows: Matrix,
    questions: Sequence[str],
) -> Material:
    asked = [_tokens(question) for question in questions]
    return Material(tokens, prefectures, documents, rows, [*questions], asked, _vectors(asked))


def _vectors(tokens: Sequence[str]) -> Matrix:
    encoder = load_encoder(str(BUILTIN_MODEL))
    assert isinstance(encoder, StaticEncoder)
    return encoder.encode_terms([text.split() for text in tokens])


def _tokens(text: str) -> str:
    return " ".join(meaning_terms(tokenize(text)))


def questions_alone(questions: Sequence[str]) -> Material:
    """Questions without passages, for who needs nothing else."""
    return _made([], [], [], np.zeros((0, 1), np.float32), questions)
