"""Makes the built-in model: ``python -m training.train --source DIR --out DIR``."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from training.bags import Bags, Vocabulary, bags, terms_of, tokenised, vocabulary
from training.export import compress, export
from training.sources import dictionary, lexicon_pairs, sentence_pairs
from training.student import Contrast, Distillation, Student, adapt, distil
from training.teacher import teacher_vectors

NAME = "dxkb-static-ja-en-v1"
SEED = 20260829
_ADAPT_ON = (
    "questions",
    "laws",
    "procedures",
    "bulletins",
    "synonyms",
    "sentences",
    "dictionary",
    "similar",
)
_LEXICON_REPEATS = 4
"""The lexicon is small beside the rest, but more of it pulls the model off course: 20 repeats of
690 groups gave 0.585 on everyday questions where this gives 0.611."""


def main() -> None:
    """Trains from the sources to the exported model."""
    options = _options()
    torch.manual_seed(SEED)
    started = time.time()

    def log(line: str) -> None:
        print(f"{time.time() - started:7.0f}s {line}", flush=True)

    work: Path = options.work
    sides = tokenised(options.source, work)
    own = _lexicon(options.lexicon)
    log("texts tokenised")
    words = _vocabulary(sides, own, options.terms)
    log(f"vocabulary: {len(words.terms):,} terms, {len(words) - len(words.terms):,} parts")
    data = _distillation(options.source, work, sides, words)
    student = Student(words, 384, SEED)
    distil(student, data, epochs=options.distil_epochs, rate=0.02, seed=SEED, log=log)
    sets = [Contrast(n, bags(sides[n][0], words), bags(sides[n][1], words)) for n in _ADAPT_ON]
    if own[0]:
        sets.append(
            Contrast(
                "lexicon",
                bags(own[0] * _LEXICON_REPEATS, words),
                bags(own[1] * _LEXICON_REPEATS, words),
            )
        )
    if options.adapt_epochs:
        adapt(
            student,
            sets,
            data,
            epochs=options.adapt_epochs,
            rate=options.rate,
            keep=options.keep,
            seed=SEED,
            log=log,
        )
    table = student.table(len(words.terms))
    np.save(work / "table.npy", table)
    sample = _sample(
        table, [data.left, data.right, *(side for s in sets for side in (s.left, s.right))]
    )
    export(options.out, list(words.terms), compress(table, sample, options.dimension), NAME)
    log(f"written to {options.out}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("training/work"))
    parser.add_argument("--lexicon", type=Path, default=Path("kb/data/lexicon"))
    parser.add_argument("--terms", type=int, default=120_000)
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--distil-epochs", type=int, default=4)
    parser.add_argument("--adapt-epochs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=0.005)
    parser.add_argument("--keep", type=float, default=0.5)
    return parser.parse_args()


def _lexicon(folder: Path) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    pairs = list(lexicon_pairs(folder)) if folder.is_dir() else []
    if not pairs:
        return [], []
    terms = terms_of([side for pair in pairs for side in pair])
    return terms[0::2], terms[1::2]


def _vocabulary(
    sides: dict[str, tuple[list[tuple[str, ...]], list[tuple[str, ...]]]],
    own: tuple[list[tuple[str, ...]], list[tuple[str, ...]]],
    limit: int,
) -> Vocabulary:
    heads = {terms[0] for terms in sides["dictionary"][0] if len(terms) == 1}
    always = heads | {term for side in own for terms in side for term in terms}
    texts = [terms for pair in sides.values() for side in pair for terms in side]
    return vocabulary([*texts, *own[0], *own[1]], always, limit)


def _distillation(
    source: Path,
    work: Path,
    sides: dict[str, tuple[list[tuple[str, ...]], list[tuple[str, ...]]]],
    words: Vocabulary,
) -> Distillation:
    texts, teacher = teacher_vectors(source, work)
    row_of = {text: i for i, text in enumerate(texts)}
    english = [e for _, _, e in dictionary(source)] + [e for _, e in sentence_pairs(source)]
    left = bags([*sides["dictionary"][0], *sides["sentences"][0]], words)
    right = bags([*sides["dictionary"][1], *sides["sentences"][1]], words)
    return Distillation(left, right, np.array([row_of[e] for e in english]), teacher)


def _sample(table: np.ndarray, sides: list[Bags]) -> np.ndarray:
    """Unit vectors of some thousand texts of every kind."""
    rng = np.random.default_rng(SEED)
    vectors = []
    for side in sides:
        rows = rng.integers(0, len(side), 2000)
        ids, row_of = side.take(rows)
        sums = np.zeros((len(rows), table.shape[1]), np.float32)
        np.add.at(sums, row_of, table[ids])
        vectors.append(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6))
    return np.concatenate(vectors)


if __name__ == "__main__":
    main()
