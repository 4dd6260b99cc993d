"""One row of a list as a case, or as what else the list is of: a person, a shop, a result."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.describe.field import given_field
from ingest.describe.lists.columns import Column
from ingest.describe.lists.rows_place import prefecture_of, stated_places
from ingest.describe.years import year_mentions
from ingest.split.choices import chosen, is_ticked, unremarked
from ingest.split.series import subject
from ingest.split.stages import meant_status
from kb.base.types import CaseDraft, Evidence, Section
from kb.places.gazetteer import load_gazetteer

_TITLE = 60
_LONGEST = 160
"""Characters of the longest title that a row states itself."""
_NAMES = ("initiative", "title", "person", "thing")
_OTHER_NAMES = ("person", "thing", "initiative", "title")
_STRUCTURE = frozenset(
    ("number", "place", "prefecture", "code", "url", "source", "media", "dated", "field", "status", "year", "tick")
)  # fmt: skip
"""Kinds of columns that are no text: they are the case's own facts, or none."""
_BARE = re.compile(r"[▲△\-−]?\d[\d,]*(?:\.\d+)?")
_ROLES = {"cost": "費用", "vendor": "推進体制", "tools": "概要"}


@dataclass(frozen=True, slots=True)
class Record:
    """A row as ``draft``; ``is_case`` is False for what is no municipality's case and has therefore
    no town, year or stage. ``is_staged``: the row itself says how far it got, be it 「未実施」."""

    draft: CaseDraft
    is_case: bool
    is_staged: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the rows of one record say, a cell for each column: ``cells`` is its text, ``labels`` has
    what merged cells of rows above say of it as well. ``row`` is the number of its first row in the
    ``sheet`` or file, None where nobody counts them."""

    cells: tuple[str, ...]
    labels: tuple[str, ...]
    pages: tuple[int, int] | None
    row: int | None = None
    sheet: str = ""

    @property
    def place(self) -> str:
        """Where the row stands in its file: シート「…」4行目; "" where nobody counts rows."""
        sheet = f"シート「{self.sheet}」" if self.sheet else ""
        return f"{sheet}{self.row}行目" if self.row else ""

    def gone_on(self, cells: Sequence[str], sign: str) -> Told:
        """This with the ``cells`` of a further row behind ``sign``."""
        told, labels = (
            tuple(sign.join(filter(None, pair)) for pair in zip(texts, cells, strict=True))
            for texts in (self.cells, self.labels)
        )
        return replace(self, cells=told, labels=labels)


def record(row: Told, columns: Sequence[Column], is_case: bool) -> Record | None:
    """The record of a row, None for a row that tells nothing."""
    pages, page = row.pages, row.pages[0] if row.pages else None
    told = [(c, text.strip()) for c, text in zip(columns, row.cells, strict=True) if text.strip()]
    values: dict[str, str] = {}
    for column, text in zip(columns, row.labels, strict=True):
        if text.strip():
            values.setdefault(column.kind, text.strip())
    name = _name(told, values, _NAMES if is_case else _OTHER_NAMES)
    ticked = [_head(c) for c, text in told if c.kind == "tick" and is_ticked(unremarked(text))]
    sections = _sections(told, ticked, page, name)
    if not sections and name:
        sections = (Section("概要", "概要", _one_line(name), page),)
    if not sections:
        return None
    draft = CaseDraft("", sections, pages, source_title=row.place, source_url=_address(values))
    if not is_case:
        return Record(replace(draft, title=_title(name, sections, "")), False)
    draft = _placed(draft, values, page, name)
    draft = replace(draft, title=_title(name, sections, draft.municipality))
    return Record(_stated(draft, values, ticked, page), True, bool(ticked or "status" in values))


def _sections(
    told: Sequence[tuple[Column, str]], ticked: Sequence[str], page: int | None, named: str
) -> tuple[Section, ...]:
    """A section for each cell that is text, under the head of its column; amounts with their unit."""
    found = []
    for column, text in told:
        is_name = column.kind in _NAMES and "".join(text.split()) == "".join(named.split())
        if column.kind in _STRUCTURE or is_name:
            continue
        if column.unit and _BARE.fullmatch(text):
            text = _amount(text) + column.unit
        said = chosen(text)
        if said.strip():
            role = _ROLES.get(column.kind) or column.role or "その他"
            found.append(Section(role, _head(column) or role, said, page))
    if ticked:
        found.append(Section("その他", "該当", "、".join(ticked), page))
    return tuple(found)


def _name(told: Sequence[tuple[Column, str]], values: dict[str, str], kinds: Sequence[str]) -> str:
    """What a row calls itself, by the first of ``kinds``; of a name and a title (digital lists have
    both) the title."""
    named = next((kind for kind in kinds if kind in values), "")
    titles = [text for column, text in told if column.name.lower() in ("title", "タイトル", "題名")]
    return titles[0] if named == "title" and titles else values.get(named, "")


def _amount(text: str) -> str:
    whole, dot, rest = text.replace(",", "").partition(".")
    sign = "" if whole.isdecimal() else whole[0]
    return f"{sign}{int(whole.lstrip('▲△-−') or 0):,}{dot}{rest}"


def _head(column: Column) -> str:
    return " ".join(column.name.split())


def _address(values: dict[str, str]) -> str:
    found = re.search(
        r"https?://[^\s　、。」）)]+", values.get("url", "") or values.get("source", "")
    )
    if not found and (source := values.get("source", "")):
        found = re.search(r"https?://[^\s　、。」）)]+", source)
    return found[0] if found else ""


def _placed(draft: CaseDraft, values: dict[str, str], page: int | None, name: str) -> CaseDraft:
    """``draft`` with the municipality of its row; with its prefecture alone where the row names no
    more, unless its title names one there."""
    cell, outer = values.get("place", ""), values.get("prefecture", "")
    found = stated_places(cell, outer, values.get("code", ""))
    evidence = Evidence(
        "municipality", "", page, _one_line(f"{outer} {cell or values.get('code', '')}")
    )
    if not found and prefecture_of(outer):
        draft = replace(draft, prefecture=prefecture_of(outer))
        mention = subject(name, load_gazetteer()) if not cell else None
        inside = [
            p for p in (mention.candidates if mention else ()) if p.prefecture == draft.prefecture
        ]
        if mention is None or len(inside) != 1 or inside[0].name == inside[0].prefecture:
            return draft
        found, evidence = (inside[0],), replace(evidence, text=_one_line(name))
    if not found:
        return draft
    names = {place.name for place in found}
    shown = names.pop() if len(names) == 1 else _one_line(cell)
    evidence = replace(evidence, value=shown)
    if len(found) > 1:
        return replace(draft, municipality=shown, evidence=(*draft.evidence, evidence))
    place = found[0]
    return replace(
        draft,
        municipality=shown,
        prefecture=place.prefecture,
        code=place.code,
        evidence=(*draft.evidence, evidence),
    )


def _stated(
    draft: CaseDraft, values: dict[str, str], ticked: Sequence[str], page: int | None
) -> CaseDraft:
    """``draft`` with what its row states outright."""
    evidence = list(draft.evidence)
    if field := given_field(values.get("field", "")):
        draft = replace(draft, field=field, field_source="given")
        evidence.append(Evidence("field", field, page, values["field"]))
    if year := _year(values.get("year", "")):
        draft = replace(draft, year=year)
        evidence.append(Evidence("year", str(year), page, values["year"]))
    said = chosen(values.get("status", "")) or "、".join(ticked)
    if status := meant_status(said):
        draft = replace(draft, status=status)
        evidence.append(Evidence("status", status, page, said))
    if tools := tuple(t for t in _split(values.get("tools", "")) if len(t) <= 40):
        draft = replace(draft, tools=tools)
        evidence += [Evidence("tools", tool, page, values["tools"]) for tool in tools]
    return replace(draft, evidence=tuple(evidence))


def _year(cell: str) -> int | None:
    if mentions := year_mentions(cell):
        return mentions[0].year
    bare = cell.strip()
    return int(bare) if bare.isdecimal() and len(bare) == 4 and 1990 <= int(bare) <= 2069 else None


def _split(text: str) -> list[str]:
    for sign in ("\n", "，", ",", "／"):
        text = text.replace(sign, "、")
    return [part.strip(" ・") for part in text.split("、") if part.strip(" ・")]


def _title(title: str, sections: Sequence[Section], place: str) -> str:
    """The row's own title, else the beginning of what was done."""
    if title:
        return _one_line(title)[:_LONGEST]
    main = next((s for s in sections if s.role == "取組"), sections[-1])
    words = _one_line(main.text).split("。")[0]
    words = words if len(words) <= _TITLE else words[: _TITLE - 1] + "…"
    return f"{words}（{place}）" if place else words


def _one_line(text: str) -> str:
    return " ".join(text.split())
