"""What is kept of cases between questions ends with the state of the store that it was read of."""

from __future__ import annotations

from kb.base.config import Settings
from kb.base.types import Case, Viewer
from kb.documents.hold import hold
from kb.query.aspect import asked_aspects
from kb.ranking.aspects import strength_of
from kb.ranking.candidates import KnownCases
from kb.storage.store import Store


def test_they_are_those_of_the_store_and_of_each_viewer(world: Settings) -> None:
    store = Store.open(world)
    known, nos = KnownCases(store), sorted(store.all_case_nos())
    for viewer in (Viewer.owner(), Viewer.of(), Viewer.owner(), Viewer.of()):
        stored = store.cases_by_no(nos, viewer, whole=False)
        assert known.by_no(nos[:3], viewer) == {no: stored[no] for no in nos[:3] if no in stored}
        assert known.by_no([*nos, nos[-1] + 1], viewer) == stored
    assert len(known.by_no(nos, Viewer.of())) < len(nos)


def test_how_well_they_answer_is_as_of_the_whole_case(world: Settings) -> None:
    store, owner = Store.open(world), Viewer.owner()
    known, whole = (
        KnownCases(store),
        store.cases_by_no(sorted(store.all_case_nos()), Viewer.owner()),
    )
    aspects = [one.aspect for one in asked_aspects("費用はいくらで、効果はどうだったか")]
    assert aspects
    for asked in (aspects[:1], aspects, []):
        for _ in range(2):
            told = known.strengths(asked, whole, owner)
            of_each = {n: sum(strength_of(a, c) for a in asked) for n, c in whole.items()}
            assert told == (of_each if asked else {})


def test_one_that_is_taken_back_is_hidden_at_once(world: Settings) -> None:
    store = Store.open(world)
    known, public = KnownCases(store), Viewer.of()
    seen = known.by_no(sorted(store.all_case_nos()), public)
    no, case = next(iter(seen.items()))
    hold(world, case.path, "庁内")
    assert no not in known.by_no([*seen], public)
    assert _paths(known.by_no([*seen], Viewer.owner())) == _paths(seen)


def _paths(cases: dict[int, Case]) -> set[str]:
    return {case.path for case in cases.values()}
