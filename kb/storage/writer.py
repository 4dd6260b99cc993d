"""Writing the store: one document, one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.base.clock import utc_now
from kb.base.config import Settings
from kb.base.errors import ModelError, ModelMismatchError, StoreError
from kb.base.files import private_folder
from kb.base.messages import Message, as_json, message
from kb.base.record import Evidence, Section
from kb.base.types import OFFICE, CaseDraft, Chunk, OfficialFigure, PageQuality, Status
from kb.base.visibility import is_stricter
from kb.storage.database import REPLACED, Connection, atomic, explained
from kb.storage.feed.changes import forget_changes, note_changed, note_changes
from kb.storage.lock import restoring, writing
from kb.storage.near_duplicates import relate
from kb.storage.rows import insert_figures, row_of, values_of
from kb.storage.sentence_vectors import SentencePassage, forget, insert_passages, keys_of

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a case by field, for BM25; its words with their places (kb/language/concordance.py), and
    what is typed for its title, where these are stored."""

    body: tuple[str, ...]
    readings: tuple[str, ...]
    concordance: bytes | None = None
    title_keys: str | None = None


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case ready to store: ``vectors`` is (len(chunks), d), ``title_vector`` (d,)."""

    draft: CaseDraft
    chunks: tuple[Chunk, ...]
    terms: Terms
    vectors: Matrix
    title_vector: Matrix
    sentences: tuple[SentencePassage, ...] = ()


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document ready to store."""

    reader: str
    pages: tuple[PageQuality, ...]
    visibility: str
    warnings: tuple[Message, ...]
    cases: tuple[NewCase, ...]
    figures: tuple[OfficialFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as the ledger knows it. ``sidecar`` is "size:mtime_ns" or ""."""

    path: str
    raw_path: bytes
    size: int
    mtime_ns: int
    sidecar: str
    sha256: str
    fingerprint: str
    status: Status = "indexed"
    reason: Message | None = None
    reason_code: str | None = None


class KnownFile(NamedTuple):
    """What the ledger remembers of a file from the last run."""

    path: str
    size: int
    mtime_ns: int
    sidecar: str
    sha256: str
    fingerprint: str
    status: Status
    document_no: int | None


class Writer:
    """The one writer. Use :func:`open_writer`."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self.connection = self._db = connection
        self.settings, self._unsaid = settings, list[bytes]()

    def known_files(self, paths: Collection[str] | None = None) -> dict[str, KnownFile]:
        """The ledger by path: what it knows of these ``paths`` (None: of all)."""
        sql = """SELECT f.path, f.size, f.mtime_ns, f.sidecar, f.sha256, coalesce(d.fingerprint, ''), f.status,
            f.document_no FROM files f LEFT JOIN documents d ON d.no = f.document_no"""
        if paths is None:
            return {row["path"]: KnownFile(*row) for row in self._db.execute(sql)}
        each = (self._db.execute(f"{sql} WHERE f.path = ?", [path]).fetchone() for path in paths)
        return {row["path"]: KnownFile(*row) for row in each if row}

    def document_with(self, fingerprint: str) -> int | None:
        """Number of the document with these very bytes and sidecar."""
        sql = "SELECT no FROM documents WHERE fingerprint = ?"
        row = self._db.execute(sql, [fingerprint]).fetchone()
        return None if row is None else int(row["no"])

    def use_model(self, model_id: str, dimension: int) -> None:
        """Declares the model of the vectors to be written.

        Raises ModelMismatchError when the store's vectors belong to another one.
        """
        active = self._db.execute("SELECT value FROM meta WHERE key = 'model'").fetchone()
        has_documents = self._db.execute("SELECT 1 FROM documents LIMIT 1").fetchone()
        if active is not None and has_documents and active["value"] != model_id:
            raise model_mismatch(active["value"], model_id)
        with explained(self.settings.place), atomic(self._db):
            self.add_model(model_id, dimension)
            self._set_meta("model", model_id)

    def add_model(self, model_id: str, dimension: int) -> int:
        """The number of a model, noted when it is new."""
        self._db.execute(
            "INSERT INTO models (id, dimension) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [model_id, dimension],
        )
        row = self._db.execute("SELECT no FROM models WHERE id = ?", [model_id]).fetchone()
        return int(row["no"])

    def switch_model(self, model_id: str) -> None:
        """Searches use this model's vectors from now on."""
        with explained(self.settings.place), atomic(self._db):
            self._set_meta("model", model_id)
            self._bump()
            forget_changes(self._db)

    def put(self, state: FileState, document: NewDocument) -> None:
        """Stores a document in the place of what ``state.path`` held before; one transaction."""
        with explained(self.settings.place), atomic(self._db):
            old = self._db.execute(
                """SELECT d.no, d.key FROM files f JOIN documents d ON d.no = f.document_no
                   WHERE f.path = ?""",
                [state.path],
            ).fetchone()
            key = old["key"] if old else self._new_key(state)
            if old:
                self._forget(state.path)
            if self._db.execute("SELECT 1 FROM documents WHERE key = ?", [key]).fetchone():
                key = self._new_key(state)  # another place still holds the earlier content
            number = self._insert_document(key, state, document)
            model_no = self._model_no()
            cases = enumerate(document.cases)
            came = [self._insert_case(number, key, at, case, model_no) for at, case in cases]
            note_changes(self._db, came)
            insert_figures(self._db, number, document.figures)
            self._write_file(state, document.visibility, number)
            self._bump()

    def link(self, state: FileState, document_no: int) -> None:
        """Records that ``state.path`` is a place of a stored document, which it may have been."""
        with explained(self.settings.place), atomic(self._db):
            held = self._db.execute(
                "SELECT document_no FROM files WHERE path = ?", [state.path]
            ).fetchone()
            if held and held["document_no"] != document_no:
                self._forget(state.path)
            of = "SELECT visibility, path FROM documents WHERE no = ?"
            row = self._db.execute(of, [document_no]).fetchone()
            if row["path"] != state.path and state.reason is None:  # looked at again, still a twin
                state = replace(state, reason=message("read.duplicate"), reason_code="duplicate")
            self._write_file(state, row["visibility"], document_no)
            self._settle_path(document_no)
            self._bump()

    def move(self, old_path: str, state: FileState) -> None:
        """The same file under a new name: nothing is read again, ids stay."""
        with explained(self.settings.place), atomic(self._db):
            of = "SELECT document_no, visibility FROM files WHERE path = ?"
            row = self._db.execute(of, [old_path]).fetchone()
            self._db.execute("DELETE FROM files WHERE path = ?", [old_path])
            self._write_file(state, row["visibility"], row["document_no"])
            self._settle_path(row["document_no"])
            self._bump()

    def fail(self, state: FileState, visibility: str | None, *, hold: bool = False) -> None:
        """Records that a file was skipped or failed; its last good content stays searchable, for 庁内
        only with ``hold``: what says who may see it cannot be read any more."""
        with explained(self.settings.place), atomic(self._db):
            of = "SELECT document_no, visibility FROM files WHERE path = ?"
            row = self._db.execute(of, [state.path]).fetchone()
            kept = row["document_no"] if row else None
            known = row["visibility"] if row and kept is not None else None
            if hold and kept is not None:
                known = OFFICE
                self._hold(kept, OFFICE)
            self._write_file(state, known or visibility or OFFICE, kept)

    def hold(self, path: str, label: str) -> None:
        """What is stored of a file is for ``label`` only, if that is fewer than before, until it is
        read again; so are other places of the same document."""
        with explained(self.settings.place), atomic(self._db):
            row = self._db.execute(
                "SELECT document_no, visibility FROM files WHERE path = ?", [path]
            ).fetchone()
            if row is None or label == row["visibility"] or is_stricter(row["visibility"], label):
                return
            self._db.execute(
                "UPDATE files SET visibility = ?, sidecar = '-' WHERE path = ? OR document_no = ?",
                [label, path, row["document_no"]],
            )
            self._hold(row["document_no"], label)

    def remove(self, path: str) -> None:
        """Forgets a file, and its document when this was its last place."""
        with explained(self.settings.place), atomic(self._db):
            self._forget(path)
            self._bump()

    def relate(self) -> None:
        """Finds near-duplicates of new cases and superseded editions; forgets vectors of texts that went."""
        with explained(self.settings.place), atomic(self._db):
            relate(self._db)
            forget(self._db, self._unsaid)

    def looked_through(self, ignored: int = 0) -> None:
        """Notes that the whole corpus has been looked through now, and how many were ignored."""
        with explained(self.settings.place), atomic(self._db):
            self._set_meta("last_ingest", utc_now())
            self._set_meta("ignored", str(ignored))

    def reading(self) -> int:
        """The version in which all documents were read; 0 when that was never noted."""
        row = self._db.execute("SELECT value FROM meta WHERE key = 'reading'").fetchone()
        return int(row["value"]) if row else 0

    def read_as(self, version: int) -> None:
        """Notes that all documents have been read in this version."""
        if self.reading() != version:
            with explained(self.settings.place), atomic(self._db):
                self._set_meta("reading", str(version))

    # -- inside -----------------------------------------------------------------------------------

    def _hold(self, document_no: int | None, label: str) -> None:
        self._db.execute(
            "UPDATE documents SET visibility = ?, fingerprint = 'held ' || no WHERE no = ?",
            [label, document_no],
        )
        note_changed(self._db, document_no)
        self._bump()

    def _model_no(self) -> int:
        row = self._db.execute(
            "SELECT m.no FROM models m JOIN meta ON meta.value = m.id WHERE meta.key = 'model'"
        ).fetchone()
        return int(row["no"])

    def _new_key(self, state: FileState) -> str:
        """A key that depends on the place; on a collision (a moved document keeps its own), also
        on the content."""
        key = _digest(state.path)
        taken = self._db.execute("SELECT 1 FROM documents WHERE key = ?", [key]).fetchone()
        return _digest(state.path, state.fingerprint) if taken else key

    def _forget(self, path: str) -> None:
        row = self._db.execute("SELECT document_no FROM files WHERE path = ?", [path]).fetchone()
        self._db.execute("DELETE FROM files WHERE path = ?", [path])
        if row is None or row["document_no"] is None:
            return
        number = int(row["document_no"])
        if self._db.execute("SELECT 1 FROM files WHERE document_no = ?", [number]).fetchone():
            self._settle_path(number)
        else:
            note_changed(self._db, number)
            self._unsaid += keys_of(self._db, number)
            self._db.execute("DELETE FROM documents WHERE no = ?", [number])

    def _settle_path(self, document_no: int | None) -> None:
        """A document is shown under the first of its places, which is part of its name."""
        first = "(SELECT min(path) FROM files WHERE document_no = documents.no)"
        moved = f"UPDATE documents SET path = {first} WHERE no = ? AND path != {first} RETURNING no"
        if self._db.execute(moved, [document_no]).fetchone():
            note_changed(self._db, document_no)

    def _insert_document(self, key: str, state: FileState, document: NewDocument) -> int:
        pages = document.pages
        quality = sum(page.quality for page in pages) / len(pages) if pages else 1.0
        readings = [[page.number, round(page.quality, 4), page.ocr] for page in pages]
        return self._insert("documents", {
            "key": key, "path": state.path, "sha256": state.sha256, "fingerprint": state.fingerprint,
            "reader": document.reader, "pages": len(pages), "quality": quality,
            "page_quality": json.dumps(readings), "visibility": document.visibility,
            "warnings": _json(list(map(as_json, document.warnings))), "indexed_at": utc_now(),
        })  # fmt: skip

    def _insert_case(
        self, document_no: int, key: str, position: int, case: NewCase, model_no: int
    ) -> int:
        number = self._insert(
            "cases",
            {
                "id": _digest(key, str(position))[:12],
                "document_no": document_no,
                "position": position,
                **row_of(case.draft),
            },
        )
        tables: dict[str, Sequence[Section | Evidence]] = {
            "sections": case.draft.sections,
            "evidence": case.draft.evidence,
        }
        for table, parts in tables.items():
            if not parts:
                continue
            rows = [(number, i, *values_of(part)) for i, part in enumerate(parts)]
            marks = ", ".join("?" * len(rows[0]))
            self._db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        told = case.terms
        terms = (" ".join(told.body), " ".join(told.readings), told.concordance, told.title_keys)
        self._db.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?)", [number, *terms])
        title = [model_no, number, to_blob(case.title_vector)]
        self._db.execute("INSERT INTO title_vectors VALUES (?, ?, ?)", title)
        insert_passages(self._db, number, case.sentences)
        for chunk, vector in zip(case.chunks, case.vectors, strict=True):
            place = {"section": chunk.section, "start": chunk.start, '"end"': chunk.end}
            chunk_no = self._insert("chunks", {"case_no": number, **place})
            self._db.execute(
                "INSERT INTO chunk_vectors VALUES (?, ?, ?)", [model_no, chunk_no, to_blob(vector)]
            )
        return number

    def _insert(self, table: str, row: Mapping[str, object]) -> int:
        """The number of a new row."""
        marks = ", ".join("?" * len(row))
        sql = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks}) RETURNING no"
        return int(self._db.execute(sql, list(row.values())).fetchone()[0])

    def _write_file(self, state: FileState, visibility: str, document_no: int | None) -> None:
        row = {
            "path": state.path, "raw_path": state.raw_path, "size": state.size,
            "mtime_ns": state.mtime_ns, "sidecar": state.sidecar, "sha256": state.sha256,
            "status": state.status, "reason": _json(as_json(state.reason)) if state.reason else None,
            "reason_code": state.reason_code, "visibility": visibility, "seen_at": utc_now(),
            "document_no": document_no,
        }  # fmt: skip
        values = f"({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
        said = ", ".join(f"{name} = excluded.{name}" for name in row)
        sql = f"INSERT INTO files {values} ON CONFLICT (path) DO UPDATE SET {said}"
        self._db.execute(sql, list(row.values()))

    def _bump(self) -> None:
        self._db.execute(
            "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'generation'"
        )

    def _set_meta(self, key: str, value: str) -> None:
        self._db.execute(f"INSERT INTO meta VALUES (?, ?) {REPLACED}", [key, value])


@contextmanager
def open_writer(settings: Settings) -> Iterator[Writer]:
    """The writer of ``settings.data``, made when it is not there. Raises LockedError, StoreError."""
    with explained(settings.place):
        if not settings.data.exists() and (cut_off := restoring(settings.data.resolve())).exists():
            raise StoreError("store.restore_cut_off", folder=cut_off)
        private_folder(settings.data)
        with writing(settings) as connection:
            yield Writer(connection, settings)


def model_mismatch(stored: str, wanted: str) -> ModelMismatchError:
    """The error for vectors of another model, with the command that mends it."""
    return ModelMismatchError("store.model_mismatch", stored=stored, wanted=wanted)


def to_blob(vector: Matrix) -> bytes:
    """A vector as it is stored: float32, little-endian. Raises ModelError for what is no number."""
    if not np.isfinite(vector).all():
        raise ModelError("store.model_not_finite")
    return vector.astype("<f4").tobytes()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
