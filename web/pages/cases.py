"""A case's page, and the pages of its document as pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from kb.advice.asked import answers, asked
from kb.advice.related import kin, same_matter
from kb.base.errors import NotFoundError, QueryError, UnknownPlaceError
from kb.base.record import FACTS, LINKS
from kb.base.types import Case, Evidence, Filters, PageQuality, Section, Viewer
from kb.documents.passwords import unsealed
from kb.documents.recognised import recognised_words
from kb.places.gazetteer import load_gazetteer
from kb.ranking.snippets import Marks, highlights, matches
from kb.storage.corrections import password
from web.files import locate
from web.page_images import Request, render
from web.pages.corrections import history, values
from web.pages.mine import mine
from web.services import Services, services
from web.view.address import SearchAddress
from web.view.presentation import is_telling
from web.view.record import CORRECTABLE

pages = Blueprint("cases", __name__)

_OTHERS = 8
_SIMILAR = 5
_PICTURES = 4
_MONTH = 30 * 24 * 3600  # seconds


class MarkedSection(NamedTuple):
    """A section with the spans of the words that were searched for."""

    section: Section
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Cases like this one elsewhere, of the same municipality, of the same document, and in the same
    field those of others that name this municipality as what they followed."""

    similar: tuple[Case, ...]
    municipality: tuple[Case, ...]
    document: tuple[Case, ...]
    following: tuple[Case, ...]


@pages.get("/cases/<case_id>")
def show(case_id: str) -> ResponseReturnValue:
    """One case; ``?q=`` marks the words searched for and leads back to the results, ``?of=`` to the
    municipality whose need it answers."""
    own = services()
    viewer = own.viewer()
    case = own.store.case(case_id, viewer)
    g.about = f"{case.path} {case.title}"
    question = SearchAddress.read(request.args)
    parts = _parts(own, case, question)
    poor = _poorly_read(own, case, viewer)
    told = history(own, case)
    return render_template(
        "case.html",
        case=case,
        parts=parts,
        facts=_by_name(case.evidence),
        deciding=FACTS,
        links=LINKS,
        others=_neighbours(own, case, viewer),
        related=kin(own.searcher, own.store, case, viewer),
        pictures=_pictured(case, parts),
        poor=poor,
        points=[(point, answers(case, point)) for point in asked("point")],
        question=question,
        needy=load_gazetteer().by_code(request.args.get("of", "")),
        history=told,
        values={**values(case), **told.corrected},
        just_corrected=request.args.get("corrected", ""),
        correctable=CORRECTABLE,
    )


@pages.get("/cases/<case_id>/pages/<int:page>.png")
def picture(case_id: str, page: int) -> ResponseReturnValue:
    """A page of the case's PDF, with the words of ``?q=`` marked."""
    own = services()
    case = own.store.case(case_id, own.viewer())
    if page not in _pages_of(case):
        raise NotFoundError("usage.page_missing")
    words = {
        part.section.text[start:end]
        for part in _parts(own, case, SearchAddress.read(request.args))
        for start, end in part.spans
        if is_telling(part.section.text[start:end])
    }
    found = locate(own.settings.corpus, case.path)
    kept = password(found)
    opens = unsealed(own.settings, kept) if kept else None
    seen = recognised_words(own.store, case.document_id, page, own.viewer()) if words else ()
    wanted = Request(found, page, tuple(sorted(words)), opens, seen)
    response = Response(render(wanted), mimetype="image/png")
    if own.viewer().role == "owner":  # nobody else reads in this browser
        response.headers["Cache-Control"] = f"private, max-age={_MONTH}"
    return response


def _parts(own: Services, case: Case, question: SearchAddress) -> list[MarkedSection]:
    """The sections with what the results mark in them."""
    try:
        home = question.near or getattr(mine(), "code", "")
        asked = own.searcher.understand(question.q, home or None, question.wishes).marked
    except (QueryError, UnknownPlaceError):
        return [MarkedSection(section, ()) for section in case.sections]
    marks = Marks.of(asked, matches(case, asked)[1])
    return list(map(MarkedSection, case.sections, highlights(case, marks)))


def _by_name(evidence: Sequence[Evidence]) -> dict[str, list[Evidence]]:
    """Evidence by what it is evidence of; an empty list for what nothing was read about."""
    found: defaultdict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        found[item.name].append(item)
    return found


def _neighbours(own: Services, case: Case, viewer: Viewer) -> Neighbours:
    same_place = own.store.cases_of(code=case.code, viewer=viewer) if case.code else ()
    same_file = own.store.cases_of(document_id=case.document_id, viewer=viewer)
    return Neighbours(
        same_matter(own.searcher, own.store, case, viewer, _SIMILAR),
        tuple(other for other in same_place if other.id != case.id)[:_OTHERS],
        tuple(other for other in same_file if other.id != case.id)[:_OTHERS],
        _following(own, case, viewer)[:_OTHERS],
    )


def _following(own: Services, case: Case, viewer: Viewer) -> tuple[Case, ...]:
    """The cases of others in the same field that say they followed this one's municipality, or were
    followed by it."""
    if not case.code:
        return ()
    linked = Filters(fields=(case.field,), facts=tuple(f"{name}:{case.code}" for name in LINKS))
    nos = sorted(own.store.case_nos(linked, viewer) or ())
    found = own.store.cases_by_no(nos, viewer).values()
    return tuple(other for other in found if other.code != case.code)


def _pages_of(case: Case) -> range:
    """The pages of a case in its PDF; none for other formats."""
    if case.pages is None or not case.path.lower().endswith(".pdf"):
        return range(0)
    return range(case.pages[0], case.pages[1] + 1)


def _pictured(case: Case, parts: Sequence[MarkedSection]) -> list[int]:
    """The pages to show, those with marked words first, in reading order."""
    found = {part.section.page for part in parts if part.spans}
    ordered = sorted(_pages_of(case), key=lambda page: (page not in found, page))
    return sorted(ordered[:_PICTURES])


def _poorly_read(own: Services, case: Case, viewer: Viewer) -> list[PageQuality]:
    """Pages of the case that were read by OCR or not well."""
    wanted = set(_pages_of(case))
    every = own.store.page_quality(case.document_id, viewer)
    return [page for page in every if page.number in wanted and (page.ocr or page.quality < 0.9)]
