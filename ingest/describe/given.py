"""Front matter and sidecars: what people say about a document, checked."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.describe.field import given_field
from ingest.describe.years import year_mentions
from kb.base.messages import Message, message
from kb.base.types import FIELDS, STATUSES
from kb.places.gazetteer import Gazetteer, Place

KEYS = (
    "title", "municipality", "prefecture", "municipality_code", "field", "year", "tools",
    "source_title", "source_url", "visibility", "status",
)  # fmt: skip
"""Everything that front matter and sidecars can say; all optional."""


@dataclass(frozen=True, slots=True)
class Given:
    """The values people gave, "" or None where they gave none (or none that can be used).

    ``place`` is the municipality meant, None while its name is open or unknown.
    """

    title: str = ""
    municipality: str = ""
    prefecture: str = ""
    place: Place | None = None
    field: str = ""
    year: int | None = None
    tools: tuple[str, ...] = ()
    source_title: str = ""
    source_url: str = ""
    status: str = ""
    warnings: tuple[Message, ...] = ()


def read_given(values: Mapping[str, object], gazetteer: Gazetteer) -> Given:
    """``values`` checked; what cannot be used is left out and named in ``warnings``."""
    warnings: list[Message] = _misspelt(values)
    texts = {key: _text(values, key, warnings) for key in KEYS if key not in ("year", "tools")}
    place = _place(texts["municipality"], texts["prefecture"], values, gazetteer, warnings)
    named = texts["field"] and given_field(texts["field"])
    if texts["field"] and not named:
        warnings.append(message("warn.unknown_field", name=texts["field"], choices=FIELDS))
    if texts["status"] and texts["status"] not in STATUSES:
        warnings.append(message("warn.unknown_status", name=texts["status"], choices=STATUSES))
    outer = gazetteer.resolve(texts["prefecture"]) if texts["prefecture"] else None
    return Given(
        title=texts["title"],
        municipality=place.name if place else texts["municipality"],
        prefecture=place.prefecture
        if place
        else outer.prefecture
        if outer
        else texts["prefecture"],
        place=place,
        field=named or "",
        year=_year(values.get("year"), warnings),
        tools=_tools(values.get("tools"), warnings),
        source_title=texts["source_title"],
        source_url=texts["source_url"],
        status=texts["status"] if texts["status"] in STATUSES else "",
        warnings=tuple(warnings),
    )


def _text(values: Mapping[str, object], key: str, warnings: list[Message]) -> str:
    value = values.get(key)
    if value is None or value == "":
        return ""
    if isinstance(value, str | int | float | datetime.date) and not isinstance(value, bool):
        return " ".join(str(value).split())
    warnings.append(message("warn.no_text", key=key, kind=message(f"warn.kind.{_kind(value)}")))
    return ""


def _place(
    name: str,
    prefecture: str,
    values: Mapping[str, object],
    gazetteer: Gazetteer,
    warnings: list[Message],
) -> Place | None:
    """The municipality that name, prefecture and code mean together."""
    by_code = [
        p for code in _codes(values.get("municipality_code")) if (p := gazetteer.by_code(code))
    ]
    if not name:
        if values.get("municipality_code") and not by_code:
            warnings.append(message("warn.unknown_code", code=values["municipality_code"]))
        return by_code[0] if by_code else None
    found = gazetteer.find(name)
    if prefecture:
        inside = tuple(
            p for p in found if p.prefecture == prefecture or p.prefecture[:-1] == prefecture
        )
        if found and not inside:
            warnings.append(message("warn.not_inside", prefecture=prefecture, name=name))
        found = inside or found
    if agreed := [place for place in by_code if place in found]:
        return agreed[0]
    if not found:
        warnings.append(message("warn.unknown_place", name=name))
        return None
    if values.get("municipality_code"):
        code = values["municipality_code"]
        warnings.append(message("warn.code_of_another", code=code, name=name))
    return found[0] if len(found) == 1 else None


def _codes(value: object) -> tuple[str, ...]:
    """Ways to read a code; YAML reads an unquoted 011002 as an octal number."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return (f"{value:06d}", f"{value:o}".zfill(6), str(value))
    return (value.strip(),) if isinstance(value, str) else ()


def _year(value: object, warnings: list[Message]) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 1950 <= value <= 2069:
        return value
    text = f"{value:%Y-%m-%d}" if isinstance(value, datetime.date) else str(value)
    if isinstance(value, str | datetime.date):
        if text.strip().isdecimal() and 1950 <= int(text) <= 2069:
            return int(text)
        if mentions := year_mentions(text):
            return mentions[0].year
    warnings.append(message("warn.no_year", value=value))
    return None


def _tools(value: object, warnings: list[Message]) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        value = value.replace("、", ",").split(",")
    if isinstance(value, list) and all(isinstance(v, str | int | float) for v in value):
        return tuple(text for v in value if (text := str(v).strip()))
    warnings.append(message("warn.no_tools"))
    return ()


def _misspelt(values: Mapping[str, object]) -> list[Message]:
    """A warning for each key that looks like a known one."""
    found = []
    for key in values:
        near = difflib.get_close_matches(str(key), KEYS, n=1, cutoff=0.8)
        if str(key) not in KEYS and near and str(key) != "default_title":
            found.append(message("warn.misspelt", key=key, near=near[0]))
    return found


def _kind(value: object) -> str:
    names = {dict: "mapping", list: "list", bool: "bool"}
    return names.get(type(value), "other")
