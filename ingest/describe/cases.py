"""An extract becomes cases, split and described."""

from __future__ import annotations

from dataclasses import replace

from ingest.describe.corrected import corrected
from ingest.describe.lists.official import official
from ingest.describe.lists.records import records
from ingest.describe.lists.row_case import Record
from ingest.describe.metadata import Context, context_of, describe, describe_entry
from ingest.page import Extract
from ingest.split.questionnaires import answered
from ingest.split.sections import split
from kb.base.messages import Message
from kb.base.record import UNKNOWN
from kb.base.types import CaseDraft
from kb.places.gazetteer import load_gazetteer

_OF_ITSELF = frozenset({"title", "document_title", "default_title", "source_title"})


def cases(extract: Extract) -> tuple[tuple[CaseDraft, ...], tuple[Message, ...]]:
    """The cases of a document in order, those of what is attached to it last, and warnings for people.
    What people say about it holds for what is attached, too, but for its title."""
    figures, rest = official(extract)
    described, own = _described(rest)
    if figures and "status" not in extract.front_matter:
        described = tuple(map(_without_stage, described))  # heads such as 導入済み tell of no case
    said = {key: value for key, value in extract.front_matter.items() if key not in _OF_ITSELF}
    for part in extract.attached:
        described += _described(replace(part, front_matter=said | part.front_matter))[0]
    told, warnings = corrected(described, extract.front_matter, load_gazetteer())
    return told, (*own, *warnings)


def _described(extract: Extract) -> tuple[tuple[CaseDraft, ...], tuple[Message, ...]]:
    rows, rest = records(extract)
    drafts = split(answered(rest))
    context = context_of(extract, (*(row.draft for row in rows), *drafts))
    told = [_of_row(row, extract, context) for row in rows]
    told += [describe(draft, extract, context)[0] for draft in drafts]
    return tuple(told), context.given.warnings


def _of_row(row: Record, extract: Extract, context: Context) -> CaseDraft:
    if not row.is_case:
        return describe_entry(row.draft, context)
    draft = describe(row.draft, extract, context)[0]
    if (
        row.is_staged and row.draft.status == "不明"
    ):  # 「未実施」 is the stage of whatever the text says
        return _without_stage(draft)
    return draft


def _without_stage(draft: CaseDraft) -> CaseDraft:
    evidence = tuple(found for found in draft.evidence if found.name != "status")
    return replace(draft, status=UNKNOWN, evidence=evidence)
