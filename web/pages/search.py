"""The search page: a question, its answers, and ways to narrow them down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.advice.lately import alike_codes
from kb.advice.needs import Worry, worries
from kb.advice.precedents import ANSWERS_NEED
from kb.base.errors import UsageError
from kb.base.filters import FILTERS
from kb.base.types import Answer, Case, Result, Understood, Viewer
from kb.places.gazetteer import LikenessWeights, Place, distance_km, load_gazetteer
from kb.query.filters import resolve_place
from kb.ranking.search import EVERY_CASE
from web.language import language
from web.pages.mine import mine
from web.services import Services, services
from web.view.address import SORTS, SearchAddress
from web.view.catalogue import all_cases
from web.view.conditions import loosened, told, understood, verdicts
from web.view.facets import Asking, Chip, Facet, as_typed, chips, cleared, facets, nowhere
from web.view.japan import Map, draw
from web.view.panel import panel
from web.view.prefecture import PrefectureMap
from web.view.prefecture import draw as draw_prefecture

PER_PAGE = 10
_ASK = 3  # municipalities to ask when nothing answers
LAST_PAGE = 10
_PLACED = SORTS[2:]  # orders that need to know the viewer's municipality
WINDOW = 30
"""Results, most relevant first, that the other orders sort: far down the list the newest or the
nearest case has little to do with the question."""

_DOORS = ("窓口", "防災", "交通", "庁内業務", "人材・体制")
_RECENT = 4

EXAMPLES = (
    "スマート申請フォームの事例",
    "人口5万人以下の町の書かない窓口",
    "ドローンを使わない買い物支援",
    "小さな町で保健福祉のDXを進めるには",
    "職員の生成AI活用",
    "examples of smart application forms",
)
EXAMPLES_EN = (
    "examples of smart application forms",
    "paperless counter",
    "drone delivery",
    "generative AI for staff",
    "counter service in towns under 50,000 people",
)
"""Questions that a newcomer can press, by the language of the page; the shipped corpus answers each."""

pages = Blueprint("search", __name__)


@dataclass(frozen=True, slots=True)
class FoundCases:
    """An answer with the part of its results that this page shows, in the order asked for; only near
    are those behind the first ``apart``."""

    answer: Answer
    results: tuple[Result, ...]
    window: int | None
    apart: int | None
    earlier: str | None
    later: str | None
    ended: bool
    last_page: int = 1


@pages.get("/")
def index() -> ResponseReturnValue:
    """The start page, or the answers to ``?q=``."""
    viewer = (own := services()).viewer()
    question = SearchAddress()
    found = error = None
    narrow: list[Facet] = []
    try:
        question = browsed(SearchAddress.read(request.args))
        if question.q or "q" in request.args:
            asking = Asking.now(own, viewer, _asking(question))
            found = find(question, own, viewer)
            if question.page > found.last_page:
                return redirect(replace(question, page=found.last_page).address())
            narrow = facets(question, found.answer, asking)
    except UsageError as problem:
        question = SearchAddress(q=request.args.get("q", "")[:200])
        error = problem.message(language())
    page = render_template(
        "search.html",
        question=question,
        found=found,
        facets=narrow,
        chips=chips(question),
        days={name: row for name, row in FILTERS.items() if row.kind == "day"},
        cleared=cleared(question),
        error=error,
        values=own.store.facet_values(viewer),
        counts=own.store.counts(viewer),
        examples=EXAMPLES_EN if language() == "en" else EXAMPLES,
        orders=_orders(question),
        home=_home(question, error),
        verdicts=verdicts,
        japan=_map(question, narrow),
        area=_area(question, narrow),
        recorded="recorded" in request.args,
        **({} if found or error else _start(own, viewer)),
        panel=panel(question, found.answer, own.store, viewer) if found else None,
        **_about(question, found.answer if found else None),
    )
    return page, 400 if error else 200


def _start(own: Services, viewer: Viewer) -> dict[str, object]:
    """What the start page has beside the box."""
    return {"worries": _worries(mine()), "recent": _recent(own, viewer, mine())}


def browsed(question: SearchAddress) -> SearchAddress:
    """A search that narrows down and asks nothing asks for what it is narrowed to."""
    narrowed = question.filters
    named = (*narrowed.fields, *narrowed.municipalities, *narrowed.prefectures)
    if question.q or not question.is_narrowed:
        return question
    return replace(question, q=named[0] if named else EVERY_CASE)


def _worries(home: Place | None) -> list[tuple[Worry, str]]:
    """A worry of each of the fields that clerks ask most about, and where it leads: to what answers it
    for the reader's own municipality, else to a search."""
    first = {worry.field: worry for worry in reversed(worries())}
    return [
        (worry, url_for("municipalities.show", code=home.code, need=worry.text, _anchor="needs"))
        if home
        else (worry, url_for(".index", q=worry.text))
        for worry in (first[field] for field in _DOORS)
    ]


def _recent(own: Services, viewer: Viewer, home: Place | None) -> tuple[Case, ...]:
    """The cases that came last; with a municipality those of towns like it."""
    cases = all_cases(own, viewer)
    alike = alike_codes(home, cases, LikenessWeights()) if home else None
    known = [case for case in cases if case.code and (alike is None or case.code in alike)]
    newest = sorted(known, key=lambda case: case.document_id, reverse=True)
    return tuple(newest[:_RECENT])


def _about(question: SearchAddress, answer: Answer | None) -> dict[str, object]:
    """What the page says about an answer as a whole; empty lists without one."""
    if answer is None:
        return dict.fromkeys(("only", "understood", "loosened", "nowhere", "corrected", "ask"), ())
    return {
        "only": _only(question, answer),
        "understood": understood(question, answer),
        "loosened": loosened(question, answer),
        "nowhere": nowhere(answer),
        "corrected": [(c, as_typed(c, question)) for c in answer.corrected],
        "ask": _to_ask(answer),
    }


def find(question: SearchAddress, own: Services, viewer: Viewer) -> FoundCases:
    """Answers a question. Raises UsageError (and its kinds) and StoreError."""
    page = min(question.page, LAST_PAGE)
    answer = ordered(question, page * PER_PAGE, own, viewer)
    window = None if question.sort == SORTS[0] else WINDOW
    results = answer.results
    last = min(answer.listed, window or LAST_PAGE * PER_PAGE)
    start, end = (page - 1) * PER_PAGE, page * PER_PAGE
    return FoundCases(
        answer=answer,
        results=results[start:end],
        window=window if window and answer.listed > window else None,
        apart=None if window else answer.apart,
        earlier=replace(question, page=page - 1).address() if page > 1 else None,
        later=replace(question, page=page + 1).address() if end < last else None,
        ended=end >= last and answer.listed > LAST_PAGE * PER_PAGE and window is None,
        last_page=max(1, -(-last // PER_PAGE)),
    )


def ordered(question: SearchAddress, k: int, own: Services, viewer: Viewer) -> Answer:
    """The best ``k`` results; in another order than by relevance, the best ``WINDOW`` in that order.
    Raises UsageError (and its kinds) and StoreError."""
    home = _asking(question)
    if question.sort in _PLACED and not home:
        raise UsageError("page.search.near.missing")
    answer = own.searcher.search(
        question.q,
        k=k if question.sort == SORTS[0] else WINDOW,
        filters=question.filters,
        home=home or None,
        wishes=question.wishes,
        viewer=viewer,
    )
    return replace(answer, results=_in_order(answer.results, question.sort, home))


def _asking(question: SearchAddress) -> str:
    """The municipality that asks, by name or code; "" for none."""
    return question.near or getattr(mine(), "code", "")


def _home(question: SearchAddress, error: str | None) -> Place | None:
    """The municipality whose size and position count: that of the address, else the viewer's own."""
    return resolve_place(question.near) if question.near and not error else mine()


def _to_ask(answer: Answer) -> list[Place]:
    """Whom to ask when nothing answers: municipalities that the question names, then those of cases
    that are as near as a precedent; none rather than whoever comes first."""
    gazetteer = load_gazetteer()
    named = [_place(condition) for condition in answer.understood if not condition.exclude]
    near = [
        gazetteer.by_code(result.case.code)
        for result in answer.results
        if (result.why.reading or 0.0) >= ANSWERS_NEED
    ]
    asked = {place.code: place for place in (*named, *near) if place is not None}
    return list(asked.values())[:_ASK]


def _orders(question: SearchAddress) -> list[tuple[str, str]]:
    """The orders that this question allows, each with an address that says near what."""
    home = _home(question, None)
    addresses = []
    for name in SORTS if home else SORTS[:2]:
        near = home.full_name if home and name in _PLACED else question.near
        addresses.append((name, replace(question, sort=name, near=near, page=1).address()))
    return addresses


def _only(question: SearchAddress, answer: Answer) -> list[Chip]:
    """Places that the question names and cases are from, as conditions to press: words alone do
    not exclude others."""
    found: dict[str, Chip] = {}
    for condition in answer.understood:
        place, wanted = _place(condition), condition.wanted
        if wanted is None or condition.exclude or not condition.cases:
            continue
        if prefectures := wanted.prefectures:
            narrower, name = question.narrowed(prefectures=prefectures), told(condition)
        elif place:
            narrower, name = question.narrowed(municipalities=(place.name,)), place.name
        else:
            continue
        if narrower != replace(question, page=1):
            found[name] = Chip(name, narrower.address())
    return list(found.values())


def _place(condition: Understood) -> Place | None:
    """The one municipality that a condition names."""
    codes = (
        [c for c in condition.wanted.municipalities if c.isdecimal()] if condition.wanted else []
    )
    named = condition.kind == "place" and len(codes) == 1
    return load_gazetteer().by_code(codes[0]) if named else None


def _map(question: SearchAddress, narrow: Sequence[Facet]) -> Map:
    """Results by prefecture; pressing one shows only its results."""
    options = next((f.options + f.rest for f in narrow if f.name == "prefecture"), ())
    narrowed = question.with_each("prefectures")
    counts = {option.value: option.count for option in options}
    return draw(counts, lambda name: _on_map(narrowed(name)))


def _on_map(address: str) -> str:
    """The address of a question with the map open."""
    return f"{address}&map=1#map"


def _area(question: SearchAddress, narrow: Sequence[Facet]) -> PrefectureMap | None:
    """Results by municipality, when the question is narrowed to one prefecture."""
    if len(question.filters.prefectures) != 1:
        return None
    options = next((f.options + f.rest for f in narrow if f.name == "municipality"), ())
    narrowed = question.with_each("municipalities")
    return draw_prefecture(
        question.filters.prefectures[0],
        {option.value: option.count for option in options},
        lambda place: _on_map(narrowed(place.name)),
    )


def _in_order(results: Sequence[Result], sort: str, home: str) -> tuple[Result, ...]:
    """The results in the order asked for; what cannot be compared goes last."""
    if sort == "newest":
        return tuple(sorted(results, key=lambda r: -(r.case.year or 0)))
    if sort == "size":
        own = resolve_place(home).population
        return tuple(sorted(results, key=lambda r: _ratio(own, r.case.population)))
    if sort == "distance":
        here, gazetteer = resolve_place(home), load_gazetteer()
        return tuple(
            sorted(
                results,
                key=lambda r: (
                    distance_km(here, there)
                    if (there := gazetteer.by_code(r.case.code))
                    else float("inf")
                ),
            )
        )
    return tuple(results)


def _ratio(own: int, other: int | None) -> float:
    """How many times larger one population is than the other."""
    return max(own, other) / max(1, min(own, other)) if other else float("inf")
