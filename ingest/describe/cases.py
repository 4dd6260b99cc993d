"""An extract becomes cases, split and described."""

from __future__ import annotations

from ingest.corrected import corrected
from ingest.metadata import context_of, describe
from ingest.page import Extract
from ingest.records import records
from ingest.sections import split
from kb.places import load_gazetteer
from kb.types import CaseDraft


def cases(extract: Extract) -> tuple[tuple[CaseDraft, ...], tuple[str, ...]]:
    """The cases of a document in order, and warnings for people (Japanese sentences)."""
    rows, rest = records(extract)
    drafts = (*rows, *split(rest))
    context = context_of(extract, drafts)
    described = tuple(describe(draft, extract, context)[0] for draft in drafts)
    told, warnings = corrected(described, extract.front_matter, load_gazetteer())
    return told, (*context.given.warnings, *warnings)
