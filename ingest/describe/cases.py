"""An extract becomes cases, split and described."""

from __future__ import annotations

from ingest.describe.corrected import corrected
from ingest.describe.metadata import context_of, describe, describe_entry
from ingest.describe.records import records
from ingest.page import Extract
from ingest.split.questionnaires import answered
from ingest.split.sections import split
from kb.base.messages import Message
from kb.base.types import CaseDraft
from kb.places.gazetteer import load_gazetteer


def cases(extract: Extract) -> tuple[tuple[CaseDraft, ...], tuple[Message, ...]]:
    """The cases of a document in order, and warnings for people."""
    rows, rest = records(extract)
    drafts = split(answered(rest))
    context = context_of(extract, (*(row.draft for row in rows), *drafts))
    told = [
        describe(row.draft, extract, context)[0]
        if row.is_case
        else describe_entry(row.draft, context)
        for row in rows
    ]
    told += [describe(draft, extract, context)[0] for draft in drafts]
    described, warnings = corrected(tuple(told), extract.front_matter, load_gazetteer())
    return described, (*context.given.warnings, *warnings)
