"""What stands above the cases where a municipality or a 分野 is typed alone."""

from __future__ import annotations

from dataclasses import dataclass

from kb.advice.needs import Need, told_needs
from kb.base.messages import value_name
from kb.base.record import UNKNOWN
from kb.base.types import FIELDS, Answer, Filters, Viewer
from kb.places.gazetteer import Place, load_gazetteer
from kb.storage.store import Store
from web.view.address import SearchAddress

_NEEDS, _ALIKE = 3, 3


@dataclass(frozen=True, slots=True)
class TownPanel:
    """A municipality in brief: how many cases it has, what it needs, which are like it."""

    place: Place
    cases: int
    needs: tuple[Need, ...]
    alike: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class FieldPanel:
    """A 分野 in brief: how many cases it has, by stage; ``address`` shows these alone."""

    name: str
    cases: int
    stages: tuple[tuple[str, int], ...]
    address: str


def panel(
    question: SearchAddress, answer: Answer, store: Store, viewer: Viewer
) -> TownPanel | FieldPanel | None:
    """The panel of what is typed alone; None for any other question, and on further pages."""
    typed = question.q.strip()
    if question.page > 1 or not typed:
        return None
    field = next((f for f in FIELDS if typed in (f, value_name("field", f, "en"))), "")
    if field:
        nos = store.case_nos(Filters(fields=(field,)), viewer) or frozenset()
        found = store.cases_by_no(sorted(nos), viewer).values()
        stages = [case.status for case in found if case.status != UNKNOWN]
        told = tuple((name, stages.count(name)) for name in dict.fromkeys(stages))
        address = question.narrowed(fields=(field,)).address()
        return FieldPanel(field, len(found), told, address) if found else None
    place = _alone(typed, answer)
    if place is None:
        return None
    cases = store.cases_of(code=place.code, viewer=viewer)
    alike = tuple(other for other, _ in load_gazetteer().similar(place, _ALIKE))
    return TownPanel(place, len(cases), told_needs(cases)[:_NEEDS], alike)


def _alone(typed: str, answer: Answer) -> Place | None:
    """The municipality whose name is all that was typed, and that the question was taken to name."""
    found = load_gazetteer().find(typed)
    named = {code for c in answer.understood if c.wanted for code in c.wanted.municipalities}
    same = [place for place in found if place.code in named]
    return same[0] if len(same) == 1 and len(answer.understood) == 1 else None
