"""The counts beside the results, each a link that adds or removes a condition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kb.base.types import Answer, Respelling, Understood, Viewer
from kb.ranking.search import Searcher
from web.language import language, text
from web.view.address import SearchAddress
from web.view.bands import BANDS, range_label
from web.view.presentation import field_name, fiscal_year, prefecture_name

_SHOWN = 6  # options of a facet before 「ほか」

_OWN = {"field": "fields", "prefecture": "prefectures", "municipality": "municipalities"}
_LABELS: dict[str, Callable[[str], str]] = {"field": field_name, "prefecture": prefecture_name}


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet; following ``address`` turns it on or off. ``japanese`` labels have no
    English."""

    value: str
    label: str
    count: int
    selected: bool
    address: str
    japanese: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet's most frequent options, and the rest."""

    name: str
    options: tuple[Option, ...]
    rest: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition that is set; following ``address`` removes it."""

    label: str
    address: str


def facets(
    question: SearchAddress, answer: Answer, searcher: Searcher, viewer: Viewer
) -> list[Facet]:
    """分野, prefecture, population and municipality with counts. A facet that is narrowed itself
    counts what there would be without its own condition, so that another value can be chosen beside
    it."""

    def without(**conditions: Any) -> Answer:
        wider = replace(question.filters, **conditions)
        return searcher.search(
            question.q, k=1, filters=wider, ignore=question.ignore, viewer=viewer
        )

    found = []
    for name, own in _OWN.items():
        counts = answer.facets.get(name, {})
        if getattr(question, own):
            counts = without(**{own: ()}).facets[name]
        options = _options(question, name, counts)
        if options:
            found.append(Facet(name, options[:_SHOWN], options[_SHOWN:]))
    counted = answer.bands
    if (question.population_from, question.population_to) != (None, None):
        counted = without(population_from=None, population_to=None).bands
    sizes = _sizes(question, counted)
    return [*found[:2], *([Facet("population", sizes, ())] if sizes else []), *found[2:]]


def chips(question: SearchAddress) -> list[Chip]:
    """Every condition of the question, in the order of the facets."""
    found = [
        Chip(_label(name, value), _toggled(question, own, value))
        for name, own in _OWN.items()
        for value in getattr(question, own)
    ]
    first, last = question.year_from, question.year_to
    if first is not None or last is not None:
        label = (
            f"{fiscal_year(first)}〜{fiscal_year(last)}" if first != last else fiscal_year(first)
        )
        found.append(Chip(label, _without(question, year_from=None, year_to=None)))
    small, large = question.population_from, question.population_to
    if small is not None or large is not None:
        label = range_label(small, large)
        found.append(Chip(label, _without(question, population_from=None, population_to=None)))
    for label in question.ignore:
        kept = tuple(item for item in question.ignore if item != label)
        found.append(Chip(text("search.ignored", label=label), _without(question, ignore=kept)))
    return found


def understood(question: SearchAddress, answer: Answer) -> list[Chip]:
    """What the question was understood to prefer; following a chip takes that back."""
    return [
        Chip(told(condition), _without(question, ignore=(*question.ignore, condition.label)))
        for condition in answer.understood
    ]


def nowhere(answer: Answer) -> list[str]:
    """The places that the question names and no case is from."""
    return [told(c) for c in answer.understood if c.kind == "place" and not c.cases]


def told(condition: Understood) -> str:
    """The label of a condition in this request's language."""
    return prefecture_name(condition.label_en) if language() == "en" else condition.label


def as_typed(correction: Respelling, question: SearchAddress) -> str:
    """Address of the question with what was corrected in quotation marks, which are obeyed."""
    exact = f'"{correction.typed}"'
    typed = question.q.replace(correction.typed, exact, 1)
    return _without(question, q=typed if typed != question.q else exact)


def cleared(question: SearchAddress) -> str:
    """Address of the question without any condition."""
    return SearchAddress(q=question.q, sort=question.sort, near=question.near).address()


def _options(question: SearchAddress, name: str, counts: dict[str, int]) -> tuple[Option, ...]:
    own = _OWN[name]
    chosen: tuple[str, ...] = getattr(question, own)
    values = [*(value for value in chosen if value not in counts), *counts]
    options = [
        Option(
            value,
            _label(name, value),
            counts.get(value, 0),
            value in chosen,
            _toggled(question, own, value),
            japanese=name not in _LABELS,
        )
        for value in values
    ]
    return tuple(sorted(options, key=lambda option: not option.selected))


def _sizes(question: SearchAddress, counts: dict[str, int]) -> tuple[Option, ...]:
    """Bands of population, smallest first. The condition is one range: a band beyond it widens it, one
    at its end shortens it, one within it becomes all of it."""
    small, large = question.population_from, question.population_to
    inside = {i for i, band in enumerate(BANDS) if band.within(small, large)}
    options = []
    for i, band in enumerate(BANDS):
        if band.name not in counts and i not in inside:
            continue
        is_end = i in inside and (i == min(inside) or i == max(inside))
        kept = inside - {i} if is_end else {i} if i in inside else inside | {i}
        address = _without(
            question,
            population_from=(BANDS[min(kept)].least or None) if kept else None,
            population_to=BANDS[max(kept)].most if kept else None,
        )
        count = counts.get(band.name, 0)
        options.append(Option(band.name, band.label(), count, i in inside, address))
    return tuple(options)


def _label(name: str, value: str) -> str:
    label = _LABELS.get(name)
    return label(value) if label else value


def _toggled(question: SearchAddress, own: str, value: str) -> str:
    chosen: tuple[str, ...] = getattr(question, own)
    kept = tuple(item for item in chosen if item != value)
    return _without(question, **{own: kept if value in chosen else (*chosen, value)})


def _without(question: SearchAddress, **changes: Any) -> str:
    return replace(question, page=1, **changes).address()
