"""What a capable person would put together from libraries in an afternoon: each builds an index in a folder from the
same material, and answers a question, with and without a filter."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from benchmarks.bench.material import FILTERED, Material

DEPTH = 100
_RRF = 60  # of reciprocal rank fusion, as everybody has it


class Candidate(Protocol):
    """One of the peers."""

    def __init__(self, material: Material, folder: Path) -> None:
        """Builds its index in the empty ``folder``."""

    def ask(self, number: int, k: int, *, filtered: bool) -> list[int]:
        """The best ``k`` passages for question ``number``, best first."""


class Fts5:
    """SQLite's full text index, BM25 as it comes: words alone."""

    def __init__(self, material: Material, folder: Path) -> None:
        self._asked = [
            " OR ".join(f'"{word}"' for word in dict.fromkeys(asked.split()))
            for asked in material.asked
        ]
        self._db = sqlite3.connect(folder / "fts.sqlite3")
        self._db.execute("CREATE VIRTUAL TABLE p USING fts5(tokens, prefecture UNINDEXED)")
        rows = zip(range(len(material.tokens)), material.tokens, material.prefectures, strict=True)
        self._db.executemany("INSERT INTO p (rowid, tokens, prefecture) VALUES (?, ?, ?)", rows)
        self._db.commit()

    def ask(self, number: int, k: int, *, filtered: bool) -> list[int]:
        """By ``bm25(p)``, within the filter."""
        within = "AND prefecture = ?" if filtered else ""
        sql = f"SELECT rowid FROM p WHERE p MATCH ? {within} ORDER BY rank LIMIT ?"
        given = [self._asked[number], *([FILTERED] if filtered else []), k]
        return [int(row[0]) for row in self._db.execute(sql, given)] if given[0] else []


class Bm25sFaiss:
    """bm25s and FAISS's flat index, fused by reciprocal ranks."""

    def __init__(self, material: Material, folder: Path) -> None:
        import bm25s
        import faiss

        faiss.omp_set_num_threads(1)
        self._material, self._faiss = material, faiss
        self._words = bm25s.BM25()
        self._words.index([text.split() for text in material.tokens], show_progress=False)
        self._words.save(folder / "bm25s")
        self._vectors = faiss.IndexFlatIP(material.vectors.shape[1])
        self._vectors.add(material.vectors)
        faiss.write_index(self._vectors, str(folder / "vectors.faiss"))
        self._kept = np.array([p == FILTERED for p in material.prefectures])
        self._chosen = faiss.IDSelectorBatch(np.flatnonzero(self._kept))

    def ask(self, number: int, k: int, *, filtered: bool) -> list[int]:
        """The best of both, within the filter."""
        depth = min(DEPTH, int(self._kept.sum()) if filtered else len(self._kept))
        words = self._material.asked[number].split() or [""]
        mask = self._kept.astype(np.float32) if filtered else None
        found, scores = self._words.retrieve(
            [words], k=max(1, depth), show_progress=False, weight_mask=mask, n_threads=0
        )
        by_words = [int(n) for n, s in zip(found[0], scores[0], strict=True) if s > 0]
        chosen = self._faiss.SearchParameters(sel=self._chosen) if filtered else None
        asked = self._material.asked_vectors[number : number + 1]
        _, near = self._vectors.search(asked, max(1, depth), params=chosen)
        return _fused([by_words, [int(n) for n in near[0] if n >= 0]])[:k]


class TxtaiHybrid:
    """txtai's hybrid index, its BM25 and vectors in its own weighting, with its database for the filter."""

    def __init__(self, material: Material, folder: Path) -> None:
        from txtai import Embeddings

        known = dict(zip(material.tokens, material.vectors, strict=True))
        known |= dict(zip(material.asked, material.asked_vectors, strict=True))
        self._asked = material.asked
        self._index = Embeddings(
            method="external", content=True, hybrid=True, backend="faiss",
            transform=lambda texts: np.asarray([known[text] for text in texts], np.float32),
            scoring={"method": "bm25", "terms": True, "normalize": True, "tokenizer": {"ngrams": None}},
        )  # fmt: skip
        rows = zip(material.tokens, material.prefectures, strict=True)
        self._index.index((i, {"text": t, "prefecture": p}, None) for i, (t, p) in enumerate(rows))
        self._index.save(str(folder / "txtai"))

    def ask(self, number: int, k: int, *, filtered: bool) -> list[int]:
        """By its SQL; candidates as many as it takes by itself."""
        within = f"AND prefecture = '{FILTERED}'" if filtered else ""
        sql = f"SELECT id, score FROM txtai WHERE similar(:asked) {within} LIMIT {k}"
        rows = self._index.search(sql, parameters={"asked": self._asked[number]})
        return [int(row["id"]) for row in rows]


class LanceDb:
    """LanceDB: its full text index and an exact scan of vectors, fused by its own reranker, filtered first."""

    def __init__(self, material: Material, folder: Path) -> None:
        import lancedb
        import pyarrow

        self._material = material
        width = material.vectors.shape[1]
        flat = pyarrow.array(material.vectors.reshape(-1))
        table = pyarrow.table(
            {
                "no": pyarrow.array(range(len(material.tokens)), pyarrow.int64()),
                "tokens": material.tokens,
                "prefecture": material.prefectures,
                "vector": pyarrow.FixedSizeListArray.from_arrays(flat, width),
            }
        )
        self._table: Any = lancedb.connect(folder).create_table("p", table)
        self._table.create_fts_index(
            "tokens", base_tokenizer="whitespace", stem=False, remove_stop_words=False,
            ascii_folding=False, with_position=False,
        )  # fmt: skip

    def ask(self, number: int, k: int, *, filtered: bool) -> list[int]:
        """Its hybrid search."""
        asked = self._table.search(query_type="hybrid").vector(self._material.asked_vectors[number])
        asked = asked.text(self._material.asked[number]).distance_type("dot").limit(k)
        if filtered:
            asked = asked.where(f"prefecture = '{FILTERED}'", prefilter=True)
        return [int(row["no"]) for row in asked.to_list()]


class Chroma:
    """chromadb: vectors alone, by its HNSW, as it comes."""

    def __init__(self, material: Material, folder: Path) -> None:
        import chromadb

        self._asked = material.asked_vectors
        client = chromadb.PersistentClient(str(folder))
        self._found: Any = client.create_collection(
            "passages", configuration={"hnsw": {"space": "ip"}}
        )
        for part in _parts(len(material.tokens), 5000):
            self._found.add(
                ids=[str(n) for n in part],
                embeddings=material.vectors[part.start : part.stop],
                metadatas=[{"prefecture": material.prefectures[n]} for n in part],
            )

    def ask(self, number: int, k: int, *, filtered: bool) -> list[int]:
        """Its query."""
        where = {"prefecture": FILTERED} if filtered else None
        found = self._found.query(
            query_embeddings=self._asked[number : number + 1], n_results=k, where=where, include=[]
        )
        return [int(one) for one in found["ids"][0]]


CANDIDATES: dict[str, tuple[str, type[Candidate]]] = {
    "SQLite FTS5": ("sqlite3", Fts5),
    "bm25s + FAISS": ("bm25s", Bm25sFaiss),
    "txtai hybrid": ("txtai", TxtaiHybrid),
    "LanceDB hybrid": ("lancedb", LanceDb),
    "chromadb": ("chromadb", Chroma),
}


def is_installed(name: str) -> bool:
    """Whether a candidate's package is there."""
    return find_spec(CANDIDATES[name][0]) is not None


def _fused(rankings: Sequence[Sequence[int]]) -> list[int]:
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking):
            scores[number] = scores.get(number, 0.0) + 1.0 / (_RRF + rank + 1)
    return sorted(scores, key=lambda number: -scores[number])


def _parts(total: int, size: int) -> Iterator[range]:
    yield from (range(start, min(start + size, total)) for start in range(0, total, size))
