"""A case's fields as the screens show them: their names, values, and which stand where."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from functools import partial

from flask import Flask

from kb.advice.brief import row_label
from kb.base import record
from kb.base.messages import render
from kb.base.record import ABOUT, FACTS, UNKNOWN, About, facts_of, value_of
from kb.base.types import Case, Evidence
from kb.language.numerals import yen_shown
from kb.language.programmes import later, programmes
from kb.query.conditions.bounds import shown, shown_en
from web.language import language, word
from web.view.presentation import fiscal_year, prefecture_name

_NAMES: Mapping[str, Callable[[str], str]] = {
    "field": partial(word, "field"),
    "prefecture": prefecture_name,
    "status": partial(word, "status"),
}
"""Fields whose values have English names; all others are shown as they are."""

CORRECTABLE: Mapping[str, About] = {n: about for n, about in ABOUT.items() if about.is_correctable}
_FACTS = tuple(name for name, about in ABOUT.items() if about.is_fact)
_APART = frozenset({"field", "tools", *FACTS})  # with more around them on the page of a case


def init_app(app: Flask) -> None:
    """Registers the filters."""
    for function in (label, row_name, value_name, card_facts, fact_rows, day, successor):
        app.add_template_filter(function)


def label(name: str) -> str:
    """What a field is called in this request's language."""
    return render(record.label(name), language())


def row_name(told: str) -> str:
    """A row of the comparison in this request's language."""
    return row_label(told, language())


def value_name(value: object, name: str) -> str:
    """A value of the field ``name`` in this request's language."""
    if name == "year" and isinstance(value, int):
        return fiscal_year(value)
    if name == "fact":
        kind, _, said = str(value).partition(":")
        return f"{label(kind)}: {said}" if kind in FACTS else str(value)
    if ABOUT[name].is_day:
        return day(str(value))
    return _NAMES.get(name, str)(str(value))


def cost_label(low: int | None, high: int | None) -> str:
    """Bounds of a cost in this request's language."""
    if language() == "en":
        return f"{label('cost')} {shown_en(low, high, lambda n: f'¥{n:,}')}"
    return f"{label('cost')} {shown(low, high, yen_shown)}"


def successor(found: Evidence) -> str:
    """What the programme of a funding is called since; "" where it is no older one."""
    known = programmes().get(found.code) if found.name == "funding" else None
    following = later(known) if known else ()
    return following[-1].name if following else ""


def is_named(name: str) -> bool:
    """True when the values of a field have English names."""
    return name in _NAMES


def card_facts(case: Case) -> list[str]:
    """The facts of a case that a card tells in a line; what only people tell says its name."""
    known = [(n, _short(case, n)) for n in _FACTS if ABOUT[n].is_listed]
    return [
        f"{label(name)} {value_name(value, name)}"
        if ABOUT[name].is_told
        else value_name(value, name)
        for name, value in known
        if value not in (None, "", UNKNOWN)
    ]


def _short(case: Case, name: str) -> object:
    """A value as a card has room for it: of several facts the first two."""
    return (
        "、".join(f.shown for f in facts_of(case, name)[:2])
        if name in FACTS
        else value_of(case, name)
    )


def fact_rows(case: Case) -> list[tuple[str, str]]:
    """Names and values of the facts that are one value, for the page of a case; a value is "" when
    it should be known and is not."""
    found = [(name, getattr(case, name)) for name in _FACTS if name not in _APART]
    return [(name, _long(name, value)) for name, value in found if value != ""]


def day(iso: str) -> str:
    """A day of the calendar: 2024年4月1日; as it stands when it is none."""
    if language() == "en":
        return iso
    try:
        found = datetime.date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{found.year}年{found.month}月{found.day}日"


def _long(name: str, value: object) -> str:
    if name == "year":
        return fiscal_year(value, era=True) if isinstance(value, int) else ""
    return value_name(value, name)
