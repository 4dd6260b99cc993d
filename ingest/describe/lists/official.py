"""The ministries' own tables, a row for each municipality: told by the heads of their columns, wherever
those stand. They become figures of municipalities, no cases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ingest.describe.lists.columns import by_head
from ingest.describe.lists.rows_place import is_code, is_municipality, prefecture_of, stated_places
from ingest.describe.years import year_mentions
from ingest.page import Block, Extract, Page
from kb.base.tables import read_table
from kb.base.types import OfficialFigure
from kb.language.text import fold_text
from kb.places.gazetteer import Place, load_gazetteer
from kb.places.names import PREFECTURE

_FEWEST = 3  # rows of a table
_MOSTLY = 0.8  # share of its rows that name one municipality
_HEADS = 5  # rows that a head takes at most
_TEXT = 18  # mean characters from which a column is text, as in lists of cases
_NOT_OF_HEAD = re.compile(
    r"[(（\[［〔【※].*?[)）\]］〕】]|[\s　]|※.*$|^[①-⑳\d]+[.．、)）]|^\d+(?:[-－―‐.．]\d+)+"
)
_LEAF = re.compile(
    r"(の?(有無|状況|取組状況|実施状況|導入状況|活用状況|任命状況|策定状況))|(導入|実施|策定|活用|任命|構築)(済み?|している)|あり|有"
)
_STATES = (
    re.compile(r"の?(有無|状況)$"),
    re.compile(r"の?(取組|実施|導入|活用|任命|策定|構築)状況$"),
)
_UNIT = re.compile(r"[(（［\[]?\s*(?:単位[:：])?\s*([%％人])\s*[)）］\]]?\s*$")
_UNIT_ALONE = re.compile(r"(単位:?)?(%|人|千?円|百万円|KM2|HA|件|団体|ポイント)")
_SUM = re.compile(r"計$|平均|合計|総数|全国")
_YES = frozenset(
    ("○", "◯", "〇", "●", "◎", "有", "あり", "済", "済み", "1", "レ", "✓", "✔", "はい")
)
_NO = frozenset(
    ("×", "✕", "無", "なし", "未", "未実施", "未導入", "0", "-", "－", "―", "いいえ", "")
)
_DOES = re.compile(r"(任命|策定|構築|活用|導入|実施|公開)(している|済み?)")
_DOES_NOT = re.compile(
    r"(任命|策定|構築|活用|導入|実施|公開)(していない|予定.*|検討.*)|検討中|未(定|着手)"
)
_NUMBER = re.compile(r"([▲△\-−]?)(\d[\d,]*(?:\.\d+)?)\s*[%％人]?$")


@dataclass(frozen=True, slots=True)
class _Head:
    """A column that is understood: what it tells, its ``kind`` and ``unit``."""

    name: str
    kind: str
    unit: str


def official(extract: Extract) -> tuple[tuple[OfficialFigure, ...], Extract]:
    """The figures that an extract tells of municipalities, and what is left of it: without their rows,
    but for the heads."""
    if extract.note or extract.reader not in ("xlsx", "csv", "legacy"):
        return (), extract
    found: list[OfficialFigure] = []
    pages = []
    for page in extract.pages:
        rows = [block for block in page.blocks if block.kind == "row"]
        figures, taken = _of_rows(rows, _year(page, extract), _sheet(page))
        found += figures
        blocks = tuple(block for block in page.blocks if id(block) not in taken)
        pages.append(replace(page, blocks=blocks))
    return tuple(found), replace(extract, pages=tuple(pages)) if found else extract


def _of_rows(
    rows: Sequence[Block], year: int | None, sheet: str
) -> tuple[list[OfficialFigure], set[int]]:
    cells = [_cells(row) for row in rows]
    first = next((i for i, row in enumerate(cells) if any(map(_names_place, row.values()))), None)
    if not first:
        return [], set()
    parts = _parts([_spread(row) for row in rows[max(0, first - _HEADS) : first]])
    kinds = {column: by_head(" ".join(heads)).kind for column, heads in parts.items()}
    heads = {column: head for column, told in parts.items() if (head := _head(tuple(told)))}
    below = list(zip(rows[first:], cells[first:], strict=True))
    placed = list(_placed(below, kinds))
    if len(placed) < _FEWEST or not _is_official(below, placed, heads, kinds):
        return [], set()
    heads = {c: h for c, h in heads.items() if h.kind != "choice" or _is_answered(placed, c)}
    figures = [
        replace(told, row=block.row, sheet=sheet)
        for block, row, place in placed
        for column, head in heads.items()
        if (told := _figure(place, head, row.get(column, ""), _row_year(row, kinds) or year))
    ]
    return figures, {id(block) for block, _ in below} if figures else set()


def _is_official(
    below: Sequence[tuple[Block, dict[int, str]]],
    placed: Sequence[tuple[Block, dict[int, str], Place]],
    heads: dict[int, _Head],
    kinds: dict[int, str],
) -> bool:
    """True where most rows are of one municipality each, the heads are a ministry's, and nothing is told
    in text."""
    told = [head.kind for head in heads.values()]
    is_keyed = bool({"prefecture", "code"} & {*kinds.values()})
    if not told or (set(told) == {"choice"} and not (is_keyed and len(told) > 1)):
        return False  # choices alone are cases, too
    if {"initiative", "title", "person", "thing"} & {*kinds.values()}:
        return False
    named = [row for _, row in below if _asks_of_a_municipality(row, kinds)]
    if len(placed) < _MOSTLY * len(named):
        return False
    columns = {column for _, row, _ in placed for column in row} - {*heads}
    texts = [
        [row[c] for _, row, _ in placed if row.get(c)] for c in columns if kinds.get(c) != "place"
    ]
    return all(sum(map(len, column)) < _TEXT * len(column) for column in texts if column)


def _asks_of_a_municipality(row: dict[int, str], kinds: dict[int, str]) -> bool:
    """False for the rows of sums, averages and prefectures between, and for notes beneath."""
    said = {kind: row[c] for c, kind in kinds.items() if row.get(c)}
    name = "".join(said.get("place", "").split())
    if len(row) < 2 or _SUM.search(name) or prefecture_of(name) == name != "":
        return False
    return bool(name) or "place" not in kinds.values()


def _placed(
    below: Sequence[tuple[Block, dict[int, str]]], kinds: dict[int, str]
) -> Iterator[tuple[Block, dict[int, str], Place]]:
    """The rows that name one municipality; a prefecture that stands once goes on below."""
    outer = ""
    for block, row in below:
        said = {kind: row[c] for c, kind in kinds.items() if row.get(c)}
        if not any(map(_names_place, row.values())):
            continue
        outer = prefecture_of(said.get("prefecture", "")) or outer
        place = _place(said.get("place", ""), outer, said.get("code", ""))
        if place and place.kind != PREFECTURE:
            yield block, row, place


def _place(name: str, prefecture: str, code: str) -> Place | None:
    """The one municipality that a row means: by its name, else by its code, never against its name."""
    found = stated_places(name, prefecture, "") if name else ()
    if len(found) == 1 or not code.isdecimal():
        return found[0] if len(found) == 1 else None
    known = load_gazetteer()
    codes = [p for text in (code.zfill(6), code) if (p := known.by_code(text))]
    meant = [place for place in codes if not name or place in found]
    return meant[0] if meant else None


@cache
def _head(parts: tuple[str, ...]) -> _Head | None:
    """What a column tells, by its lowest head, where that says only whether, by the one above it."""
    keys = [fold_text(_NOT_OF_HEAD.sub("", part)).replace(" ", "").upper() for part in parts]
    keys = [key for key in keys if key]
    while len(keys) > 1 and (_LEAF.fullmatch(keys[-1]) or _UNIT_ALONE.fullmatch(keys[-1])):
        keys.pop()
    unit = next((m[1] for part in reversed(parts) if (m := _UNIT.search(part))), "")
    for key in ("".join(keys), keys[-1]) if keys else ():
        bare = {key, *(pattern.sub("", key) for pattern in _STATES)}
        for name, kind, told in _known():
            if any(map(told.fullmatch, bare)):
                return _Head(name, kind, unit.replace("％", "%") if kind == "number" else "")
    return None


@cache
def _known() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    path = Path(__file__).parents[1] / "data" / "official_heads.tsv"
    rows = read_table(path, ("name", "kind", "heads"))
    return tuple((row.cells[0], row.cells[1], re.compile(row.cells[2].upper())) for row in rows)


def _is_answered(placed: Sequence[tuple[Block, dict[int, str], Place]], column: int) -> bool:
    """True where every cell is understood: 1 to 4 are the answers to a question that we do not know."""
    cells = [row.get(column, "") for _, row, _ in placed]
    return any(_met(cell) for cell in cells) and all(_met(cell) is not None for cell in cells)


def _met(cell: str) -> bool | None:
    text = re.sub(r"\s", "", cell)
    if text in _YES or _DOES.fullmatch(text):
        return True
    return False if text in _NO or _DOES_NOT.fullmatch(text) else None


def _figure(place: Place, head: _Head, cell: str, year: int | None) -> OfficialFigure | None:
    text = " ".join(cell.split())
    if head.kind == "choice":
        return OfficialFigure(place.code, head.name, "", met=bool(_met(text)), year=year)
    if not text or head.kind == "sort":
        return OfficialFigure(place.code, head.name, text, year=year) if text else None
    text = fold_text(text)
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    number = float(match[2].replace(",", "")) * (-1 if match[1] else 1)
    shown = text.replace("％", "%")
    shown += head.unit if head.unit and not shown.endswith(head.unit) else ""
    return OfficialFigure(place.code, head.name, shown, number, year=year)


def _row_year(row: dict[int, str], kinds: dict[int, str]) -> int | None:
    told = next((row[c] for c, kind in kinds.items() if kind == "year" and c in row), "")
    if re.fullmatch(r"(19|20)\d\d", told):
        return int(told)
    return next((said.year for said in year_mentions(told)), None)


def _names_place(cell: str) -> bool:
    return is_municipality(cell) or (
        cell.isdecimal() and len(cell) in (5, 6) and is_code(cell.zfill(6))
    )


def _cells(block: Block) -> dict[int, str]:
    """What stands in each column of a row, also what is merged into it from above."""
    pairs = zip(block.cells, block.places, strict=True)
    return {span.column: told for cell, span in pairs if (told := (cell or span.above).strip())}


def _spread(block: Block) -> dict[int, str]:
    """What a row of heads says over each column."""
    pairs = zip(block.cells, block.places, strict=True)
    return {
        column: cell.strip()
        for cell, span in pairs
        for column in range(span.column, span.column + span.across)
        if cell.strip()
    }


def _parts(heads: Sequence[dict[int, str]]) -> dict[int, list[str]]:
    columns = {column for head in heads for column in head}
    return {c: list(dict.fromkeys(head[c] for head in heads if c in head)) for c in sorted(columns)}


def _year(page: Page, extract: Extract) -> int | None:
    """The fiscal year that the sheet, else the title or the name of the file tells."""
    lines = [block.text for block in page.blocks[:12] if block.kind != "row"]
    lines += [block.text for block in page.blocks[:3] if block.kind == "row"]
    lines += [str(extract.front_matter.get(key, "")) for key in ("title", "default_title")]
    return next((found[0].year for line in lines if (found := year_mentions(line))), None)


def _sheet(page: Page) -> str:
    return next((block.text for block in page.blocks[:1] if block.level == 1), "")
