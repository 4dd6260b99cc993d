"""A piece of work as its maker may see it now: its cases, what changed under it, and the paper of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kb.advice.brief import Brief
from kb.advice.quotes import Quote
from kb.advice.works import ChosenCase, NeedAtWork, Work
from kb.base.types import Case, Viewer
from kb.places.gazetteer import load_gazetteer
from kb.storage.store import Store

ENDED = "終了"


@dataclass(frozen=True, slots=True)
class WorkInSight:
    """``work`` without what its maker may no longer see; ``cases`` by id; ``alerts`` by the id of a
    case what happened to it since it was chosen: changed, superseded or ended; ``gone`` counts those
    that are no more there, or no more to be seen."""

    work: Work
    cases: Mapping[str, Case]
    alerts: Mapping[str, tuple[str, ...]]
    gone: int

    @property
    def chosen(self) -> tuple[tuple[ChosenCase, Case], ...]:
        """What was chosen, in its order."""
        return tuple(
            (c, self.cases[c.case_id]) for c in self.work.chosen if c.case_id in self.cases
        )

    @property
    def is_stale(self) -> bool:
        """True when a source is not what it was."""
        return bool(self.gone or self.alerts)


def in_sight(store: Store, work: Work, viewer: Viewer) -> WorkInSight:
    """``work`` as ``viewer``, who made it, may see it now."""
    ids = [c.case_id for c in work.chosen] + [n.case_id for n in work.needs if n.case_id]
    cases = {case.id: case for case in store.cases(list(dict.fromkeys(ids)), viewer)}
    alerts = {
        c.case_id: _alerts(store, c, cases[c.case_id], viewer)
        for c in work.chosen
        if c.case_id in cases
    }
    kept = tuple(n for n in work.needs if not n.case_id or n.case_id in cases)
    told = {need.text for need in kept}
    chosen = tuple(replace(c, need=c.need if c.need in told else "") for c in work.chosen)
    return WorkInSight(
        replace(work, needs=kept, chosen=chosen),
        cases,
        {case_id: found for case_id, found in alerts.items() if found},
        sum(c.case_id not in cases for c in work.chosen),
    )


def brief_of(seen: WorkInSight, lang: str) -> Brief:
    """The paper of a piece of work, in ``lang`` but for the quotes."""
    work, chosen = seen.work, seen.chosen
    place = load_gazetteer().by_code(work.code)
    return Brief(
        tuple(case for _, case in chosen),
        work.title,
        work.remark,
        {case.id: choice.remark for choice, case in chosen},
        code=work.code,
        for_whom=place.full_name if place else "",
        author=work.author,
        day=work.day,
        problem=work.problem,
        needs=tuple((Quote(n.text, n.page), seen.cases.get(n.case_id)) for n in work.needs),
        lang=lang,
    )


def with_case(work: Work, case: Case, need: str = "") -> Work:
    """``work`` with a further case, once."""
    if any(c.case_id == case.id for c in work.chosen):
        return work
    return replace(work, chosen=(*work.chosen, ChosenCase(case.id, need, "", case.sha256)))


def with_needs(work: Work, needs: Sequence[NeedAtWork]) -> Work:
    """``work`` with further needs, each once."""
    known = {need.text for need in work.needs}
    new = {need.text: need for need in needs if need.text not in known}
    return replace(work, needs=(*work.needs, *new.values()))


def for_another(work: Work, code: str, title: str, cases: Mapping[str, Case]) -> Work:
    """A copy to begin with for another municipality: the same precedents and remarks, but nothing
    of what the first one said, asked and answered, and no case of the other itself."""
    return Work(
        owner=work.owner,
        code=code,
        title=title,
        author=work.author,
        needs=tuple(n for n in work.needs if not n.case_id),
        chosen=tuple(
            replace(c, sha256=cases[c.case_id].sha256)
            for c in work.chosen
            if c.case_id in cases and cases[c.case_id].code != code
        ),
    )


def _alerts(store: Store, choice: ChosenCase, case: Case, viewer: Viewer) -> tuple[str, ...]:
    signs = (
        ("changed", bool(choice.sha256) and choice.sha256 != case.sha256),
        ("superseded", store.relatives(case.id, viewer).superseded_by is not None),
        ("ended", case.status == ENDED),
    )
    return tuple(name for name, is_so in signs if is_so)
