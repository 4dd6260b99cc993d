"""Chosen cases side by side, every value with the place it was read from; as Markdown to hand on.

Nothing is summarised or invented: a brief quotes, and numbers its sources. ``kb.advice.brief_word`` and
``kb.advice.brief_excel`` say the same as files of an office.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kb.base.messages import render
from kb.base.record import ABOUT, FACTS, facts_of, label, shown
from kb.base.types import PUBLIC, ROLES, Case, Evidence

TITLE = "事例の比較"

MOST = 6
"""Cases that can still be compared side by side."""

_IN_CONTEXT = frozenset({"effect", "period", "trouble"})
"""Facts that say little without the words around them."""
_BULLET = re.compile(r"^\s*[-*・•●○◆■◇□▪▶➢✓]\s*")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a case and the page they stand on (None in unpaged sources); ``own`` is False for
    what comes from elsewhere and names its source itself."""

    text: str
    page: int | None
    own: bool = True


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One fact or section role, with what each case says about it, in the order of the cases."""

    label: str
    cells: tuple[tuple[Quote, ...], ...]
    is_fact: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """What is handed on: cases in their order, a remark for the whole, remarks by case id."""

    cases: tuple[Case, ...]
    title: str = TITLE
    remark: str = ""
    remarks: Mapping[str, str] = field(default_factory=dict)

    def remark_for(self, case: Case) -> str:
        """The remark on one case, empty when there is none."""
        return self.remarks.get(case.id, "").strip()

    def caution(self) -> str:
        """How the paper is to be handled; empty when everything quoted is public."""
        hidden = sorted({case.visibility for case in self.cases} - {PUBLIC})
        return f"取扱注意: {'・'.join(hidden)}の資料からの引用を含みます。" if hidden else ""


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered citation: document and page."""

    number: int
    title: str
    path: str
    page: int | None
    url: str

    def label(self) -> str:
        """As it stands in a list of sources: 文書名 p.10."""
        return self.title if self.page is None else f"{self.title} p.{self.page}"

    def link(self) -> str:
        """The address in the web; empty when there is none or it is of another kind."""
        return self.url if self.url.startswith(("https://", "http://")) else ""


def compare(cases: Sequence[Case]) -> tuple[ComparedRow, ...]:
    """Facts first, then the sections by role; rows that no case fills are left out."""
    facts = [
        ComparedRow(label, tuple(read(case) for case in cases), is_fact=True)
        for label, read in _FACTS.items()
    ]
    roles = [ComparedRow(role, tuple(_section(case, role) for case in cases)) for role in ROLES]
    return tuple(row for row in (*facts, *roles) if any(row.cells))


def sources(cases: Sequence[Case]) -> dict[tuple[str, int | None], Source]:
    """Citations by (case id, page), numbered in the order in which a brief quotes them, case by
    case; the same page of the same document has one number."""
    numbers: dict[tuple[str, int | None], int] = {}
    found: dict[tuple[str, int | None], Source] = {}
    rows = compare(cases)
    for position, case in enumerate(cases):
        title = case.source_title or case.path.rsplit("/", 1)[-1]
        for quote in (quote for row in rows for quote in row.cells[position] if quote.own):
            number = numbers.setdefault((case.path, quote.page), len(numbers) + 1)
            found[case.id, quote.page] = Source(
                number, title, case.path, quote.page, case.source_url
            )
    return found


def listed(cited: Mapping[tuple[str, int | None], Source]) -> list[Source]:
    """The sources as they stand at the end of a brief: each number once, in order."""
    return sorted({s.number: s for s in cited.values()}.values(), key=lambda s: s.number)


def markdown(brief: Brief) -> str:
    """The brief: each case with its facts, sections and remark, then the list of sources. The same
    brief gives the same text."""
    cited = sources(brief.cases)
    lines = [f"# {_plain(brief.title)}", ""]
    if brief.caution():
        lines += [f"**{brief.caution()}**", ""]
    if brief.remark.strip():
        lines += [_plain(brief.remark), ""]
    rows = compare(brief.cases)
    for position, case in enumerate(brief.cases):
        lines += [f"## {position + 1}. {_plain(case.title)}", ""]
        for row in (row for row in rows if row.is_fact and row.cells[position]):
            values = "、".join(_cited(quote, case, cited) for quote in row.cells[position])
            lines.append(f"- {row.label}: {values}")
        for row in (row for row in rows if not row.is_fact and row.cells[position]):
            lines += ["", f"### {row.label}", ""]
            lines += [f"- {_cited(quote, case, cited)}" for quote in row.cells[position]]
        if remark := brief.remark_for(case):
            lines += ["", "### 所見", "", _plain(remark)]
        lines.append("")
    lines += ["## 出典", ""]
    for source in listed(cited):
        address = f"（{source.link()}）" if source.link() else ""
        lines.append(f"{source.number}. {_plain(source.label())}{address}")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """``text`` such that Markdown and HTML take none of it for markup."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text.strip())


def _cited(quote: Quote, case: Case, cited: Mapping[tuple[str, int | None], Source]) -> str:
    number = f" [{cited[case.id, quote.page].number}]" if quote.own else ""
    return _plain(quote.text) + number


def _section(case: Case, role: str) -> tuple[Quote, ...]:
    return tuple(
        Quote(text, section.page)
        for section in case.sections
        if section.role == role
        for line in section.text.splitlines()
        if (text := _BULLET.sub("", line).strip())
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
            return tuple(Quote(_words(e), e.page) for e in facts_of(case, name))
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


def _words(found: Evidence) -> str:
    """A fact in words, with the amount that they mean: 4,200千円（4,200,000円）."""
    around = " ".join(found.text.split())
    if found.name in _IN_CONTEXT and " ".join(found.value.split()) in around:
        return around
    return f"{found.shown}（{found.number}）" if found.number else found.shown


_FACTS: dict[str, Callable[[Case], tuple[Quote, ...]]] = {
    "自治体": _place,
    "人口": _population,
    **{render(label(name)): _fact(name) for name, about in ABOUT.items() if about.is_fact},
}
