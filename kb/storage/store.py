"""Reading the store. Every read takes a viewer and can never return more than that viewer may see."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from kb.base.config import Place, Settings
from kb.base.errors import NotFoundError
from kb.base.filters import COUNTED, Filters
from kb.base.messages import Message
from kb.base.once import Once
from kb.base.record import Evidence, Section
from kb.base.types import (  # fmt: skip
    Case,
    LedgerEntry,
    OfficialFigure,
    PageQuality,
    Relatives,
    Viewer,
)
from kb.storage.database import Reader, StoredRow
from kb.storage.feed import changes, contents
from kb.storage.feed.contents import Vectors
from kb.storage.rows import (  # fmt: skip
    CASE_COLUMNS,
    EVERYTHING,
    PARTS,
    CaseTerms,
    StoredChunk,
    batches,
    case_of,
    cases_that,
    ledger_entry,
    marks,
    relatives,
    visible_to,
)
from kb.storage.sentence_vectors import SentenceProgress

Found = TypeVar("Found")
Part = TypeVar("Part", Section, Evidence)


class Store:
    """The database, for reading. Safe to share between threads."""

    def __init__(self, place: Place) -> None:
        self._reader = Reader(place)
        self._rows, self.place = self._reader.rows, place
        self._every = partial(self._rows, viewer=Viewer.owner())
        self._totals, self._said = Once(), Once()

    @classmethod
    def open(cls, settings: Settings) -> Store:
        """The store of ``settings.data``. Raises StoreError when there is none."""
        return cls(settings.place)

    @property
    def damage(self) -> Message | None:
        """What was last found wrong with the database."""
        return self._reader.damage

    def size(self) -> int:
        """Bytes on the disk."""
        if isinstance(self.place, Path):
            return self.place.stat().st_size
        return int(self._every("SELECT pg_database_size(current_database())", [])[0][0])

    def generation(self) -> int:
        """A number that grows with every change."""
        return int(self._meta("generation") or 0)

    def identity(self) -> str:
        """Which database this is: another one may have come to the same generation."""
        return self._meta("identity") or ""

    def model_id(self) -> str:
        """Id of the model whose vectors are searched; "" before the first document."""
        return self._meta("model") or ""

    def last_ingest(self) -> str:
        """When the corpus was last looked through, UTC ISO 8601; "" before the first time."""
        return self._meta("last_ingest") or ""

    def counts(self, viewer: Viewer) -> dict[str, int]:
        """Number of documents, cases and chunks that ``viewer`` may see."""
        return self._total("cases", viewer, self._counts)

    def _counts(self, viewer: Viewer) -> dict[str, int]:
        visible, values = visible_to(viewer)
        row = self._rows(
            f"""SELECT (SELECT count(*) FROM documents d WHERE {visible}) AS documents,
                (SELECT count(*) FROM cases c JOIN documents d ON d.no = c.document_no
                  WHERE {visible}) AS cases,
                (SELECT count(*) FROM chunks k JOIN cases c ON c.no = k.case_no
                  JOIN documents d ON d.no = c.document_no WHERE {visible}) AS chunks""",
            values * 3,
            viewer,
        )[0]
        return {name: int(row[name]) for name in ("documents", "cases", "chunks")}

    def ignored(self) -> int:
        """How many lock files and the like were ignored at the last look."""
        return int(self._meta("ignored") or 0)

    def ledger(self, viewer: Viewer, paths: Sequence[str] | None = None) -> tuple[LedgerEntry, ...]:
        """Every file of the corpus (or those at ``paths``) and what became of it, by path."""
        condition, values = visible_to(viewer, "f")
        sql = f"""SELECT f.*, d.pages, d.quality, d.warnings,
              (SELECT count(*) FROM cases c WHERE c.document_no = d.no) AS cases,
              (SELECT count(*) FROM chunks k JOIN cases c ON c.no = k.case_no
                WHERE c.document_no = d.no) AS chunks
            FROM files f LEFT JOIN documents d ON d.no = f.document_no WHERE {condition}"""
        if paths is None:
            rows = self._rows(f"{sql} ORDER BY f.path", values, viewer)
        else:
            rows = self._batched(f"{sql} AND f.path IN", sorted(paths), viewer, before=values)
        return tuple(ledger_entry(row) for row in rows)

    def facet_values(self, viewer: Viewer) -> dict[str, dict[str, int]]:
        """Counts over everything readable, by what results are counted by."""
        return self._total("facets", viewer, self._facet_values)

    def _facet_values(self, viewer: Viewer) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for name in COUNTED:
            told = f"CAST(c.{name} AS TEXT) != ''"
            order = "GROUP BY 1 ORDER BY 2 DESC, 1"
            rows = self._rows(*cases_that(f"c.{name}, count(*)", told, [], viewer, order))
            found[name] = {str(value): int(count) for value, count in rows}
        return found

    def case(self, case_id: str, viewer: Viewer) -> Case:
        """One case. Raises NotFoundError when it is not there or not visible."""
        if not (found := self.cases([case_id], viewer)):
            raise NotFoundError("usage.unknown_case", case_id=case_id)
        return found[0]

    def cases(self, ids: Sequence[str], viewer: Viewer) -> tuple[Case, ...]:
        """The visible cases among ``ids``, in that order."""
        found = {case.id: case for case in self._cases_by("c.id", ids, viewer).values()}
        return tuple(found[case_id] for case_id in ids if case_id in found)

    def number(self, case_id: str, viewer: Viewer) -> int | None:
        """Internal number of a visible case; None where it is not there."""
        return next(iter(self._cases_by("c.id", [case_id], viewer)), None)

    def cases_by_no(
        self, nos: Sequence[int], viewer: Viewer, *, whole: bool = True
    ) -> dict[int, Case]:
        """The visible cases among the internal numbers ``nos``; not ``whole`` without sections and
        evidence."""
        return self._cases_by("c.no", nos, viewer, whole=whole)

    def cases_of(
        self, *, code: str | None = None, document_id: int | None = None, viewer: Viewer
    ) -> tuple[Case, ...]:
        """The visible cases of a municipality or of a document, in reading order."""
        column, value = ("c.code", code) if code is not None else ("c.document_no", document_id)
        return tuple(case for _, case in sorted(self._cases_by(column, [value], viewer).items()))

    def case_nos(self, filters: Filters, viewer: Viewer) -> frozenset[int] | None:
        """Internal numbers of the visible cases that pass ``filters``; None means all there are."""
        conditions, values = list[str](), list[object]()
        for condition, wanted in filters.given():
            conditions.append(condition.sql(len(wanted)))
            values += wanted * condition.meaning.count("{")
        if not conditions:
            return None if viewer.visibilities is None else self.all_case_nos(viewer)
        return self._numbers(" AND ".join(conditions), values, viewer)

    def untold(self, filters: Filters, viewer: Viewer) -> frozenset[int]:
        """Numbers of the visible cases that do not say what ``filters`` ask: no place, size or year."""
        unsaid = {f"({row.unsaid})" for row, _ in filters.given()}
        if not unsaid:
            return frozenset()
        return self._numbers(f"({' OR '.join(sorted(unsaid))})", [], viewer)

    def saying(self, words: Sequence[str], viewer: Viewer) -> frozenset[int]:
        """The visible cases that say one of these words."""
        if not words:
            return frozenset()
        listed = f"(VALUES {', '.join('(?)' for _ in words)}) w"
        within = "c.title || c.tools || c.source_title || s.text"
        said = (
            f"FROM sections s, {listed} WHERE s.case_no = c.no AND instr({within}, w.column1) > 0"
        )
        return self._numbers(f"EXISTS (SELECT 1 {said})", words, viewer)

    def all_case_nos(self, viewer: Viewer | None = None) -> frozenset[int]:
        """Numbers of all cases that ``viewer`` (None: the owner) may see."""
        every = partial(self._numbers, EVERYTHING, [])
        return self._total("numbers", viewer or Viewer.owner(), every)

    def _numbers(self, meaning: str, values: Sequence[object], viewer: Viewer) -> frozenset[int]:
        """The numbers of the visible cases that mean this, looked up once while nothing changes."""
        find = partial(self._found, meaning, values, viewer)
        return self._said.get((viewer.visibilities, meaning, *values), self._state(), find)

    def _found(self, meaning: str, values: Sequence[object], viewer: Viewer) -> frozenset[int]:
        return self._reader.numbers(*cases_that("c.no", meaning, values, viewer))

    def chunks(self, nos: Sequence[int], viewer: Viewer) -> dict[int, StoredChunk]:
        """Chunks by number; their texts come from the cases, which are read with a viewer."""
        sql = 'SELECT no, case_no, section, start, "end" FROM chunks WHERE no IN'
        rows = self._batched(sql, nos, viewer)
        return {int(row["no"]): StoredChunk(*(int(value) for value in row)) for row in rows}

    def concordances(self, nos: Sequence[int], viewer: Viewer) -> dict[int, bytes]:
        """The stored words with their places of those of these cases that have them."""
        sql = "SELECT case_no, concordance FROM tokens WHERE concordance IS NOT NULL AND case_no IN"
        return {int(row[0]): bytes(row[1]) for row in self._batched(sql, nos, viewer)}

    def titles(self, nos: Sequence[int], viewer: Viewer) -> list[StoredRow]:
        """Number, title, municipality's code, ``title_keys`` (None where nobody stored them) and visibility of
        the visible cases among ``nos``."""
        keys = "(SELECT t.title_keys FROM tokens t WHERE t.case_no = c.no)"
        columns = f"c.no, c.title, c.code, {keys}, d.visibility"
        each = (cases_that(columns, f"c.no IN ({marks(n)})", n, viewer) for n in batches(nos))
        return [row for of_some in each for row in self._rows(*of_some)]

    def newer_editions(self, nos: Sequence[int], viewer: Viewer) -> dict[int, int]:
        """The newest edition of those cases that have been superseded, by number."""
        sql = "SELECT case_no, newer_no FROM superseded WHERE case_no IN"
        rows = self._batched(sql, nos, viewer)
        return {int(no): int(newer) for no, newer in rows}

    def near_pairs(self, nos: Sequence[int], viewer: Viewer) -> frozenset[tuple[int, int]]:
        """Pairs among these cases that say nearly the same, both ways."""
        sql = "SELECT case_no, other_no FROM near_duplicates WHERE case_no IN"
        rows = self._batched(sql, nos, viewer)
        return frozenset((int(row[0]), int(row[1])) for row in rows)

    def relatives(self, case_id: str, viewer: Viewer) -> Relatives:
        """The relatives of a case that ``viewer`` may see."""
        return self.relatives_of([case_id], viewer)[case_id]

    def relatives_of(self, case_ids: Sequence[str], viewer: Viewer) -> dict[str, Relatives]:
        """The relatives of each of these cases that ``viewer`` may see."""
        visible, values = visible_to(viewer)

        def rows(sql: str, order: str) -> list[StoredRow]:
            of = f"{sql} JOIN documents d ON d.no = o.document_no WHERE {visible} AND c.id IN"
            return self._batched(of, case_ids, viewer, f" ORDER BY {order}", values)

        return relatives(rows, case_ids)

    def document_path(self, document_id: int, viewer: Viewer) -> str:
        """Path of a document relative to the corpus. Raises NotFoundError."""
        visible, values = visible_to(viewer)
        sql = f"SELECT d.path FROM documents d WHERE d.no = ? AND {visible}"
        if not (rows := self._rows(sql, [document_id, *values], viewer)):
            raise NotFoundError("usage.unknown_document")
        return str(rows[0]["path"])

    def page_quality(self, document_id: int, viewer: Viewer) -> tuple[PageQuality, ...]:
        """How well each page of a document was read. Raises NotFoundError."""
        self.document_path(document_id, viewer)
        sql = "SELECT page_quality FROM documents WHERE no = ?"
        (row,) = self._rows(sql, [document_id], viewer)
        return tuple(PageQuality(*entry) for entry in json.loads(row[0]))

    def official_figures(self, viewer: Viewer) -> tuple[OfficialFigure, ...]:
        """What the ministries' tables say of municipalities."""
        visible, values = visible_to(viewer)
        sql = f"""SELECT code, name, value, number, met, year, "row", sheet, document_no, d.path
            FROM official_figures o JOIN documents d ON d.no = o.document_no WHERE {visible}"""
        return tuple(OfficialFigure(*row) for row in self._rows(sql, values, viewer))

    def all_terms(self, cases: Collection[int] | None = None) -> list[CaseTerms]:
        """Terms of these ``cases`` (None: of every case)."""
        return contents.terms(self._every, cases)

    def sample(self, limit: int, viewer: Viewer) -> list[int]:
        """Numbers of up to ``limit`` visible cases, which stay the same while few come or go."""
        rows = self._rows(
            *cases_that("c.no", EVERYTHING, [], viewer, f"ORDER BY c.id LIMIT {limit:d}")
        )
        return [int(row["no"]) for row in rows]

    def bodies(self, nos: Sequence[int], viewer: Viewer) -> dict[int, str]:
        """The terms of the visible cases among ``nos``, joined by spaces."""
        visible, values = visible_to(viewer)
        sql = f"""SELECT c.no, t.body FROM tokens t JOIN cases c ON c.no = t.case_no
            JOIN documents d ON d.no = c.document_no WHERE {visible} AND c.no IN"""
        return {int(row[0]): str(row[1]) for row in self._batched(sql, nos, viewer, before=values)}

    def shows_any(self, nos: Sequence[int], viewer: Viewer) -> bool:
        """True where ``viewer`` may see one of these cases."""
        pieces = ((f"c.no IN ({marks(some)})", some, viewer) for some in batches(nos))
        return any(self._found(*piece) for piece in pieces)

    def all_vectors(self, model_id: str, cases: Collection[int] | None = None) -> Vectors:
        """The sound vectors of chunks of these ``cases`` (None: of all) under ``model_id``."""
        return contents.word_vectors(self._every, model_id, cases)

    def changed_cases(self, since: int) -> frozenset[int] | None:
        """The cases that came, changed or went after the generation ``since``; None where nobody remembers."""
        return changes.changed_cases(self._every, since)

    def read_cases(self, since: int) -> frozenset[int] | None:
        """The cases that the sentence model went on with after the state ``since``; None as above."""
        return changes.read_cases(self._every, since)

    def sentence_state(self) -> int:
        """A number that grows whenever vectors of the sentence model come or go."""
        return int(self._meta("sentences") or 0)

    def sentence_progress(self, viewer: Viewer) -> SentenceProgress:
        """How far the sentence model has read what ``viewer`` may see."""
        visible, values = visible_to(viewer)
        sql = f"""SELECT count(*) AS total, count(v.key) AS done FROM sentence_passages p
            JOIN cases c ON c.no = p.case_no JOIN documents d ON d.no = c.document_no
            LEFT JOIN sentence_vectors v ON v.key = p.key WHERE {visible}"""
        total, done = self._rows(sql, values, viewer)[0]
        return SentenceProgress(done, total)

    def reading_spans(
        self, nos: Sequence[int], viewer: Viewer
    ) -> dict[int, dict[int, tuple[int, ...]]]:
        """(section, start, end) of what the sentence model reads of each of these cases at once, by
        position."""
        sql = 'SELECT case_no, position, section, start, "end" FROM sentence_passages WHERE case_no IN'
        found: dict[int, dict[int, tuple[int, ...]]] = {no: {} for no in nos}
        for row in self._batched(sql, nos, viewer):
            case_no, position, *span = map(int, row)
            found[case_no][position] = tuple(span)
        return found

    def sentence_vectors(self, cases: Collection[int] | None = None) -> Vectors:
        """Those of these ``cases`` (None: of all), by case and position (``chunk_nos``)."""
        return contents.sentence_vectors(self._every, cases)

    def _total(self, name: str, viewer: Viewer, find: Callable[[Viewer], Found]) -> Found:
        return self._totals.get((name, viewer.visibilities), self._state(), partial(find, viewer))

    def _state(self) -> tuple[str, int]:
        return self.identity(), self.generation()

    def _batched(
        self,
        sql: str,
        values: Sequence[object],
        viewer: Viewer,
        tail: str = "",
        before: Sequence[object] = (),
    ) -> list[StoredRow]:
        rows: list[StoredRow] = []
        for batch in batches(values):
            rows += self._rows(f"{sql} ({marks(batch)}){tail}", [*before, *batch], viewer)
        return rows

    def _meta(self, key: str) -> str | None:
        rows = self._every("SELECT value FROM meta WHERE key = ?", [key])
        return str(rows[0]["value"]) if rows else None

    def _cases_by(
        self, column: str, values: Sequence[object], viewer: Viewer, *, whole: bool = True
    ) -> dict[int, Case]:
        rows: list[StoredRow] = []
        for batch in batches(values):
            meant = f"{column} IN ({marks(batch)})"
            rows += self._rows(*cases_that(CASE_COLUMNS, meant, batch, viewer))
        nos = [int(row["no"]) for row in rows]
        texts = self._parts(Section, "sections", nos if whole else [], viewer)
        facts = self._parts(Evidence, "evidence", nos if whole else [], viewer)
        pairs = zip(nos, rows, strict=True)
        return {no: case_of(row, texts.get(no, ()), facts.get(no, ())) for no, row in pairs}

    def _parts(
        self, kind: type[Part], table: str, nos: Sequence[int], viewer: Viewer
    ) -> dict[int, list[Part]]:
        """What a table holds of each of the cases ``nos``, in order."""
        found: dict[int, list[Part]] = {no: [] for no in nos}
        sql = f"SELECT case_no, {', '.join(PARTS[kind])} FROM {table} WHERE case_no IN"
        for case_no, *values in self._batched(sql, nos, viewer, " ORDER BY case_no, position"):
            found[int(case_no)].append(kind(*values))
        return found
