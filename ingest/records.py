"""Tables with one case in each row: an Excel list of initiatives becomes its cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.fields import given_field
from ingest.labels import exact_label, label_key, role_of
from ingest.page import Block, Extract, Page
from ingest.years import year_mentions
from kb.places import load_gazetteer
from kb.types import STATUSES, CaseDraft, Evidence, Section

_TITLES = frozenset(
    "事例名 取組名 取り組み名 取組事例名 事業名 事業名称 施策名 件名 名称 タイトル 題名 テーマ 取組タイトル "
    "プロジェクト名 事業・取組名 取組の名称 事業の名称 取組名称 案件名 title name project".split()
)
_PREFECTURES = frozenset({"都道府県", "都道府県名", "県名", "prefecture"})
_FIELDS = frozenset({"分野", "取組分野", "カテゴリ", "カテゴリー", "区分", "field", "category"})
_STATUSES = frozenset({"段階", "状況", "進捗", "進捗状況", "ステータス", "status"})
_TOOLS = frozenset(
    "ツール 使用ツール 導入ツール 使った道具 使った仕組み システム 導入システム サービス名 製品名 tools".split()
)
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
    drafts: list[CaseDraft] = []
    pages: list[Page] = []
    for page in extract.pages:
        rest: list[Block] = []
        for rows in _runs(page.blocks):
            found = _cases(rows, page.number, _WORDS if extract.reader in _LISTS else _TELLING)
            drafts += found
            rest += () if found else rows
        pages.append(replace(page, blocks=tuple(rest)))
    if len(drafts) < 2:
        return (), extract
    return tuple(drafts), replace(extract, pages=tuple(p for p in pages if _says_more(p)))


def _says_more(page: Page) -> bool:
    """True when something is left that is more than the name of the sheet and a heading."""
    return sum(len(block.text) for block in page.blocks if not block.level) >= _TITLE


def _runs(blocks: Sequence[Block]) -> Iterator[tuple[Block, ...]]:
    """Blocks in order: the rows of one table together, every other block alone."""
    run: list[Block] = []
    for block in blocks:
        if run and (block.kind != "row" or block.table != run[-1].table):
            yield tuple(run)
            run = []
        if block.kind == "row":
            run.append(block)
        else:
            yield (block,)
    if run:
        yield tuple(run)


def _cases(rows: tuple[Block, ...], page: int | None, words: int) -> list[CaseDraft]:
    """The cases of a table, none when it is no list of cases."""
    if len(rows) < 3:
        return []
    header = rows[0].cells
    columns = [_column(cell) for cell in header]
    below = [row.cells for row in rows[1:] if row.cells != header]
    kinds = {column.kind for column in columns}
    if "role" not in kinds or not kinds & {"place", "title"} or len(below) < 2:
        return []
    if any(len(cells) > len(header) for cells in below):
        return []
    told = [len(c[i]) for c in below for i, col in enumerate(columns) if _tells(col) and i < len(c)]
    if sum(told) < words * max(len(below), 1):
        return []
    return [case for cells in _continued(below, columns) if (case := _case(cells, columns, page))]


def _tells(column: _Column) -> bool:
    return column.kind == "role"


def _continued(rows: Sequence[tuple[str, ...]], columns: Sequence[_Column]) -> list[list[str]]:
    """Rows as lists; one that names neither place nor title goes on with the row above."""
    naming = [i for i, column in enumerate(columns) if column.kind in ("place", "title", "number")]
    out: list[list[str]] = []
    for cells in rows:
        row = [*cells, *[""] * (len(columns) - len(cells))]
        if out and not any(row[i] for i in naming):
            out[-1] = ["\n".join(filter(None, pair)) for pair in zip(out[-1], row, strict=True)]
        else:
            out.append(row)
    return out


def _column(header: str) -> _Column:
    name = " ".join(header.split())
    key = label_key(name)
    for kind, known in (
        ("number", _NUMBERS), ("title", _TITLES), ("prefecture", _PREFECTURES), ("field", _FIELDS),
        ("status", _STATUSES), ("tools", _TOOLS),
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


def _case(cells: Sequence[str], columns: Sequence[_Column], page: int | None) -> CaseDraft | None:
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
        (page, page) if page is not None else None,
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
    if (status := values.get("status", "")) in STATUSES:
        draft = replace(draft, status=status)
        evidence.append(Evidence("status", status, page, status))
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
