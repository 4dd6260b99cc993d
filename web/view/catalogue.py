"""Every case that a reader may see, kept until the store changes."""

from __future__ import annotations

from flask import current_app

from kb.base.types import FIELDS, Case, Filters, Reader
from web.services import Services

_KEY = "dxkb.catalogue"
_EVERY = Filters(fields=FIELDS)  # every case has a 分野

Kept = dict[frozenset[str] | None, tuple[int, tuple[Case, ...]]]


def all_cases(own: Services, reader: Reader) -> tuple[Case, ...]:
    """The cases in the order in which they were stored."""
    kept: Kept = current_app.extensions.setdefault(_KEY, {})
    generation = own.store.generation()
    known = kept.get(reader.visibilities)
    if known is None or known[0] != generation:
        numbers = sorted(own.store.case_nos(_EVERY, reader) or ())
        found = own.store.cases_by_no(numbers, reader)
        known = generation, tuple(found[number] for number in numbers if number in found)
        kept[reader.visibilities] = known
    return known[1]
