"""A case that somebody writes on the screen: its parts, what is to be said of them, the note it becomes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from kb.base.messages import Message, message
from kb.base.visibility import KEY
from kb.language.dates import dates
from kb.language.text import fold_text
from kb.places.gazetteer import Place, load_gazetteer

HEADINGS = {
    "trouble": "背景・課題", "measure": "取組", "results": "効果", "points": "工夫・留意点", "team": "推進体制",
}  # fmt: skip
"""Parts that are text, with the headings that they get."""
LINES = (
    "title",
    "municipality",
    "year",
    "cost",
    "funding",
    "contact",
    "source_title",
    "source_url",
)
"""Parts that are lines, by the keys of the front matter."""
REQUIRED = ("title", "municipality", "measure")
LONGEST_LINE, LONGEST_TEXT = 200, 8000  # characters

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9０-９〇一二三四五六七八九十百千万]")
_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\b0\d{1,4}-\d{1,4}-\d{3,4}\b")
_STRUCTURE = re.compile(r"^(\s*)(?=#|---|```)", re.MULTILINE)
"""Where a line would begin a heading, a rule or code of the note."""
_ESCAPE = r"\1\\"


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a ``part``; ``is_wrong`` where the case cannot be kept like that."""

    part: str
    told: Message
    is_wrong: bool = True


def cleaned(given: Mapping[str, str]) -> dict[str, str]:
    """The parts as they were written, without what no text holds and within their lengths."""
    lines = {name: " ".join(_sound(given, name).split())[:LONGEST_LINE] for name in LINES}
    return lines | {name: _sound(given, name).strip()[:LONGEST_TEXT] for name in HEADINGS}


def remarks(parts: Mapping[str, str]) -> tuple[Remark, ...]:
    """What is missing or wrong, in the order of the parts, then what would make the case more useful."""
    wrong = [Remark(n, message(f"usage.write.no_{n}")) for n in REQUIRED if not parts[n]]
    if parts["municipality"] and (told := _about_place(parts["municipality"])):
        wrong.append(Remark("municipality", told))
    if parts["year"] and not _is_year(parts["year"]):
        wrong.append(Remark("year", message("warn.no_year", value=parts["year"])))
    if parts["source_url"] and not re.match(r"https?://\S+$", parts["source_url"]):
        wrong.append(Remark("source_url", message("usage.write.source_url")))
    order = [*LINES, *HEADINGS]
    wrong.sort(key=lambda remark: order.index(remark.part))
    return (*wrong, *_advice(parts))


def place_of(parts: Mapping[str, str]) -> Place | None:
    """The municipality that is meant, None while that is open."""
    return load_gazetteer().resolve(parts["municipality"]) if parts["municipality"] else None


def as_note(parts: Mapping[str, str], visibility: str) -> bytes:
    """The case as a note: front matter, then a heading for every part that was written."""
    front = {name: parts[name] for name in LINES if parts[name]} | {KEY: visibility}
    if place := place_of(parts):
        front |= {"municipality": place.name, "prefecture": place.prefecture}
        front["municipality_code"] = place.code
    head = "".join(f"{key}: {json.dumps(v, ensure_ascii=False)}\n" for key, v in front.items())
    written = [(HEADINGS[name], parts[name]) for name in HEADINGS if parts[name]]
    texts = [f"## {heading}\n\n{_STRUCTURE.sub(_ESCAPE, text)}\n" for heading, text in written]
    return "\n".join((f"---\n{head}---", *texts)).encode()


def _sound(given: Mapping[str, str], name: str) -> str:
    return _CONTROL.sub("", given.get(name, "").replace("\r\n", "\n").replace("\t", " "))


def _about_place(name: str) -> Message | None:
    found = load_gazetteer().find(name)
    if not found:
        return message("usage.unknown_place", name=name)
    choices = [place.full_name for place in found]
    return (
        message("usage.ambiguous_place", name=name, choices="、".join(choices))
        if found[1:]
        else None
    )


def _is_year(text: str) -> bool:
    is_plain = text.isdecimal() and 1950 <= int(text) <= 2069
    return is_plain or next(iter(dates(fold_text(text))), None) is not None


def _advice(parts: Mapping[str, str]) -> list[Remark]:
    """What is not needed, but makes a case more useful to others or safer."""
    found = []
    for name in ("results", "cost"):
        if parts[name] and not _NUMBER.search(parts[name]):
            found.append(Remark(name, message(f"usage.write.{name}"), False))
    if parts["measure"] and not parts["source_title"] + parts["source_url"]:
        found.append(Remark("source_title", message("usage.write.source"), False))
    for name in (*LINES, *HEADINGS):
        if name != "source_url" and _PERSONAL.search(parts[name]):
            found.append(Remark(name, message("usage.write.personal"), False))
    return found
