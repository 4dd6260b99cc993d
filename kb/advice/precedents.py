"""Who elsewhere has an answer to a need: the passage that answers it, and why it fits or does not."""

from __future__ import annotations

from dataclasses import dataclass

from kb.base.errors import QueryError
from kb.base.record import UNKNOWN, Evidence, facts_of
from kb.base.types import Case, Passage, Result, Viewer
from kb.places.gazetteer import Place, load_gazetteer
from kb.query.question import beside_conditions
from kb.ranking.search import Searcher

SHOWN = 3
"""Precedents of a need."""

ANSWERS_NEED = 0.13
"""By how much nearer than passages on the whole (``Why.reading``) the best passage of a case that
answers a need is: of those judged, 0.1 to 0.2 answer beneath, 0.45 above, 0.8 from 0.17 on. These three were judged
with an earlier sentence model (0.1, 0.09, 0.08) and moved to what as many results reach with this one (docs/ablation.md)."""

LEADS = 0.117
"""The same for one of the first three results that says two of the need's words or more: words and meaning
agree there. Of 15 such between both bounds 13 answer (docs/liaison-requests.md)."""

AGREES = 0.104
"""The same for one of the first two that says two of its words of two letters and more: of 7 such 3 answer, 3
in part; from 0.09 on, with three words, of what was not fitted on nothing did."""

_FIRST, _WORDS = 3, 2
_LOOKED_AT = 12
_NEAR_SIZE = 2.0  # times as large or as small
_ANSWERS = ("取組", "効果", "概要", "支援内容", "工夫・留意点", "推進体制", "費用")


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a precedent fits in one respect (``name``: size, kind, stage, cost, or budget); None where it
    does not say. ``value`` is what it has, as the record says it."""

    name: str
    met: bool | None
    value: str


@dataclass(frozen=True, slots=True)
class Precedent:
    """A case of another municipality that answers a need, the passage that does, and by how much it
    is nearer than passages on the whole (``Why.reading``)."""

    case: Case
    passage: Passage | None
    fits: tuple[Fit, ...]
    reading: float | None = None


def precedents(
    searcher: Searcher, need: str, place: Place, viewer: Viewer, budget: int | None = None
) -> tuple[Precedent, ...]:
    """The best cases of other municipalities that answer ``need``; none rather than one that is only
    near. ``budget`` is the most that it may cost, in yen."""
    matter = beside_conditions(need) or need
    try:
        answer = searcher.search(matter, k=_LOOKED_AT, near=place.code, viewer=viewer)
    except QueryError:
        return ()
    found = [
        Precedent(
            result.case, _passage(result), fits(place, result.case, budget), result.why.reading
        )
        for result in answer.results
        if result.case.code not in ("", place.code)
        and not result.relatives.superseded_by
        and answers_need(result)
    ]
    return tuple(found[:SHOWN])


def answers_need(result: Result) -> bool:
    """True where the best passage is near enough for what words it shares with the need, or nothing has
    been read yet. Of a long need with its circumstances the verdict misses the first result, too."""
    reading, words = result.why.reading, sum(len(word) > 1 for word in result.why.terms)
    if not result.could_answer:
        leads = result.rank == 1 and words >= _WORDS
        return leads and reading is not None and reading >= ANSWERS_NEED
    if reading is None or reading >= ANSWERS_NEED:
        return True
    if result.rank <= _FIRST and len(result.why.terms) >= _WORDS and reading >= LEADS:
        return True
    return result.rank < _FIRST and words >= _WORDS and reading >= AGREES


def fits(place: Place, case: Case, budget: int | None = None) -> tuple[Fit, ...]:
    """In what a precedent fits a municipality: about as large, of the same kind, at work, its cost
    told, or within the ``budget`` where there is one."""
    other = load_gazetteer().by_code(case.code)
    small, large = sorted((place.population, case.population or 0))
    size = large <= _NEAR_SIZE * small if small else None
    stage = None if case.status == UNKNOWN else case.status == "実装"
    return (
        Fit("size", size, str(case.population or "")),
        Fit("kind", other.kind == place.kind if other else None, other.kind if other else ""),
        Fit("stage", stage, "" if case.status == UNKNOWN else case.status),
        _cost(case, budget),
    )


def _cost(case: Case, budget: int | None) -> Fit:
    told = facts_of(case, "cost")
    if budget is None:
        return Fit("cost", True if told else None, "")
    largest = max((t for t in told if t.amount is not None), key=_amount, default=None)
    if largest is None:
        return Fit("budget", None, "")
    return Fit("budget", _amount(largest) <= budget, largest.value)


def _amount(told: Evidence) -> float:
    return told.amount or 0.0


def _passage(result: Result) -> Passage | None:
    """The best passage that says what was done; else the best."""
    answering = [p for p in result.passages if p.role in _ANSWERS]
    return next(iter([*answering, *result.passages]), None)
