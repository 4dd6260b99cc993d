"""Makes the sentence model: ``python -m training.sentences.train --source … --out …``.

Reads the pretrained weights, cuts the vocabulary, adapts the encoder, chooses the checkpoint by
held-out pairs, and writes an ordinary sentence-transformers folder with int8 weights for ONNX.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from training.sentences.adapt import Recipe, Student, adapt
from training.sentences.encoder import PASSAGE, QUERY, build
from training.sentences.folder import write_folder
from training.sentences.held_out import HeldOut
from training.sentences.mining import Embed, Neighbourhood
from training.sentences.packed import packed_file, read_packed
from training.sentences.texts import Pair, pair_sets, plain_texts
from training.sentences.vocabulary import cut, kept_pieces, tokenizer

SHARES = {
    "faq": 4, "dx": 4, "residents": 5, "questions": 2, "bulletins": 1.5, "laws": 0.5,
    "procedures": 1, "sentences": 1.5, "lexicon": 1.5, "dictionary": 0.4, "synonyms": 0.6,
}  # fmt: skip
"""Of the steps, how many each source gets."""

_SAMPLE = {"questions": 8000, "bulletins": 5000}  # pairs to draw from; others 3,000
_SIZE = {"sentences": 48, "lexicon": 48, "dictionary": 48, "synonyms": 48}  # a batch; others 32

Log = Callable[[str], None]


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains and writes the model."""
    options = _options(arguments)
    torch.set_num_threads(options.threads)
    started = time.monotonic()

    def log(line: str) -> None:
        print(f"{time.monotonic() - started:6.0f}s {line}", flush=True)

    model, tokens = pretrained(options.source, options.work, log)
    sets = pair_sets(options.source, options.lexicon)
    log(", ".join(f"{name} {len(pairs):,}" for name, pairs in sets.items()))
    embed = _word_vectors()
    judge = HeldOut(sets, options.source, embed)
    recipe = Recipe(SHARES, options.steps, rate=options.rate, keep=options.keep, seed=options.seed)
    student = Student(model, recipe.frozen)
    if not _checkpoints(options):
        log(str(recipe))
        keep = Keeper(student, tokens, judge, options.work / options.name, log)
        keep(0, student.before())
        train(student, tokens, _sources(sets, recipe, embed), recipe, options.every, keep)
    choose(student, _checkpoints(options), log)
    write_folder(options.out, model, tokens, sample(sets))
    log(f"written to {options.out}")


def pretrained(source: Path, work: Path, log: Log) -> tuple[BertModel, Tokenizer]:
    """The pretrained encoder and its tokenizer, both cut to Japanese and English; the pieces kept
    are remembered in ``work``."""
    packed = read_packed(packed_file())
    remembered = work / "pieces.npy"
    if not remembered.is_file():
        work.mkdir(parents=True, exist_ok=True)
        np.save(remembered, kept_pieces(packed, plain_texts(source)))
    kept = np.load(remembered)
    log(f"{len(kept):,} of {len(packed.pieces):,} pieces kept")
    pieces, scores = cut(packed, kept)
    return build(packed, kept), tokenizer(pieces, scores.tolist())


class Keeper:
    """Keeps checkpoints, each with its figures on held-out pairs, as files ``NAME-STEP.pt``."""

    def __init__(
        self, student: Student, tokens: Tokenizer, judge: HeldOut, path: Path, log: Log
    ) -> None:
        self._student = student
        self._tokens = tokens
        self._judge = judge
        self._path = path
        self.log = log

    def __call__(self, step: int, weights: dict[str, torch.Tensor]) -> None:
        """Measures and writes weights of the upper layers; the student's own stay."""
        now = {name: value.clone() for name, value in self._student.upper.state_dict().items()}
        self._student.upper.load_state_dict(weights)
        figures = self._judge.figures(self._student.model, self._tokens)
        self._student.upper.load_state_dict(now)
        said = ", ".join(f"{source} {value:.4f}" for source, value in figures.items())
        self.log(f"  held out at step {step}: {said}")
        kept = {"figure": figures["mean"], "weights": weights}
        torch.save(kept, self._path.with_name(f"{self._path.name}-{step:04}.pt"))


def train(  # noqa: PLR0913
    student: Student,
    tokens: Tokenizer,
    sources: Mapping[str, Iterator[list[Pair]]],
    recipe: Recipe,
    every: int,
    keep: Keeper,
) -> None:
    """Adapts the student; the averaged weights are kept ``every`` so many steps."""
    losses: list[float] = []

    def report(step: int, loss: float, averaged: dict[str, torch.Tensor]) -> None:
        losses.append(loss)
        if step % 10 == 0:
            keep.log(f"step {step}/{recipe.steps}: loss {np.mean(losses[-10:]):.3f}")
        if step % every == 0 or step == recipe.steps:
            keep(step, averaged)

    adapt(student, tokens, sources, recipe, report)


def choose(student: Student, checkpoints: Sequence[Path], log: Log) -> None:
    """Leaves the student with the checkpoint that held-out pairs like best; the pretrained weights
    are the first of them."""
    kept = {path.stem: torch.load(path) for path in checkpoints}
    best = max(kept, key=lambda name: kept[name]["figure"])
    log(f"chosen: {best}, {kept[best]['figure']:.4f}")
    student.upper.load_state_dict(kept[best]["weights"])


def _sources(
    sets: Mapping[str, Sequence[Pair]], recipe: Recipe, embed: Embed
) -> dict[str, Iterator[list[Pair]]]:
    """Endless batches by source, of pairs that are not held out."""
    rng = np.random.default_rng(recipe.seed)
    sources = {}
    for name in recipe.shares:
        usable = [p for p in sets[name] if not p.held]
        chosen = rng.permutation(len(usable))[: _SAMPLE.get(name, 3000)]
        near = Neighbourhood([usable[i] for i in chosen], embed)
        sources[name] = near.batches(_SIZE.get(name, 32), 4, np.random.default_rng(recipe.seed))
    return sources


def sample(sets: Mapping[str, Sequence[Pair]], each: int = 8) -> list[str]:
    """Some questions and passages of every source, with their prefixes."""
    chosen = [p for pairs in sets.values() for p in pairs[:: max(1, len(pairs) // each)]]
    return [QUERY + p.question for p in chosen] + [PASSAGE + p.passage for p in chosen]


def _checkpoints(options: argparse.Namespace) -> list[Path]:
    return sorted(options.work.glob(f"{options.name}-*.pt"))


def _word_vectors() -> Embed:
    from kb.language.encoder import StaticEncoder

    return StaticEncoder(Path("kb/data/model")).encode_passages


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("training/work"))
    parser.add_argument("--lexicon", type=Path, default=Path("kb/data/lexicon"))
    parser.add_argument(
        "--name",
        default="adapted",
        help="of the checkpoints; training is left out where they are there",
    )
    parser.add_argument("--steps", type=int, default=320)
    parser.add_argument("--every", type=int, default=80, help="steps from checkpoint to checkpoint")
    parser.add_argument("--rate", type=float, default=4e-5)
    parser.add_argument("--keep", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
