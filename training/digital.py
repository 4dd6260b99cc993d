"""Tells questions about digital projects of town halls from others, by the sentence model's vector.

Fitted on questions of our own (``asked/dx_*`` against ``faq_*``, ``windows_*`` and the staff's other
matters), names of national
procedures, a phrase book and an encyclopedia's questions; on none that the verdict is fitted on.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from kb.language.encoder import Encoder, Matrix
from kb.language.lexicon import Lexicon
from kb.language.sentences import read_twice
from kb.places.gazetteer import load_gazetteer
from kb.ranking.tuning import SHIPPED
from training.gzipped import entries, rows
from training.sentences.texts import ASKED, asked, residents

_EACH = 700  # questions of a source that is none of our own
_RESIDENTS = 1500
_STAFF, _TOWNS = 5.0, 2.0  # weights beside 1.0 for each other source: what is hardest to tell apart
_LOOSENESS, _SCALE = (
    3.0,
    3000.0,
)  # inverse of the regularisation, for weights that add up to the scale


def fitted_digital(folder: Path, encoder: Encoder, lexicon: Lexicon, seed: int) -> Matrix:
    """(d + 1,) weights of a question's vector, and the bias: their sum is the log odds that it is about a
    digital project, were both kinds asked equally often."""
    rng = random.Random(seed)
    digital = _placed([pair.question for pair in asked(ASKED, "dx*.tsv")], rng)
    others = list(_others(folder, rng))
    whole = sum(weight for weight, _ in others)
    texts, weights = list(digital), [1 / len(digital)] * len(digital)
    for weight, questions in others:
        texts += questions
        weights += [weight / whole / len(questions)] * len(questions)
    vectors = np.stack([read_twice(encoder, lexicon, t, SHIPPED.usual_words) for t in texts])
    model = LogisticRegression(C=_LOOSENESS, max_iter=5000).fit(
        vectors, np.arange(len(texts)) < len(digital), sample_weight=_SCALE * np.array(weights)
    )
    return np.append(model.coef_[0], model.intercept_).astype(np.float32)


def _others(folder: Path, rng: random.Random) -> Iterator[tuple[float, list[str]]]:
    """Questions about anything else, by source, and what each source weighs."""
    phrases = list(rows(folder / "ja_en.tsv.gz"))
    encyclopedia = [entry["questions"] for entry in entries(folder / "jaquad_train.jsonl.gz")]
    yield _STAFF, _placed((ASKED / "staff.txt").read_text("utf-8").splitlines(), rng)
    yield _TOWNS, _placed([pair.question for pair in asked(ASKED, "f*.tsv")], rng)
    bulletins = [pair.question for pair in residents(folder, ASKED)]
    yield 1.0, _placed(rng.sample(bulletins, _RESIDENTS), rng)
    for kind in (
        [row[0] for row in islice(rows(folder / "procedures.tsv.gz"), 1, None)],
        [row[0] for row in phrases],
        [row[1] for row in phrases],
        [questions[0] for questions in encyclopedia if questions],
    ):
        yield 1.0, rng.sample(kind, _EACH)


def _placed(questions: Sequence[str], rng: random.Random) -> list[str]:
    """``questions``, a third of them with a municipality's name before: it tells neither kind."""
    names = [place.name for place in load_gazetteer().places()]
    return [
        f"{rng.choice(names)}{rng.choice('の 　')}{text}" if number % 3 == 0 else text
        for number, text in enumerate(questions)
    ]
