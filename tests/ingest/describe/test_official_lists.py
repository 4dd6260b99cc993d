"""Lists as offices publish them become right records, whatever file they come in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import docx
import openpyxl
import pytest

from ingest.describe.cases import cases
from ingest.flow.reading import read_here
from kb.base.types import CaseDraft

_LISTS = Path(__file__).parent / "lists"


@dataclass(frozen=True)
class Listed:
    """A list (``rows``), what it is of (``sort``), and what each record must be."""

    name: str
    sort: str
    rows: list[list[str]]
    right: list[list[str]]


def _lists() -> Iterator[Listed]:
    for path in sorted(_LISTS.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("\n=== ")[1:]:
            head, _, rest = block.partition("\n")
            rows, _, right = rest.partition("\n---")
            name, _, sort = head.partition(" | ")
            told = [
                [cell.strip() for cell in line.split(" | ")] for line in right.splitlines() if line
            ]
            yield Listed(name.strip(), sort.strip(), list(csv.reader(io.StringIO(rows))), told)


def _as_csv(listed: Listed, path: Path) -> Path:
    path = path.with_suffix(".csv")
    with path.open("w", encoding="cp932", errors="replace", newline="") as file:
        csv.writer(file).writerows(listed.rows)
    return path


def _as_xlsx(listed: Listed, path: Path) -> Path:
    path = path.with_suffix(".xlsx")
    book = openpyxl.Workbook()
    for row in listed.rows:
        book.active.append([int(c) if c.isdecimal() and len(c) < 5 else c or None for c in row])
    book.save(path)
    return path


def _as_html(listed: Listed, path: Path) -> Path:
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in listed.rows
    )
    path = path.with_suffix(".html")
    page = (
        f"<meta charset=utf-8><h1>取組の一覧</h1><p>県内の取組をまとめた。</p><table>{rows}</table>"
    )
    path.write_text(page, encoding="utf-8")
    return path


def _as_docx(listed: Listed, path: Path) -> Path:
    path = path.with_suffix(".docx")
    book = docx.Document()
    book.add_heading("取組の一覧", 1)
    table = book.add_table(rows=0, cols=max(map(len, listed.rows)))
    for row in filter(any, listed.rows):
        for cell, text in zip(table.add_row().cells, row, strict=False):
            cell.text = text
    book.save(str(path))
    return path


_WHOLE = ("07", "23")
"""Lists that are one document outside sheets: without towns (a budget looks alike), or of one row."""


def _drafts(path: Path) -> tuple[CaseDraft, ...]:
    extract = read_here(path, None)
    extract.front_matter.setdefault("default_title", path.stem)
    return cases(extract)[0]


def _told(draft: CaseDraft) -> list[str]:
    year = str(draft.year or "")
    return [draft.title, draft.municipality, draft.prefecture, year, draft.status, draft.source_url]


def _bare(text: str) -> str:
    return "".join(text.split())


def _wrong(draft: CaseDraft, right: list[str]) -> list[str]:
    pairs = zip(_told(draft), right, strict=True)
    return [
        f"{got!r} for {want!r}"
        for got, want in pairs
        if want != "?" and _bare(got) != _bare(want.strip("-"))
    ]


@pytest.mark.parametrize(
    "made", [_as_csv, _as_xlsx, _as_html, _as_docx], ids=["csv", "xlsx", "html", "docx"]
)
@pytest.mark.parametrize("listed", list(_lists()), ids=lambda listed: listed.name)
def test_each_row_is_its_record(
    listed: Listed, made: Callable[[Listed, Path], Path], tmp_path: Path
) -> None:
    found = _drafts(made(listed, tmp_path / "list"))
    in_text = made in (_as_html, _as_docx)
    if listed.sort == "whole" or (in_text and listed.name.startswith(_WHOLE)):
        assert len(found) == 1
        return
    records = found[: len(listed.right)]
    assert len(records) == len(listed.right), [draft.title for draft in found]
    wrong = [_wrong(draft, right) for draft, right in zip(records, listed.right, strict=True)]
    assert not any(wrong), wrong
    heads = {cell for row in listed.rows[:1] for cell in row if len(cell) > 3}
    text = "\n".join(section.text for draft in records for section in draft.sections)
    assert not [head for head in heads if f"{head}：" in text]
