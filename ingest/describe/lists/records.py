"""Lists with one record in each row: a list of initiatives becomes its cases, any other list (of
persons, of shops, of votes) its records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.describe.lists.columns import Column, by_head, columns_of
from ingest.describe.lists.row_case import Record, Told, record
from ingest.page import Block, Extract, Page
from ingest.split.labels import exact_label
from ingest.split.table_shapes import TableRow, one_row_each, squared

_FLOWING = frozenset({"html", "docx"})
_NAMES_ONLY = frozenset({"title", "default_title"})
_MOSTLY = 0.7
"""Share of a document's letters in tables, from which it is a list as a sheet is."""
_WORDS = 12
"""Mean characters of the telling cells of a list of cases; a list of names and figures has fewer."""
_TELLING = 25  # the same in other documents, where tables also sum up what follows
_LEFT = 60
"""Characters beside the lists from which a page says more."""
_UNIT = re.compile(r"単位\s*[:：]\s*(千円|百万円|万円|億円|円)")
_FIGURE = re.compile(r"[▲△\-−]?[\d,.]+\s*\S{0,2}")
_SUM = re.compile(r"[合総小]?\s*計|合計[（(].{1,8}[）)]")
_NAMING = frozenset(("place", "initiative", "title", "person", "thing", "number", "code"))


@dataclass(frozen=True, slots=True)
class _Table:
    """The rows of a table and the text right above it."""

    rows: list[TableRow]
    above: str


def records(extract: Extract) -> tuple[tuple[Record, ...], Extract]:
    """The records told by rows, and what the document says beside them (no pages when nothing)."""
    if extract.note and not _NAMES_ONLY.issuperset(extract.front_matter):
        return (), extract  # it says itself what case it is
    is_sheet = extract.is_book
    may_be = extract.note or extract.reader in _FLOWING
    is_list = is_sheet or (may_be and _is_table(extract.pages))
    if extract.note and not is_list:
        return (), extract
    found: list[Record] = []
    taken: set[int] = set()
    for table in _tables(extract.pages, sheets=is_sheet):
        told = _of_table(table, is_list=is_list, is_sheet=is_sheet)
        found += told
        taken.update(id(row.block) for row in table.rows if told)
    if len(found) < (1 if is_sheet else 2):
        return (), extract
    pages = [
        replace(page, blocks=tuple(block for block in page.blocks if id(block) not in taken))
        for page in extract.pages
    ]
    return tuple(found), replace(extract, pages=tuple(p for p in pages if _says_more(p)))


def _tables(pages: Sequence[Page], *, sheets: bool) -> list[_Table]:
    """The tables in order; one that a page ends with goes on at the head of the next, but a
    ``sheet`` is no page."""
    tables: list[_Table] = []
    for index, page in enumerate(pages):
        above = ""
        sheet = next((b.text for b in page.blocks[:1] if sheets and b.level == 1), "")
        for run in _runs(page.blocks):
            if run[0].kind != "row":
                above = "\n".join(block.text for block in run[-3:])
                continue
            rows = [TableRow(block, page.number, index, sheet=sheet) for block in run]
            ends = pages[index - 1].blocks[-1:] if index and not sheets else ()
            is_next = run[0] is page.blocks[0] and tables and tables[-1].rows[-1].block in ends
            if is_next and _goes_on(tables[-1].rows, run):
                tables[-1].rows.extend(rows)
            else:
                tables.append(_Table(rows, above))
    return tables


def _goes_on(table: Sequence[TableRow], run: Sequence[Block]) -> bool:
    """True for rows of as many cells that repeat the header or have none of their own."""
    header = table[0].block.cells
    is_header = sum(by_head(cell).kind != "other" for cell in run[0].cells) * 2 > len(header)
    return len(run[0].cells) == len(header) and (run[0].cells == header or not is_header)


def _says_more(page: Page) -> bool:
    """True when something is left that is more than the name of the sheet and a heading."""
    return sum(len(block.text) for block in page.blocks if not block.level) >= _LEFT


def _runs(blocks: Sequence[Block]) -> Iterator[tuple[Block, ...]]:
    """The rows of one table, or the lines between two, one after the other; a line across a table
    parts it no more than a page does."""
    for table, group in groupby(blocks, key=lambda block: block.table):
        run = tuple(group)
        if table is None:
            yield run
        elif rows := tuple(block for block in run if block.kind == "row"):
            yield rows


def _of_table(table: _Table, *, is_list: bool, is_sheet: bool) -> list[Record]:
    """The records of a table, none when it is no list."""
    if len(table.rows) < (2 if is_list else 3):
        return []
    rows = squared(table.rows)
    rows = one_row_each(rows) if is_list else rows
    unit = _UNIT.search(table.above)
    width = max(len(row.block.cells) for row in rows)
    columns, taken = columns_of([row.block.cells for row in rows], unit[1] if unit else "")
    head = rows[taken - 1].block.cells if taken else None
    below = [row for row in rows[taken:] if row.block.cells != head and not _is_sum(row)]
    if not below or not (is_list or len(rows[0].block.cells) == width):
        return []
    if _is_form(rows):
        return []
    sort = _sort(columns, below, is_list=is_list, headed=taken > 0)
    if not sort or (sort == "cases" and not (is_sheet or _names_towns(columns) or not is_list)):
        return []
    found = [record(told, columns, sort == "cases") for told in _continued(below, columns)]
    return [one for one in found if one]


def _is_sum(row: TableRow) -> bool:
    """True for the last row of many a list, which adds up those above."""
    return bool(_SUM.fullmatch(next(filter(None, row.block.cells), "")))


def _is_form(rows: Sequence[TableRow]) -> bool:
    """True for rows that begin with labels: each tells a part of one case."""
    firsts = [label for row in rows if (label := row.labels[0].strip())]
    return sum(exact_label(label) is not None for label in firsts) * 2 > len(firsts)


def _names_towns(columns: Sequence[Column]) -> bool:
    """True for a list with its town, prefecture or code in each row; beyond sheets, where tables also
    hold the items of a budget, only such are cases."""
    return bool({"place", "prefecture", "code"} & {column.kind for column in columns})


def _is_table(pages: Sequence[Page]) -> bool:
    """True for a document that is a table and little else."""
    blocks = [block for page in pages for block in page.blocks if not block.level]
    rows = sum(len(block.text) for block in blocks if block.kind == "row")
    return rows >= _MOSTLY * max(1, sum(len(block.text) for block in blocks))


def _sort(
    columns: Sequence[Column], rows: Sequence[TableRow], *, is_list: bool, headed: bool
) -> str:
    """What a table lists: "cases", "entries" of anything else, or "" for no list of records."""
    kinds = [column.kind for column in columns]
    texts = [i for i, column in enumerate(columns) if column.kind == "role"]
    told = _letters(rows, texts)
    has_place = bool({"place", "prefecture", "code"} & {*kinds})
    is_thing = bool({"person", "thing"} & {*kinds})
    initiative = "initiative" in kinds and bool(texts) and told >= _WORDS
    if is_list and headed and not (initiative and (has_place or not is_thing)):
        if is_thing and has_place and "status" in kinds and "person" not in kinds:
            return "cases"  # what each town has of one thing
        named = is_thing or "initiative" in kinds or "title" in kinds
        if is_thing or (named and ("votes" in kinds or kinds.count("spot") >= 2)):
            return "entries" if len(rows) > 1 else ""
    if is_list and has_place and kinds.count("tick") >= 2 and {*kinds} <= _CHOICES:
        return "cases"
    if is_list:
        return "cases" if _is_list_of_cases(kinds, texts, told, len(rows)) else ""
    headed_so = {
        by_head(column.name).kind for column in columns
    }  # elsewhere values alone say little
    few = "place" not in headed_so and len(texts) < 2  # the items of a budget or a plan
    named = bool({"place", "initiative", "title"} & headed_so)
    if not texts or not named or few or len(rows) < 2 or not headed:
        return ""
    return "cases" if told >= _TELLING else ""


_CHOICES = frozenset(("place", "prefecture", "code", "number", "tick", "dated", "year", "url"))


def _is_list_of_cases(kinds: Sequence[str], texts: Sequence[int], told: float, rows: int) -> bool:
    """True for the columns of a list of cases: a town or a title with text, or both with a fact."""
    has_place = bool({"place", "code"} & {*kinds})
    titled = bool({"initiative", "title"} & {*kinds})
    if has_place and "initiative" in kinds:
        return True  # however little it says of each
    facts = {"url", "source", "status", "field", "year", "prefecture", "tools"} & {*kinds}
    if rows < 2 and not (titled and has_place and (texts or "initiative" in kinds)):
        return False
    least = _WORDS / 2 if has_place and titled else _WORDS
    if texts and told >= least and (has_place or titled):
        return True
    return titled and (has_place or "prefecture" in kinds) and len(facts - {"prefecture"}) >= 1


def _letters(rows: Sequence[TableRow], columns: Sequence[int]) -> float:
    """Mean characters of a row in ``columns``, figures aside."""
    cells = [row.block.cells[i] for row in rows for i in columns if i < len(row.block.cells)]
    return sum(len(cell) for cell in cells if not _FIGURE.fullmatch(cell)) / len(rows)


def _continued(rows: Sequence[TableRow], columns: Sequence[Column]) -> list[Told]:
    """What the rows say; one that names neither place nor title goes on with the row above, without
    a break where the end of a page cut its text."""
    whole = [_padded(row.block.cells, len(columns)) for row in rows]
    opens = [at > 0 and row.page != rows[at - 1].page for at, row in enumerate(rows)]
    naming = [i for i, column in enumerate(columns) if column.kind in _NAMING]
    inner = [cells for cells, is_first in zip(whole, opens, strict=True) if not is_first]
    always = [i for i in naming if all(cells[i] for cells in inner)]
    out: list[Told] = []
    for row, cells, is_first in zip(rows, whole, opens, strict=True):
        number = row.number
        is_cut = is_first and any(not cells[i] for i in always)
        if out and (is_cut or not any(cells[i] for i in naming)):
            last, sign = out[-1], "" if is_first else "\n"
            pages = (last.pages[0], number) if last.pages and number else last.pages
            out[-1] = replace(last.gone_on(cells, sign), pages=pages)
        else:
            pages = None if number is None else (number, number)
            labels = _padded(row.labels, len(columns))
            out.append(Told(cells, labels, pages, row.block.row, row.sheet))
    return out


def _padded(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))
