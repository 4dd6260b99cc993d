"""Corrections of a case's metadata by editors, with their history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kb.base.clock import utc_now
from kb.base.errors import NotFoundError, UsageError
from kb.base.record import ABOUT, label, value_of
from kb.base.types import Case
from kb.language.dates import iso_day
from kb.query.filters import resolve_place
from kb.storage.corrections import NAMES, Correction, append, concerning, in_force, load, read_title
from web.files import locate
from web.services import Services, services

pages = Blueprint("corrections", __name__)

_LONGEST = 200  # characters of a value
_YEARS = range(1950, 2070)


@dataclass(frozen=True, slots=True)
class History:
    """What was corrected about a case, newest first, and the values that are not those that were
    read, by name: in force from the moment they are written, before the case is read again."""

    entries: tuple[Correction, ...]
    corrected: Mapping[str, str]


@pages.post("/cases/<case_id>/corrections")
def correct(case_id: str) -> ResponseReturnValue:
    """Writes what differs from the case into the document's sidecar; ``undo`` names a value that
    goes back to what was read."""
    own = services()
    case = own.store.case(case_id, own.viewer())
    undo = request.form.get("undo", "")
    wanted = {undo: ""} if undo in NAMES else request.form.to_dict()
    added = changes(case, wanted, history(own, case).corrected)
    if added:
        append(locate(own.settings.corpus, case.path), added)
        own.request_rescan()
    back = url_for("cases.show", case_id=case_id, corrected=len(added), _anchor="corrections")
    return redirect(back, 303)


def history(own: Services, case: Case) -> History:
    """The corrections of ``case``; none when its file or its sidecar cannot be read."""
    try:
        every = load(locate(own.settings.corpus, case.path))
    except (NotFoundError, UsageError):
        return History((), {})
    alone = len(own.store.cases_of(document_id=case.document_id, viewer=own.viewer())) == 1
    page = case.pages[0] if case.pages else None
    concerned = concerning(every, read_title(case), page, alone)
    return History(concerned[::-1], {n: c.value for n, c in in_force(concerned).items()})


def changes(
    case: Case, wanted: Mapping[str, str], corrected: Mapping[str, str]
) -> tuple[Correction, ...]:
    """What in ``wanted`` is not as the case has it; an empty value takes a correction back. Raises
    UsageError, UnknownPlaceError for a value that cannot be."""
    now = {**values(case), **corrected}
    at = utc_now()
    page = case.pages[0] if case.pages else None
    found = []
    for name in NAMES:
        if name not in wanted:
            continue
        value = " ".join(wanted[name].split())[:_LONGEST]
        value = _checked(name, value) if value else ""
        if value == now[name] or (not value and name not in corrected):
            continue
        found.append(Correction(read_title(case), page, name, value, now[name], at))
    return tuple(found)


def values(case: Case) -> dict[str, str]:
    """What a person can correct, as it stands."""
    place = case.municipality or case.prefecture
    found = {name: _written(value_of(case, name)) for name in NAMES}
    whole = place if place == case.prefecture else f"{case.prefecture}{place}"
    return found | {"municipality": whole}


def _written(value: object) -> str:
    return "、".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _checked(name: str, value: str) -> str:
    """``value`` as it is written down."""
    if name == "municipality":
        place = resolve_place(value)
        return place.name if place.name == place.prefecture else place.prefecture + place.name
    about = ABOUT[name]
    if about.choices and value not in about.choices:
        raise UsageError("usage.correction_choice", value=value, choices=about.choices)
    if about.is_day:
        if not (found := iso_day(value)):
            raise UsageError("usage.no_day", what=label(name), value=value)
        return found
    if name == "year" and not (value.isdecimal() and int(value) in _YEARS):
        raise UsageError("usage.correction_year", value=value)
    return (
        "、".join(filter(None, map(str.strip, value.replace(",", "、").split("、"))))
        if name == "tools"
        else value
    )
