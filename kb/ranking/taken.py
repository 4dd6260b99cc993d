"""How a question that asks for little, for too much or against itself was taken, as codes of messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from kb.base.filters import Filters
from kb.language.text import fold_text
from kb.places.gazetteer import load_gazetteer
from kb.query.conditions.bounds import MOST
from kb.query.conditions.detect import Condition
from kb.query.question import Question
from kb.query.terms import only_asks
from kb.ranking.boosting import Standing

_SORTS = ("place", "region", "kind", "size")
_BOUNDED = ("year", "size", "cost")
_NUMBER = re.compile(r"[\d,.万億千百円人件年%\s]+")


def is_general(question: Question) -> bool:
    """True for 「DX」: what tells no case from another."""
    is_bare = not (question.conditions or question.aspects or question.asked.phrases)
    return is_bare and only_asks(question.query.text)


def how_taken(question: Question, standings: Sequence[Standing], listed: int) -> Iterator[str]:
    """home: it compares with a municipality that nobody has said; general: the first of each 分野; contradiction: two conditions that no case can meet; impossible:
    one that must be met and that no case meets; exclusions: everything but these; number: a number
    alone is looked for in the texts; phrases: no case says all that is quoted."""
    conditions = [s.condition for s in standings]
    if question.lacks_home:
        yield "home"
    if is_general(question):
        yield "general"
    pairs = combinations(conditions, 2)
    if (
        any(_contradict(*pair, question.text) for pair in pairs)
        or _is_nowhere(conditions)
        or _asks_for_what_is_left_out(question)
    ):
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
        return not other.exclude and places.isdisjoint(others)  # 北海道の沖縄県, 政令市の村
    if one.kind == other.kind and not one.exclude and not other.exclude:
        low = max(one.low or 0, other.low or 0)
        return low > min(one.high or low, other.high or low)
    if one.exclude == other.exclude:
        return False
    if one.wanted == other.wanted:
        return True
    out, wanted = (one, other) if one.exclude else (other, one)
    if one.kind == other.kind and out.kind in _BOUNDED:
        is_above = (out.low or 0) <= (wanted.low or 0)
        return is_above and (wanted.high or MOST) <= (out.high or MOST)
    places, left = _places(wanted), _places(out)
    return bool(places) and places <= left


def _is_nowhere(conditions: Sequence[Condition]) -> bool:
    """True where no municipality of the country is all of what is asked: 政令市で人口1万人以下. Of one
    sort (places and regions, kinds, sizes) any of several will do."""
    if all(c.says or c.kind not in _SORTS for c in conditions):
        return False
    left: set[str] = {p.code for p in load_gazetteer().places()}
    for sort in (("place", "region"), ("kind",), ("size",)):
        of = [c for c in conditions if c.kind in sort and not c.says]
        wanted = [_meeting(c.wanted) for c in of if not c.exclude]
        left &= frozenset().union(*wanted) if wanted else left
        left -= frozenset().union(*(_meeting(c.wanted) for c in of if c.exclude))
    return not left


@lru_cache(maxsize=256)
def _meeting(wanted: Filters) -> frozenset[str]:
    """Codes of the municipalities that places and sizes ask for."""
    low, high = wanted.population_from or 0, wanted.population_to or MOST
    codes = frozenset(wanted.municipalities)  # of hundreds: all 町
    return frozenset(
        p.code
        for p in load_gazetteer().places()
        if (not codes or p.code in codes)
        and (not wanted.prefectures or p.prefecture in wanted.prefectures)
        and low <= p.population <= high
    )


def _asks_for_what_is_left_out(question: Question) -> bool:
    """True for 「防災以外の防災」 and 「デジ田交付金以外のデジ田交付金」: what is left out is also asked for."""
    conditions = question.conditions
    said = "".join(
        " " if any(c.start <= at < c.end for c in conditions) else letter
        for at, letter in enumerate(question.asked.text)
    )
    out = [c.label for c in conditions if c.exclude and c.kind in ("funding", "field")]
    out += [one.words for one in question.asked.excluded if len(one.words) > 1]
    return any(fold_text(words) in fold_text(said) for words in out)


def _places(condition: Condition) -> frozenset[str]:
    """Codes of the municipalities that a condition names, all of a prefecture it names."""
    if condition.kind not in ("place", "region", "kind") or condition.says:
        return frozenset()
    return _named(condition.wanted)


@lru_cache(maxsize=256)
def _named(wanted: Filters) -> frozenset[str]:
    codes = frozenset(wanted.municipalities)
    return frozenset(
        p.code
        for p in load_gazetteer().places()
        if p.code in codes or p.prefecture in wanted.prefectures
    )
