"""A municipality's page: who they are, what they need, and who has done it already."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.base.errors import NotFoundError, QueryError
from kb.base.types import Case, Result, Viewer
from kb.language.text import sentences
from kb.language.tokens import search_terms, tokenize
from kb.places.gazetteer import Place, load_gazetteer
from kb.places.names import PREFECTURE
from web.language import text
from web.services import Services, services
from web.view.catalogue import all_cases
from web.view.prefecture import draw

pages = Blueprint("municipalities", __name__)

NEED_ROLES = ("見えてきた課題", "有効と思われる支援")
_MOST_NEEDS = 12
_PRECEDENTS = 3
_ALIKE = 6
_SHORTEST = 8  # characters of a need
_SAME = 0.6  # share of words that makes two needs one
_MARK = re.compile(r"^[\s\-*・•●○◆■◇□▪①-⑳]+")


@dataclass(frozen=True, slots=True)
class Need:
    """Something a municipality lacks, where it says so, and cases elsewhere that answer it."""

    text: str
    role: str
    case: Case
    page: int | None
    precedents: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """A municipality like this one, how alike (0–1), how far (km), and its number of cases."""

    place: Place
    likeness: float
    distance: float
    cases: int


@pages.get("/municipalities")
def index() -> ResponseReturnValue:
    """Every municipality with a case, by prefecture; ``?name=`` goes straight to one."""
    own = services()
    name = request.args.get("name", "").strip()
    candidates: tuple[Place, ...] = ()
    error = None
    if name:
        candidates = load_gazetteer().find(name)
        if len(candidates) == 1:
            return redirect(url_for(".show", code=candidates[0].code))
        if not candidates:
            error = text("municipalities.unknown", name=name)
    page = render_template(
        "municipalities.html",
        name=name,
        candidates=candidates,
        error=error,
        groups=_by_prefecture(all_cases(own, own.viewer())),
        most=_with_most(all_cases(own, own.viewer()))
        if request.args.get("sort") == "cases"
        else [],
    )
    return page, 404 if error else 200


@pages.get("/municipalities/<code>")
def show(code: str) -> ResponseReturnValue:
    """One municipality."""
    own = services()
    viewer = own.viewer()
    place = load_gazetteer().by_code(code)
    if place is None:
        raise NotFoundError("usage.unknown_code.page", code=code)
    cases = own.store.cases_of(code=place.code, viewer=viewer)
    return render_template(
        "municipality.html",
        place=place,
        cases=cases,
        needs=needs(own, place, cases, viewer),
        alike=_alike(own, place, viewer),
        neighbours=[near for near, _ in load_gazetteer().neighbours(place, 6)],
        area=draw(
            place.prefecture, {}, lambda other: url_for(".show", code=other.code), here=place.code
        ),
    )


def needs(own: Services, place: Place, cases: tuple[Case, ...], viewer: Viewer) -> tuple[Need, ...]:
    """What the municipality's cases name as open, one by one, each with its precedents.

    A need that two documents name is shown once, from the one with pages.
    """
    found: list[Need] = []
    known: list[frozenset[str]] = []
    for case, section in sorted(
        ((c, s) for c in cases for s in c.sections if s.role in NEED_ROLES),
        key=lambda pair: (pair[1].page is None, -(pair[0].year or 0)),
    ):
        for start, end in sentences(section.text):
            told = _MARK.sub("", section.text[start:end])
            terms = frozenset(search_terms(tokenize(told)))
            if len(told) < _SHORTEST or any(_same(terms, other) for other in known):
                continue
            known.append(terms)
            precedents = _precedents(own, place, told, viewer)
            found.append(Need(told, section.role, case, section.page, precedents))
            if len(found) == _MOST_NEEDS:
                return tuple(found)
    return tuple(found)


def _same(terms: frozenset[str], other: frozenset[str]) -> bool:
    """True when most words of the shorter one stand in the other, too."""
    shorter = min(len(terms), len(other))
    return shorter == 0 or len(terms & other) >= _SAME * shorter


def _precedents(own: Services, place: Place, need: str, viewer: Viewer) -> tuple[Result, ...]:
    """The best cases of other municipalities; none when nothing really answers."""
    try:
        answer = own.searcher.search(need, k=3 * _PRECEDENTS, near=place.code, viewer=viewer)
    except QueryError:
        return ()
    if answer.weak:
        return ()
    elsewhere = [r for r in answer.results if r.case.code and r.case.code != place.code]
    return tuple(elsewhere[:_PRECEDENTS])


def _alike(own: Services, place: Place, viewer: Viewer) -> list[Alike]:
    counts = Counter(case.code for case in all_cases(own, viewer))
    gazetteer = load_gazetteer()
    distances = {near.code: km for near, km in gazetteer.neighbours(place, 10_000)}
    likely = gazetteer.similar(place, 10_000)
    with_cases = [pair for pair in likely if counts.get(pair[0].code)][:_ALIKE]
    return [
        Alike(other, score, distances.get(other.code, 0.0), counts[other.code])
        for other, score in with_cases
    ]


def _counted(cases: tuple[Case, ...]) -> list[tuple[Place, int]]:
    """Municipalities with the number of their cases, by code."""
    counts = Counter(case.code for case in cases)
    found = ((load_gazetteer().by_code(code), counts[code]) for code in sorted(counts))
    return [(place, count) for place, count in found if place is not None]


def _with_most(cases: tuple[Case, ...]) -> list[tuple[Place, int]]:
    return sorted(_counted(cases), key=lambda pair: -pair[1])


def _by_prefecture(cases: tuple[Case, ...]) -> list[tuple[str, list[tuple[Place, int]]]]:
    gazetteer = load_gazetteer()
    groups: dict[str, list[tuple[Place, int]]] = {}
    for place, count in _counted(cases):
        groups.setdefault(place.prefecture, []).append((place, count))
    order = {p.name: i for i, p in enumerate(gazetteer.prefectures()) if p.kind == PREFECTURE}
    return sorted(groups.items(), key=lambda item: order.get(item[0], 99))
