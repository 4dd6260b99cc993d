"""Front matter and sidecars: what people say about a document, checked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ingest.describe.deciding.amounts import measured
from ingest.describe.field import given_field
from ingest.describe.years import year_mentions
from kb.base.bounded_yaml import Written
from kb.base.messages import Message, message
from kb.base.record import ABOUT, FACTS, KEYS, Evidence, label
from kb.language.dates import iso_day
from kb.places.gazetteer import Gazetteer, Place

_PARTED = re.compile(
    r"[、\n](?![^（(]*[）)])"
)  # not in brackets: 年1,700万円（八束、大野の各地区）
_WHOLE = frozenset({"trouble"})
"""Facts that are sentences."""
_DATE = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}")


@dataclass(frozen=True, slots=True)
class Given:
    """What people say about a document: ``values`` by field of the record, those that can be used.

    ``place`` is the municipality meant, None while its name is open or unknown.
    """

    values: Mapping[str, Any]
    place: Place | None = None
    warnings: tuple[Message, ...] = ()

    def of(self, name: str) -> Any:
        """The value of a field; "" where none was given."""
        return self.values.get(name, "")


def read_given(values: Mapping[str, object], gazetteer: Gazetteer) -> Given:
    """``values`` checked; what cannot be used is left out and named in ``warnings``."""
    warnings = _misspelt(values)
    sound: dict[str, object] = {}
    for key, value in values.items():
        if value in (None, "") or key not in KEYS:
            continue
        try:
            sound[key] = _value(key, value)
        except _Unusable as problem:
            warnings.append(_at(value, problem.why))
    warnings += _impossible(values)
    name, prefecture = str(sound.get("municipality", "")), str(sound.get("prefecture", ""))
    code = str(sound.pop("municipality_code", ""))
    place = _place(name, prefecture, code, gazetteer, warnings)
    outer = gazetteer.resolve(prefecture) if prefecture else None
    if place:
        sound |= {"municipality": place.name, "prefecture": place.prefecture}
    elif outer:
        sound["prefecture"] = outer.prefecture
    kept = {name: value for name, value in sound.items() if value and name in ABOUT}
    return Given(kept, place, tuple(warnings))


def told(name: str, text: str, by: str) -> list[Evidence]:
    """The facts of one kind that people tell in words: 初期 120万円、運用 月3万円 are two costs. ``by``
    says who told them."""
    pieces = [text] if name in _WHOLE else _PARTED.split(text)
    return [measured(Evidence(name, said, None, by)) for p in pieces if (said := p.strip())]


class _Unusable(Exception):
    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why


def _value(name: str, value: object) -> object:
    """What a field is given to be. Raises _Unusable."""
    if name == "tools":
        return _tools(value)
    if isinstance(value, list) and name in FACTS:
        value = "、".join(map(str, value))
    if isinstance(value, int | float):  # of a document's own properties
        value = str(value)
    if not isinstance(value, str):
        kind = message(f"warn.kind.{'mapping' if isinstance(value, dict) else 'list'}")
        raise _Unusable(message("warn.no_text", key=name, kind=kind))
    text = " ".join(value.split())
    if name == "year":
        return _year(text)
    about = ABOUT.get(name)
    if about and about.is_day:
        if found := iso_day(text):
            return found
        raise _Unusable(message("warn.no_day", key=name, value=text))
    if about and about.choices:
        known = given_field(text) if name == "field" else text if text in about.choices else ""
        if known:
            return known
        what = label(name)
        raise _Unusable(message("warn.unknown_choice", what=what, name=text, choices=about.choices))
    return text


def _at(value: object, why: Message) -> Message:
    """``why`` with the line where the value stands, and the file where that is a sidecar."""
    if not isinstance(value, Written):
        return why
    if value.file:
        return message("warn.at_line_of", file=value.file, line=value.line, told=why)
    return message("warn.at_line", line=value.line, told=why)


def _impossible(values: Mapping[str, object]) -> list[Message]:
    """A warning for each date under another key that is none of the calendar."""
    return [
        _at(value, message("warn.no_day", key=key, value=value))
        for key, value in values.items()
        if key not in KEYS and isinstance(value, str) and _DATE.fullmatch(value)
        and not iso_day(value)
    ]  # fmt: skip


def _place(
    name: str,
    prefecture: str,
    code: str,
    gazetteer: Gazetteer,
    warnings: list[Message],
) -> Place | None:
    """The municipality that name, prefecture and code mean together."""
    by_code = gazetteer.by_code(code) if code else None
    if not name:
        if code and not by_code:
            warnings.append(message("warn.unknown_code", code=code))
        return by_code
    found = gazetteer.find(name)
    if prefecture:
        inside = tuple(
            p for p in found if p.prefecture == prefecture or p.prefecture[:-1] == prefecture
        )
        if found and not inside:
            warnings.append(message("warn.not_inside", prefecture=prefecture, name=name))
        found = inside or found
    if by_code in found:
        return by_code
    if not found:
        warnings.append(message("warn.unknown_place", name=name))
        return None
    if code:
        warnings.append(message("warn.code_of_another", code=code, name=name))
    return found[0] if len(found) == 1 else None


def _year(text: str) -> int:
    if text.isdecimal() and 1950 <= int(text) <= 2069:
        return int(text)
    is_date = _DATE.fullmatch(text) is not None
    if (mentions := year_mentions(text)) and not (is_date and not iso_day(text)):
        return mentions[0].year
    raise _Unusable(message("warn.no_year", value=text))


def _tools(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.replace("、", ",").split(",")
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(text for v in value if (text := v.strip()))
    raise _Unusable(message("warn.no_tools"))


def _misspelt(values: Mapping[str, object]) -> list[Message]:
    """A warning for each key that looks like a known one."""
    found = []
    for key in values:
        near = _near(str(key))
        if near and str(key) != "default_title":
            found.append(_at(values[key], message("warn.misspelt", key=key, near=near)))
    return found


@lru_cache(maxsize=1024)
def _near(key: str) -> str:
    """The known key that an unknown one looks like, "" for none: the notes of a folder have the same."""
    if key in KEYS:
        return ""
    return next(iter(difflib.get_close_matches(key, KEYS, n=1, cutoff=0.8)), "")
