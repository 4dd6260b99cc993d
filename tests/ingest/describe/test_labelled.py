"""What is stated of documents of every format is right: precision of each kind of fact, beside recall.

``labelled/before.txt`` was written before the code was mended for it, ``labelled/after.txt`` and ``labelled/last.txt`` after; ``labelled/deciding.txt`` was written after the
facts that decide were built, ``labelled/deciding_after.txt`` after the mending that followed;
their first measure stands in docs/reading.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import docx
import openpyxl
import pytest

from ingest.describe.cases import cases
from ingest.flow.prepare import default_title
from ingest.flow.reading import read_here
from kb.base.record import FACTS
from kb.base.types import CaseDraft, Evidence
from kb.language.text import fold_text
from tests.support.pdfs import build

_LABELLED = Path(__file__).parent / "labelled"
_EVIDENCE = {
    "tools": "tool",
    "vendor": "vendor",
    "effect": "effect",
    "cost": "cost",
    "period": "period",
    **{name: name for name in FACTS},
}
KINDS = (
    "title", "municipality", "prefecture", "year", "status", "field", "tool", "vendor", "effect", "cost", "period",
    "source",
)  # fmt: skip
DECIDING = (
    "cost", "measure", "funding", "effect", "procurement", "vendor", "staff", "department", "contact", "ordinance",
    "copied_from", "copied_by", "trouble",
)  # fmt: skip
"""Kinds that are labelled in ``deciding.txt``, beside those above."""
"""Kinds of facts that are labelled exhaustively: whatever else is stated is wrong."""
GUESSED = "field by its words"
"""A field that no row states is told by words, with a confidence: reported, but no fact."""
LEAST = 0.98
"""Precision of every kind."""


@dataclass
class Labelled:
    """A document and its facts: (kind, value) of each of its cases."""

    name: str
    text: str
    right: list[list[tuple[str, str]]] = field(default_factory=lambda: [[]])


def labelled(name: str) -> list[Labelled]:
    """The documents of one file."""
    found: list[Labelled] = []
    for block in (_LABELLED / name).read_text(encoding="utf-8").split("\n@@@ ")[1:]:
        head, _, rest = block.partition("\n")
        if head != "right":
            found.append(Labelled(head.strip(), rest + "\n"))
            continue
        for line in filter(None, rest.split("\n")):
            kind, _, value = line.partition("\t")
            if kind == "case":
                found[-1].right.append([])
            else:
                found[-1].right[-1].append((kind, value.strip()))
        found[-1].right = [facts for facts in found[-1].right if facts] or [[]]
    return found


def made(document: Labelled, folder: Path) -> Path:
    """The document as a file of its format."""
    path = folder / document.name
    told = [_told(line) for line in document.text.splitlines()]
    if path.suffix == ".docx":
        _word(told, path)
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for _, cells in told:
            book.active.append(cells)
        book.save(path)
    elif path.suffix == ".pdf":
        drawn = [(text, size) for size, cells in told for text in ["　".join(cells)] if text]
        path.write_bytes(build(_drawn(drawn)))
    else:
        path.write_text(document.text, encoding="utf-8")
    return path


def _told(line: str) -> tuple[int, list[str]]:
    """The level of a heading (0 for none) and the cells of a line."""
    if line.startswith("#"):
        marks, _, text = line.partition(" ")
        return len(marks), [text]
    if line.startswith("|"):
        return 0, [cell.strip() for cell in line.strip("|").split("|")]
    return 0, [line]


def _word(told: list[tuple[int, list[str]]], path: Path) -> None:
    book, table = docx.Document(), None
    for level, cells in told:
        if len(cells) > 1:
            table = table or book.add_table(rows=0, cols=len(cells), style="Table Grid")
            for cell, text in zip(table.add_row().cells, cells, strict=True):
                cell.text = text
            continue
        table = None
        if level:
            book.add_heading(cells[0], level)
        elif cells[0]:
            book.add_paragraph(cells[0])
    book.save(str(path))


def _drawn(told: list[tuple[str, int]]):  # type: ignore[no-untyped-def]
    from tests.support.pdfs import japanese_font

    def draw(canvas) -> None:  # type: ignore[no-untyped-def]
        y = 790.0
        for text, level in told:
            size = {1: 18.0, 2: 14.0}.get(level, 10.5)
            canvas.setFont(japanese_font(), size)
            for start in range(0, len(text), 45):
                canvas.drawString(60, y, text[start : start + 45])
                y -= size * 1.5
            y -= size * 0.6

    return draw


def stated(draft: CaseDraft) -> Iterator[tuple[str, str]]:
    """(kind, value) of everything that is stated of a case."""
    yield "title", draft.title
    for kind, value in (
        ("municipality", draft.municipality), ("prefecture", draft.prefecture), ("year", str(draft.year or "")),
        ("status", draft.status.replace("不明", "")),
        ("field" if draft.field_source == "given" else GUESSED, draft.field.replace("その他", "")),
        ("source", draft.source_url),
    ):  # fmt: skip
        if value:
            yield kind, value
    for evidence in draft.evidence:
        if evidence.name in _EVIDENCE:
            yield _EVIDENCE[evidence.name], evidence.value
        if evidence.name in ("cost", "effect") and evidence.amount is not None:
            yield "measure", _measure(evidence)


def _measure(found: Evidence) -> str:
    """An amount as it is labelled: 418000円/年 running, 30→5分."""
    was = "" if found.before is None else f"{found.before:.10g}→"
    each = f"/{found.period}" if found.period else ""
    code = f" {found.code}" if found.name == "cost" and found.code else ""
    return f"{was}{found.amount:.10g}{found.unit}{each}{code}"


@dataclass
class Tally:
    """How many facts of each kind were stated, right among them, and labelled; what was wrong."""

    stated: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    labelled: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    missed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def table(self, kinds: Iterable[str]) -> str:
        """Kind, labelled, stated, precision, recall."""
        return "\n".join(
            f"{kind:18}{self.labelled[kind]:5}{self.stated[kind]:5}{self.precision(kind):7.3f}"
            f"{self.found[kind] / max(1, self.labelled[kind]):7.3f}"
            for kind in kinds
        )

    def precision(self, kind: str) -> float:
        """Share of what is stated that is right; 1 where nothing is."""
        return self.right[kind] / self.stated[kind] if self.stated[kind] else 1.0


def tally(documents: list[Labelled], folder: Path) -> Tally:
    """What is stated of ``documents`` against their labels."""
    told = Tally()
    for document in documents:
        path = made(document, folder)
        extract = read_here(path, None)
        extract.front_matter.setdefault("default_title", default_title(path))
        drafts = cases(extract)[0]
        for at, right in enumerate(document.right):
            said = list(stated(drafts[at])) if at < len(drafts) else []
            _count(told, document.name, said, right)
        for draft in drafts[len(document.right) :]:
            _count(told, document.name, list(stated(draft)), [])
    return told


def _count(
    told: Tally, name: str, said: list[tuple[str, str]], right: list[tuple[str, str]]
) -> None:
    for kind, value in said:
        told.stated[kind] += 1
        if any(kind.partition(" ")[0] == k and _same(value, v) for k, v in right):
            told.right[kind] += 1
        else:
            told.wrong[kind].append(f"{name}: {value}")
    for kind, value in right:
        told.labelled[kind] += 1
        if any(kind == k.partition(" ")[0] and _same(v, value) for k, v in said):
            told.found[kind] += 1
        else:
            told.missed[kind].append(f"{name}: {value}")


def _same(one: str, other: str) -> bool:
    a, b = (fold_text(text).replace(" ", "") for text in (one, other))
    return a == b or (min(len(a), len(b)) >= 4 and (a in b or b in a) and not a.isdecimal())


@pytest.mark.parametrize("name", ["before.txt", "after.txt", "last.txt"])
def test_what_is_stated_is_right(name: str, tmp_path: Path) -> None:
    told = tally(labelled(name), tmp_path)
    assert sum(told.labelled.values()) >= 70
    assert {kind: told.wrong[kind] for kind in KINDS if told.precision(kind) < LEAST} == {}


@pytest.mark.parametrize("name", ["deciding.txt", "deciding_after.txt"])
def test_what_decides_is_right(name: str, tmp_path: Path) -> None:
    told = tally(labelled(name), tmp_path)
    assert sum(told.labelled[kind] for kind in DECIDING) >= 80
    assert {kind: told.wrong[kind] for kind in DECIDING if told.precision(kind) < LEAST} == {}
    found = sum(told.found[k] for k in DECIDING) / sum(told.labelled[k] for k in DECIDING)
    assert found >= 0.9, told.missed


def of_shared(shared: Path) -> Tally:
    """What is stated of the real notes and papers that ``shared.txt`` labels."""
    told = Tally()
    for block in (_LABELLED / "shared.txt").read_text(encoding="utf-8").split("\n@@@ ")[1:]:
        name, *lines = block.strip().split("\n")
        right = [(kind, value) for kind, _, value in (line.partition("\t") for line in lines)]
        drafts = cases(read_here(shared / name, None))[0]
        said = [one for draft in drafts for one in stated(draft) if one[0] in DECIDING]
        _count(told, name, said, right)
    return told


def test_facts_of_real_notes_and_papers(shared: Path) -> None:
    """As mended for; what they were read as at first sight stands in docs/reading.md."""
    told = of_shared(shared)
    assert sum(told.labelled.values()) >= 250
    assert sum(told.right.values()) >= LEAST * sum(told.stated.values()), told.wrong
    assert sum(told.found.values()) >= 0.65 * sum(told.labelled.values()), told.missed


def test_most_of_what_is_said_is_found(tmp_path: Path) -> None:
    told = tally(labelled("before.txt") + labelled("after.txt") + labelled("last.txt"), tmp_path)
    found = sum(told.found.values()) / sum(told.labelled.values())
    assert found >= 0.8, told.missed
