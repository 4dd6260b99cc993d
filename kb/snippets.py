"""Excerpts of a case: readable passages with the matched words marked in the original text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kb.encoder import Encoder
from kb.store import StoredChunk
from kb.text import sentences
from kb.tokens import Token, search_terms, tokenize
from kb.types import Case, Passage

_WHOLE_SECTION = 220  # characters: a section this short is shown whole
_PASSAGE = 160  # characters that a passage grows to, sentence by sentence
_PER_CASE = 3
_TELLING = 20  # characters under which a passage hardly says anything
_SHORT = 0.5  # what being the shortest costs beside a cosine
_ASKED_ROLE = 0.6  # what standing in a section of the kind asked about is worth beside a cosine
_LEXICAL_SHARE = 0.35  # weight of a passage's share of matched terms beside its cosine


def passages(
    case: Case,
    ranked: Sequence[tuple[StoredChunk, float]],
    terms: Mapping[str, float],
    roles: Collection[str] = (),
) -> tuple[Passage, ...]:
    """The best passages of ``case``, best first, at most three and never two from one place.

    ``ranked`` holds the case's chunks with their similarity to the query; ``terms`` are the
    query's weighted terms, ``roles`` those of the sections it asks about. Without any chunk, the beginning of the case is shown.
    """
    scored = []
    for chunk, similarity in ranked[:40]:
        text = case.sections[chunk.section].text[chunk.start : chunk.end]
        found = _matched(tokenize(text), terms)
        share = sum(terms[term] for term in found) / (sum(terms.values()) or 1.0)
        short = max(0.0, 1.0 - len(text.strip()) / _TELLING)
        asked = _ASKED_ROLE if case.sections[chunk.section].role in roles else 0.0
        scored.append((similarity + _LEXICAL_SHARE * share + asked - _SHORT * short, chunk))
    scored.sort(key=lambda pair: -pair[0])
    chosen: list[Passage] = []
    taken: list[tuple[int, int, int]] = []
    for score, chunk in scored:
        start, end = _readable(case.sections[chunk.section].text, chunk.start, chunk.end)
        if any(s == chunk.section and start < e and end > b for s, b, e in taken):
            continue
        taken.append((chunk.section, start, end))
        chosen.append(_passage(case, chunk.section, (start, end), score, terms))
        if len(chosen) == _PER_CASE:
            break
    if not chosen and case.sections:
        text = case.sections[0].text
        chosen.append(_passage(case, 0, _readable(text, 0, min(1, len(text))), 0.0, terms))
    return tuple(chosen)


def matched_terms(case: Case, terms: Collection[str]) -> tuple[str, ...]:
    """Those of ``terms`` that stand in the case's title or text, in the given order."""
    present = set(search_terms(tokenize(case.title)))
    for section in case.sections:
        present.update(search_terms(tokenize(section.text)))
    return tuple(term for term in terms if term in present)


def highlights(text: str, terms: Collection[str]) -> tuple[tuple[int, int], ...]:
    """Spans of ``text`` whose words match one of ``terms``; neighbours are joined."""
    spans: list[tuple[int, int]] = []
    for token in tokenize(text):
        if not token.content or not _hits(token, terms):
            continue
        if spans and not text[spans[-1][1] : token.start].strip():
            spans[-1] = (spans[-1][0], token.end)
        else:
            spans.append((token.start, token.end))
    return tuple(spans)


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


def _passage(
    case: Case, section: int, span: tuple[int, int], score: float, terms: Mapping[str, float]
) -> Passage:
    part = case.sections[section]
    text = part.text[span[0] : span[1]]
    return Passage(part.page, part.role, text, round(score, 4), highlights(text, terms))
