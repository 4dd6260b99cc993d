"""What is near enough to a need to be shown as a precedent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.advice.precedents import AGREES, ANSWERS_NEED, LEADS, Fit, answers_need, fits
from kb.base.record import Evidence
from kb.base.types import Result, Why
from kb.places.gazetteer import load_gazetteer
from tests.advice.test_brief import TAKA

TWO, THREE = ("窓口", "申請"), ("窓口", "申請", "書類")


@pytest.mark.parametrize(
    ("reading", "rank", "words", "shown"),
    [
        (ANSWERS_NEED, 9, (), True),
        (LEADS, 3, TWO, True),
        (LEADS, 4, TWO, False),  # not among the first
        (LEADS, 1, ("窓口",), False),  # one word in common says little
        (AGREES, 2, TWO, True),
        (AGREES, 3, THREE, False),
        (AGREES, 1, ("窓口", "紙", "人"), False),  # a letter is no word
        (AGREES - 0.01, 1, THREE, False),
        (None, 9, (), True),  # nothing has been read yet
    ],
)
def test_words_and_meaning_together_need_less(
    reading: float | None, rank: int, words: tuple[str, ...], shown: bool
) -> None:
    found = Result(rank, 1.0, TAKA, "", (), Why(0.0, 0.0, words, reading=reading))
    assert answers_need(found) is shown


@pytest.mark.parametrize(
    ("reading", "rank", "words", "shown"),
    [
        (ANSWERS_NEED, 1, TWO, True),
        (ANSWERS_NEED, 1, ("窓口", "人"), False),
        (ANSWERS_NEED, 2, THREE, False),
        (LEADS, 1, THREE, False),
        (None, 1, THREE, False),
    ],
)
def test_the_first_of_a_long_need_answers_though_the_verdict_doubts_it(
    reading: float | None, rank: int, words: tuple[str, ...], shown: bool
) -> None:
    found = Result(
        rank, 1.0, TAKA, "", (), Why(0.0, 0.0, words, reading=reading), could_answer=False
    )
    assert answers_need(found) is shown


def test_costs_are_compared_with_what_a_consultation_allows() -> None:
    place = load_gazetteer().by_code("294535")
    assert place
    cost = Evidence(
        "cost", "初期 320万円", 1, "初期 320万円", 3_200_000.0, unit="円", code="initial"
    )
    told = replace(TAKA, evidence=(cost,))
    assert fits(place, told)[-1] == Fit("cost", True, "")
    assert fits(place, told, 4_000_000)[-1] == Fit("budget", True, "初期 320万円")
    assert fits(place, told, 3_000_000)[-1] == Fit("budget", False, "初期 320万円")
    assert fits(place, replace(TAKA, evidence=()), 3_000_000)[-1] == Fit("budget", None, "")
