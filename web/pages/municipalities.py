"""A municipality's page: who they are, what they need, and who has done it already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.advice.lately import lately
from kb.advice.needs import LONGEST_NEED, MOST_NEEDS, Need, Worry, told_needs, worries
from kb.advice.precedents import Precedent, precedents
from kb.advice.works import Work, works_of
from kb.base.errors import NotFoundError
from kb.base.types import Case, Viewer
from kb.places.gazetteer import LikenessWeights, Place, distance_km, load_gazetteer
from kb.places.names import PREFECTURE
from kb.places.official import FINANCE, SORT, Official, services_of_others, with_finance
from web.language import text
from web.services import Services, services
from web.view.address import number
from web.view.catalogue import all_cases, official
from web.view.prefecture import draw

pages = Blueprint("municipalities", __name__)

_ALIKE = 6
_ASKED = 20
"""Municipalities like one whose services are looked at."""
_FINANCE = 0.25
"""How much the 財政力指数 counts for likeness beside all else."""
_MOST_WEIGHT = 100


@dataclass(frozen=True, slots=True)
class NeedAnswered:
    """A need, where a document says so, and cases elsewhere that answer it; ``is_told`` when it was
    written or chosen on this page."""

    need: Need
    precedents: tuple[Precedent, ...]
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Alike:
    """A municipality like this one, how alike (0–1), how far (km), its number of cases, its 財政力指数 and
    whether it ``is_same_sort`` (類似団体区分)."""

    place: Place
    likeness: float
    distance: float
    cases: int
    finance: str = ""
    is_same_sort: bool = False


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
    """One municipality, with or without a document; ``?need=`` are needs that somebody wrote or
    chose, ``?size=``, ``?kind=`` and ``?nearness=`` how much each counts for likeness."""
    own = services()
    viewer = own.viewer()
    place = load_gazetteer().by_code(code)
    if place is None:
        raise NotFoundError("usage.unknown_code.page", code=code)
    cases = own.store.cases_of(code=place.code, viewer=viewer)
    weights = _weights()
    written = [Need(text[:LONGEST_NEED]) for text in request.args.getlist("need") if text.strip()]
    figures = official(own, viewer)
    known = figures.get(place.code, {})
    told, gaps = lately(place, all_cases(own, viewer), weights) if not cases else ((), ())
    return render_template(
        "municipality.html",
        place=place,
        cases=cases,
        needs=[
            *_answered(own, place, written[:MOST_NEEDS], True),
            *_answered(own, place, told_needs(cases)),
        ],
        written=[need.text for need in written],
        worries=_worries(),
        lately=told,
        gaps=gaps,
        begun=_begun(own, place),
        alike=_alike(own, place, viewer, weights),
        weights=weights,
        finance=_finance() if FINANCE in known else None,
        figures=[figure for figure in known.values() if figure.met is None],
        services=services_of_others(figures, place, _most_alike(place, figures, weights)[:_ASKED]),
        neighbours=[near for near, _ in load_gazetteer().neighbours(place, 6)],
        area=draw(
            place.prefecture, {}, lambda other: url_for(".show", code=other.code), here=place.code
        ),
    )


def _answered(
    own: Services, place: Place, needs: Sequence[Need], is_told: bool = False
) -> list[NeedAnswered]:
    """The needs with their precedents, those that have some first."""
    found = [
        NeedAnswered(n, precedents(own.searcher, n.text, place, own.viewer()), is_told)
        for n in needs
    ]
    return sorted(found, key=lambda one: not one.precedents)


def _worries() -> dict[str, list[Worry]]:
    """The usual worries by 分野."""
    found: dict[str, list[Worry]] = {}
    for worry in worries():
        found.setdefault(worry.field, []).append(worry)
    return found


def _begun(own: Services, place: Place) -> Work | None:
    """The piece of advice for this municipality that was last worked on."""
    viewer = own.viewer()
    works = works_of(own.settings, viewer.name) if viewer.role != "public" else ()
    return next((work for work in works if work.code == place.code), None)


def _weights() -> LikenessWeights:
    """The weights of the address, in per cent; those that are not there as they are."""
    given = {}
    for name in ("size", "kind", "nearness"):
        value = number(request.args, name)
        if value is not None and 0 <= value <= _MOST_WEIGHT:
            given[name] = value / 100
    return replace(LikenessWeights(), **given)


def _finance() -> float:
    """The weight of the 財政力指数, given in per cent."""
    value = number(request.args, "finance")
    return _FINANCE if value is None or value > _MOST_WEIGHT else value / 100


def _most_alike(place: Place, figures: Official, weights: LikenessWeights) -> list[Place]:
    """Every municipality of the same level, the most alike first."""
    return [other for other, _ in _ranked(place, figures, weights)]


def _ranked(place: Place, figures: Official, weights: LikenessWeights) -> list[tuple[Place, float]]:
    likely = load_gazetteer().similar(place, 10_000, weights)
    if FINANCE not in figures.get(place.code, {}):
        return list(likely)
    weight = _finance()
    scored = [(p, with_finance(figures, place, p, score, weight)) for p, score in likely]
    return sorted(scored, key=lambda pair: -pair[1])


def _alike(own: Services, place: Place, viewer: Viewer, weights: LikenessWeights) -> list[Alike]:
    counts, figures = Counter(case.code for case in all_cases(own, viewer)), official(own, viewer)
    ranked = _ranked(place, figures, weights)
    sort = figures.get(place.code, {}).get(SORT)
    found = []
    for other, score in [pair for pair in ranked if counts.get(pair[0].code)][:_ALIKE]:
        known = figures.get(other.code, {})
        finance = known[FINANCE].value if FINANCE in known else ""
        is_same = bool(sort and SORT in known and known[SORT].value == sort.value)
        far = distance_km(place, other)
        found.append(Alike(other, score, far, counts[other.code], finance, is_same))
    return found


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
