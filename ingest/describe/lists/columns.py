"""What the columns of a list hold: told by their heads, in Japanese or English, else by their values.

The kinds are: number (of the row), initiative and title (of a case), person and thing (what a list
that is none of cases names), votes, spot (where a shop or shelter is), place, prefecture, code, year,
dated (when the list was kept), status, field, tick (a choice), url, source, media (addresses), cost,
vendor, tools, role (a section of the case) and other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path

from ingest.describe.field import given_field
from ingest.describe.lists.rows_place import is_code, is_municipality, prefecture_of
from ingest.describe.tools import TOOL_LABELS, VENDOR_LABELS
from ingest.describe.years import year_mentions
from ingest.split.choices import is_mark, unremarked
from ingest.split.labels import exact_label, label_key, role_of
from ingest.split.stages import is_stage
from kb.base.tables import read_table
from kb.base.types import ROLES

_SAMPLE = 200
"""Cells from which the kind of a column is told."""
_MOSTLY = 0.8
_LONG = 18
_SENTENCE = re.compile("[^。]{4}。$")
"""Mean characters from which the cells of a column are text and not names."""
_HEAD = 40
"""Characters of the longest head."""
_UNIT = re.compile(
    r"[（(［\[【]\s*(?:単位\s*[:：])?\s*(千円|百万円|万円|億円|円)\s*[)）］\]】]|[・／/]\s*(千円|百万円|万円)\s*$"
)
_MEASURE = re.compile(r"[（(［\[【](?:単位\s*[:：])?[^（()）]{1,6}[)）］\]】]")
"""A cell that is no more than the unit of its column."""
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_MEDIA = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|mp4|mov|mp3)(?:\?\S*)?$", re.IGNORECASE)
_NUMBER = re.compile(r"[▲△\-−]?\d[\d,]*(?:\.\d+)?")
_PARTS = re.compile(r"[・／/及びとや、]|または|又は")
_BRACKET = re.compile(r"団体.{0,3}[（(](都道府県|市区町村|市町村)名?[)）]")
_PERSON = re.compile(
    r"(?<!事業)(?<!受託)(?<!担当)(?<!代表)(?<!提供)(?<!開発)(?<!管理)(?<!責任)(?<!実施)(?<!利用)(?<!業)(?:者|員|師)(?:氏名|名)$"
)
_SHOP = re.compile(
    r"(?:加盟|取扱|参加|登録|協力|認定|対象)?(?:店|店舗|施設|事業所|企業)(?:名|名称)?"
)
_BARE = frozenset(("取組", "取組み", "取り組み", "施策", "事業", "取組内容", "DXの取組", "内容"))
"""Heads under which a list of few words has the names of what was done."""
_SUFFIXED = frozenset(("initiative", "title", "url", "year", "status", "cost", "role", "dated"))


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column as printed, its ``kind``, the ``role`` of the section it makes, and the
    ``unit`` that its head gives to amounts (千円)."""

    name: str
    kind: str
    role: str = ""
    unit: str = ""


def columns_of(rows: Sequence[Sequence[str]], unit: str = "") -> tuple[tuple[Column, ...], int]:
    """The columns of a table and the number of its rows that are heads; ``unit`` is what the table
    as a whole says of its amounts."""
    width = max(map(len, rows))
    names, taken = _with_unit_row(*_names(rows, width), rows)
    found = [by_head(name) for name in names]
    cells = [
        [text for row in rows[taken : taken + _SAMPLE] if (text := row[at].strip() if at < len(row) else "")]
        for at in range(width)
    ]  # fmt: skip
    found = [_by_values(column, texts) for column, texts in zip(found, cells, strict=True)]
    return tuple(_with_units(_settled(found, cells), cells, unit)), taken


@cache
def by_head(name: str) -> Column:
    """What a column holds by the last line of its head, which may stand in two rows, else by all of
    it."""
    shown = " ".join(name.split())
    found = _known(shown.rpartition(" ")[2])
    if found.kind == "other":
        found = _known(shown)
    unit = _UNIT.search(shown)
    return replace(found, name=shown, unit=(unit[1] or unit[2]) if unit else "")


def _known(name: str) -> Column:
    if said := _BRACKET.search(name):  # 団体名（都道府県） beside 団体名（市区町村）
        return Column(name, "prefecture" if said[1].startswith("都道府県") else "place")
    keys = [label_key(name), name.strip().lower().replace(" ", ""), *_english(name)]
    for key in keys:
        if key in _heads():
            return _column(name, _heads()[key])
        if key in TOOL_LABELS or key in VENDOR_LABELS:
            return Column(name, "tools" if key in TOOL_LABELS else "vendor")
    if _PERSON.search(keys[0]) or _SHOP.fullmatch(keys[0]):
        return Column(name, "person" if _PERSON.search(keys[0]) else "thing")
    label = exact_label(name)
    if label and label.kind in ("place", "date"):
        return Column(name, "place" if label.kind == "place" else "year")
    if label:
        return Column(name, "other" if label.kind else "role", label.role)
    for length in range(len(keys[0]) - 1, 2, -1) if not name.isascii() else ():
        kind = _heads().get(keys[0][-length:], "")
        if (kind if kind not in ROLES else "role") in _SUFFIXED:
            return _column(name, kind)
    role = role_of(name)
    return Column(name, "role", role) if role else Column(name, "other", "その他")


def _english(name: str) -> list[str]:
    """What a head such as ``municipality_name`` or ``project description`` may be known by."""
    words = re.split(r"[_\s.-]+", name.strip().lower()) if name.isascii() else []
    bare = [word for word in words if word != "name"]
    return ["".join(words), "".join(bare), bare[-1]] if bare else []


def _column(name: str, kind: str) -> Column:
    return Column(name, "role", kind) if kind in ROLES else Column(name, kind)


@cache
def _heads() -> dict[str, str]:
    path = Path(str(resources.files("ingest.describe").joinpath("data", "column_heads.tsv")))
    rows = read_table(path, ("head", "kind"))
    return {row.cells[0].lower().replace(" ", ""): row.cells[1] for row in rows}


def _names(rows: Sequence[Sequence[str]], width: int) -> tuple[list[str], int]:
    """The heads, one for each column, and the rows they stand in: none, one or two."""
    first = [*rows[0], *[""] * (width - len(rows[0]))]
    if (len(rows) > 2 and _known_share(first) < 1 and "" in first) or _repeats(first):
        second = [*rows[1], *[""] * (width - len(rows[1]))] if len(rows) > 1 else [""]
        known = [cell for cell in second if cell and by_head(cell).kind != "other"]
        if len(known) * 2 >= sum(map(bool, second)) and not _is_data(second) and known:
            groups = [above if above else "" for above in first]
            return [
                " ".join(dict.fromkeys(filter(None, pair)))
                for pair in zip(groups, second, strict=True)
            ], 2
    if _is_data(first):
        return [""] * width, 0
    marked = [
        at for at, cell in enumerate(first)
        if cell and not is_mark(cell) and any(is_mark(row[at]) for row in rows[1:4] if at < len(row) and row[at])
    ]  # fmt: skip
    if (
        len(marked) > 1
        or _known_share(first) >= 0.4
        or (len(rows) > 1 and _shorter(first, rows[1:]))
    ):
        return first, 1
    return [""] * width, 0


def _with_unit_row(
    names: list[str], taken: int, rows: Sequence[Sequence[str]]
) -> tuple[list[str], int]:
    """The heads with the row below them that holds nothing but units in brackets: （百万円）, （人）."""
    units = [*rows[taken], *[""] * (len(names) - len(rows[taken]))] if taken < len(rows) else []
    told = [unit for unit in units if unit]
    if not taken or not told or not all(map(_MEASURE.fullmatch, told)):
        return names, taken
    return [f"{name}{unit}" for name, unit in zip(names, units, strict=True)], taken + 1


def _repeats(row: Sequence[str]) -> bool:
    told = [cell for cell in row if cell]
    return len(set(told)) < len(told)


def _known_share(row: Sequence[str]) -> float:
    told = [cell for cell in row if cell]
    return sum(by_head(cell).kind != "other" for cell in told) / max(1, len(told))


def _is_data(row: Sequence[str]) -> bool:
    """True for a row with the address of a page, a municipality's name, or a sentence: no head."""
    told = [cell for cell in row if cell]
    return any(
        _ADDRESS.match(cell) or cell.endswith("。") or is_municipality(cell) for cell in told
    ) or not any(len(cell) <= _HEAD for cell in told)


def _shorter(head: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    told = [cell for cell in head if cell]
    others = [cell for row in below[:20] for cell in row if cell]
    if len(told) < 2 or len(set(told)) < len(told) or any(len(cell) > _HEAD for cell in told):
        return False
    return sum(map(len, told)) / len(told) < 0.8 * sum(map(len, others)) / max(1, len(others))


def _by_values(column: Column, cells: Sequence[str]) -> Column:
    """``column`` as its cells show it, where the head says nothing or too much."""
    if not cells:
        return column
    if column.kind in ("other", "role", "url", "source") and _most(cells, _ADDRESS.fullmatch):
        media = column.kind == "other" and _most(cells, _MEDIA.search)
        return replace(
            column, kind="media" if media else "source" if column.kind == "source" else "url"
        )
    if column.kind == "url" and not any(map(_ADDRESS.match, cells)):
        return replace(column, kind="other")
    if column.kind == "category":
        return replace(column, kind=_sorted_by(cells) or "other", role="概要")
    if column.kind == "status" and not _most(cells, is_stage, 0.3) and _mean(cells) >= _LONG:
        return replace(column, kind="role", role="取組")
    if column.kind == "cost" and not any(any(sign.isdecimal() for sign in cell) for cell in cells):
        return replace(column, kind="role", role="費用")
    if (
        column.kind == "year"
        and not any(map(year_mentions, cells))
        and not _most(cells, str.isdecimal)
    ):
        return replace(column, kind="other")
    if column.unit and column.kind in ("other", "role") and _most(cells, _NUMBER.fullmatch):
        return replace(column, kind="cost", role="")
    if column.kind == "role" and _mean(cells) <= 14 and _most(cells, is_stage):
        return replace(column, kind="status")
    bare = [unremarked(cell) for cell in cells]
    if column.kind in ("other", "role", "tools") and _most(bare, is_mark, 1.0):
        return replace(column, kind="tick")
    return _unknown_by_values(column, cells) if column.kind == "other" else column


def _unknown_by_values(column: Column, cells: Sequence[str]) -> Column:
    """A column whose head says nothing, as its cells show it."""
    for kind, is_one in (
        ("prefecture", prefecture_of),
        ("place", is_municipality),
        ("code", is_code),
    ):
        if column.role == "その他" and not _told_otherwise(column.name) and _most(cells, is_one):
            return replace(column, kind=kind)
    if _mean(cells) <= 14 and len(set(cells)) <= 12 and _most(cells, is_stage):
        return replace(column, kind="status")
    is_year = not column.name and _mean(cells) <= 12 and _most(cells, year_mentions)
    return replace(column, kind="year") if is_year else column


def _told_otherwise(name: str) -> bool:
    """True for a head that says whose towns these are not: 派遣先, 出身地."""
    return bool(re.search(r"先$|出身|派遣|実績|連携|構成|対象|参考|受講|参加", name))


def _sorted_by(cells: Sequence[str]) -> str:
    """What the groups of a list are: field, status, "" for neither."""
    if _most(cells, is_stage, 0.6):
        return "status"
    return "field" if _most(cells, given_field, 0.5) else ""


def _settled(found: Sequence[Column], cells: Sequence[Sequence[str]]) -> list[Column]:
    """The columns, one of each kind that can be but one, and a title and a text where the heads name
    none."""
    columns = list(found)
    kinds = {column.kind for column in columns}
    texts = [
        i
        for i, c in enumerate(columns)
        if c.kind in ("other", "role")
        and (_mean(cells[i]) >= _LONG or _most(cells[i], _SENTENCE.search))
    ]
    for i, column in enumerate(columns):  # in a list of cases a product is a tool
        if (
            column.kind == "thing"
            and label_key(column.name) in TOOL_LABELS
            and {"initiative", "place", "title"} & kinds
        ):
            columns[i] = replace(column, kind="tools")
    named = {"initiative", "title", "person", "thing"} & {column.kind for column in columns}
    if not any(columns[i].kind == "role" for i in texts) and texts:
        main = max(texts, key=lambda i: _mean(cells[i]))
        columns[main] = replace(columns[main], kind="role", role="取組")
    if not named and texts:
        names = [
            i for i, c in enumerate(columns)
            if c.kind in ("other", "role") and i not in texts and _distinct(cells[i]) and 2 <= _mean(cells[i]) < 30
            and (c.role in ("取組", "その他", "概要") or not c.name) and not _most(cells[i], _NUMBER.fullmatch)
        ]  # fmt: skip
        known = [i for i in names if columns[i].role == "取組"] or [
            i for i in names if columns[i].role == "その他"
        ]
        if known and any(c.kind in ("place", "prefecture", "code") for c in columns):
            columns[known[0]] = replace(columns[known[0]], kind="title")
    elif not named and {"place", "prefecture", "code"} & {column.kind for column in columns}:
        columns = _named_by_few_words(columns, cells)
    return _single(columns)


def _named_by_few_words(columns: list[Column], cells: Sequence[Sequence[str]]) -> list[Column]:
    """The columns, the first whose few words under 取組 or 施策, or under nothing beside a year, a stage or an
    address, are names of initiatives as such."""
    bare = _BARE | (
        {""} if {"year", "status", "url"} & {column.kind for column in columns} else set()
    )
    for i, column in enumerate(columns):
        named = column.kind in ("other", "role") and column.name in bare
        if named and _distinct(cells[i]) and 3 <= _mean(cells[i]) < _HEAD:
            return [*columns[:i], replace(column, kind="initiative"), *columns[i + 1 :]]
    return columns


def _single(found: Sequence[Column]) -> list[Column]:
    """The columns, only the first of each kind that can be but one."""
    columns = list(found)
    seen: set[str] = set()
    for i, column in enumerate(columns):
        if (
            column.kind in ("place", "prefecture", "code", "url", "status", "person")
            and column.kind in seen
        ):
            columns[i] = replace(
                column, kind="source" if column.kind == "url" else "other", role="その他"
            )
        seen.add(column.kind)
    return columns


def _with_units(
    columns: Sequence[Column], cells: Sequence[Sequence[str]], unit: str
) -> list[Column]:
    """The columns of amounts with the unit of the head to their left, or of the table."""
    out: list[Column] = []
    for column, texts in zip(columns, cells, strict=True):
        if column.kind == "cost" and not column.unit and _most(texts, _NUMBER.fullmatch):
            before = out[-1] if out and out[-1].kind == "cost" else None
            column = replace(column, unit=before.unit if before else unit)
        out.append(column)
    return out


def _most(cells: Sequence[str], is_one: Callable[[str], object], share: float = _MOSTLY) -> bool:
    return bool(cells) and sum(bool(is_one(cell)) for cell in cells) >= share * len(cells)


def _mean(cells: Sequence[str]) -> float:
    return sum(map(len, cells)) / len(cells) if cells else 0.0


def _distinct(cells: Sequence[str]) -> bool:
    return len(set(cells)) >= 0.9 * len(cells) and len(cells) > 1
