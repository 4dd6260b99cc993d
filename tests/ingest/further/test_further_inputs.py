"""Inputs of the kinds that town halls write, by other programs than elsewhere in the tests: each says what is
right. ``XFAIL`` are those that are not, with the reason (docs/reading.md)."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.describe.cases import cases
from ingest.describe.stamps import stamps
from ingest.flow.reading import clean_here
from ingest.readers import read
from kb.base.messages import Message, render
from kb.base.types import CaseDraft
from tests.ingest.further.office import OFFICE
from tests.ingest.further.sheets import SHEETS

_TABLE = Path(__file__).with_name("inputs.txt").read_text(encoding="utf-8")
XFAIL: dict[str, str] = {}

INPUTS = {
    name: (dict(re.findall(r"^(\w+): ?(.*)$", wanted, re.M)), body)
    for name, wanted, body in re.findall(
        r"^=== (\S+)\n(.*?)^---\n(.*?)(?=^=== |\Z)", _TABLE, re.M | re.S
    )
}


def understood(name: str, content: bytes) -> tuple[tuple[CaseDraft, ...], list[Message]]:
    extract = clean_here(read(Path(name), content))
    front = {"default_title": Path(name).stem} | extract.front_matter
    drafts, warnings = cases(replace(extract, front_matter=front))
    return drafts, [*extract.warnings, *warnings]


def wrong(name: str) -> list[str]:
    """What is not as it should be."""
    wanted, body = INPUTS[name]
    made = OFFICE | SHEETS
    content = made[name]() if name in made else body.strip("\n").encode() + b"\n"
    drafts, warnings = understood(name, content)
    # what is stated counts as text, too: a title and a fact stand in no section
    text = "\n".join(s.text for d in drafts for s in d.sections)
    headings = "\n".join(s.heading for d in drafts for s in d.sections)
    stated = "\n".join(f"{d.title}\n{[(e.value, e.text) for e in d.evidence]}" for d in drafts)
    said = re.sub(r"\s", "", text)
    found = {
        "cases": len(drafts) == int(wanted.get("cases", len(drafts))),
        "town": [d.municipality for d in drafts] == [wanted["town"]] if "town" in wanted else True,
        "towns": [d.municipality for d in drafts if d.municipality] == wanted["towns"].split() if "towns" in wanted else True,
        "status": [d.status for d in drafts] == [wanted["status"]] if "status" in wanted else True,
        "lacks_status": wanted.get("lacks_status") not in [d.status for d in drafts],
        "warns": wanted.get("warns", "") in "".join(map(render, warnings)),
        "years": [str(d.year) for d in drafts] == wanted["years"].split() if "years" in wanted else True,
        "prefecture": wanted.get("prefecture") in (None, *(d.prefecture for d in drafts)),
        "stamps": "、".join(stamps(read(Path(name), content))) == wanted.get("stamps", ""),
    }  # fmt: skip
    titles = [t.strip() for t in (wanted.get("titles") or wanted.get("title", "")).split("|")]
    found["title"] = titles == [""] or all(
        title in draft.title for title, draft in zip(titles, drafts, strict=False)
    )
    told = [f"{e.name} {e.value} {e.amount:.0f}" if e.amount is not None else f"{e.name} {e.value}" for d in drafts for e in d.evidence]  # fmt: skip
    facts = [t.strip() for t in wanted.get("facts", "").split("|") if t.strip()]
    found["facts"] = set(facts) <= set(told)
    bad = [name for name, is_right in found.items() if not is_right]
    once = [t.strip() for t in wanted.get("once", "").split("|") if t.strip()]
    lacks = [t.strip() for t in wanted.get("lacks", "").split("|") if t.strip()]
    bad += [f"{said.count(t)} times {t}" for t in once if said.count(re.sub(r"\s", "", t)) != 1]
    bad += [f"has {t}" for t in lacks if t in text + headings + stated]
    return bad


@pytest.mark.parametrize("name", INPUTS)
def test_what_town_halls_write_is_read_rightly(name: str) -> None:
    found = wrong(name)
    if name in XFAIL:
        assert found, f"{name} is right by now: take it out of XFAIL and docs/reading.md"
    else:
        assert found == []
