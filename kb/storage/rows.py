"""Rows of the store as values."""

from __future__ import annotations

import json
import sqlite3

from kb.base.messages import from_json
from kb.base.types import Case, Evidence, LedgerEntry, Section, Status


def case_of(row: sqlite3.Row, sections: tuple[Section, ...]) -> Case:
    """A case from its row joined with its document's, and its sections."""
    return Case(
        id=row["id"],
        document_id=row["document_no"],
        path=row["path"],
        sha256=row["sha256"],
        title=row["title"],
        municipality=row["municipality"],
        prefecture=row["prefecture"],
        code=row["code"],
        ambiguous=bool(row["ambiguous"]),
        population=row["population"],
        field=row["field"],
        field_source=row["field_source"],
        year=row["year"],
        status=row["status"],
        tools=tuple(json.loads(row["tools"])),
        pages=None if row["first_page"] is None else (row["first_page"], row["last_page"]),
        source_title=row["source_title"],
        source_url=row["source_url"],
        visibility=row["visibility"],
        quality=row["quality"],
        sections=sections,
        evidence=tuple(Evidence(*entry) for entry in json.loads(row["evidence"])),
    )


def ledger_entry(row: sqlite3.Row) -> LedgerEntry:
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
