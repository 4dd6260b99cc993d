"""A brief as a paper, whatever it is written with: its parts in order, every quote with its number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from kb.advice.asked import answers, asked, open_points
from kb.advice.brief import (
    Brief,
    Cited,
    ComparedRow,
    Source,
    compare,
    deciding,
    listed,
    row_label,
    sources,
)
from kb.advice.quotes import Quote
from kb.base.messages import message, render
from kb.base.types import Case

ABREAST = 3
"""Cases that stand side by side across a sheet of A4."""


@dataclass(frozen=True, slots=True)
class CitedText:
    """Words with the number of their source; None for the author's own and the census."""

    text: str
    number: int | None = None


Texts = tuple[CitedText, ...]


def between(texts: Texts) -> Iterator[tuple[str, CitedText]]:
    """The words, each with what parts it from those before: nothing after a whole sentence."""
    for at, told in enumerate(texts):
        before = texts[at - 1].text if at else ""
        yield ("" if not before else " " if before.endswith("。") else "、"), told


@dataclass(frozen=True, slots=True)
class PaperHead:
    """A heading of ``level`` 1 or 2; ``quoted`` where it is the title of a case, in Japanese."""

    level: int
    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paragraph; of ``kind`` item it stands in a list, of caution in bold; ``label`` before it."""

    texts: Texts
    kind: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Cases as columns: their titles, and rows of (label, cells)."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Texts, ...]], ...]


Part = PaperHead | PaperLine | SideBySide


def parts(brief: Brief) -> Iterator[Part]:
    """Everything between the title and the list of sources, in order."""
    say = partial(_said, brief.lang)
    cited = sources(brief.cases, brief.needs, brief.originals)
    yield from _about(brief)
    if brief.problem.strip() or brief.needs:
        yield PaperHead(1, say("brief.problem"))
        yield from _own(brief.problem)
        for quote, case in brief.needs:
            yield PaperLine((_cited(quote, case, cited),), "item")
    if brief.remark.strip():
        yield PaperHead(1, say("brief.remark"))
        yield from _own(brief.remark)
    if brief.precedents:
        yield PaperHead(1, say("brief.compared"))
        yield from _tables(brief, cited)
        yield PaperHead(1, say("brief.objections"))
        yield from _objections(brief, cited)
    for number, case in enumerate(brief.cases, start=1):
        yield PaperHead(1, f"{number}. {case.title}", quoted=True)
        yield from _case(brief, case, cited)
    if brief.precedents and (left := open_points(brief.precedents)):
        yield PaperHead(1, say("brief.open"))
        yield PaperLine((CitedText(say("brief.open.lead")),))
        for point in left:
            yield PaperLine((CitedText(point.title(brief.lang)),), "item")


def all_sources(brief: Brief) -> list[Source]:
    """The list at the end, by number."""
    return listed(sources(brief.cases, brief.needs, brief.originals))


def _about(brief: Brief) -> Iterator[Part]:
    for code, value in (("for", brief.for_whom), ("author", brief.author), ("day", brief.day)):
        if value:
            yield PaperLine((CitedText(value),), "about", _said(brief.lang, f"brief.{code}"))
    if brief.caution():
        yield PaperLine((CitedText(brief.caution()),), "caution")


def _tables(brief: Brief, cited: Cited) -> Iterator[SideBySide]:
    cases = brief.precedents
    wide = -(-len(cases) // -(-len(cases) // ABREAST))  # as many in each
    for at in range(0, len(cases), wide):
        some = cases[at : at + wide]
        yield SideBySide(
            tuple(f"{brief.cases.index(case) + 1}. {case.title}" for case in some),
            tuple(_row(brief, row, some, cited) for row in deciding(some)),
        )


def _row(
    brief: Brief, row: ComparedRow, cases: Sequence[Case], cited: Cited
) -> tuple[str, tuple[Texts, ...]]:
    unsaid = (CitedText(_said(brief.lang, "brief.unsaid")),)
    told = zip(row.cells, cases, strict=True)
    cells = tuple(tuple(_cited(q, case, cited) for q in cell) or unsaid for cell, case in told)
    return row_label(row.label, brief.lang), cells


def _objections(brief: Brief, cited: Cited) -> Iterator[Part]:
    for point in asked("objection"):
        yield PaperHead(2, point.title(brief.lang))
        told = [(case, answers(case, point)) for case in brief.precedents]
        for case, quotes in told:
            if quotes:
                place = case.municipality or case.prefecture
                yield PaperLine(tuple(_cited(q, case, cited) for q in quotes), "item", place)
        if not any(quotes for _, quotes in told):
            yield PaperLine((CitedText(_said(brief.lang, "brief.unsaid")),))


def _case(brief: Brief, case: Case, cited: Cited) -> Iterator[Part]:
    rows = compare([case])
    for row in (row for row in rows if row.is_fact):
        texts = tuple(_cited(quote, case, cited) for quote in row.cells[0])
        yield PaperLine(texts, "fact", row_label(row.label, brief.lang))
    for row in (row for row in rows if not row.is_fact):
        yield PaperHead(2, row_label(row.label, brief.lang))
        for quote in row.cells[0]:
            yield PaperLine((_cited(quote, case, cited),), "item")
    if remark := brief.remark_for(case):
        yield PaperHead(2, _said(brief.lang, "brief.remark"))
        yield from _own(remark)


def _own(text: str) -> Iterator[PaperLine]:
    """The author's words, a paragraph for each line."""
    for line in text.splitlines():
        if line.strip():
            yield PaperLine((CitedText(line.strip()),))


def _cited(quote: Quote, case: Case | None, cited: Cited) -> CitedText:
    if case is None or not quote.own:
        return CitedText(quote.text)
    return CitedText(quote.text, cited[case.id, quote.page].number)


def _said(lang: str, code: str) -> str:
    return render(message(code), lang)
