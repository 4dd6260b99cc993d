"""Makes the built-in model: ``python -m training.train --source DIR --out DIR``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from training.bags import Terms, Vocabulary, bags, most_frequent, terms_by_text, vocabulary
from training.export import compress, export
from training.sources import Example, example_sets
from training.student import Contrast, Distillation, Student, adapt, distil
from training.teacher import reduced, teacher_vectors

NAME = "dxkb-static-ja-en-v2"
SEEDS = (1, 2)
"""One training each; the tables are laid side by side before they are compressed, which keeps what
they agree on and loses most of what chance made of each."""

LENGTH = 25.0
"""Mean length of a row; only its ratio to others counts, and half precision keeps this well."""

TRAINED = 256
"""Dimensions in training."""

Array = npt.NDArray[np.float32]


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains from the sources to the exported model."""
    options = _options(arguments)
    torch.set_num_threads(options.threads)
    started = time.time()

    def log(line: str) -> None:
        print(f"{time.time() - started:7.0f}s {line}", flush=True)

    sets = example_sets(options.source, options.lexicon)
    texts = {side for examples in sets.values() for e in examples for side in (e.left, e.right)}
    terms = terms_by_text(texts, options.work)
    words = _vocabulary(sets, terms, options.trained_terms)
    log(f"vocabulary: {len(words.terms):,} terms, {len(words) - len(words.terms):,} parts")
    contrasts = [_contrast(name, examples, terms, words) for name, examples in sets.items()]
    log(", ".join(f"{c.name} {len(c.left):,}" for c in contrasts))
    data = _distillation(options.source, options.work, sets, terms, words)
    table = np.concatenate(
        [_trained(seed, words, contrasts, data, options, log) for seed in SEEDS], axis=1
    )
    rows = compress(table, _sample(table, contrasts), options.dimension)
    trained = list(words.terms)
    kept = most_frequent(trained, _own(sets, terms), options.terms)
    export(options.out, [trained[i] for i in kept], rows[kept], NAME)
    log(f"written to {options.out}")


def _trained(  # noqa: PLR0913
    seed: int,
    words: Vocabulary,
    contrasts: list[Contrast],
    data: Distillation,
    options: argparse.Namespace,
    log: Callable[[str], None],
) -> Array:
    """(terms, TRAINED) rows of one training, as long on average as those of any other."""
    torch.manual_seed(seed)
    log(f"seed {seed}")
    student = Student(words, TRAINED, seed)
    distil(student, data, epochs=options.distil_epochs, rate=0.02, seed=seed, log=log)
    if options.adapt_epochs:
        adapt(
            student, contrasts, data, epochs=options.adapt_epochs,
            rate=options.rate, keep=options.keep, seed=seed, log=log,
        )  # fmt: skip
    table = student.table(len(words.terms))
    even: Array = table / np.linalg.norm(table, axis=1).mean() * LENGTH
    return even


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("training/work"))
    parser.add_argument("--lexicon", type=Path, default=Path("kb/data/lexicon"))
    parser.add_argument("--trained-terms", type=int, default=120_000)
    parser.add_argument("--terms", type=int, default=90_000, help="the most frequent are shipped")
    parser.add_argument("--dimension", type=int, default=192)
    parser.add_argument("--distil-epochs", type=int, default=4)
    parser.add_argument("--adapt-epochs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=0.005)
    parser.add_argument("--keep", type=float, default=0.5)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args(arguments)


def _vocabulary(sets: dict[str, list[Example]], terms: dict[str, Terms], limit: int) -> Vocabulary:
    """Terms of all distinct texts; words of the lexicon and of the dictionary always."""
    heads = {found[0] for e in sets["dictionary"] if len(found := terms[e.left]) == 1}
    texts = sorted({s for examples in sets.values() for e in examples for s in (e.left, e.right)})
    return vocabulary((terms[text] for text in texts), heads, _own(sets, terms), limit)


def _own(sets: dict[str, list[Example]], terms: dict[str, Terms]) -> set[str]:
    """Terms of the project's lexicon."""
    return {t for e in sets["lexicon"] for side in (e.left, e.right) for t in terms[side]}


def _contrast(
    name: str, examples: list[Example], terms: dict[str, Terms], words: Vocabulary
) -> Contrast:
    """Bags of the examples whose sides differ, with their groups numbered."""
    usable = [e for e in examples if terms[e.left] and terms[e.right]]
    usable = [e for e in usable if terms[e.left] != terms[e.right]]
    return Contrast(
        name,
        bags((terms[e.left] for e in usable), words),
        bags((terms[e.right] for e in usable), words),
        _numbered([e.left_group or e.left for e in usable]),
        _numbered([e.right_group or e.right for e in usable]),
    )


def _numbered(groups: list[str]) -> npt.NDArray[np.int64]:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], dtype=np.int64)


def _distillation(
    source: Path,
    work: Path,
    sets: dict[str, list[Example]],
    terms: dict[str, Terms],
    words: Vocabulary,
) -> Distillation:
    texts, teacher = teacher_vectors(source, work)
    row_of = {text: i for i, text in enumerate(texts)}
    examples = [*sets["dictionary"], *sets["sentences"]]
    return Distillation(
        bags((terms[e.left] for e in examples), words),
        bags((terms[e.right] for e in examples), words),
        np.array([row_of[e.right] for e in examples]),
        reduced(teacher, TRAINED),
    )


def _sample(table: Array, contrasts: list[Contrast], each: int = 3000) -> Array:
    """Unit vectors of some thousand texts of the kinds that are searched with and for."""
    rng = np.random.default_rng(SEEDS[0])
    searched = ("questions", "laws", "procedures", "bulletins", "titles", "sentences")
    vectors = []
    for side in (s for c in contrasts if c.name in searched for s in (c.left, c.right)):
        rows = rng.integers(0, len(side), each)
        ids, row_of = side.take(rows)
        sums = np.zeros((each, table.shape[1]), np.float32)
        np.add.at(sums, row_of, table[ids])
        vectors.append(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6))
    return np.concatenate(vectors)


if __name__ == "__main__":
    main()
