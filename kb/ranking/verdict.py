"""Which cases answer a question, and whether any does.

A case answers by how much of the question's words it says, weighted by rarity, in the same or in other
words; by how near it is in meaning, to the word vectors and, where the sentence model has read it, to
that; and by whether the question is about a digital project at all, which the same model tells. They are
weighed, together with the number of passages (among more of them something is near to any question) and
the language, by a logistic model whose coefficients are data, fitted by training/verdict.py. One that lies
far behind the best of all answers no more: filters change which cases are asked, never the verdict on one. What legs agree
on, by how much the best leads and how far it stands out were tried and added nothing (docs/ablation.md).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from kb.base.tables import read_table
from kb.index.views import Views
from kb.language.encoder import Matrix
from kb.language.tokens import tokenize
from kb.query.terms import Query, asked_name
from kb.ranking.candidates import Legs
from kb.ranking.fusion import Scored

_TABLE = Path(__file__).parent / "data" / "verdict.tsv"
_DIGITAL = Path(__file__).parent / "data" / "digital.npy"
_KANJI = re.compile("[\u4e00-\u9fff]")
_NAME = 5  # words of the dictionary that make one name

_SURE = (
    2.5  # log odds: a case that says what is asked is an answer, whatever the question sounds like
)

_UNHEARD, _DOUBT = 0.5, 0.9
"""From this share of what is asked, weighted by rarity, that no case says at all, a case must lie this
far above the line: what is near to 代行 is no answer to 犬の散歩代行."""

_BEHIND = 2.5
"""Log odds: what lies that far behind the best case is no answer beside it. Of the project's own judged
queries 0.66 of what answers is judged right then and 0.70 of what is right answers; with all that lie
above the line it is 0.35 and 0.83 (docs/ablation.md)."""


@dataclass(frozen=True, slots=True)
class Signs:
    """``said``: share (0 to 1) of the question's words that the case says; ``near``: inner product
    with its best passage and title (at most 2); ``read``: by how much nearer it is than passages on
    the whole by the sentence model, 0 where that has not read it; ``digital``: log odds, by the same
    model, that the question is about a digital project at all, 0 for keywords, which do not say; ``size``: log10 of the number of
    passages; ``english``: 1 for a question in English alone."""

    said: float
    near: float
    read: float
    digital: float
    size: float
    english: float


@dataclass(frozen=True, slots=True)
class Answering:
    """The numbers of the cases that answer; of those that ``could``, being good enough, if none were far
    better; and by how much (log odds) the best of all lies above the line."""

    answers: frozenset[int]
    could: frozenset[int]
    lead: float = -math.inf

    @staticmethod
    def only(cases: frozenset[int]) -> Answering:
        """These answer and no others could."""
        return Answering(cases, cases)


def answering(
    scored: Sequence[Scored],
    legs: Legs,
    about: Collection[str],
    *,
    model: str,
    lead: float | None = None,
) -> Answering:
    """Which cases answer by ``model`` ("words" or "vectors"); ``about`` are the terms of what is asked
    beside conditions, ``lead`` is that of the same question asked without filters, where these are
    narrowed down. A name or word that is asked for alone is answered by those that say it, whatever the
    vectors know of it."""
    if is_name(asked_name(legs.query.text)) and (
        saying := _saying_name(legs, [s.case_no for s in scored])
    ):
        return Answering.only(saying)
    doubt = _DOUBT if _unheard(legs, about) >= _UNHEARD else 0.0
    unread, read = _weights()[model], _weights()["sentences" if model == "vectors" else model]
    above = {
        no: _score(sign, read if sign.read else unread) for no, sign in signs(scored, legs).items()
    }
    best = max(above.values(), default=-math.inf) if lead is None else lead
    could = frozenset(no for no, score in above.items() if score >= doubt)
    answers = frozenset(no for no in could if above[no] >= best - _BEHIND)
    return Answering(answers, could, best)


def _score(sign: Signs, weights: Sequence[float]) -> float:
    """How far a case lies above the line."""
    bias, said, near, read, digital, size, english = weights
    return (
        bias
        + (said * sign.said + near * sign.near + read * sign.read)
        + (digital * sign.digital + size * sign.size + english * sign.english)
    )


def signs(scored: Sequence[Scored], legs: Legs) -> dict[int, Signs]:
    """The signs of each case by its number."""
    said = _said(legs.query, legs.views, [s.case_no for s in scored])
    rarity = {term: _rarity(legs.views, term) for term in said}
    whole = sum(rarity.values()) or 1.0
    share = dict.fromkeys((s.case_no for s in scored), 0.0)
    for term, cases in said.items():
        for no in cases:
            share[no] += rarity[term]
    size = math.log10(max(1, len(legs.views.dense)))
    english = float(legs.query.text.isascii())
    asked = legs.sentence
    usual = 0.0 if asked is None else legs.views.sentences.usual(asked)
    is_short = len(legs.query.typed) <= legs.tuning.keywords
    digital = 0.0 if asked is None or is_short else _digital(asked)
    return {
        s.case_no: Signs(
            share[s.case_no] / whole,
            s.dense,
            0.0 if s.sentences is None else s.sentences - usual,
            digital,
            size,
            english,
        )
        for s in scored
    }


def _digital(asked: Matrix) -> float:
    """Log odds (at most _SURE either way) that the question of the sentence model's vector ``asked``
    (d,) is about a digital project; 0 for a model that these were not fitted for."""
    weights = _digital_weights()
    if len(asked) != len(weights) - 1:
        return 0.0
    return min(_SURE, max(-_SURE, float(weights[:-1] @ asked + weights[-1])))


@cache
def _digital_weights() -> Matrix:
    weights: Matrix = np.load(_DIGITAL)
    return weights


def _unheard(legs: Legs, about: Collection[str]) -> float:
    """The share (0 to 1) of the words ``about`` which no case says, in the same or in other words;
    0 for a question in English, which the Japanese of the cases says otherwise."""
    if legs.query.text.isascii():
        return 0.0
    query, said = legs.query, legs.views.lexical.frequency
    rarity = {term: _rarity(legs.views, term) for term in query.typed if term in about}
    never = {term for term in rarity if not said(term)}
    for synonym, terms in query.synonyms.items():
        if never and all(map(said, terms)):
            never.difference_update(query.replaced[synonym])
    return sum(rarity[term] for term in never) / (sum(rarity.values()) or 1.0)


def is_name(text: str) -> bool:
    """True for one name, word or compound: content words without a particle between them, and with
    a space only between words in Latin letters."""
    tokens = tokenize(text)
    together = all(
        a.end == b.start or (text[a.start : b.end].isascii()) for a, b in pairwise(tokens)
    )
    return 0 < len(tokens) <= _NAME and together and all(token.content for token in tokens)


def _saying_name(legs: Legs, cases: Sequence[int]) -> frozenset[int]:
    """The cases that say a name as it is written or in the same words; where none does, by its sound
    (キン is no 金); where none does, by a related word."""
    for readings, with_related in ((0.0, False), (1.0, False), (1.0, True)):
        said = _said(legs.query, legs.views, cases, readings, with_related=with_related)
        if saying := frozenset(cases).intersection(*said.values()):
            return saying
    return frozenset()


def _said(
    query: Query,
    views: Views,
    cases: Sequence[int],
    readings: float = 1.0,
    *,
    with_related: bool = True,
) -> Mapping[str, set[int]]:
    """Which of the cases say each typed term, in the same or in other words (``readings``: 1 to count
    what sounds the same)."""
    every, sounds = frozenset(cases), readings > 0.0
    saying = views.lexical.saying(query.terms, cases, sounds=sounds)
    holding = {term: every.intersection(found) for term, found in saying.items()}
    said = {term: {*holding[term]} for term in query.typed}
    for synonym, terms in query.synonyms.items():
        if not with_related and (synonym in query.related or not _is_whole(synonym)):
            continue
        if both := every.intersection(*(holding.get(term, ()) for term in terms)):
            for term in query.replaced[synonym]:
                if term in said:
                    said[term] |= both
    return said


@lru_cache(maxsize=4096)
def _is_whole(word: str) -> bool:
    """False for 廃棄物, of which only 廃棄 is a term, which is said of other things, too."""
    return all(t.content or not _KANJI.search(t.surface) for t in tokenize(word))


def _rarity(views: Views, term: str) -> float:
    """Inverse document frequency as in BM25; a term that no case holds counts most."""
    n, df = len(views.lexical), views.lexical.frequency(term)
    return math.log(1.0 + (n - df + 0.5) / (df + 0.5))


@cache
def _weights() -> dict[str, tuple[float, ...]]:
    """By model: the bias, and the weight of each sign in the order of :class:`Signs`."""
    columns = ("model", "bias", *(field.name for field in fields(Signs)))
    return {
        row.cells[0]: tuple(row.number(i) for i in range(1, len(columns)))
        for row in read_table(_TABLE, columns)
    }
