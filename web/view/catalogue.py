"""Every case, and every official figure, that a viewer may see, kept until the store changes."""

from __future__ import annotations

from flask import current_app

from kb.base.types import FIELDS, Case, Filters, Viewer
from kb.places.official import Official, newest_of
from web.services import Services

_KEY = "dxkb.catalogue"
_FIGURES = "dxkb.official"
_EVERY = Filters(fields=FIELDS)  # every case has a 分野

Kept = dict[frozenset[str] | None, tuple[int, tuple[Case, ...]]]


def all_cases(own: Services, viewer: Viewer) -> tuple[Case, ...]:
    """The cases in the order in which they were stored."""
    kept: Kept = current_app.extensions.setdefault(_KEY, {})
    generation = own.store.generation()
    known = kept.get(viewer.visibilities)
    if known is None or known[0] != generation:
        numbers = sorted(own.store.case_nos(_EVERY, viewer) or ())
        found = own.store.cases_by_no(numbers, viewer)
        known = generation, tuple(found[number] for number in numbers if number in found)
        kept[viewer.visibilities] = known
    return known[1]


def official(own: Services, viewer: Viewer) -> Official:
    """The newest official figures of each municipality."""
    kept: dict[frozenset[str] | None, tuple[int, Official]] = current_app.extensions.setdefault(
        _FIGURES, {}
    )
    generation = own.store.generation()
    known = kept.get(viewer.visibilities)
    if known is None or known[0] != generation:
        known = generation, newest_of(own.store.official_figures(viewer))
        kept[viewer.visibilities] = known
    return known[1]
