"""What a finance section asks of a proposal, and the points of a check of a digital project: which of them
a case answers, in its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kb.advice.quotes import Quote, fact_sentence, fact_words, lines
from kb.base.tables import read_table
from kb.base.types import Case

_TABLE = Path(__file__).parent / "data" / "asked.tsv"
_MOST = 2  # quotes of one case


@dataclass(frozen=True, slots=True)
class AskedPoint:
    """A question to a piece of work: its ``name`` and what it asks (``question``, "" where the name
    says it) in Japanese, and what it asks in ``english``; answered by ``facts`` of the record, sections in ``roles``, sentences with ``words``."""

    name: str
    question: str
    english: str
    facts: frozenset[str]
    roles: frozenset[str]
    words: re.Pattern[str] | None

    def title(self, lang: str) -> str:
        """What it is called."""
        if lang == "en":
            return self.english
        return f"{self.name}: {self.question}" if self.question else self.name


@cache
def asked(kind: str) -> tuple[AskedPoint, ...]:
    """The questions of a kind: ``objection`` (of a finance section) or ``point`` (of a check)."""
    columns = ("kind", "name", "question", "english", "facts", "roles", "words")
    return tuple(
        AskedPoint(
            row.cells[1], row.cells[2], row.cells[3], frozenset(row.words(4)), frozenset(row.words(5)),
            re.compile(row.cells[6]) if row.cells[6] else None,
        )
        for row in read_table(_TABLE, columns, least=4)
        if row.cells[0] == kind
    )  # fmt: skip


def answers(case: Case, point: AskedPoint, *, short: bool = False) -> tuple[Quote, ...]:
    """The first lines of ``case`` that answer: what the record knows, else its sentences, each said
    once; none when it says nothing of it. ``short``: facts as values, such as 年600万円, not the sentences
    that tell them."""
    known = [
        Quote(fact_words(e) if short else fact_sentence(e), e.page)
        for e in case.evidence
        if not {e.name, f"{e.name}:{e.code}"}.isdisjoint(point.facts)
    ]
    told = (
        Quote(said, section.page)
        for section in case.sections
        if section.role in point.roles or (point.words and not point.roles)
        for said in lines(section.text)
        if point.words is None or point.words.search(said)
    )
    chosen: list[Quote] = []
    for quote in known or told:
        if not any(quote.text in q.text or q.text in quote.text for q in chosen):
            chosen.append(quote)
        if len(chosen) == _MOST:
            break
    return tuple(chosen)


def open_points(cases: Sequence[Case]) -> tuple[AskedPoint, ...]:
    """The points of the check that none of ``cases`` answers."""
    return tuple(p for p in asked("point") if not any(answers(case, p) for case in cases))
