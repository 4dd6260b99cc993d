"""Chosen cases side by side, every value with the place it was read from.

Nothing is summarised or invented: a brief quotes, and numbers its sources. ``kb.advice.paper`` puts it in
order; ``brief_word``, ``brief_excel`` and ``brief_markdown`` write it down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType

from kb.advice.asked import AskedPoint, answers, asked
from kb.advice.quotes import Quote, bullets, fact_words
from kb.base.messages import message, render, value_name
from kb.base.record import ABOUT, FACTS, facts_of, label, shown
from kb.base.types import PUBLIC, ROLES, Case

TITLE = "事例の比較"

MOST = 6
"""Cases that can still be compared side by side."""

NOTES = (".md", ".markdown", ".txt")
"""Endings of the names of notes."""

_WHO = ("自治体", "人口", "年度", "段階", "確認日")
_PARTS = {
    "xlsx": "sheet",
    "xlsm": "sheet",
    "xls": "sheet",
    "ods": "sheet",
    "pptx": "slide",
    "ppt": "slide",
}


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One fact or section role, with what each case says about it, in the order of the cases."""

    label: str
    cells: tuple[tuple[Quote, ...], ...]
    is_fact: bool = False

    @property
    def is_known(self) -> bool:
        """True for what is known of a case without its saying so in a sentence: place, size, year."""
        return self.label in _WHO


@dataclass(frozen=True, slots=True)
class Brief:
    """What is handed on: cases in their order, a remark for the whole, remarks by case id. ``code``
    and ``for_whom`` are the municipality that is advised, ``author`` and ``day`` (ISO 8601) stand
    below the title; ``needs`` are what it lacks, each with the case that says so (None: nobody but
    the author); ``originals`` what a case that is a note retells, by its id. ``lang`` is that of everything but the quotes."""

    cases: tuple[Case, ...]
    title: str = TITLE
    remark: str = ""
    remarks: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    for_whom: str = ""
    author: str = ""
    day: str = ""
    problem: str = ""
    needs: tuple[tuple[Quote, Case | None], ...] = ()
    originals: Mapping[str, tuple[Case, ...]] = field(default_factory=dict)
    lang: str = "ja"

    @property
    def precedents(self) -> tuple[Case, ...]:
        """The cases of others: a municipality is no precedent of itself."""
        return tuple(case for case in self.cases if not self.code or case.code != self.code)

    def remark_for(self, case: Case) -> str:
        """The remark on one case, empty when there is none."""
        return self.remarks.get(case.id, "").strip()

    def caution(self) -> str:
        """How the paper is to be handled; empty when everything quoted is public."""
        told = (*self.cases, *(case for _, case in self.needs if case is not None))
        hidden = sorted({case.visibility for case in told} - {PUBLIC})
        names = [value_name("visibility", name, self.lang) for name in hidden]
        return render(message("brief.caution", whose=names), self.lang) if hidden else ""


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered citation: document and page; ``is_note`` where the document is a note that tells
    another source in words of its own, ``originals`` what of that is in the corpus, too."""

    number: int
    title: str
    path: str
    page: int | None
    url: str
    is_note: bool = False
    originals: tuple[Source, ...] = ()

    def where(self, lang: str = "ja") -> str:
        """The page, sheet or slide; "" in an unpaged source."""
        if self.page is None:
            return ""
        kind = _PARTS.get(self.path.rpartition(".")[2].lower(), "page")
        return render(message(f"brief.{kind}", number=self.page), lang)

    def label(self, lang: str = "ja") -> str:
        """As it stands in a list of sources: 文書名 p.10."""
        told = [self.title, self.where(lang)]
        return " ".join(
            [
                *filter(None, told),
                *([render(message("brief.note"), lang)] * self.is_note),
                *(
                    render(message("brief.original", source=f"{o.label(lang)} {o.path}"), lang)
                    for o in self.originals
                ),
            ]
        )

    def link(self) -> str:
        """The address in the web; empty when there is none or it is of another kind."""
        return self.url if self.url.startswith(("https://", "http://")) else ""


Cited = Mapping[tuple[str, int | None], Source]
"""Sources by (case id, page)."""


def compare(cases: Sequence[Case]) -> tuple[ComparedRow, ...]:
    """Facts first, then the sections by role; rows that no case fills are left out."""
    facts = [
        ComparedRow(label, tuple(read(case) for case in cases), is_fact=True)
        for label, read in _FACTS.items()
    ]
    roles = [ComparedRow(role, tuple(_section(case, role) for case in cases)) for role in ROLES]
    return tuple(row for row in (*facts, *roles) if any(row.cells))


def deciding(cases: Sequence[Case]) -> tuple[ComparedRow, ...]:
    """What a decision needs of each case, side by side: who and when, then what it cost, whose money
    it was, how it was bought, who did it, how long it took, what it brought and what went wrong. A
    row is there whether or not somebody tells it."""
    known = tuple(row for row in compare(cases) if row.label in _WHO)
    return known + tuple(
        ComparedRow(name, tuple(answers(case, point, short=True) for case in cases), is_fact=True)
        for name, point in _decided().items()
    )


def quoted(case: Case) -> tuple[Quote, ...]:
    """Everything that a brief quotes of a case, in its order."""
    rows = compare([case])
    found = [quote for row in rows for quote in row.cells[0]]
    points = (*asked("objection"), *_decided().values())
    return tuple(found) + tuple(quote for point in points for quote in answers(case, point))


def sources(
    cases: Sequence[Case],
    needs: Sequence[tuple[Quote, Case | None]] = (),
    originals: Mapping[str, tuple[Case, ...]] = MappingProxyType({}),
) -> Cited:
    """Citations by (case id, page), numbered in the order in which a brief quotes them, needs first,
    then case by case; the same page of the same document has one number."""
    numbers: dict[tuple[str, int | None], int] = {}
    found: dict[tuple[str, int | None], Source] = {}
    told = [(quote, case) for quote, case in needs if case is not None]
    told += [(quote, case) for case in cases for quote in quoted(case) if quote.own]
    for quote, case in told:
        number = numbers.setdefault((case.path, quote.page), len(numbers) + 1)
        retold = tuple(
            _source(other, 0, other.pages[0] if other.pages else None)
            for other in originals.get(case.id, ())
        )
        found[case.id, quote.page] = replace(_source(case, number, quote.page), originals=retold)
    return found


def _source(case: Case, number: int, page: int | None) -> Source:
    title = case.source_title or case.path.rsplit("/", 1)[-1]
    return Source(number, title, case.path, page, case.source_url, is_note(case))


def is_note(case: Case) -> bool:
    """True for a case of a note that tells another source in words of its own."""
    return bool(case.source_title) and case.path.lower().endswith(NOTES)


def listed(cited: Cited) -> list[Source]:
    """The sources as they stand at the end of a brief: each number once, in order."""
    return sorted({s.number: s for s in cited.values()}.values(), key=lambda s: s.number)


def row_label(told: str, lang: str) -> str:
    """A row of the comparison, a field or a role, in ``lang``."""
    if told in _decided():
        return _decided()[told].title(lang)
    named = {render(label(name)): name for name in ("municipality", "population", *ABOUT)}
    return render(label(named[told]), lang) if told in named else value_name("role", told, lang)


@cache
def _decided() -> dict[str, AskedPoint]:
    return {point.name: point for point in asked("row")}


def _section(case: Case, role: str) -> tuple[Quote, ...]:
    return tuple(
        Quote(text, section.page)
        for section in case.sections
        if section.role == role
        for text in bullets(section.text)
    )


def _place(case: Case) -> tuple[Quote, ...]:
    name = case.municipality or case.prefecture
    full = f"{case.prefecture}{name}" if name != case.prefecture else name
    return _known(case, "municipality", full)


def _population(case: Case) -> tuple[Quote, ...]:
    if not case.population:
        return ()
    return (Quote(f"{case.population:,}人（2020年国勢調査）", None, own=False),)


def _fact(name: str) -> Callable[[Case], tuple[Quote, ...]]:
    """Reads a fact of the record; one of several values, each with its own page."""

    def read(case: Case) -> tuple[Quote, ...]:
        if name in FACTS:
            return tuple(Quote(fact_words(e), e.page) for e in facts_of(case, name))
        value = getattr(case, name)
        if isinstance(value, tuple):
            return tuple(quote for item in value for quote in _known(case, name, item, item))
        return _known(case, name, shown(name, value))

    return read


def _known(case: Case, name: str, value: str, read: str = "") -> tuple[Quote, ...]:
    """A value with the page where it was read; nothing when it is empty."""
    pages = [e.page for e in case.evidence if e.name == name and (not read or e.value == read)]
    page = next((page for page in pages if page is not None), None)
    return (Quote(value, page),) if value else ()


_FACTS: dict[str, Callable[[Case], tuple[Quote, ...]]] = {
    "自治体": _place,
    "人口": _population,
    **{render(label(name)): _fact(name) for name, about in ABOUT.items() if about.is_fact},
}
