"""Loading and encoding with the built-in model: ``python -m benchmarks.encoder_speed [--threads N]``.

Prints medians: seconds to load it in a fresh process (the import of numpy and safetensors apart),
and passages a second with and without their tokenisation, on the passages of the shipped corpus.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

from benchmarks.search_quality import ROOT
from ingest.describe.cases import cases
from ingest.readers import read
from ingest.split.chunks import chunks
from kb.base.config import BUILTIN_MODEL
from kb.language.encoder import StaticEncoder
from kb.language.tokens import meaning_terms, tokenize

_LOAD = """
import time, numpy, safetensors.numpy
from kb.language.encoder import load_encoder
from kb.base.config import BUILTIN_MODEL
started = time.perf_counter()
load_encoder(str(BUILTIN_MODEL))
print(time.perf_counter() - started)
"""
ROUNDS = 7


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cores", type=int, default=2)
    cores = parser.parse_args().cores
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:cores]))
    print(f"{platform.machine()}, {cores} cores, Python {platform.python_version()}")
    loads = [
        float(subprocess.run([sys.executable, "-c", _LOAD], capture_output=True, check=True).stdout)
        for _ in range(ROUNDS)
    ]
    print(f"load: {statistics.median(loads):.3f} s")
    texts = _passages()
    encoder = StaticEncoder(BUILTIN_MODEL)
    terms = [meaning_terms(tokenize(text)) for text in texts]
    _print("from terms, as ingest does", len(texts), lambda: encoder.encode_terms(terms))
    _print("from text, one process", len(texts), lambda: encoder.encode_passages(texts))
    parts = [texts[i::cores] for i in range(cores)]
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        list(pool.map(_encode, parts))  # loads the model in each
        _print(f"from text, {cores} processes", len(texts), lambda: list(pool.map(_encode, parts)))


@cache
def _encoder() -> StaticEncoder:
    return StaticEncoder(BUILTIN_MODEL)


def _encode(texts: Sequence[str]) -> int:
    return len(_encoder().encode_passages(texts))


def _print(name: str, n: int, work: Callable[[], object]) -> None:
    rates = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        rates.append(n / (time.perf_counter() - started))
    print(f"{name}: {statistics.median(rates):,.0f} passages/s ({n:,} passages)")


def _passages() -> Sequence[str]:
    """The passages of the shipped notes, ten times over."""
    found = []
    for path in sorted((ROOT / "corpus").glob("**/*.md")):
        for draft in cases(read(path, path.read_bytes()))[0]:
            found += [chunk.text for chunk in chunks(draft)]
    return found * 10


if __name__ == "__main__":
    main()
