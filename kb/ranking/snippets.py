"""Excerpts of a case: readable passages with the matched words marked in the original text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from kb.base.types import Case, Passage
from kb.language.encoder import Encoder
from kb.language.text import fold_text, sentences
from kb.language.tokens import Token, search_terms, tokenize
from kb.query.aspect import Aspect
from kb.query.terms import Query, is_in_hiragana
from kb.ranking.aspects import tells
from kb.ranking.tuning import Tuning
from kb.storage.rows import StoredChunk

_WHOLE_SECTION = 220  # characters: a section this short is shown whole
_PASSAGE = 160  # characters that a passage grows to, sentence by sentence
_PER_CASE = 3
_NOT = "{}+"
"""A term behind which a negation stands."""
_NEGATIONS = frozenset("ない なく なかっ なけれ ず ぬ ません".split())
_ENDINGS = _NEGATIONS | frozenset(
    "て で た だ ます れ られ せ させ たい たく う よう いる い".split()
)
_SHORT = 1200  # characters of a section whose tokens (about 200 bytes each) are kept
_TELLING = 20  # characters under which a passage hardly says anything


@dataclass(frozen=True, slots=True)
class Marks:
    """What to mark in a text: ``words`` wherever they stand, ``phrases`` (terms in a row) only
    whole, so that 業務 alone is no 業務効率化. ``weights`` are those of all their terms; ``negated``
    words only where a negation stands behind them, too."""

    words: frozenset[str]
    phrases: frozenset[tuple[str, ...]] = frozenset()
    weights: Mapping[str, float] = field(default_factory=dict)
    negated: frozenset[str] = frozenset()

    @classmethod
    def of(cls, query: Query, synonyms: Collection[str]) -> Marks:
        """The words that were typed and those ``synonyms`` of them."""
        said = {*query.typed, *(term for word in synonyms for term in query.synonyms[word])}
        weights = {term: weight for term, weight in query.terms.items() if term in said}
        negated = _negated(tokenize(query.text))
        return cls(frozenset(query.typed), frozenset(map(phrase, synonyms)), weights, negated)


@lru_cache(maxsize=4096)
def phrase(word: str) -> tuple[str, ...]:
    """The terms of a word in a row."""
    return tuple(token.term for token in tokenize(word) if token.content)


def as_read(
    ranked: Sequence[tuple[StoredChunk, float]],
    spans: Mapping[int, Sequence[int]],
    read: Sequence[tuple[int, float]],
    weight: float,
) -> list[tuple[StoredChunk, float]]:
    """``ranked`` anew, with ``weight`` times how much less near the sentence model finds what it read
    around a chunk (``read``: position and score, best first; ``spans``: section, start and end by
    position) than the best of the case. A chunk that it has not read counts as the least near."""
    if not read:
        return list(ranked)
    best, least = read[0][1], read[-1][1]
    near = [(*spans[position], score) for position, score in read if position in spans]

    def gap(chunk: StoredChunk) -> float:
        around = [
            (min(chunk.end, end) - max(chunk.start, start), score)
            for section, start, end, score in near
            if section == chunk.section and start < chunk.end and end > chunk.start
        ]
        return best - (max(around)[1] if around else least)

    anew = [(chunk, score - weight * gap(chunk)) for chunk, score in ranked]
    return sorted(anew, key=lambda pair: -pair[1])


def passages(
    case: Case,
    ranked: Sequence[tuple[StoredChunk, float]],
    marks: Marks,
    aspects: Collection[Aspect],
    tuning: Tuning,
) -> tuple[Passage, ...]:
    """The best passages of ``case``, best first, at most three and never two from one place.

    ``ranked`` holds the case's chunks with their similarity to the query; ``aspects`` are
    what it asks about. Without any chunk, the beginning of the case is shown.
    """
    terms = marks.weights
    scored = []
    for chunk, similarity in ranked[:40]:
        whole = case.sections[chunk.section].text
        text = whole[chunk.start : chunk.end]
        found = _matched(_between(whole, chunk.start, chunk.end), terms)
        share = sum(terms[term] for term in found) / (sum(terms.values()) or 1.0)
        short = max(0.0, 1.0 - len(text.strip()) / _TELLING)
        is_role, is_cue = tells(text, case.sections[chunk.section].role, aspects)
        asked = tuning.passage_role * is_role + tuning.passage_cue * is_cue
        said = tuning.passage_words * share - tuning.passage_short * short
        scored.append((similarity + asked + said, chunk))
    scored.sort(key=lambda pair: -pair[0])
    chosen: list[Passage] = []
    taken: list[tuple[int, int, int]] = []
    for score, chunk in scored:
        start, end = _readable(case.sections[chunk.section].text, chunk.start, chunk.end)
        if any(s == chunk.section and start < e and end > b for s, b, e in taken):
            continue
        taken.append((chunk.section, start, end))
        chosen.append(_passage(case, chunk.section, (start, end), score, marks))
        if len(chosen) == _PER_CASE:
            break
    if not chosen and case.sections:
        text = case.sections[0].text
        chosen.append(_passage(case, 0, _readable(text, 0, min(1, len(text))), 0.0, marks))
    return tuple(chosen)


def matches(case: Case, query: Query) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What of ``query`` the case says in its title or text: words as they were typed, and synonyms as
    they stand there, in whole. A word that was typed with a negation (書かない) is said with one."""
    wanted = {word: phrase(word) for word in query.synonyms}
    present: set[str] = set()
    spoken: set[tuple[str, ...]] = set()
    parts = (case.title, *(section.text for section in case.sections))
    for tokens in map(_tokens, parts):
        present.update(search_terms(tokens))
        present.update(map(_NOT.format, _negated(tokens)))
        spoken.update(found for _, _, found in _in_a_row(tokens, frozenset(wanted.values())))
    text = fold_text("\n".join((*parts, case.source_title)))
    if is_in_hiragana(query.text) and fold_text(query.text) in text:
        return (query.text,), ()
    return (
        _as_typed(query, present),
        tuple(w for w, terms in wanted.items() if terms in spoken and fold_text(w) in text),
    )


def _as_typed(query: Query, present: Collection[str]) -> tuple[str, ...]:
    """The words that were typed and are ``present``, neighbours as one, with the ending of a verb."""
    tokens, found, at = tokenize(query.text), dict[str, None](), -1
    negated = _negated(tokens)
    for i, token in enumerate(tokens):
        told = _NOT.format(token.term) if token.term in negated else token.term
        if not token.content or token.term not in query.typed or told not in present:
            continue
        end = i + 1
        if token.surface != token.term:
            while end < len(tokens) and tokens[end].surface in _ENDINGS:
                end += 1
        word = query.text[token.start : tokens[end - 1].end]
        if found and at == token.start and not word.isascii():
            word = found.popitem()[0] + word
        found[word], at = None, tokens[end - 1].end
    return tuple(found)


def _negated(tokens: Sequence[Token]) -> frozenset[str]:
    """The terms behind which a negation stands."""
    return frozenset(a.term for a, b in pairwise(tokens) if b.surface in _NEGATIONS)


def highlights(text: str, marks: Marks) -> tuple[tuple[int, int], ...]:
    """Spans of ``text`` that ``marks`` tell; neighbours are joined."""
    return _spans(text, tokenize(text), marks)


def _spans(text: str, tokens: Sequence[Token], marks: Marks) -> tuple[tuple[int, int], ...]:
    inside = {i for start, end, _ in _in_a_row(tokens, marks.phrases) for i in range(start, end)}
    spans: list[tuple[int, int]] = []
    negated = _negated(tokens)
    for i, token in enumerate(tokens):
        if not token.content or not (i in inside or _hits(token, marks.words)):
            continue
        if token.term in marks.negated and token.term not in negated:
            continue
        if spans and not text[spans[-1][1] : token.start].strip():
            spans[-1] = (spans[-1][0], token.end)
        else:
            spans.append((token.start, token.end))
    return tuple(spans)


def _in_a_row(
    tokens: Sequence[Token], phrases: frozenset[tuple[str, ...]]
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Where phrases stand among ``tokens``: first, behind the last, and which."""
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for terms in filter(None, phrases):
        by_first.setdefault(terms[0], []).append(terms)
    for i, token in enumerate(tokens):
        for name in filter(None, (token.term, token.origin)):
            for terms in by_first.get(name, ()):
                row = tokens[i : i + len(terms)]
                if len(row) == len(terms) and all(map(_is, row, terms)):
                    yield i, i + len(terms), terms


def _is(token: Token, term: str) -> bool:
    return token.content and term in (token.term, token.origin)


def nearest_sentences(
    texts: Sequence[str], vector: npt.NDArray[np.float32], encoder: Encoder
) -> tuple[tuple[int, int] | None, ...]:
    """For each text the span of the sentence nearest to ``vector``; None for a text of one."""
    spans = [sentences(text) for text in texts]
    said = [text[s:e] for text, found in zip(texts, spans, strict=True) for s, e in found]
    if not said:
        return (None,) * len(texts)
    near = iter(encoder.encode_passages(said) @ vector)
    best: list[tuple[int, int] | None] = []
    for found in spans:
        scored = [(float(next(near)), span) for span in found]
        best.append(max(scored, key=lambda pair: pair[0])[1] if len(scored) > 1 else None)
    return tuple(best)


def _hits(token: Token, terms: Collection[str]) -> bool:
    return token.term in terms or (bool(token.origin) and token.origin in terms)


def _matched(tokens: tuple[Token, ...], terms: Collection[str]) -> set[str]:
    found = {token.term for token in tokens if token.content and token.term in terms}
    return found | {token.origin for token in tokens if token.origin and token.origin in terms}


def _readable(text: str, start: int, end: int) -> tuple[int, int]:
    """The span grown to whole sentences of about a passage's length."""
    if len(text) <= _WHOLE_SECTION:
        return 0, len(text)
    spans = sentences(text)
    first = max((i for i, (s, _) in enumerate(spans) if s <= start), default=0)
    last = min((i for i, (_, e) in enumerate(spans) if e >= end), default=len(spans) - 1)
    while last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= _PASSAGE:
        last += 1
    if last < first:
        return start, end
    return min(start, spans[first][0]), max(end, spans[last][1])


def _tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a title or section, of which passages are parts: those of cases that are shown again
    and again are kept, long ones while their case is at hand."""
    return _kept(text) if len(text) <= _SHORT else _at_hand(text)


_kept = lru_cache(maxsize=2048)(tokenize)
_at_hand = lru_cache(maxsize=8)(tokenize)


def _between(text: str, start: int, end: int) -> tuple[Token, ...]:
    """The tokens of ``text`` that begin from ``start`` on and before ``end``."""
    tokens = _tokens(text)
    first, last = (bisect_left(tokens, at, key=attrgetter("start")) for at in (start, end))
    return tokens[first:last]


def _passage(
    case: Case, section: int, span: tuple[int, int], score: float, marks: Marks
) -> Passage:
    part = case.sections[section]
    marked = _spans(part.text, _between(part.text, *span), marks)
    within = tuple((start - span[0], min(end, span[1]) - span[0]) for start, end in marked)
    text = part.text[span[0] : span[1]]
    return Passage(part.page, part.role, text, round(score, 4), within)
