"""A case's page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kb.errors import QueryError
from kb.query import analyse
from kb.snippets import highlights
from kb.types import Case, Evidence, Reader, Section
from web.question import Question
from web.services import Services, services

pages = Blueprint("cases", __name__)

_OTHERS = 8


class Part(NamedTuple):
    """A section with the spans of the words that were searched for."""

    section: Section
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Other cases of the municipality and of the document."""

    municipality: tuple[Case, ...]
    document: tuple[Case, ...]


@pages.get("/cases/<case_id>")
def show(case_id: str) -> ResponseReturnValue:
    """One case; ``?q=`` marks the words searched for and leads back to the results."""
    own = services()
    reader = own.reader()
    case = own.store.case(case_id, reader)
    question = Question.read(request.args)
    terms = _terms(own, question.q)
    return render_template(
        "case.html",
        case=case,
        parts=[Part(s, highlights(s.text, terms) if terms else ()) for s in case.sections],
        facts=_by_name(case.evidence),
        others=_neighbours(own, case, reader),
        question=question,
    )


def _by_name(evidence: Sequence[Evidence]) -> dict[str, list[Evidence]]:
    """Evidence by what it is evidence of; an empty list for what nothing was read about."""
    found: defaultdict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        found[item.name].append(item)
    return found


def _terms(own: Services, query: str) -> frozenset[str]:
    if not query:
        return frozenset()
    try:
        return frozenset(analyse(query, own.searcher.lexicon).terms)
    except QueryError:
        return frozenset()


def _neighbours(own: Services, case: Case, reader: Reader) -> Neighbours:
    same_place = own.store.cases_of(code=case.code, reader=reader) if case.code else ()
    same_file = own.store.cases_of(document_id=case.document_id, reader=reader)
    return Neighbours(
        tuple(other for other in same_place if other.id != case.id)[:_OTHERS],
        tuple(other for other in same_file if other.id != case.id)[:_OTHERS],
    )
