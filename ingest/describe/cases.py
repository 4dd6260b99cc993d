"""An extract becomes cases, split and described."""

from __future__ import annotations

from ingest.describe.corrected import corrected
from ingest.describe.metadata import context_of, describe
from ingest.describe.records import records
from ingest.page import Extract
from ingest.split.sections import split
from kb.base.types import CaseDraft
from kb.places.gazetteer import load_gazetteer


def cases(extract: Extract) -> tuple[tuple[CaseDraft, ...], tuple[str, ...]]:
    """The cases of a document in order, and warnings for people (Japanese sentences)."""
    rows, rest = records(extract)
    drafts = (*rows, *split(rest))
    context = context_of(extract, drafts)
    described = tuple(describe(draft, extract, context)[0] for draft in drafts)
    told, warnings = corrected(described, extract.front_matter, load_gazetteer())
    return told, (*context.given.warnings, *warnings)
