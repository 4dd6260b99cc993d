"""What is near enough to a need to be shown as a precedent."""

from __future__ import annotations

import pytest

from kb.advice.precedents import ANSWERS_NEED, LEADS, is_near
from kb.base.types import Result, Why
from tests.advice.test_brief import TAKA


@pytest.mark.parametrize(
    ("reading", "rank", "words", "shown"),
    [
        (ANSWERS_NEED, 9, (), True),
        (LEADS, 3, ("窓口", "申請"), True),
        (LEADS, 4, ("窓口", "申請"), False),  # not among the first
        (LEADS, 1, ("窓口",), False),  # one word in common says little
        (LEADS - 0.01, 1, ("窓口", "申請", "紙"), False),
        (None, 9, (), True),  # nothing has been read yet
    ],
)
def test_words_and_meaning_together_need_less(
    reading: float | None, rank: int, words: tuple[str, ...], shown: bool
) -> None:
    found = Result(rank, 1.0, TAKA, "", (), Why(0.0, 0.0, words, reading=reading))
    assert is_near(found) is shown
