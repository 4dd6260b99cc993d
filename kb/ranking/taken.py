"""How a question that asks for little, for too much or against itself was taken, as codes of messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from kb.language.text import fold_text
from kb.places.gazetteer import load_gazetteer
from kb.query.conditions.detect import Condition
from kb.query.question import Question
from kb.query.terms import only_asks
from kb.ranking.boosting import Standing

_NUMBER = re.compile(r"[\d,.万億千百円人件年%\s]+")


def is_general(question: Question) -> bool:
    """True for 「DX」: what tells no case from another."""
    is_bare = not (question.conditions or question.aspects or question.asked.phrases)
    return is_bare and only_asks(question.query.text)


def how_taken(question: Question, standings: Sequence[Standing], listed: int) -> Iterator[str]:
    """general: the first of each 分野; contradiction: two conditions that no case can meet; impossible:
    one that must be met and that no case meets; exclusions: everything but these; number: a number
    alone is looked for in the texts; phrases: no case says all that is quoted."""
    conditions = [s.condition for s in standings]
    if is_general(question):
        yield "general"
    if any(_contradict(*pair, question.text) for pair in combinations(conditions, 2)):
        yield "contradiction"
    if any(s.condition.must and not s.met for s in standings):
        yield "impossible"
    if question.browsing and conditions and all(c.exclude for c in conditions):
        yield "exclusions"
    if not conditions and _NUMBER.fullmatch(fold_text(question.text)):
        yield "number"
    if question.asked.phrases and not listed:
        yield "phrases"


def _contradict(one: Condition, other: Condition, text: str) -> bool:
    places, others = _places(one), _places(other)
    if places and others and text[one.end : other.start] == "の" and not one.exclude:
        return not other.exclude and places.isdisjoint(others)  # 北海道の沖縄県
    if one.kind == other.kind and not one.exclude and not other.exclude:
        low = max(one.low or 0, other.low or 0)
        return low > min(one.high or low, other.high or low)
    if one.exclude == other.exclude:
        return False
    if one.wanted == other.wanted:
        return True
    out, wanted = (one, other) if one.exclude else (other, one)
    places, left = _places(wanted), _places(out)
    return bool(places) and places <= left


def _places(condition: Condition) -> frozenset[str]:
    """Codes of the municipalities that a condition names, all of a prefecture it names."""
    wanted = condition.wanted
    if condition.kind not in ("place", "region"):
        return frozenset()
    return frozenset(
        p.code
        for p in load_gazetteer().places()
        if p.code in wanted.municipalities or p.prefecture in wanted.prefectures
    )
