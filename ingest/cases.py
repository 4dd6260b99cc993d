"""An extract becomes cases, split and described."""

from __future__ import annotations

from ingest.metadata import context_of, describe
from ingest.page import Extract
from ingest.records import records
from ingest.sections import split
from kb.types import CaseDraft


def cases(extract: Extract) -> tuple[tuple[CaseDraft, ...], tuple[str, ...]]:
    """The cases of a document in order, and warnings for people (Japanese sentences)."""
    told, rest = records(extract)
    drafts = (*told, *split(rest))
    context = context_of(extract, drafts)
    described = tuple(describe(draft, extract, context)[0] for draft in drafts)
    return described, context.given.warnings
