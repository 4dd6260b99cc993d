"""Three legs become one score; what has not been read yet gets its fair place."""

from __future__ import annotations

from kb.ranking.fusion import LegScores, Weights, fuse, weights
from kb.ranking.tuning import SHIPPED

SAID = {1: 3.0, 2: 2.0, 3: 1.0}
MEANT = {1: 0.9, 2: 0.5, 3: 0.1}


def test_a_case_that_was_not_read_keeps_the_place_its_other_scores_give_it() -> None:
    legs = LegScores(SAID, MEANT, {2: 0.5, 3: 0.1})
    assert [s.case_no for s in fuse([1, 2, 3], legs, Weights(1.0, 1.0, 1.0), 0.5)] == [1, 2, 3]


def test_what_was_not_read_is_neither_first_nor_last_by_that_alone() -> None:
    even = dict.fromkeys(SAID, 1.0)
    legs = LegScores(even, even, {1: 0.9, 3: 0.1})
    assert [s.case_no for s in fuse([1, 2, 3], legs, Weights(1.0, 1.0, 1.0), 0.5)] == [1, 2, 3]


def test_before_anything_was_read_the_leg_counts_nothing() -> None:
    legs = LegScores(SAID, MEANT, {})
    without = fuse([1, 2, 3], legs, Weights(1.0, 1.0, 0.0), 0.5)
    assert fuse([1, 2, 3], legs, Weights(1.0, 1.0, 9.0), 0.5) == without


def test_words_alone_and_meaning_alone_can_be_asked_for() -> None:
    assert weights(2, "lexical", SHIPPED) == Weights(1.0, 0.0, 0.0)
    assert weights(9, "dense", SHIPPED).lexical == 0.0
