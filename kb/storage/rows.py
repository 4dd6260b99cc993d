"""Rows of the store as values, and values as rows; a case's columns follow from its definition. Which rows
somebody may see is decided here, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from kb.base.messages import from_json
from kb.base.record import Case, CaseDraft, Evidence, Section
from kb.base.types import LedgerEntry, OfficialFigure, Relative, Relatives, Status, Viewer
from kb.storage.database import Connection, StoredRow

Value = TypeVar("Value")
_APART = frozenset({"sections", "evidence", "pages"})  # tables of their own, two columns
_WRITTEN: Mapping[str, Callable[[CaseDraft], object]] = {"tools": lambda draft: _json(draft.tools)}
PARTS = {kind: tuple(f.name for f in fields(kind)) for kind in (Section, Evidence)}
"""The columns of a case's sections and of its evidence."""
_READ: Mapping[str, Callable[[StoredRow], object]] = {
    "ambiguous": lambda row: bool(row["ambiguous"]),
    "tools": lambda row: tuple(json.loads(row["tools"])),
    "pages": lambda row: (
        None if row["first_page"] is None else (row["first_page"], row["last_page"])
    ),
    "document_id": lambda row: row["document_no"],
}

_PLAIN = tuple(f.name for f in fields(Case) if f.name not in {*_READ, "sections", "evidence"})
_OF_DOCUMENT = ("path", "sha256", "visibility", "quality")
CASE_COLUMNS = ", ".join(
    (
        *(f"{'d' if name in _OF_DOCUMENT else 'c'}.{name}" for name in _PLAIN),
        *("c.no", "c.ambiguous", "c.tools", "c.first_page", "c.last_page", "c.document_no"),
    )
)
"""What :func:`case_of` wants of cases ``c`` and their documents ``d``, and the number of the case."""


def values_of(part: Section | Evidence) -> tuple[object, ...]:
    """A section or a piece of evidence as the columns of its table behind case and position."""
    return tuple(getattr(part, name) for name in PARTS[type(part)])


def row_of(draft: CaseDraft) -> dict[str, object]:
    """A case's columns with their values."""
    first, last = draft.pages or (None, None)
    row = {
        f.name: _WRITTEN[f.name](draft) if f.name in _WRITTEN else getattr(draft, f.name)
        for f in fields(draft)
        if f.name not in _APART
    }
    return row | {"first_page": first, "last_page": last}


def case_of(row: StoredRow, sections: Sequence[Section], evidence: Sequence[Evidence] = ()) -> Case:
    """A case from its row of ``CASE_COLUMNS``, its sections and its evidence."""
    values: dict[str, Any] = dict(zip(_PLAIN, row, strict=False))
    values.update((name, read(row)) for name, read in _READ.items())
    return Case(sections=tuple(sections), evidence=tuple(evidence), **values)


def ledger_entry(row: StoredRow) -> LedgerEntry:
    """An entry of the ledger from the row of its file joined with its document's."""
    status: Status = row["status"]
    return LedgerEntry(
        path=row["path"],
        status=status,
        reason=from_json(json.loads(row["reason"])) if row["reason"] else None,
        reason_code=row["reason_code"],
        pages=row["pages"] or 0,
        cases=row["cases"] or 0,
        chunks=row["chunks"] or 0,
        size=row["size"],
        sha256=row["sha256"],
        quality=row["quality"],
        warnings=tuple(map(from_json, json.loads(row["warnings"] or "[]"))),
        visibility=row["visibility"],
        seen_at=row["seen_at"],
        document_id=row["document_no"],
    )


_NEAR = """SELECT c.id, o.id, o.title, d.path, n.similarity FROM near_duplicates n
    JOIN cases c ON c.no = n.case_no JOIN cases o ON o.no = n.other_no"""
_SUPERSEDED = "SELECT c.id, o.id, o.title, d.path, 0.0 FROM superseded s JOIN cases c ON c.no = s.{} JOIN cases o ON o.no = s.{}"


def relatives(
    rows: Callable[[str, str], list[StoredRow]], case_ids: Sequence[str]
) -> dict[str, Relatives]:
    """The relatives of each of these cases, from what a statement and its order bring."""
    sets: list[dict[str, list[Relative]]] = []
    for sql, order in (
        (_NEAR, "n.similarity DESC, o.no"),
        (_SUPERSEDED.format("case_no", "newer_no"), "o.no"),
        (_SUPERSEDED.format("newer_no", "case_no"), "o.no DESC"),
    ):
        found: dict[str, list[Relative]] = {one: [] for one in case_ids}
        for one, other, title, path, similarity in rows(sql, order):
            found[one].append(Relative(other, title, path, round(float(similarity), 3)))
        sets.append(found)
    near, newer, older = sets
    return {
        one: Relatives(tuple(near[one]), next(iter(newer[one]), None), tuple(older[one]))
        for one in case_ids
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


BORDER = "\ufdef"
"""What stands between the parts of a text and in none: no character."""


@dataclass(frozen=True, slots=True)
class CaseTerms:
    """The terms of one case for the lexical view, joined by spaces, and what it says to the letter: its
    title with tools and source, and its sections, with a border between them. ``called`` is its document's
    name, folded and without spaces: the source's title and the path."""

    case_no: int
    body: str
    readings: str
    text: str = ""
    called: str = ""


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk's place: characters ``start`` to ``end`` of section ``section`` of a case."""

    no: int
    case_no: int
    section: int
    start: int
    end: int


Matrix = npt.NDArray[np.float32]
_LONGEST = 1.05  # squared length that rounding explains


def unit_vectors(
    blobs: Sequence[bytes], kind: str, dimension: int
) -> tuple[Matrix, npt.NDArray[np.bool_]]:
    """(n, d) vectors stored as ``kind`` ("<f4", "<f2"), and which of them are sound: as wide as they
    should be, finite, of unit length or zero. The others, which only a damaged disk or model gives, are
    zero."""
    width = dimension * np.dtype(kind).itemsize
    whole = np.array([len(blob) == width for blob in blobs], dtype=bool)
    flat = b"".join(blob if len(blob) == width else bytes(width) for blob in blobs)
    matrix = np.frombuffer(flat, dtype=kind).reshape(len(blobs), dimension).astype(np.float32)
    with np.errstate(all="ignore"):
        sound = whole & (np.einsum("ij,ij->i", matrix, matrix) < _LONGEST)
    matrix[~sound] = 0.0
    return matrix, sound


def insert_figures(db: Connection, document_no: int, figures: Sequence[OfficialFigure]) -> None:
    """Stores what a document says. The caller's transaction."""
    rows = [
        (document_no, f.code, f.name, f.value, f.number, f.met, f.year, f.row, f.sheet)
        for f in figures
    ]
    db.executemany("INSERT INTO official_figures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


EVERYTHING = "TRUE"
"""The condition that every row meets."""
_BATCH = 500  # SQLite allows 32,766 parameters; a modest batch keeps statements readable in logs


def visible_to(viewer: Viewer, table: str = "d") -> tuple[str, list[object]]:
    """The condition that what is in ``table`` (documents or files) may be shown to ``viewer``, and its values."""
    if viewer.visibilities is None:
        return EVERYTHING, []
    allowed: list[object] = [*sorted(viewer.visibilities)]
    return f"{table}.visibility IN ({marks(allowed)})", allowed


def cases_that(
    columns: str, meaning: str, values: Sequence[object], viewer: Viewer, order: str = ""
) -> tuple[str, list[object], Viewer]:
    """What asks for these columns of the visible cases (``c``, in their documents ``d``) that mean this, its
    values, and for whom."""
    visible, allowed = visible_to(viewer)
    documents = (
        "JOIN documents d ON d.no = c.document_no" if "d." in columns + meaning + visible else ""
    )
    sql = f"SELECT {columns} FROM cases c {documents} WHERE {meaning} AND {visible} {order}"
    return sql, [*values, *allowed], viewer


def batches(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """``values`` in as many pieces as statements."""
    return (values[i : i + _BATCH] for i in range(0, len(values), _BATCH))


def marks(values: Sequence[object]) -> str:
    """A mark for each of the ``values``."""
    return ",".join("?" * len(values))
