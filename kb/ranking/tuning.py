"""Every weight of the ranking in one place, to be varied by passing another (benchmarks/ablation.py).

Unless said otherwise a weight is in standard deviations of a leg's scores over the candidates of a
question, and was chosen by the figures in docs/ablation.md. Two things are not here: the title's
share of a vector, because views are built with it (kb/index/dense.py), and the verdict's
coefficients, which are fitted (kb/ranking/data).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.query.terms import TermWeights


@dataclass(frozen=True, slots=True)
class Tuning:
    """The weights that ship."""

    terms: TermWeights = field(
        default_factory=lambda: TermWeights(
            same=0.6, en=0.6, related=0.3, slip=0.5, nearest=2, near=0.5
        )
    )
    """Weights of words in BM25 beside 1.0 for one that was typed."""

    readings: float = 0.3
    """Weight in BM25 of a match by reading or by a loanword's origin beside 1.0 for the text. The title
    is part of the text; a weight of its own was measured to hurt, and pairs of neighbouring words
    to gain nothing."""

    candidates: int = 200
    """Cases that each leg brings; standardising over their union loses nothing."""

    candidates_most: int = 5000
    """Cases that meet a question's conditions up to which their best are candidates beside the best
    of all; where more meet them, enough of those are among the best anyway."""

    keywords: int = 3
    """Words up to which a question is keywords, which are meant by the letter, and no sentence."""

    keyword_legs: tuple[float, float] = (1.25, 1.25)
    sentence_legs: tuple[float, float] = (1.0, 1.5)
    """Weights of the standardised lexical and dense score, for both kinds of question; they add up
    to the same, so that conditions count alike."""

    keyword_reading: float = 4.0
    sentence_reading: float = 4.0
    """Weight of the standardised score of the sentence model, for both kinds of question; fitted on
    questions that it was not trained on (training/sentences/unseen)."""

    usual_words: int = 2
    """Usual words of the lexicon for each word of a question that stand behind it when the sentence
    model reads it a second time, as it reads passages: it has not seen every abbreviation."""

    unread: float = 0.5
    """Where the sentence model has not read a case yet: share of the mean of its other scores that is
    taken for it."""

    conditions: Mapping[str, float] = field(
        default_factory=lambda: {
            "place": 4.0,
            "region": 4.0,
            "kind": 2.5,
            "year": 1.2,
            "size": 1.2,
            "near": 2.5,
            "cost": 1.2,
            "status": 6.0,
            "funding": 4.0,
            "field": 2.5,
        }
    )
    """What meeting a condition of the question is worth by its kind: a place or region that is named,
    a kind of municipality, years, a size, likeness, a cost, a stage, whose
    money it was, and a 分野."""

    near: float = 0.5
    """What a municipality of the very same size is worth to somebody who asks for those near in
    size."""

    related_words: float = 0.15
    """Share of the best BM25 score that a case must exceed to belong to the result set by its words."""

    related_meaning: float = 0.6
    """Inner product (passage and title, at most 2) from which a case belongs to the result set by its
    meaning alone."""

    related_meaning_share: float = 0.8
    """Where nothing is that near, share of the best inner product from which a case belongs to it."""

    reranked: int = 30
    """Cases that a cross-encoder reads together with the question; further down the order stays."""

    reranker: float = 2.0
    """Weight of its standardised score beside 1.0 for the order that it is given. It reads more, so
    it counts more; not measured on a published model, which cannot be had offline."""

    passage_read: float = 3.0
    """What a cosine by the sentence model is worth to a passage, beside one by the word vectors: its
    cosines lie about three times as close together."""

    passage_words: float = 0.35
    """What saying all of the question's words is worth to a passage, beside its cosine."""

    passage_role: float = 0.6
    """What standing in a section of the kind asked about is worth to a passage, beside its cosine."""

    passage_cue: float = 0.4
    """What saying so is worth to a passage where a side of the cases is asked about."""

    aspect: float = 3.0
    aspect_alone: float = 20.0
    """What answering the side asked about (what went wrong, what it cost) is worth to a case: beside
    a matter, and where nothing else is asked."""

    passage_short: float = 0.5
    """What being the shortest costs a passage, beside its cosine."""

    passage_source: float = 1.5
    """What standing among what a case names as its sources costs a passage: a title that says the words tells nothing."""


SHIPPED = Tuning()
"""The weights that ship."""
