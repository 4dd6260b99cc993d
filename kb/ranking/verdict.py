"""Which cases answer a question, and whether any does.

A case answers by two signs: the share of the question's words that it says, weighted by rarity, in
the same or in other words, and how near it is in meaning. Both are weighed, together with the number
of passages (among more of them something is near to any question) and the language, by a logistic
model whose coefficients are data, fitted by training/verdict.py. What is signed is the case alone:
filters change which cases are asked, never the verdict on one. What legs agree on, by how much the
best leads and how far it stands out from all passages were tried and added nothing (docs/ablation.md).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from kb.base.tables import read_table
from kb.index.views import Views
from kb.language.tokens import tokenize
from kb.query.terms import Query, asked_name
from kb.ranking.candidates import Legs
from kb.ranking.fusion import Scored

_TABLE = Path(__file__).parent / "data" / "verdict.tsv"
_KANJI = re.compile("[\u4e00-\u9fff]")
_NAME = 5  # words of the dictionary that make one name

_UNHEARD, _DOUBT = 0.5, 0.9
"""From this share of what is asked, weighted by rarity, that no case says at all, a case must lie this
far above the line: what is near to 代行 is no answer to 犬の散歩代行."""
_NEAR = 0.1
"""By so much nearer than passages on the whole, by the sentence model, a case is spared that doubt, as it
is a precedent from there on (docs/ablation.md)."""


@dataclass(frozen=True, slots=True)
class Signs:
    """``said``: share (0 to 1) of the question's words that the case says; ``near``: inner product
    with its best passage and title (at most 2); ``size``: log10 of the number of passages;
    ``english``: 1 for a question in English alone."""

    said: float
    near: float
    size: float
    english: float


def answering(
    scored: Sequence[Scored], legs: Legs, about: Collection[str], *, model: str
) -> frozenset[int]:
    """Numbers of the cases that answer by ``model`` ("words" or "vectors"); ``about`` are the terms
    of what is asked beside conditions. A name or word that is asked for alone is answered by those
    that say it, whatever the vectors know of it."""
    if is_name(asked_name(legs.query.text)) and (
        saying := _saying_name(legs, [s.case_no for s in scored])
    ):
        return saying
    bias, said, near, size, english = _weights()[model]
    doubted = _unheard(legs, about) >= _UNHEARD
    return frozenset(
        no
        for no, sign in signs(scored, legs).items()
        if bias + (said * sign.said + near * sign.near + size * sign.size + english * sign.english)
        >= (_DOUBT if doubted and not _is_read(legs, no) else 0.0)
    )


def _is_read(legs: Legs, case: int) -> bool:
    """True where the sentence model finds the case near, whatever its words."""
    read = legs.sentence
    return read is not None and (legs.views.sentences.standing(read, case) or 0.0) >= _NEAR


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
    return {s.case_no: Signs(share[s.case_no] / whole, s.dense, size, english) for s in scored}


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
    holding = {
        t: every.intersection(views.lexical.saying(t, cases, sounds=sounds)) for t in query.terms
    }
    said = {term: {*holding[term]} for term in query.typed}
    for synonym, terms in query.synonyms.items():
        if not with_related and (synonym in query.related or not _is_whole(synonym)):
            continue
        if saying := every.intersection(*(holding.get(term, ()) for term in terms)):
            for term in query.replaced[synonym]:
                if term in said:
                    said[term] |= saying
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
