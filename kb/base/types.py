"""Values that pass between the steps. All frozen; nothing here does any work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kb.base.filters import Filters as Filters
from kb.base.messages import Message
from kb.base.record import FIELDS as FIELDS
from kb.base.record import ROLES as ROLES
from kb.base.record import STATUSES as STATUSES
from kb.base.record import Case as Case
from kb.base.record import CaseDraft as CaseDraft
from kb.base.record import Evidence as Evidence
from kb.base.record import Section as Section

READABLE = 0.70
"""Share of JIS X 0208 or ASCII characters under which a page is no text (measured on 1,919 pages)."""

PUBLIC, PREFECTURE, OFFICE = "公開", "県内", "庁内"
"""Visibilities; any other name is a group's."""

Status = Literal["indexed", "unchanged", "skipped", "failed", "removed"]
Mode = Literal["hybrid", "lexical", "dense"]


Role = Literal["public", "viewer", "editor", "admin", "owner"]
"""What somebody may do: read; also record questions; also change documents; all; all."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is reading. ``visibilities`` is None for those who see everything; ``name`` is "" for
    whoever did not say."""

    visibilities: frozenset[str] | None
    role: Role = "public"
    name: str = ""

    @staticmethod
    def owner() -> Viewer:
        """The command line and the local server."""
        return Viewer(None, "owner")

    @staticmethod
    def of(*visibilities: str, role: Role = "public", name: str = "") -> Viewer:
        """A viewer of the public documents and of ``visibilities``; an admin sees everything."""
        seen = None if role in ("admin", "owner") else frozenset({PUBLIC, *visibilities})
        return Viewer(seen, role, name)

    @property
    def sees_all(self) -> bool:
        """True for those from whom nothing is kept: paths, totals and troubles of all documents."""
        return self.visibilities is None

    @property
    def may_record(self) -> bool:
        """True for those who may note a question that found nothing."""
        return self.role != "public"

    @property
    def may_change(self) -> bool:
        """True for those who may add and correct documents."""
        return self.role in ("editor", "admin", "owner")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage for the vectors: ``text == section.text[start:end]``."""

    section: int
    start: int
    end: int
    page: int | None
    text: str


@dataclass(frozen=True, slots=True)
class PageQuality:
    """How well one page was read: ``quality`` 0–1, ``ocr`` True when it was a picture and recognised."""

    number: int | None
    quality: float
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class Relative:
    """Another case, as a link needs it; ``similarity`` is that of the texts, 0 to 1 (0: not asked)."""

    case_id: str
    title: str
    path: str
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Relatives:
    """``near_duplicates`` say nearly the same in other documents, ``superseded_by`` is the newest
    edition of this case, ``supersedes`` are its older ones, ``originals`` what it tells in words of its
    own."""

    near_duplicates: tuple[Relative, ...] = ()
    superseded_by: Relative | None = None
    supersedes: tuple[Relative, ...] = ()
    originals: tuple[Relative, ...] = ()


@dataclass(frozen=True, slots=True)
class FileReport:
    """One line of the ledger: what became of one file, and why."""

    path: str
    status: Status
    reason: Message | None = None
    reason_code: str | None = None
    pages: int = 0
    cases: int = 0
    chunks: int = 0
    warnings: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry(FileReport):
    """A file's last known state. Times are UTC ISO 8601; ``document_id`` is None if not indexed."""

    size: int
    sha256: str
    quality: float | None
    visibility: str
    seen_at: str
    document_id: int | None


@dataclass(frozen=True, slots=True)
class Glance:
    """What a first look at a file tells before it is taken in: its ``reader``, the title and ``place`` of
    its first case, how many ``cases``, who may see it by what it says itself, why it cannot be read.
    ``is_done`` is False where there was no time for it."""

    is_done: bool = False
    reader: str = ""
    title: str = ""
    place: str = ""
    cases: int = 0
    visibility: str = PUBLIC
    problem: Message | None = None
    warnings: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficialFigure:
    """What a ministry's table says of the municipality of ``code``: a ``value`` as printed, with its
    ``number`` where it is one, or whether a choice is ``met``; the fiscal ``year`` (None where the table
    does not say), the ``row`` of the ``sheet``, and the document."""

    code: str
    name: str
    value: str
    number: float | None = None
    met: bool | None = None
    year: int | None = None
    row: int | None = None
    sheet: str = ""
    document_id: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """An excerpt of a case; ``highlights`` are the [start, end) spans of matched words within ``text``,
    ``nearest`` that of the sentence nearest in meaning to the question."""

    page: int | None
    role: str
    text: str
    score: float
    highlights: tuple[tuple[int, int], ...]
    nearest: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """Why a case was found: standardised score of each leg, matched terms, synonyms that helped, and
    by how much its best passage is nearer than passages on the whole (DenseView.standing; None where
    the sentence model has not read it), which compares from question to question."""

    lexical: float
    dense: float
    terms: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    reading: float | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """Whether a case ``met`` the ``condition`` of the question; None where the case does not say."""

    condition: Understood
    met: bool | None


@dataclass(frozen=True, slots=True)
class Result:
    """One case in the answer; ``same_initiative`` are those of other documents that tell of the same
    thing, ``answers`` says that it is no mere neighbour, ``could_answer`` that it were an answer if no other were
    far better."""

    rank: int
    score: float
    case: Case
    snippet: str
    passages: tuple[Passage, ...]
    why: Why
    relatives: Relatives = Relatives()
    conditions: tuple[Met, ...] = ()
    same_initiative: tuple[Case, ...] = ()
    answers: bool = True
    could_answer: bool = True


@dataclass(frozen=True, slots=True)
class Understood:
    """A condition that the question states: its ``kind`` (place, region, kind, size, year, near or
    cost), the words that ``typed`` it, its ``label`` in Japanese, by which it can be ignored, and in
    English, whether it is to ``exclude`` what it says, its bounds ``low`` and ``high`` (inclusive),
    whether every answer ``must`` meet it as far as it is known (else those come first), how many
    ``cases`` meet it, and the filters that it amounts to."""

    kind: str
    typed: str
    label: str
    label_en: str
    exclude: bool = False
    low: int | None = None
    high: int | None = None
    must: bool = False
    cases: int = 0
    wanted: Filters | None = None


@dataclass(frozen=True, slots=True)
class Respelling:
    """``term`` is what ``typed``, from ``start`` to ``end`` of the question, was probably meant to
    say; both were searched for."""

    typed: str
    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search returns: ``total`` cases answer, ``weak`` says that none does, and ``listed`` ones
    can be shown, the rest of them only near: all after the first ``apart``, if not mixed. ``facets`` counts those that answer (where none does,
    those listed), most frequent first, ``bands`` by population band, smallest first. ``all_met``
    tells how many of those that answer meet every condition; where none does, ``loosened`` by the label of
    a condition how many would without it."""

    query: str
    seconds: float
    total: int
    weak: bool
    results: tuple[Result, ...]
    listed: int = 0
    apart: int | None = None
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    bands: dict[str, int] = field(default_factory=dict)
    understood: tuple[Understood, ...] = ()
    taken: tuple[str, ...] = ()
    corrected: tuple[Respelling, ...] = ()
    all_met: int = 0
    loosened: dict[str, int] = field(default_factory=dict)

    @property
    def nowhere(self) -> tuple[Understood, ...]:
        """The places that the question names and no case is from."""
        return tuple(
            c
            for c in self.understood
            if c.kind in ("place", "region") and not (c.cases or c.exclude)
        )

    @property
    def none_meets_all(self) -> bool:
        """True where cases answer and none of them meets every condition, which a place without cases
        says already."""
        return bool(self.understood and self.total) and not (self.all_met or self.nowhere)
