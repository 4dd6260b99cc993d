"""Excerpts of a case: readable passages with the matched words marked in the original text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from kb.base.types import Case, Passage
from kb.language.concordance import NEGATIONS, Concordance, concordance, unpacked
from kb.language.encoder import Encoder, StaticEncoder
from kb.language.text import fold_text, sentences
from kb.language.tokens import Token, meaning_terms, tokenize
from kb.query.aspect import Aspect
from kb.query.terms import Query, is_in_hiragana
from kb.ranking.aspects import tells
from kb.ranking.tuning import Tuning
from kb.storage.rows import StoredChunk

_WHOLE_SECTION = 220  # characters: a section this short is shown whole
_PASSAGE = 160  # characters that a passage grows to, sentence by sentence
_PER_CASE = 3
_LOOKED_AT = 40  # chunks of a case
_NOT = "{}+"
"""A term behind which a negation stands."""
_ENDINGS = NEGATIONS | frozenset(
    "て で た だ ます れ られ せ させ たい たく う よう いる い".split()
)
Ranked = tuple[StoredChunk, float]
"""A chunk with its similarity to the query."""
_MOST = 512  # cases whose words are kept, about 60 KB each
_TELLING = 20  # characters under which a passage hardly says anything
_SOURCES = re.compile(
    r"\W*(?:出典|出所|引用元?|参考(?:資料|文献|リンク|url|サイト)?|関連(?:資料|リンク)|リンク|(?:data )?sources?|references?|links?)\W*"
)
"""Headings of what a case was taken from."""


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
        negated = _negated(_typed(query.text))
        return cls(frozenset(query.typed), frozenset(map(phrase, synonyms)), weights, negated)


@lru_cache(maxsize=4096)
def phrase(word: str) -> tuple[str, ...]:
    """The terms of a word in a row."""
    return tuple(token.term for token in tokenize(word) if token.content)


def as_read(
    ranked: Sequence[Ranked],
    spans: Mapping[int, Sequence[int]],
    read: Sequence[tuple[int, float]],
    weight: float,
) -> list[Ranked]:
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
    ranked: Sequence[Ranked],
    marks: Marks,
    aspects: Collection[Aspect],
    tuning: Tuning,
) -> tuple[Passage, ...]:
    """The best passages of ``case``, best first, at most three and never two from one place.

    ``ranked`` holds the case's chunks with their similarity to the query; ``aspects`` are
    what it asks about. Without any chunk, the beginning of the case is shown.
    """
    chosen: list[Passage] = []
    taken: list[tuple[int, int, int]] = []
    for score, chunk in _rated(case, ranked, marks, aspects, tuning):
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


def _rated(
    case: Case,
    ranked: Sequence[Ranked],
    marks: Marks,
    aspects: Collection[Aspect],
    tuning: Tuning,
) -> list[tuple[float, StoredChunk]]:
    """The chunks with what speaks for showing them, best first."""
    words, terms = words_of(case), marks.weights
    whole = sum(terms.values()) or 1.0
    hits = sorted((no, term) for term in terms for no in words.of(term))
    nos = [no for no, _ in hits]
    scored = []
    for chunk, similarity in ranked[:_LOOKED_AT]:
        section = case.sections[chunk.section]
        text = section.text[chunk.start : chunk.end]
        base = words.bases[chunk.section + 1]
        inside = words.within(base + chunk.start, base + chunk.end)
        around = slice(bisect_left(nos, inside.start), bisect_left(nos, inside.stop))
        share = sum(terms[term] for term in {term for _, term in hits[around]}) / whole
        short = max(0.0, 1.0 - len(text.strip()) / _TELLING)
        is_role, is_cue = tells(text, section.role, aspects)
        asked = tuning.passage_role * is_role + tuning.passage_cue * is_cue
        said = tuning.passage_words * share - tuning.passage_short * short
        said -= tuning.passage_source * bool(_SOURCES.fullmatch(fold_text(section.heading)))
        scored.append((similarity + asked + said, chunk))
    return sorted(scored, key=lambda pair: -pair[0])


def matches(case: Case, query: Query) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What of ``query`` the case says in its title or text: words as they were typed, and synonyms as
    they stand there, in whole. A word that was typed with a negation (書かない) is said with one."""
    words, text = words_of(case), _letters(case)
    if is_in_hiragana(query.text) and _folded(query.text) in text:
        return (query.text,), ()
    return (
        _as_typed(query, words),
        tuple(w for w in query.synonyms if _folded(w) in text and any(words.rows(phrase(w)))),
    )


def _as_typed(query: Query, words: Concordance) -> tuple[str, ...]:
    """The words that were typed and are said, neighbours as one, with the ending of a verb."""
    tokens, found, at = _typed(query.text), dict[str, None](), -1
    negated = _negated(tokens)
    for i, token in enumerate(tokens):
        term = token.term
        if not token.content or term not in query.typed:
            continue
        nos = words.numbers.get(term, ())
        is_said = any(no in words.denials for no in nos) if term in negated else words.says(term)
        if not is_said:
            continue
        end = i + 1
        if token.surface != term:
            while end < len(tokens) and tokens[end].surface in _ENDINGS:
                end += 1
        word = query.text[token.start : tokens[end - 1].end]
        if found and at == token.start and not word.isascii():
            word = found.popitem()[0] + word
        found[word], at = None, tokens[end - 1].end
    return tuple(found)


def _negated(tokens: Sequence[Token]) -> frozenset[str]:
    """The terms behind which a negation stands."""
    return frozenset(a.term for a, b in pairwise(tokens) if b.surface in NEGATIONS)


def highlights(case: Case, marks: Marks) -> list[tuple[tuple[int, int], ...]]:
    """For each section the spans that ``marks`` tell; neighbours are joined."""
    return [
        _spans(case, number, (0, len(section.text)), marks)
        for number, section in enumerate(case.sections)
    ]


def _spans(
    case: Case, section: int, span: tuple[int, int], marks: Marks
) -> tuple[tuple[int, int], ...]:
    """What is marked among the words of a section that begin within ``span``."""
    words, text = words_of(case), case.sections[section].text
    base = words.bases[section + 1]
    first, end = base + span[0], base + span[1]
    inside = words.within(first, end)
    hits = {no for word in marks.words for no in words.of(word) if no in inside}
    for terms in marks.phrases:
        rows = (row for row in words.rows(terms) if row[0] in inside and row[-1] in inside)
        hits.update(no for row in rows for no in row)
    negated = {
        words.words[no]
        for no, at in words.denials.items()
        if marks.negated and no in inside and at < end
    }
    spans: list[tuple[int, int]] = []
    for no in sorted(hits):
        if words.words[no] in marks.negated and words.words[no] not in negated:
            continue
        start, stop = words.starts[no] - base, words.ends[no] - base
        if spans and not text[spans[-1][1] : start].strip():
            spans[-1] = (spans[-1][0], stop)
        else:
            spans.append((start, stop))
    return tuple(spans)


def nearest_sentences(
    texts: Sequence[str], vector: npt.NDArray[np.float32], encoder: Encoder
) -> tuple[tuple[int, int] | None, ...]:
    """For each text the span of the sentence nearest to ``vector``; None for a text of one."""
    spans = [sentences(text) for text in texts]
    said = [text[s:e] for text, found in zip(texts, spans, strict=True) for s, e in found]
    if not said:
        return (None,) * len(texts)
    if isinstance(encoder, StaticEncoder):
        vectors = encoder.encode_terms([*map(_meaning, said)])
    else:
        vectors = encoder.encode_passages(said)
    near = iter((vectors @ vector).tolist())
    best: list[tuple[int, int] | None] = []
    for found in spans:
        scored = [(next(near), span) for span in found]
        best.append(max(scored, key=lambda pair: pair[0])[1] if len(scored) > 1 else None)
    return tuple(best)


@lru_cache(maxsize=8192)
def _meaning(sentence: str) -> tuple[str, ...]:
    return meaning_terms(tokenize(sentence))


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


def words_of(case: Case, stored: bytes | None = None) -> Concordance:
    """Title and sections of a case, taken apart: as it is ``stored``, else anew; kept of those that are
    shown again and again."""
    parts = _parts(case)
    if (known := _kept.get(parts)) is None:
        while len(_kept) >= _MOST:
            _kept.pop(next(iter(_kept)), None)
        known = _kept[parts] = _read(parts, stored) or concordance(parts)
    return known


def is_taken_apart(case: Case) -> bool:
    """True where the words of a case are kept."""
    return _parts(case) in _kept


def _parts(case: Case) -> tuple[str, ...]:
    return (case.title, *(section.text for section in case.sections))


def _read(parts: tuple[str, ...], stored: bytes | None) -> Concordance | None:
    try:
        return unpacked(parts, stored) if stored else None
    except ValueError:  # a damaged row: the text says the same
        return None


def _letters(case: Case) -> str:
    """All of a case letter by letter."""
    return _folded("\n".join((*words_of(case).parts, case.source_title)))


_kept: dict[tuple[str, ...], Concordance] = {}
_folded = lru_cache(maxsize=4096)(fold_text)
_typed = lru_cache(maxsize=64)(tokenize)


def _passage(
    case: Case, section: int, span: tuple[int, int], score: float, marks: Marks
) -> Passage:
    part = case.sections[section]
    marked = _spans(case, section, span, marks)
    within = tuple((start - span[0], min(end, span[1]) - span[0]) for start, end in marked)
    return Passage(part.page, part.role, part.text[slice(*span)], round(score, 4), within)
