"""Values that pass between the steps. All frozen; nothing here does any work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kb.base.messages import Message

FIELDS = (
    "窓口", "申請", "保健福祉", "子育て", "観光", "教育", "農林水産", "配送・物流", "防災", "交通",
    "産業", "庁内業務", "住民サービス", "データ利活用", "インフラ", "人材・体制", "その他",
)  # fmt: skip
"""分野: the fields of work a case can belong to."""

ROLES = (
    "概要", "背景・課題", "取組", "効果", "工夫・留意点", "推進体制", "費用", "支援内容",
    "見えてきた課題", "有効と思われる支援", "県による支援", "その他",
)  # fmt: skip
"""Roles a section can play in a case."""

STATUSES = ("計画", "実証", "実装", "不明")
PUBLIC, PREFECTURE, OFFICE = "公開", "県内", "庁内"
"""Visibilities; any other name is a group's."""

Status = Literal["indexed", "unchanged", "skipped", "failed", "removed"]
Mode = Literal["hybrid", "lexical", "dense"]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is reading. ``visibilities`` is None for the owner, who sees everything."""

    visibilities: frozenset[str] | None

    @staticmethod
    def owner() -> Viewer:
        """The command line and the local server."""
        return Viewer(None)

    @staticmethod
    def of(*visibilities: str) -> Viewer:
        """A viewer of the public documents and of ``visibilities``."""
        return Viewer(frozenset({PUBLIC, *visibilities}))


@dataclass(frozen=True, slots=True)
class Section:
    """A labelled part of a case. ``page`` is 1-based, None in unpaged sources."""

    role: str
    heading: str
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value was read: ``name`` of the value, its ``value``, page and the text around."""

    name: str
    value: str
    page: int | None
    text: str


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A case as read from a document, not yet stored.

    ``municipality`` is the name as it should be shown and ``code`` its 6-digit code; both empty
    when the text names none, ``code`` alone empty when the name is ambiguous (``ambiguous``).
    ``field_source`` is "given" (front matter) or "classified". ``pages`` is (first, last), 1-based.
    """

    title: str
    sections: tuple[Section, ...]
    pages: tuple[int, int] | None = None
    municipality: str = ""
    prefecture: str = ""
    code: str = ""
    ambiguous: bool = False
    field: str = "その他"
    field_source: str = "classified"
    year: int | None = None
    status: str = "不明"
    tools: tuple[str, ...] = ()
    source_title: str = ""
    source_url: str = ""
    evidence: tuple[Evidence, ...] = ()


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
    """How well one page was read: ``quality`` 0–1, ``ocr`` True when tesseract read it."""

    number: int | None
    quality: float
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A stored case as users see it."""

    id: str
    document_id: int
    path: str
    sha256: str
    title: str
    municipality: str
    prefecture: str
    code: str
    ambiguous: bool
    population: int | None
    field: str
    field_source: str
    year: int | None
    status: str
    tools: tuple[str, ...]
    pages: tuple[int, int] | None
    source_title: str
    source_url: str
    visibility: str
    quality: float
    sections: tuple[Section, ...]
    evidence: tuple[Evidence, ...]


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
    edition of this case, ``supersedes`` are its older ones."""

    near_duplicates: tuple[Relative, ...] = ()
    superseded_by: Relative | None = None
    supersedes: tuple[Relative, ...] = ()


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


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A file's last known state. Times are UTC ISO 8601; ``document_id`` is None if not indexed."""

    path: str
    status: Status
    reason: Message | None
    reason_code: str | None
    pages: int
    cases: int
    chunks: int
    size: int
    sha256: str
    quality: float | None
    warnings: tuple[Message, ...]
    visibility: str
    seen_at: str
    document_id: int | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to; empty means everything. Years are fiscal years, inclusive."""

    municipalities: tuple[str, ...] = ()
    prefectures: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    population_from: int | None = None
    population_to: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """An excerpt of a case; ``highlights`` are the spans of matched words within ``text``, ``nearest``
    that of the sentence nearest in meaning to the question."""

    page: int | None
    role: str
    text: str
    score: float
    highlights: tuple[tuple[int, int], ...]
    nearest: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """Why a case was found: standardised score of each leg, matched terms, synonyms that helped."""

    lexical: float
    dense: float
    terms: tuple[str, ...]
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One case in the answer."""

    rank: int
    score: float
    case: Case
    snippet: str
    passages: tuple[Passage, ...]
    why: Why
    relatives: Relatives = Relatives()


@dataclass(frozen=True, slots=True)
class Understood:
    """A condition that the question states: its ``kind`` (place, year, size, kind or near), the
    words that ``typed`` it, its ``label`` in Japanese, by which it can be ignored, and in English,
    and how many ``cases`` meet it. They come first."""

    kind: str
    typed: str
    label: str
    label_en: str
    cases: int = 0


@dataclass(frozen=True, slots=True)
class Respelling:
    """``term`` is what ``typed`` was probably meant to say; both were searched for."""

    typed: str
    term: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search returns. ``facets`` counts the whole result set, most frequent first, ``bands``
    counts it by population band, smallest first; ``total`` is its size; ``weak`` says that nothing
    in the corpus answers the query."""

    query: str
    seconds: float
    total: int
    weak: bool
    results: tuple[Result, ...]
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    bands: dict[str, int] = field(default_factory=dict)
    understood: tuple[Understood, ...] = ()
    corrected: tuple[Respelling, ...] = ()
