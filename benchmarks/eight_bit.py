"""Vectors of 8 bits beside floats: ``python -m benchmarks.eight_bit --sizes 10000 100000 1000000``.

Random unit vectors that lie in clusters, as passages do (``--data DATA`` takes a store's word vectors, drawn again with a little noise
where more are wanted). For each size, in processor time of one query on one thread: FAISS's inner products over the float rows as the
product has them, in memory and mapped from a file; FAISS's 8-bit flat index, in memory and mapped; recall@10 of the 8-bit one.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import faiss
import numpy as np

from benchmarks.bench.material import Matrix
from kb.base.config import Settings
from kb.index.dense import _products
from kb.storage.store import Store

_QUERIES, _NOISE, _CLUSTERS, _DIMENSION = 50, 0.03, 2000, 192


def main() -> None:
    """Prints the figures as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)
    random = np.random.default_rng(0)
    known = _stored(options.data) if options.data else _clustered(random)
    for size in options.sizes:
        rows = _units(known[random.integers(0, len(known), size)], random)
        queries = _units(rows[random.integers(0, size, _QUERIES)], random)
        with tempfile.TemporaryDirectory() as folder:
            _size(rows, queries, Path(folder))


def _size(rows: Matrix, queries: Matrix, folder: Path) -> None:
    np.save(folder / "rows.npy", rows)
    mapped = np.load(folder / "rows.npy", mmap_mode="r")
    eight = faiss.IndexScalarQuantizer(
        rows.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    eight.train(rows)
    eight.add(rows)
    faiss.write_index(eight, str(folder / "eight.faiss"))
    eight_mapped = faiss.read_index(str(folder / "eight.faiss"), faiss.IO_FLAG_MMAP)
    exact, float_ms = _asked(queries, lambda q: _first(_products(rows, q)))
    _, mapped_ms = _asked(queries, lambda q: _first(_products(mapped, q)))
    near, eight_ms = _asked(queries, lambda q: eight.search(q[None], 10)[1][0].tolist())
    _, eight_mapped_ms = _asked(queries, lambda q: eight_mapped.search(q[None], 10)[1][0].tolist())
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact, near, strict=True)])
    told = {
        "rows": len(rows), "float_ms": float_ms, "float_mapped_ms": mapped_ms, "eight_bit_ms": eight_ms,
        "eight_bit_mapped_ms": eight_mapped_ms, "recall": float(recall), "float_mib": rows.nbytes / 2**20,
    }  # fmt: skip
    print(json.dumps({k: round(v, 4) for k, v in told.items()}), flush=True)


def _asked(queries: Matrix, ask: Callable[[Matrix], list[int]]) -> tuple[list[list[int]], float]:
    """What is found, and the median of a query's processor milliseconds."""
    ask(queries[0])
    found, took = [], []
    for query in queries:
        began = time.process_time()
        found.append(ask(query))
        took.append(1000 * (time.process_time() - began))
    return found, median(took)


def _first(scores: Matrix) -> list[int]:
    best = np.argpartition(-scores, 9)[:10]
    return best.tolist()


def _stored(data: Path) -> Matrix:
    store = Store.open(Settings(data=data))
    return store.all_vectors(store.model_id()).chunks


def _clustered(random: np.random.Generator) -> Matrix:
    return random.standard_normal((_CLUSTERS, _DIMENSION), dtype=np.float32) / np.float32(
        _DIMENSION**0.5
    )


def _units(rows: Matrix, random: np.random.Generator) -> Matrix:
    moved = rows + _NOISE * random.standard_normal(rows.shape, dtype=np.float32)
    units: Matrix = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
    return units


if __name__ == "__main__":
    main()
