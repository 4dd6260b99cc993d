"""Whether an answer answers: the strength of its best cases, and what is too little."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

import numpy as np

from kb.index.views import Views
from kb.query.terms import Query
from kb.ranking.candidates import Legs
from kb.ranking.fusion import Scored

COVERAGE = 0.7
"""What saying all of the question's words is worth beside a similarity of 1, see strength."""

WEAK_LEXICAL = 0.13
"""An answer by words alone whose strength is less than this is called weak: 5 % of the questions
that are answered, 45 to 90 % of those that are not (docs/ablation.md)."""


def weak_below(chunks: int) -> float:
    """Strength under which an answer from a corpus of so many chunks is called weak: among more
    passages something is near to any question.

    Read off benchmarks/weak.py at 50 to 150,000 chunks (docs/ablation.md has the table): the curve
    runs between the 80th percentile of questions that a corpus does not answer and the 5th of those
    it does; from 8,000 chunks on, where the two overlap, just under the 5th.
    """
    digits = math.log10(max(30, chunks))
    return max(1.0 - 0.93 / digits, 0.404 + 0.092 * digits if chunks > 8_000 else 0.0)


def is_weak(scored: Sequence[Scored], legs: Legs) -> bool:
    """True when the best of these cases do not answer."""
    views = legs.views
    least = WEAK_LEXICAL if legs.vector is None else weak_below(len(views.dense))
    return strength(scored[:10], views, legs.query) < least


def strength(best: Sequence[Scored], views: Views, query: Query) -> float:
    """How well these cases answer: each has its similarity, and COVERAGE times the share of the
    question's terms, weighted by rarity, that it says in the same or other words; the mean of the
    best three, because one case can be near by accident."""
    if not best:
        return 0.0
    nos = [s.case_no for s in best]
    holding = {term: views.lexical.scores({term: 1.0}, nos, 1.0).keys() for term in query.terms}
    said: dict[int, set[str]] = {
        no: {term for term in query.typed if no in holding[term]} for no in nos
    }
    for synonym, terms in query.synonyms.items():
        for no in nos:
            if all(no in holding.get(term, ()) for term in terms):
                said[no].update(query.replaced[synonym])
    rarity = {term: _rarity(views, term) for term in query.typed}
    whole = sum(rarity.values()) or 1.0
    answers = sorted(
        (
            s.dense + COVERAGE * sum(rarity.get(term, 0.0) for term in said[s.case_no]) / whole
            for s in best
        ),
        reverse=True,
    )
    return statistics.fmean(answers[:3])


def _rarity(views: Views, term: str) -> float:
    """Inverse document frequency as in BM25; a term that no case holds counts most."""
    n, df = len(views.lexical), views.lexical.frequency(term)
    return float(np.log(1.0 + (n - df + 0.5) / (df + 0.5)))
