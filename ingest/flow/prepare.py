"""One file's bytes become a document ready to store. What describes and splits is loaded where that is done, in a
worker: a process that serves does without."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import numpy as np

from ingest.page import Extract
from ingest.split.chunks import chunks, reading_spans
from kb.base.bounded_yaml import as_mapping
from kb.base.errors import ReadError
from kb.base.messages import Message, message
from kb.base.record import FACTS
from kb.base.types import CaseDraft, Chunk, OfficialFigure, PageQuality
from kb.documents.around import Around, labelled
from kb.language.concordance import concordance, packed
from kb.language.encoder import Encoder, StaticEncoder
from kb.language.tokens import meaning_terms, readings, search_terms, tokenize
from kb.places.gazetteer import load_gazetteer
from kb.places.names import title_keys
from kb.storage.sentence_vectors import TITLE, SentencePassage, encoded_text, key_of
from kb.storage.sidecar import parse
from kb.storage.writer import NewCase, NewDocument, Terms

MOST_CASES = 20_000
"""What is taken of one document."""

_NOTHING = Around()
_EXPORTED = re.compile(r"[ _-][0-9a-f]{32}$")
"""The number that Notion sets behind the names of the files it writes."""


@dataclass(frozen=True, slots=True)
class TermedCase:
    """A case with its terms: ``title`` and for each chunk its ``passages`` as the static model takes
    them."""

    draft: CaseDraft
    chunks: tuple[Chunk, ...]
    terms: Terms
    title: tuple[str, ...]
    passages: tuple[tuple[str, ...], ...]
    sentences: tuple[SentencePassage, ...]


@dataclass(frozen=True, slots=True)
class Termed:
    """A document that needs nothing but its vectors; of so many pages the text will follow that are
    ``waiting`` to be recognised."""

    reader: str
    pages: tuple[PageQuality, ...]
    visibility: str
    warnings: tuple[Message, ...]
    cases: tuple[TermedCase, ...]
    figures: tuple[OfficialFigure, ...] = ()
    waiting: int = 0


def termed(extract: Extract, around: Around = _NOTHING, stamps: tuple[str, ...] = ()) -> Termed:
    """Splits what was read into cases and gives each its terms; ``around`` it is said who may see it at
    most, ``stamps`` on it say something of it.

    Raises ReadError("empty") when there is nothing to search for, and nothing to come.
    """
    from ingest.describe.cases import cases
    from ingest.describe.lists.official import official

    figures = official(extract)[0]
    drafts, warnings = cases(extract)
    if extract.waiting:
        drafts = tuple(draft for draft in drafts if any(s.text.strip() for s in draft.sections))
    else:
        require_text(drafts)
    if len(drafts) > MOST_CASES:
        warnings = (*warnings, message("warn.cases_cut", n=len(drafts), most=MOST_CASES))
        drafts = drafts[:MOST_CASES]
    label, doubts = labelled(extract.front_matter, around, stamps)
    file_name = str(extract.front_matter.get("default_title", ""))
    return Termed(
        reader=extract.reader,
        pages=(
            *(PageQuality(p.number, p.quality, p.ocr) for p in extract.pages),
            *(PageQuality(None, p.quality, p.ocr) for e in extract.attached for p in e.pages),
        ),
        visibility=label,
        warnings=(*extract.warnings, *warnings, *doubts),
        cases=tuple(_case(draft, file_name) for draft in drafts),
        figures=figures,
        waiting=extract.waiting,
    )


def with_vectors(found: Termed, encoder: Encoder) -> NewDocument:
    """The document ready to store."""
    counts = [len(case.chunks) for case in found.cases]
    if isinstance(encoder, StaticEncoder):  # it takes the terms that are there already
        titles = encoder.encode_terms([case.title for case in found.cases])
        vectors = encoder.encode_terms([p for case in found.cases for p in case.passages])
    else:
        titles = encoder.encode_passages([case.draft.title for case in found.cases])
        texts = [chunk.text for case in found.cases for chunk in case.chunks]
        vectors = (
            encoder.encode_passages(texts)
            if texts
            else np.zeros((0, encoder.dimension), np.float32)
        )
    ends = list(accumulate(counts))
    return NewDocument(
        reader=found.reader,
        pages=found.pages,
        visibility=found.visibility,
        warnings=found.warnings,
        figures=found.figures,
        cases=tuple(
            NewCase(
                case.draft,
                case.chunks,
                case.terms,
                vectors[end - count : end],
                title,
                case.sentences,
            )
            for case, count, end, title in zip(found.cases, counts, ends, titles, strict=True)
        ),
    )


def require_text(drafts: Sequence[CaseDraft]) -> None:
    """Raises ReadError("empty") when the cases hold no text."""
    if not any(section.text.strip() for draft in drafts for section in draft.sections):
        raise ReadError("read.empty")


def sidecar_values(content: bytes, name: str) -> dict[str, object]:
    """The values of a sidecar. Raises ReadError("sidecar") naming the line."""
    return as_mapping(parse(content, name))


def default_title(path: Path) -> str:
    """A title for a document that has none: its file name, legible whatever bytes it is made of."""
    legible = path.stem.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _EXPORTED.sub("", legible).replace("_", " ").strip() or path.name


def _case(draft: CaseDraft, file_name: str) -> TermedCase:
    passages = chunks(draft)
    title = tokenize(draft.title)
    bodies = [tokenize(section.text) for section in draft.sections]
    headings = [_repeated(section.heading) for section in draft.sections]
    place = _repeated(
        f"{draft.prefecture} {draft.municipality} {draft.field} {' '.join(draft.tools)}"
    )
    facts = _repeated(" ".join(_unsaid(draft)))
    everything = (title, place, *headings, *bodies, _repeated(file_name), facts)
    starts = [[token.start for token in body] for body in bodies]
    return TermedCase(
        draft=replace(draft, population=_population(draft.code)),
        chunks=passages,
        terms=Terms(
            tuple(term for part in everything for term in search_terms(part)),
            tuple(word for part in everything for word in readings(part)),
            packed(concordance((draft.title, *(s.text for s in draft.sections)), [title, *bodies])),
            title_keys(draft.title, title),
        ),
        title=meaning_terms(title),
        passages=tuple(
            meaning_terms(bodies[c.section][_within(starts[c.section], c)]) for c in passages
        ),
        sentences=_sentences(draft),
    )


def _unsaid(draft: CaseDraft) -> Iterator[str]:
    """Facts in words that no section says: what people told, and the full names of programmes."""
    for fact in draft.evidence:
        is_named = fact.name in FACTS and (fact.amount is None or fact.name == "funding")
        if is_named and not any(fact.value in section.text for section in draft.sections):
            yield fact.value


_repeated = lru_cache(maxsize=4096)(tokenize)
"""Tokens of what many cases share: heads of columns, places, the name of the file."""


def _sentences(draft: CaseDraft) -> tuple[SentencePassage, ...]:
    """What the sentence model will read of a case: its title, then its text piece by piece."""
    title = SentencePassage(TITLE, 0, 0, key_of(encoded_text(draft.title, "")))
    pieces = (
        SentencePassage(i, start, end, key_of(encoded_text(draft.title, section.text[start:end])))
        for i, section in enumerate(draft.sections)
        for start, end in reading_spans(section.text)
    )
    return title, *pieces


def _within(starts: Sequence[int], passage: Chunk) -> slice:
    """Which of the tokens that begin at ``starts`` lie in the passage."""
    return slice(bisect_left(starts, passage.start), bisect_left(starts, passage.end))


def _population(code: str) -> int | None:
    place = load_gazetteer().by_code(code) if code else None
    return place.population if place else None
