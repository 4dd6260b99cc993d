"""What a capable person would build from libraries in an afternoon, on the same texts.

Every peer gets whole documents (title and text) already cut into the product's own tokens, so that
what is compared is ranking, not Japanese tokenising. Install them with ``pip install -e ".[bench]"``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec

import numpy as np

from benchmarks.retrieval_sets import RetrievalSet
from ingest.flow.reading import ReadAhead
from ingest.page import Extract
from kb.base.config import BUILTIN_MODEL
from kb.evaluation.figures import Judged, ndcg, recall
from kb.language.tokens import meaning_terms, tokenize

DEPTH = 100
Rank = Callable[[Sequence[str], Sequence[str]], list[list[int]]]
"""(documents, queries), both space-joined tokens, to document numbers, best first, per query."""


def figures(chosen: RetrievalSet) -> dict[str, tuple[float, float]]:
    """nDCG@10 and Recall@10 of every peer that is installed."""
    keys, texts = document_texts(chosen)
    documents = [_tokens(text) for text in texts]
    queries = [_tokens(query.query) for query in chosen.queries]
    found = {}
    for name, (package, rank) in PEERS.items():
        if find_spec(package):
            found[name] = _mean(chosen.queries, rank(documents, queries), keys)
    return found


def document_texts(chosen: RetrievalSet) -> tuple[list[str], list[str]]:
    """The keys and the texts (title and pages) of a set's documents."""
    paths = sorted(p for p in chosen.corpus.rglob("*") if p.suffix in (".md", ".pdf"))
    keys = [path.relative_to(chosen.corpus).as_posix() for path in paths]
    with ReadAhead() as ahead:
        return keys, [_text(ahead.read(path, None, "")) for path in paths]


def bm25(documents: Sequence[str], queries: Sequence[str]) -> list[list[int]]:
    """bm25s as it comes (Lucene's formula)."""
    import bm25s

    index = bm25s.BM25()
    index.index([text.split() for text in documents], show_progress=False)
    asked = [query.split() or [""] for query in queries]
    ranked, _ = index.retrieve(asked, k=min(DEPTH, len(documents)), show_progress=False)
    return [[int(number) for number in row] for row in ranked]


def transformer_faiss(documents: Sequence[str], queries: Sequence[str]) -> list[list[int]]:
    """SentenceTransformer with the built-in model, a vector a document, FAISS inner product."""
    import faiss
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(BUILTIN_MODEL), device="cpu")
    vectors = np.asarray(model.encode(list(documents), normalize_embeddings=True), np.float32)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    asked = np.asarray(model.encode(list(queries), normalize_embeddings=True), np.float32)
    _, ranked = index.search(asked, min(DEPTH, len(documents)))
    return [[int(number) for number in row if number >= 0] for row in ranked]


def txtai_hybrid(documents: Sequence[str], queries: Sequence[str]) -> list[list[int]]:
    """txtai's hybrid index (its BM25 and vectors, its own weighting) with the built-in model."""
    from sentence_transformers import SentenceTransformer
    from txtai import Embeddings

    model = SentenceTransformer(str(BUILTIN_MODEL), device="cpu")
    index = Embeddings(
        method="external",
        transform=lambda texts: np.asarray(model.encode(list(texts)), np.float32),
        scoring={"method": "bm25", "terms": True, "normalize": True, "tokenizer": {"ngrams": None}},
        hybrid=True,
    )
    index.index((number, text, None) for number, text in enumerate(documents))
    return [[int(number) for number, _ in index.search(query, DEPTH)] for query in queries]


PEERS: dict[str, tuple[str, Rank]] = {
    "bm25s": ("bm25s", bm25),
    "SentenceTransformer + FAISS": ("faiss", transformer_faiss),
    "txtai hybrid": ("txtai", txtai_hybrid),
}


def _mean(
    queries: Sequence[Judged], rankings: Sequence[Sequence[int]], keys: Sequence[str]
) -> tuple[float, float]:
    found = []
    for query, ranking in zip(queries, rankings, strict=True):
        ordered = [keys[number] for number in ranking]
        found.append((ndcg(ordered, query.relevant, 10), recall(ordered, query.relevant, 10)))
    gain, share = np.mean(found, axis=0)
    return float(gain), float(share)


def _text(extract: Extract) -> str:
    title = str(extract.front_matter.get("title") or "")
    return "\n".join([title, *(page.text for page in extract.pages)])


def _tokens(text: str) -> str:
    return " ".join(meaning_terms(tokenize(text)))
