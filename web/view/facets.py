"""The counts beside the results, each a link that adds or removes a condition."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from flask import current_app

from kb.base.filters import COUNTED, FILTERS, Filters
from kb.base.once import Once
from kb.base.types import Answer, Respelling, Viewer
from web.language import language, text
from web.services import Services
from web.view.address import SearchAddress
from web.view.bands import BANDS, range_label
from web.view.conditions import told
from web.view.presentation import fiscal_year
from web.view.record import cost_label, is_named, label, value_name

_KEY = "dxkb.counted"
_SHOWN = 6  # options of a facet before 「ほか」


@dataclass(frozen=True, slots=True)
class FacetOption:
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
    label: str
    options: tuple[FacetOption, ...]
    rest: tuple[FacetOption, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition that is set; following ``address`` removes it."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks: a ``viewer``, for the municipality ``home`` ("" for none), of the ``state`` of what ``own``
    search was asked of before it answered."""

    own: Services
    viewer: Viewer
    home: str
    state: tuple[object, ...]

    @classmethod
    def now(cls, own: Services, viewer: Viewer, home: str) -> Asking:
        """Somebody who has not got an answer yet. The day counts, because 「昨年度」 does."""
        store, views = own.store, own.searcher.views()
        of_store = store.identity(), store.generation(), store.sentence_state()
        return cls(own, viewer, home, (*of_store, views.generation, datetime.date.today()))

    def counted(self, question: SearchAddress, answer: Answer, filters: Filters) -> _Counted:
        """What the question, which had this ``answer``, counts when it is narrowed to ``filters`` instead. Kept of
        the last questions: who narrows an answer down has just seen the wider one."""

        def count() -> _Counted:
            if filters == question.filters:
                return _Counted(answer.facets, answer.bands)
            found = self.own.searcher.search(
                question.q, k=1, filters=filters, home=self.home or None, wishes=question.wishes,
                viewer=self.viewer,
            )  # fmt: skip
            return _Counted(found.facets, found.bands)

        kept: Once = current_app.extensions.setdefault(_KEY, Once())
        asked = question.q, filters, question.wishes, self.home, self.viewer.visibilities
        return kept.get(asked, self.state, count)


class _Counted(NamedTuple):
    facets: Mapping[str, Mapping[str, int]]
    bands: Mapping[str, int]


def facets(question: SearchAddress, answer: Answer, asking: Asking) -> list[Facet]:
    """What results are counted by and population, in the order of the table of filters. A facet that
    is narrowed itself counts what there would be without its own condition, so that another value
    can be chosen beside it."""

    def counted(subject: str) -> _Counted:
        wider = replace(question.filters, **_nothing(subject))
        return asking.counted(question, answer, wider)

    found = []
    for subject in dict.fromkeys(row.subject for row in FILTERS.values()):
        if subject == "population":
            options = _sizes(question, counted(subject).bands)
        elif subject in _CHOSEN and subject in COUNTED:
            options = _options(question, subject, counted(subject).facets.get(subject, {}))
        else:
            continue
        shown = len(options) if subject == "population" else _SHOWN
        if options:
            name = text("facet.population") if subject == "population" else label(subject)
            found.append(Facet(subject, name, options[:shown], options[shown:]))
    return found


def chips(question: SearchAddress) -> list[Chip]:
    """Every condition of the question, in the order of the facets."""
    found = [
        Chip(value_name(value, row.subject), _toggled(question, row.subject, value))
        for row, values in question.filters.given()
        if row.kind == "any"
        for value in values
    ]
    ranges = dict.fromkeys(r.subject for r, _ in question.filters.given() if r.kind != "any")
    for subject in ranges:
        low, high = (getattr(question.filters, f"{subject}_{end}", None) for end in ("from", "to"))
        address = question.narrowed(**_nothing(subject)).address()
        found.append(Chip(_range(subject, low, high), address))
    for ignored in question.wishes.ignored:
        kept = tuple(item for item in question.wishes.ignored if item != ignored)
        name = text("search.ignored", label=ignored)
        found.append(Chip(name, _without(question, wishes=replace(question.wishes, ignored=kept))))
    return found


def nowhere(answer: Answer) -> list[str]:
    """The places that the question names and no case is from."""
    return [told(c) for c in answer.nowhere]


def as_typed(correction: Respelling, question: SearchAddress) -> str:
    """Address of the question with what was corrected in quotation marks, which are obeyed."""
    start, end, q = correction.start, correction.end, question.q
    return _without(question, q=f'{q[:start]}"{q[start:end]}"{q[end:]}')


def cleared(question: SearchAddress) -> str:
    """Address of the question without any condition."""
    return SearchAddress(q=question.q, sort=question.sort, near=question.near).address()


def _nothing(subject: str) -> dict[str, Any]:
    """The conditions about a subject, unset."""
    return {
        attribute: getattr(Filters(), attribute)
        for attribute, row in FILTERS.items()
        if row.subject == subject
    }


def _options(
    question: SearchAddress, name: str, counts: Mapping[str, int]
) -> tuple[FacetOption, ...]:
    chosen: tuple[str, ...] = getattr(question.filters, _CHOSEN[name])
    values = [*(value for value in chosen if value not in counts), *counts]
    adding = question.with_each(_CHOSEN[name], chosen)
    options = [
        FacetOption(
            value,
            value_name(value, name),
            counts.get(value, 0),
            value in chosen,
            _toggled(question, name, value) if value in chosen else adding(value),
            japanese=not is_named(name),
        )
        for value in values
    ]
    return tuple(sorted(options, key=lambda option: not option.selected))


def _sizes(question: SearchAddress, counts: Mapping[str, int]) -> tuple[FacetOption, ...]:
    """Bands of population, smallest first. The condition is one range: a band beyond it widens it, one
    at its end shortens it, one within it becomes all of it."""
    small, large = question.filters.population_from, question.filters.population_to
    inside = {i for i, band in enumerate(BANDS) if band.within(small, large)}
    options = []
    for i, band in enumerate(BANDS):
        if band.name not in counts and i not in inside:
            continue
        is_end = i in inside and (i == min(inside) or i == max(inside))
        kept = inside - {i} if is_end else {i} if i in inside else inside | {i}
        narrowed = question.narrowed(
            population_from=(BANDS[min(kept)].least or None) if kept else None,
            population_to=BANDS[max(kept)].most if kept else None,
        )
        count = counts.get(band.name, 0)
        options.append(FacetOption(band.name, band.label(), count, i in inside, narrowed.address()))
    return tuple(options)


def _toggled(question: SearchAddress, subject: str, value: str) -> str:
    own = _CHOSEN[subject]
    chosen: tuple[str, ...] = getattr(question.filters, own)
    kept = tuple(item for item in chosen if item != value)
    return question.narrowed(**{own: kept if value in chosen else (*chosen, value)}).address()


def _years(first: int | None, last: int | None) -> str:
    return f"{fiscal_year(first)}〜{fiscal_year(last)}" if first != last else fiscal_year(first)


def _range(subject: str, low: Any, high: Any) -> str:
    """A range as a chip tells it; either end may be open."""
    if subject in _RANGES:
        return _RANGES[subject](low, high)
    first, last = ("" if end is None else value_name(end, subject) for end in (low, high))
    return f"{label(subject)} {first}{' – ' if language() == 'en' else '〜'}{last}".rstrip()


_CHOSEN = {row.subject: name for name, row in FILTERS.items() if row.kind == "any"}
"""What holds the chosen values of a subject."""

_RANGES: dict[str, Callable[[Any, Any], str]] = {
    "year": _years,
    "population": range_label,
    "cost": cost_label,
}


def _without(question: SearchAddress, **changes: Any) -> str:
    return replace(question, page=1, **changes).address()
