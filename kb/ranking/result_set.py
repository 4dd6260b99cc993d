"""The result set of a question: which cases, in which order, which of them answer, and what there is of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb.base.filters import COUNTED
from kb.base.types import Answer, Case, Result, Understood
from kb.index.views import Views
from kb.places.gazetteer import population_band
from kb.query.conditions.wishes import Wishes
from kb.query.question import Question
from kb.query.terms import Query
from kb.ranking.boosting import Standing, met_by_all
from kb.ranking.candidates import Vector
from kb.ranking.fusion import Scored
from kb.ranking.initiatives import folded
from kb.ranking.taken import how_taken
from kb.ranking.verdict import Answering


@dataclass(frozen=True, slots=True)
class Ranking:
    """A whole result set: what was asked, what it was asked of, the cases by number, the ``verdict`` on
    which of them answer, and where all cases stand to each of the question's conditions; ``same`` are the other
    cases of an initiative by the one that is listed."""

    question: Question
    views: Views
    vector: Vector | None
    scored: tuple[Scored, ...]
    cases: Mapping[int, Case]
    verdict: Answering
    standings: tuple[Standing, ...]
    sentence: Vector | None
    same: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def by_initiative(self, near: Collection[tuple[int, int]]) -> Ranking:
        """One case for each initiative; ``near`` are pairs of nearly the same text."""
        order = [s.case_no for s in self.scored]
        same = folded(order, self.cases, self.views.sentences, near, self.answers)
        by_no = {s.case_no: s for s in self.scored}
        return replace(self, scored=tuple(by_no[no] for no in same), same=same)

    def initiatives(self, case_no: int) -> list[Case]:
        """A case and the others of the same initiative."""
        return [self.cases[no] for no in (case_no, *self.same.get(case_no, ()))]

    @property
    def answers(self) -> frozenset[int]:
        """The numbers of the cases that answer."""
        return self.verdict.answers

    @property
    def total(self) -> int:
        """How many of the listed answer."""
        return sum(s.case_no in self.answers for s in self.scored)

    @property
    def apart(self) -> int | None:
        """After how many of the listed only those follow that do not answer; None where they are mixed
        or all of one kind."""
        flags = [s.case_no in self.answers for s in self.scored]
        n = sum(flags)
        return n if 0 < n < len(flags) and all(flags[:n]) else None

    @property
    def understood(self) -> tuple[Understood, ...]:
        """The question's conditions, each with how many cases meet it."""
        return tuple(replace(s.condition.shown, cases=len(s.met)) for s in self.standings)

    @property
    def weak(self) -> bool:
        """True when none of the cases answers."""
        return not self.answers

    @property
    def counted(self) -> list[list[Case]]:
        """What facets count, each with its other cases: those that answer, or all that are listed where
        none does."""
        listed = (s.case_no for s in self.scored)
        return [self.initiatives(no) for no in listed if self.weak or no in self.answers]

    @property
    def all_met(self) -> int:
        """How many of those that answer meet every condition."""
        meeting = met_by_all(self.standings) if self.standings else self.cases.keys()
        return sum(s.case_no in meeting and s.case_no in self.answers for s in self.scored)

    @property
    def query(self) -> Query:
        """What was looked for."""
        return self.question.query


def answer(ranking: Ranking, results: tuple[Result, ...], given_up: dict[str, int]) -> Answer:
    """What a search returns, with the ``results`` that are shown; it took no time yet."""
    return Answer(
        query=ranking.question.text,
        seconds=0.0,
        total=ranking.total,
        listed=len(ranking.scored),
        apart=ranking.apart,
        weak=ranking.weak,
        results=results,
        facets=facets(ranking.counted),
        bands=bands(ranking.counted),
        understood=ranking.understood,
        taken=tuple(how_taken(ranking.question, ranking.standings, len(ranking.scored))),
        corrected=ranking.question.corrected,
        all_met=ranking.all_met,
        loosened=given_up,
    )


def loosened(
    ranking: Ranking, wishes: Wishes, ranked: Callable[[Wishes], Ranking]
) -> dict[str, int]:
    """How many cases answer and meet all other conditions, by the label of the one that is given up; only
    where there are any, and only where something answers but nothing meets all. ``ranked`` asks the
    question with other ``wishes``."""
    each = ranking.standings
    counts = {}
    for i, standing in enumerate(each if ranking.total and not ranking.all_met else ()):
        label = standing.condition.label
        if met_by_all([*each[:i], *each[i + 1 :]]):
            counts[label] = ranked(replace(wishes, ignored=(*wishes.ignored, label))).all_met
    return {label: count for label, count in counts.items() if count}


def facets(initiatives: Sequence[Sequence[Case]]) -> dict[str, dict[str, int]]:
    """How many initiatives, each of one or more cases, there are by each thing that results are counted
    by, most frequent first."""
    found: dict[str, dict[str, int]] = {}
    for name in COUNTED:
        counts = Counter(
            str(value)
            for cases in initiatives
            for value in {getattr(c, name) for c in cases}
            if value
        )
        found[name] = dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    return found


def bands(initiatives: Sequence[Sequence[Case]]) -> dict[str, int]:
    """How many there are by band of population, smallest first; a prefecture has none."""
    towns = (cases[0] for cases in initiatives if cases[0].municipality != cases[0].prefecture)
    sizes = sorted(case.population for case in towns if case.population)
    return dict(Counter(population_band(size) for size in sizes))
