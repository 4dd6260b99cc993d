"""The cases of a document with what people corrected about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ingest.describe.given import Given, read_given, told
from kb.base.messages import Message, message
from kb.base.record import FACTS
from kb.base.types import CaseDraft, Evidence
from kb.places.gazetteer import Gazetteer
from kb.storage.corrections import TITLE_AS_READ, Correction, concerning, corrections, in_force


def corrected(
    drafts: Sequence[CaseDraft], front_matter: Mapping[str, object], gazetteer: Gazetteer
) -> tuple[tuple[CaseDraft, ...], tuple[Message, ...]]:
    """``drafts`` with the corrections of the sidecar, and warnings for people about those that
    concern no case or cannot be used."""
    history = corrections(front_matter)
    if not history:
        return tuple(drafts), ()
    warnings: list[Message] = []
    found = []
    titles = {draft.title for draft in drafts}
    alone = len(drafts) == 1
    for draft in drafts:
        page = draft.pages[0] if draft.pages else None
        own = in_force(concerning(history, draft.title, page, alone))
        given = read_given({name: c.value for name, c in own.items()}, gazetteer)
        warnings += given.warnings
        found.append(_with(draft, given, own))
    lost = {c.case for c in history if c.case not in titles} if not alone else set()
    warnings += [message("warn.correction_lost", title=title) for title in sorted(lost)]
    return tuple(found), tuple(warnings)


def _with(draft: CaseDraft, given: Given, own: Mapping[str, Correction]) -> CaseDraft:
    facts = [e for n in own if n in FACTS for e in told(n, given.of(n), _told(own[n]))]
    plain = (n for n in own if n != "municipality" and n not in FACTS)
    values: dict[str, Any] = {n: given.of(n) for n in plain if given.of(n)}
    if given.place:
        place = given.place
        values |= {"municipality": place.name, "prefecture": place.prefecture, "code": place.code}
        values["ambiguous"] = False
    if "field" in values:
        values["field_source"] = "given"
    used = [name for name in own if name in values]
    kept = [e for e in draft.evidence if e.name not in (*used, *(f.name for f in facts))]
    facts += [Evidence(name, own[name].value, None, _told(own[name])) for name in used]
    if "title" in values:
        facts.append(Evidence(TITLE_AS_READ, draft.title, None, _told(own["title"])))
    return replace(draft, **values, evidence=(*kept, *facts))


def _told(correction: Correction) -> str:
    day = correction.at[:10]
    return f"画面から訂正された値（{day}）" if day else "画面から訂正された値"
