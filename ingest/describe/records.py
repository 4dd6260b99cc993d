"""Tables with one case in each row: an Excel list of initiatives becomes its cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.describe.facts import meant_status
from ingest.describe.field import given_field
from ingest.describe.tools import TOOL_LABELS
from ingest.describe.years import year_mentions
from ingest.page import Block, Extract, Page
from ingest.split.labels import TITLES, exact_label, label_key, role_of
from ingest.split.table_shapes import TableRow, one_row_each
from kb.base.types import CaseDraft, Evidence, Section
from kb.places.gazetteer import load_gazetteer

_PREFECTURES = frozenset({"都道府県", "都道府県名", "県名", "prefecture"})
_FIELDS = frozenset({"分野", "取組分野", "カテゴリ", "カテゴリー", "区分", "field", "category"})
_STATUSES = frozenset({"段階", "状況", "進捗", "進捗状況", "ステータス", "status"})
_NUMBERS = frozenset({"no", "no.", "№", "番号", "通番", "項番", "#", "id"})
_LISTS = frozenset({"xlsx", "csv"})
_WORDS = 12
"""Mean characters of the telling cells of a list of cases; a list of names and figures has fewer."""
_TELLING = 25  # the same in other documents, where tables also sum up what follows
_TITLE = 60


@dataclass(frozen=True, slots=True)
class _Column:
    """What a column holds: ``kind`` is title, place, prefecture, year, field, status, tools, role
    (a section of the case), number (of the row) or other."""

    name: str
    kind: str
    role: str = ""


def records(extract: Extract) -> tuple[tuple[CaseDraft, ...], Extract]:
    """The cases told by rows, and what the document says beside them (no pages when nothing)."""
    if extract.note:
        return (), extract
    is_list = extract.reader in _LISTS
    drafts: list[CaseDraft] = []
    taken: set[int] = set()
    for table in _tables(extract.pages, sheets=is_list):
        found = _cases(table, is_list=is_list)
        drafts += found
        taken.update(id(row.block) for row in table if found)
    if len(drafts) < 2:
        return (), extract
    pages = [
        replace(page, blocks=tuple(block for block in page.blocks if id(block) not in taken))
        for page in extract.pages
    ]
    return tuple(drafts), replace(extract, pages=tuple(p for p in pages if _says_more(p)))


def _tables(pages: Sequence[Page], *, sheets: bool) -> list[list[TableRow]]:
    """The tables in order; one that a page ends with goes on at the head of the next, but a
    ``sheet`` is no page."""
    tables: list[list[TableRow]] = []
    for index, page in enumerate(pages):
        for run in _runs(page.blocks):
            rows = [TableRow(block, page.number, index) for block in run]
            ends = pages[index - 1].blocks[-1:] if index and not sheets else ()
            is_next = run[0] is page.blocks[0] and tables and tables[-1][-1].block in ends
            if is_next and _goes_on(tables[-1], run):
                tables[-1] += rows
            else:
                tables.append(rows)
    return tables


def _goes_on(table: Sequence[TableRow], run: Sequence[Block]) -> bool:
    """True for rows of as many cells that repeat the header or have none of their own."""
    header = table[0].block.cells
    is_header = sum(_column(cell).kind != "other" for cell in run[0].cells) * 2 > len(header)
    return len(run[0].cells) == len(header) and (run[0].cells == header or not is_header)


def _says_more(page: Page) -> bool:
    """True when something is left that is more than the name of the sheet and a heading."""
    return sum(len(block.text) for block in page.blocks if not block.level) >= _TITLE


def _runs(blocks: Sequence[Block]) -> Iterator[tuple[Block, ...]]:
    """The rows of one table after the other."""
    for (kind, _), run in groupby(blocks, key=lambda block: (block.kind, block.table)):
        if kind == "row":
            yield tuple(run)


def _cases(rows: Sequence[TableRow], *, is_list: bool) -> list[CaseDraft]:
    """The cases of a table, none when it is no list of cases."""
    if len(rows) < 3:
        return []
    rows = one_row_each(rows) if is_list else rows
    header = rows[0].block.cells
    columns = [_column(cell) for cell in header]
    below = [row for row in rows[1:] if row.block.cells != header]
    kinds = {column.kind for column in columns}
    if "role" not in kinds or not kinds & {"place", "title"} or len(below) < 2:
        return []
    roles = [column.role for column in columns if column.kind == "role"]
    if not is_list and "place" not in kinds and len(roles) < 2:
        return []  # the items of a budget or a plan
    if any(len(row.block.cells) > len(header) for row in below):
        return []
    told = [len(cell) for row in below for cell, column in zip(row.block.cells, columns, strict=False)
            if column.kind == "role"]  # fmt: skip
    if sum(told) < (_WORDS if is_list else _TELLING) * len(below):
        return []
    found = [_case(cells, columns, pages) for cells, pages in _continued(below, columns)]
    return [case for case in found if case]


def _continued(
    rows: Sequence[TableRow], columns: Sequence[_Column]
) -> list[tuple[list[str], tuple[int, int] | None]]:
    """(cells, pages) of the rows; one that names neither place nor title goes on with the row
    above, without a break where the end of a page cut its text."""
    whole = [[*row.block.cells, *[""] * (len(columns) - len(row.block.cells))] for row in rows]
    opens = [at > 0 and row.page != rows[at - 1].page for at, row in enumerate(rows)]
    naming = [i for i, column in enumerate(columns) if column.kind in ("place", "title", "number")]
    inner = [cells for cells, is_first in zip(whole, opens, strict=True) if not is_first]
    always = [i for i in naming if all(cells[i] for cells in inner)]
    out: list[tuple[list[str], tuple[int, int] | None]] = []
    for row, cells, is_first in zip(rows, whole, opens, strict=True):
        number = row.number
        is_cut = is_first and any(not cells[i] for i in always)
        if out and (is_cut or not any(cells[i] for i in naming)):
            above, pages = out[-1]
            sign = "" if is_first else "\n"
            joined = [sign.join(filter(None, pair)) for pair in zip(above, cells, strict=True)]
            out[-1] = joined, (pages[0], number) if pages and number else pages
        else:
            out.append((cells, None if number is None else (number, number)))
    return out


def _column(header: str) -> _Column:
    """What a column holds by the last line of its header, which may stand in two rows, else by all
    of it."""
    name = " ".join(header.split())
    last = _known_column(name.rpartition(" ")[2])
    return _known_column(name) if last.kind == "other" else replace(last, name=name)


def _known_column(name: str) -> _Column:
    key = label_key(name)
    for kind, known in (
        ("number", _NUMBERS), ("title", TITLES), ("prefecture", _PREFECTURES), ("field", _FIELDS),
        ("status", _STATUSES), ("tools", TOOL_LABELS),
    ):  # fmt: skip
        if key in known or name.lower() in known:
            return _Column(name, kind)
    label = exact_label(name)
    if label and label.kind == "place":
        return _Column(name, "place")
    if label and label.kind == "date":
        return _Column(name, "year")
    if label and label.kind:
        return _Column(name, "other")
    role = label.role if label else role_of(name)
    return _Column(name, "role", role) if role else _Column(name, "other")


def _case(
    cells: Sequence[str], columns: Sequence[_Column], pages: tuple[int, int] | None
) -> CaseDraft | None:
    page = pages[0] if pages else None
    told = [(c, text.strip()) for c, text in zip(columns, cells, strict=True) if text.strip()]
    if not any(column.kind == "role" for column, _ in told):
        return None
    values = {column.kind: text for column, text in reversed(told) if column.kind != "role"}
    sections = tuple(
        Section(column.role, column.name, text, page)
        for column, text in told
        if column.kind == "role"
    )
    facts = [f"{c.name}：{_one_line(text)}" for c, text in told if c.kind not in ("role", "number")]
    if facts:
        sections = (Section("概要", "", "\n".join(facts), page), *sections)
    place = _place(values.get("place", ""), values.get("prefecture", ""))
    draft = CaseDraft(
        _title(values.get("title", ""), sections, place),
        sections,
        pages,
        municipality=place,
    )
    return _stated(draft, values, page)


def _stated(draft: CaseDraft, values: dict[str, str], page: int | None) -> CaseDraft:
    """``draft`` with what its row states outright."""
    evidence = list(draft.evidence)
    field = given_field(values["field"]) if "field" in values else None
    if field:
        draft = replace(draft, field=field, field_source="given")
        evidence.append(Evidence("field", field, page, values["field"]))
    mentions = year_mentions(values["year"]) if "year" in values else ()
    if mentions:
        draft = replace(draft, year=mentions[0].year)
        evidence.append(Evidence("year", str(mentions[0].year), page, values["year"]))
    if status := meant_status(values.get("status", "")):
        draft = replace(draft, status=status)
        evidence.append(Evidence("status", status, page, values["status"]))
    if tools := tuple(t for t in _split(values.get("tools", "")) if len(t) <= 40):
        draft = replace(draft, tools=tools)
        evidence += [Evidence("tools", tool, page, values["tools"]) for tool in tools]
    return replace(draft, evidence=tuple(evidence))


def _split(text: str) -> list[str]:
    for sign in ("\n", "，", ",", "／"):
        text = text.replace(sign, "、")
    return [part.strip(" ・") for part in text.split("、") if part.strip(" ・")]


def _place(name: str, prefecture: str) -> str:
    """The municipality of the row, with its prefecture where that tells it from a namesake."""
    name, prefecture = "".join(name.split()), "".join(prefecture.split())
    if not name or not prefecture or name.startswith(prefecture):
        return name or prefecture
    return f"{prefecture}{name}" if len(load_gazetteer().find(name)) > 1 else name


def _title(title: str, sections: Sequence[Section], place: str) -> str:
    """The row's own title, else the beginning of what was done."""
    if title:
        return _one_line(title)[:80]
    main = next((s for s in sections if s.role == "取組"), sections[-1])
    words = _one_line(main.text).split("。")[0]
    words = words if len(words) <= _TITLE else words[: _TITLE - 1] + "…"
    return f"{words}（{place}）" if place else words


def _one_line(text: str) -> str:
    return " ".join(text.split())
