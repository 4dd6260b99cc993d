"""Tells questions about digital projects of town halls from others, by the sentence model's vector.

Fitted on questions of our own (``asked/dx_*`` against ``faq_*``, ``windows_*`` and the staff's other
matters), names of national
procedures, a phrase book and an encyclopedia's questions; on none that the verdict is fitted on.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from kb.language.encoder import Encoder, Matrix
from kb.language.lexicon import Lexicon
from kb.language.sentences import read_twice
from kb.ranking.tuning import SHIPPED
from training.sentences.texts import ASKED, asked, residents

_EACH = 700  # questions of a source that is none of our own
_RESIDENTS = 1500


def fitted_digital(folder: Path, encoder: Encoder, lexicon: Lexicon, seed: int) -> Matrix:
    """(d + 1,) weights of a question's vector, and the bias: their sum is the log odds that it is about a
    digital project, were both kinds asked equally often."""
    rng = random.Random(seed)
    digital = [pair.question for pair in asked(ASKED, "dx*.tsv")]
    others = _others(folder, rng)
    vectors = np.stack(
        [read_twice(encoder, lexicon, text, SHIPPED.usual_words) for text in (*digital, *others)]
    )
    is_digital = np.arange(len(vectors)) < len(digital)
    model = LogisticRegression(max_iter=5000, class_weight="balanced").fit(vectors, is_digital)
    return np.append(model.coef_[0], model.intercept_).astype(np.float32)


def _others(folder: Path, rng: random.Random) -> list[str]:
    towns = [pair.question for pair in asked(ASKED, "f*.tsv")]
    staff = (ASKED / "staff.txt").read_text("utf-8").splitlines()
    bulletins = [pair.question for pair in residents(folder, ASKED)]
    phrases = _lines(folder / "ja_en.tsv.gz")
    procedures = _lines(folder / "procedures.tsv.gz")[1:]
    entries = [json.loads(line)["questions"] for line in _lines(folder / "jaquad_train.jsonl.gz")]
    kinds: tuple[Sequence[str], ...] = (
        [row.split("\t")[0] for row in procedures],
        [row.split("\t")[0] for row in phrases],
        [row.split("\t")[1] for row in phrases],
        [questions[0] for questions in entries if questions],
    )
    drawn = [text for kind in kinds for text in rng.sample(kind, _EACH)]
    return [*towns, *staff, *rng.sample(bulletins, _RESIDENTS), *drawn]


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [line.rstrip("\n") for line in lines]
