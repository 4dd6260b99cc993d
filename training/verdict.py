"""Fits the verdict: ``python -m training.verdict --source ../shared/training``.

Writes kb/ranking/data/verdict.tsv: a logistic model (kb/ranking/verdict.py) for words alone, one
for words and vectors, and one for cases that the sentence model has read, too. What is fitted is the best of a question's cases, chosen by the model before;
questions about digital projects whose answer was left out are not fitted on (a case beside it may do);
bias and weight of the size are the line under which LOST of the own questions fall that are answered,
scored in folds that were not fitted on. Every evaluation set is left alone. Needs scikit-learn, which
sentence-transformers brings.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression, QuantileRegressor

from kb.base.config import BUILTIN_MODEL
from kb.index.said import CASES
from kb.language.encoder import StaticEncoder
from kb.language.lexicon import load_lexicon
from kb.language.sentences import read_twice
from kb.query.bridge import Bridge
from kb.query.question import Words, understand
from kb.query.said import Known, SaidNow, lexicon_words, tally
from kb.query.spelling import Spelling
from kb.ranking.candidates import Legs, related
from kb.ranking.tuning import SHIPPED
from kb.ranking.verdict import Signs, signs
from training.digital import fitted_digital
from training.remembered import Remembered
from training.verdict_sets import ROOT, Corpus, Encoders, corpora

Array = npt.NDArray[np.float64]

SEED = 20261128
LOST = 0.05  # of the own ones; with the encyclopedia, of which 0.01 are lost, 0.04 of all
_FOLDS = 5
_ROUNDS = 4
_OWN = 3.0  # weight of the own cases beside 1.0 for encyclopedia and laws alone
_CASES = ("own", "left", "laws", "written")  # corpora of cases of municipal DX
_NAMES = tuple(field.name for field in fields(Signs))
_MODELS = {
    "words": ("said", "size", "english"),
    "vectors": ("said", "near", "size", "english"),
    "sentences": _NAMES,
}


@dataclass(frozen=True, slots=True)
class Example:
    """The signs (cases, signs) of a question's candidates in one corpus, and whether it is answered."""

    corpus: str
    question: str
    signs: Array
    is_answered: bool
    is_strange: bool


def main() -> None:
    """Fits, prints figures and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, default=Path("../shared/training"))
    parser.add_argument(
        "--out", type=Path, default=ROOT / "kb" / "ranking" / "data" / "verdict.tsv"
    )
    parser.add_argument("--work", type=Path, default=ROOT / "training" / "work")
    options = parser.parse_args()
    encoders, found = Encoders(StaticEncoder(BUILTIN_MODEL), Remembered(options.work)), []
    digital = fitted_digital(options.source, encoders.sentences, load_lexicon(), SEED)
    np.save(options.out.with_name("digital.npy"), digital)
    for corpus in corpora(options.source, encoders, load_lexicon(), SEED):
        found += examples(corpus, encoders)
        print(
            f"{corpus.name}: {len(corpus.docs):,} cases, {len(corpus.asked)} questions", flush=True
        )
    print(f"{len(found)} examples of {len({e.question for e in found})} questions")
    lines = [_HEAD, "# " + "\t".join(("model", "bias", *_NAMES))]
    for name, used in _MODELS.items():
        columns = [_NAMES.index(sign) for sign in used]
        scores = held_out(found, columns)
        bias, slope = _least(found, scores)
        _report(name, found, scores, bias + slope * _sizes(found)[:, 0])
        cells = dict(zip(used, fitted(found, columns), strict=True)) | {"size": -slope}
        row = (-bias, *(cells.get(sign, 0.0) for sign in _NAMES))
        lines.append("\t".join((name, *(f"{value:.3f}" for value in row))))
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


_HEAD = """# The verdict's coefficients, fitted by training/verdict.py (see there and kb/ranking/verdict.py): a case
# answers where bias + the sum of weight times sign is 0 or more.
# words: for a search by words alone and for models other than the built-in one; vectors: for both; sentences: for cases that
# the sentence model has read, too."""


def examples(corpus: Corpus, encoders: Encoders) -> list[Example]:
    """What the product sees of every question to a corpus."""
    lexicon, encoder = load_lexicon(), encoders.words
    with tempfile.TemporaryDirectory() as work:
        views = corpus.views(Path(work))
        bodies = {number: doc.body for number, doc in enumerate(corpus.docs[:CASES])}
        known = Known(tally(bodies), lexicon_words(lexicon))
        said = SaidNow(known, known.counts)
        bridge = Bridge(encoder, lambda: said, SHIPPED.terms)
        spelling = Spelling(
            lambda: said,
            lambda term: (
                encoder.knows(term) if term.isascii() else views.lexical.frequency(term) > 0
            ),
            lambda terms: bool(views.lexical.holding(terms, 1)),
        )
        words = Words(lexicon, spelling.corrections, SHIPPED.terms)
        found = []
        for asked in corpus.asked:
            question = understand(asked.text, words)
            query = question.query
            query = bridge.across(query) if question.asked.text.isascii() else query
            read = read_twice(encoders.sentences, lexicon, query.text, SHIPPED.usual_words)
            vector = encoder.encode_queries([query.text])[0]
            legs = Legs(views, query, vector, "hybrid", SHIPPED, read)
            scored = related(legs.candidates(None), SHIPPED)
            of_cases = corpus.name.startswith(_CASES)
            is_told = asked.is_answered or asked.is_strange or not of_cases
            if scored and is_told and not question.browsing:
                rows = np.array([astuple(sign) for sign in signs(scored, legs).values()])
                found.append(
                    Example(corpus.name, asked.text, rows, asked.is_answered, asked.is_strange)
                )
        return found


def fitted(found: list[Example], columns: list[int]) -> Array:
    """The weights of the signs in ``columns``; that of the size is only for the fit."""
    rows = [example.signs[:, columns] for example in found]
    answered = np.array([example.is_answered for example in found])
    own = np.array([example.corpus.startswith(_CASES) for example in found])
    weight = np.where(own, _OWN, 1.0)
    for group in ((own, answered), (own, ~answered), (~own, answered), (~own, ~answered)):
        weight[group[0] & group[1]] /= max(1, np.sum(group[0] & group[1]))
    weights = np.ones(len(columns))
    for _ in range(_ROUNDS):
        best = np.stack([part[np.argmax(part @ weights)] for part in rows])
        spread = best.std(axis=0) + 1e-9
        model = LogisticRegression(max_iter=1000).fit(
            best / spread, answered, sample_weight=weight * len(found)
        )
        weights = model.coef_[0] / spread
    return weights


def held_out(found: list[Example], columns: list[int]) -> Array:
    """The best score of every example, by a model that was fitted without its question."""
    questions = sorted({example.question for example in found})
    fold_of = {q: random.Random(f"{SEED}{q}").randrange(_FOLDS) for q in questions}
    scores = np.zeros(len(found))
    for fold in range(_FOLDS):
        weights = fitted([e for e in found if fold_of[e.question] != fold], columns)
        weights[columns.index(_NAMES.index("size"))] = 0.0
        for i, example in enumerate(found):
            if fold_of[example.question] == fold:
                scores[i] = (example.signs[:, columns] @ weights).max()
    return scores


def _least(found: list[Example], scores: Array) -> tuple[float, float]:
    """(a, b): at every size of corpus, LOST of the own questions that are answered score less than
    a + b · size."""
    own = [e.is_answered and e.corpus.startswith(_CASES) for e in found]
    line = QuantileRegressor(quantile=LOST, alpha=0.0).fit(_sizes(found)[own], scores[own])
    return float(line.intercept_), float(line.coef_[0])


def _sizes(found: list[Example]) -> Array:
    return np.array([[example.signs[0, _NAMES.index("size")]] for example in found])


def _report(name: str, found: list[Example], scores: Array, least: Array) -> None:
    print(f"{name}: called unanswered, by folds: answered, strange, answer left out")
    for corpus in dict.fromkeys(example.corpus.rstrip(" 0123456789") for example in found):
        here = np.array([e.corpus.startswith(corpus) for e in found])
        strange = np.array([e.is_strange for e in found])
        good = np.array([e.is_answered for e in found])
        kinds = (here & good, here & strange, here & ~good & ~strange)
        cells = (
            f"{np.mean((scores < least)[k]):.2f} of {sum(k):4}" if any(k) else "-" for k in kinds
        )
        print(f"  {corpus:16} " + "   ".join(cells))


if __name__ == "__main__":
    main()
