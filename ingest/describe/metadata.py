"""What a case is: municipality, 年度, 分野, status, tools, effects and cost, each with its evidence.

What people say in front matter or a sidecar wins over what was read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ingest.describe import facts
from ingest.describe import tools as named
from ingest.describe.deciding.copied import copied
from ingest.describe.deciding.money import fundings, procurements
from ingest.describe.deciding.people import contacts, departments, staff
from ingest.describe.deciding.rules import ordinances
from ingest.describe.deciding.trouble import troubles
from ingest.describe.field import classify, stated_field
from ingest.describe.figures import costs, effects
from ingest.describe.given import Given, read_given, told
from ingest.describe.municipality import (
    Whose,
    document_place,
    document_prefecture,
    filed,
    shared_prefecture,
    sited,
    topped,
    whose,
)
from ingest.describe.periods import periods
from ingest.describe.years import year_mentions
from ingest.page import Extract
from ingest.split.sections import whole_title
from kb.base.messages import Message
from kb.base.record import ABOUT, FACTS, GIVEN, NO_WORDS
from kb.base.types import CaseDraft, Evidence
from kb.places.gazetteer import Gazetteer, load_gazetteer

_DATE_LINE = 40
"""Characters of the longest line that dates a document: 「2024年8月29日」「令和4年2月24日 企画課作成」."""
_DATED = re.compile(
    r"(?:回答|調査|基準|更新|印刷|提出|記入|締切|期限|時点|現在|受付|視察|開催|日時|閲覧|取得|アクセス)(?:年月)?(?:日|期間|時点)?\s*[:：]?|(?:現在|時点)[)）]?$|まで|から"
)
"""Lines whose date is not the document's own: when a form was answered, a meeting held."""

_KINDS = (
    costs, fundings, effects, periods, procurements, named.vendors, staff, departments, contacts, ordinances,
    copied, troubles,
)  # fmt: skip
"""What reads the facts that decide, a function a kind."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a document says about all its cases. ``collection`` is True when it holds several;
    ``year`` is the evidence of its own date: the year of a document that is one case, and of the
    undated cases of a collection; ``place`` is whose they all are when they do not say so themselves."""

    given: Given
    collection: bool
    prefecture: str
    year: Evidence | None
    title: str
    place: Whose | None


def context_of(extract: Extract, drafts: Sequence[CaseDraft]) -> Context:
    """The context of the cases ``drafts`` of one document; ``context.given.warnings`` names the
    front matter that cannot be used."""
    gazetteer = load_gazetteer()
    names = [draft.municipality for draft in drafts if draft.municipality]
    prefecture = document_prefecture(extract, names, gazetteer)
    is_collection = len(drafts) > 1
    title = whole_title(extract) if is_collection else "".join(draft.title for draft in drafts)
    return Context(
        given=read_given(extract.front_matter, gazetteer),
        collection=is_collection,
        prefecture=prefecture,
        year=_document_year(extract),
        title=title,
        place=_place(extract, title, prefecture) if not names else None,
    )


def _place(extract: Extract, title: str, prefecture: str) -> Whose | None:
    gazetteer = load_gazetteer()
    told = document_place(title, prefecture, gazetteer) or topped(extract, prefecture, gazetteer)
    return told or sited(extract, gazetteer) or filed(extract, gazetteer)


def describe(
    draft: CaseDraft, extract: Extract, context: Context | None = None
) -> tuple[CaseDraft, tuple[Message, ...]]:
    """``draft`` with everything that is known about it, and warnings for people about its front
    matter. ``context`` is that of all cases of the document; without it ``draft`` is taken to be the
    only one."""
    context = context or context_of(extract, (draft,))
    described = _with_place(draft, context, load_gazetteer())
    described = _with_field(described, context.given)
    described = _with_year(described, context)
    described = _with_facts(described, context.given)
    source = context.given.of("source_title") or (context.title if context.collection else "")
    source = f"{source} {draft.source_title}".strip()  # a row of a list knows its place
    url = draft.source_url or context.given.of("source_url")  # a row's own address says more
    described = _with_told(described, context.given)
    return replace(described, source_title=source, source_url=url), context.given.warnings


def describe_entry(draft: CaseDraft, context: Context) -> CaseDraft:
    """``draft``, a record that is no municipality's case (a person, a shop), with its field alone."""
    source = f"{context.given.of('source_title') or context.title} {draft.source_title}".strip()
    return replace(_with_field(draft, context.given), source_title=source)


def _with_place(draft: CaseDraft, context: Context, gazetteer: Gazetteer) -> CaseDraft:
    given = context.given
    own = draft.municipality if context.collection else ""
    if draft.prefecture and (draft.code or not draft.municipality):
        return draft  # its own row in a list says so
    if given.of("municipality") and not own:
        place = given.place
        name = given.of("municipality")
        return _told(
            draft,
            Evidence("municipality", name, None, GIVEN),
            municipality=name,
            prefecture=given.of("prefecture"),
            code=place.code if place else "",
            ambiguous=place is None and len(gazetteer.find(name)) > 1,
        )
    is_one_of_many = context.collection and context.place is not None
    named = replace(draft, sections=()) if is_one_of_many else draft  # towns in passing are others
    found = whose(named, context.prefecture, gazetteer) or context.place
    if found is None:
        around = context.prefecture or (
            "" if context.collection else shared_prefecture(draft, gazetteer)
        )
        return replace(draft, prefecture=given.of("prefecture") or around)
    place = found.place
    frame = context.collection and not own
    if frame and (place is None or place.name == place.prefecture):
        prefecture = place.prefecture if place else context.prefecture
        return replace(draft, prefecture=given.of("prefecture") or prefecture)
    return _told(
        draft,
        found.evidence,
        municipality=found.name if place is None else place.name,
        prefecture=place.prefecture if place else given.of("prefecture"),
        code=place.code if place else "",
        ambiguous=place is None,
    )


def _told(draft: CaseDraft, evidence: Evidence, **values: Any) -> CaseDraft:
    """``draft`` with these values and what they were read from."""
    return replace(draft, **values, evidence=(*draft.evidence, evidence))


def _with_field(draft: CaseDraft, given: Given) -> CaseDraft:
    if draft.field_source == "given":  # its own row in a table says so
        return draft
    if given.of("field"):
        evidence = Evidence("field", given.of("field"), None, GIVEN)
        return _told(draft, evidence, field=evidence.value, field_source="given")
    if stated := stated_field(draft):
        return _told(draft, stated, field=stated.value, field_source="given")
    found = classify(draft.title, draft.sections)
    words = "、".join(found.words) or NO_WORDS
    page = draft.pages[0] if draft.pages else None
    text = f"{words}（確からしさ {found.confidence:.2f}）"
    evidence = Evidence("field", found.field, page, text)
    return _told(draft, evidence, field=found.field, field_source="classified")


def _with_year(draft: CaseDraft, context: Context) -> CaseDraft:
    if draft.year is not None:
        return draft
    given, own = context.given.of("year"), facts.year(draft)
    read = (own or context.year) if context.collection else (context.year or own)
    read = read or facts.source_year(draft, context.given.of("source_title"))
    evidence = Evidence("year", str(given), None, GIVEN) if given else read
    return _told(draft, evidence, year=int(evidence.value)) if evidence else draft


def _with_told(draft: CaseDraft, given: Given) -> CaseDraft:
    """``draft`` with what people tell: days, and facts in the place of those that were read."""
    days = {n: v for n, v in given.values.items() if ABOUT[n].is_day}
    facts = [e for name in FACTS if given.of(name) for e in told(name, given.of(name), GIVEN)]
    names = {fact.name for fact in facts}
    read = (e for e in draft.evidence if e.name not in names)
    evidence = [Evidence(name, value, None, GIVEN) for name, value in days.items()]
    return replace(draft, **days, evidence=(*read, *evidence, *facts))


def _with_facts(draft: CaseDraft, given: Given) -> CaseDraft:
    """``draft`` with its stage, tools and figures; what its own row in a table says stands."""
    status, tools = None, tuple[Evidence, ...]()
    if draft.status == "不明":
        said = given.of("status")
        status = Evidence("status", said, None, GIVEN) if said else facts.status(draft)
    if not draft.tools:
        tools = tuple(Evidence("tools", tool, None, GIVEN) for tool in given.of("tools"))
        tools = tools or named.tools(draft)
    read = (*((status,) if status else ()), *tools)
    found = (*read, *(fact for kind in _KINDS for fact in kind(draft)))
    if (status.value if status else draft.status) == "計画":  # nobody has paid for it yet
        found = tuple(fact for fact in found if fact.name != "funding")
    return replace(
        draft,
        status=status.value if status else draft.status,
        tools=draft.tools or tuple(evidence.value for evidence in tools),
        evidence=(*draft.evidence, *found),
    )


def _document_year(extract: Extract) -> Evidence | None:
    """The document's own date: in its title, else a short dated line on its first or last page.
    A note's lines date nothing but what they speak of."""
    if not extract.pages or extract.note:
        return None
    title = str(extract.front_matter.get("title", ""))
    first, last = extract.pages[0], extract.pages[-1]
    head = [(first.number, block.text) for block in first.blocks[:12] if block.kind == "line"]
    tail = [(last.number, block.text) for block in last.blocks[-8:] if block.kind == "line"]
    lines = [(None, title), *head, *(tail if len(extract.pages) > 1 else ())]
    for page, text in lines:
        mentions = (
            year_mentions(text)
            if len(text) <= _DATE_LINE and not text.endswith("。") and not _DATED.search(text)
            else ()
        )
        if mentions:
            return Evidence("year", str(mentions[0].year), page, text.strip())
    return None
