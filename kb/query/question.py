"""The one understanding of a question: words to look for, conditions, phrases to insist on."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from kb.base.errors import QueryError
from kb.base.types import Respelling
from kb.language.lexicon import Lexicon
from kb.places.names import Place
from kb.query.aspect import Asked, Aspect, asked_aspects
from kb.query.conditions.detect import (
    STATED,
    Condition,
    conditions_of,
    excluded_condition,
    unsaid_own_spans,
    wished,
)
from kb.query.conditions.typed import Typed
from kb.query.conditions.wishes import AS_TYPED, Wishes
from kb.query.operators import Operators, read_operators
from kb.query.terms import NO_WEIGHTS, NOTHING, Query, TermWeights, analyse, check, only_asks
from kb.query.writings import usual

Edit = tuple[int, int, str]

_ONLY_OUT = re.compile(
    r"[ァ-ヶー一-龥々A-Za-z0-9-]+(?:以外|(?:を|は)?除く|(?:は|を)?抜き)(?:の?(?:事例|取り?組み?|もの))?"
)
_KANA = re.compile("[ぁ-ん]+[市町村区県府都]?")
_SIDE_BY_SIDE = re.compile("何何+")
_PARTICLES = re.compile("[のをはがにでと、。]|くらい|ぐらい|事例|例")


@dataclass(frozen=True, slots=True)
class Question:
    """``text`` is what was typed, ``query`` what is looked for, ``conditions`` what cases shall meet,
    ``asked`` what is insisted on, ``corrected`` what was probably meant. ``marked`` is the part of
    the query that is marked in texts: none of it are words of a condition. ``browsing`` is True when
    there is nothing to look for but the conditions: 「兵庫県の小さな町の事例」; ``aspects`` are the sides
    of the cases that it asks about, ``is_aspect`` tells that it asks about nothing else. ``lacks_home``:
    it compares with the municipality of whoever asks, which nobody has said."""

    text: str
    asked: Operators
    query: Query
    marked: Query
    conditions: tuple[Condition, ...]
    corrected: tuple[Respelling, ...]
    browsing: bool = False
    aspects: tuple[Aspect, ...] = ()
    is_aspect: bool = False
    lacks_home: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What is known of words: synonyms, what misspelt ones in a text ``mean``, and what each kind
    weighs."""

    lexicon: Lexicon
    mean: Callable[[str], tuple[Respelling, ...]]
    weigh: TermWeights


_NO_WORDS = Words(Lexicon(()), lambda _: (), NO_WEIGHTS)


def understand(
    text: str,
    words: Words = _NO_WORDS,
    *,
    own: Place | None = None,
    wishes: Wishes = AS_TYPED,
    today: datetime.date | None = None,
) -> Question:
    """The question that ``text`` asks, for somebody of the municipality ``own``.

    What is quoted is never corrected. Conditions that the ``wishes`` ignore are words like others;
    years like 「昨年度」 are counted from ``today``. Raises QueryError.
    """
    check(text)
    typed, conditions = _taken(read_operators(text), own, wishes, today)
    asked = typed if own else _without_own(typed)
    stated = [c for c in conditions if c.kind in STATED or c.exclude]
    cuts = _cuts(stated if _says_something(_edited(asked.text, _cuts(stated))) else ())
    usual = tuple(_usually(asked.text))
    names = [*(e for c in conditions if not c.exclude for e in _in_japanese(c)), *usual]
    known = _edited(asked.text, [(s, e, " " * (e - s)) for s, e, _ in (*cuts, *names)])
    corrected = tuple(c for c in words.mean(known) if not _is_quoted(c, asked))
    slips = [(c.start, c.end, c.term) for c in corrected]
    before = _edited(asked.text, [*cuts, *names]) if slips else ""
    meant = _edited(asked.text, [*cuts, *names, *slips])
    query = analyse(meant, words.lexicon, words.weigh, before)
    told = _edited_for_rest(asked.text, [*map(_stood_for, conditions), *usual, *slips])
    aspects = _beside(asked_aspects(asked.text), conditions)
    is_all = _is_all(asked.text, conditions, aspects)
    browsing = bool(conditions) and not aspects and is_all
    marked = (
        NOTHING if browsing else analyse(told, words.lexicon, words.weigh) if conditions else query
    )
    if (about := tuple(one.aspect for one in aspects)) and is_all:
        query = analyse(" ".join(one.like for one in about), words.lexicon, words.weigh)
    return Question(
        text, asked, query, marked, conditions, corrected, browsing, about, bool(about) and is_all,
        lacks_home=asked is not typed,
    )  # fmt: skip


def beside_conditions(text: str) -> str:
    """What ``text``, a title say, tells beside places, sizes and years; all of it where that is
    nothing."""
    rest = _edited(text, _cuts(conditions_of(text)))
    return rest.strip() if _says_something(rest) else text


def _without_own(asked: Operators) -> Operators:
    """The same question without 「うちより大きい」, which nobody can tell who has not said who they are.
    Raises QueryError for nothing else."""
    spans = unsaid_own_spans(asked.text)
    if not spans:
        return asked
    rest = _edited(asked.text, [(s, e, " " * (e - s)) for s, e in spans])
    if only_asks(rest):
        raise QueryError("usage.query_home")
    return replace(asked, text=rest)


def _taken(
    asked: Operators,
    own: Place | None,
    wishes: Wishes,
    today: datetime.date | None,
) -> tuple[Operators, tuple[Condition, ...]]:
    """The operators and the conditions; a place, a year or the like behind a minus sign is a
    condition that leaves out. Raises QueryError for nothing but words to leave out."""
    left_out = {e: excluded_condition(e.words, e.start) for e in asked.excluded}
    conditions = (
        *conditions_of(asked.text, own, wishes, today),
        *(wished(c, wishes) for c in left_out.values() if c and c.label not in wishes.ignored),
    )
    words = tuple(e for e, condition in left_out.items() if condition is None)
    is_only_out = (bool(words) and not asked.text.strip()) or _ONLY_OUT.fullmatch(
        asked.text.strip()
    )
    if is_only_out and not conditions:
        raise QueryError("usage.query_only_exclusions")
    return Operators(asked.text, asked.phrases, words, asked.quoted), conditions


def _beside(aspects: Sequence[Asked], conditions: Sequence[Condition]) -> tuple[Asked, ...]:
    """Without those that a bounded cost says: 「費用が100万円以下」 does not ask what it costs."""
    costs = [(c.start, c.end) for c in conditions if c.kind == "cost"]
    return tuple(a for a in aspects if not any(s <= a.start and a.end <= e for s, e in costs))


def _is_all(text: str, conditions: Sequence[Condition], aspects: Sequence[Asked]) -> bool:
    """True where a question says nothing beside these."""
    sides = [(one.start, one.end) for one in aspects]
    if not _says_something(_edited(text, [*_cuts(conditions), *((*s, " ") for s in sides)])):
        return True
    return only_asks(
        _edited_for_rest(text, [*map(_stood_for, conditions), *((*s, "何") for s in sides)])
    )


def _cuts(conditions: Iterable[Condition]) -> list[Edit]:
    return [(c.start, c.end, " ") for c in conditions]


def _edited_for_rest(text: str, edits: Iterable[Edit]) -> str:
    """The text with one 「何」 for what stands side by side: 何何 is a word of the dictionary."""
    return _SIDE_BY_SIDE.sub("何", _edited(text, edits))


def _stood_for(condition: Condition) -> Edit:
    """What stands for a condition's words where only the rest counts: 「何」, which says nothing but
    lets the dictionary see what the words behind it are (the で of 町で1件)."""
    return condition.start, condition.end, " " if condition.typed.isascii() else "何"


def _usually(text: str) -> Iterable[Edit]:
    typed = Typed(text)
    return [(*typed.span(s, e), told) for s, e, told in usual(typed.folded)]


def _in_japanese(condition: Condition) -> Iterable[Edit]:
    """A place that is named in English or in kana, as the documents write it; of a part of a prefecture the name in
    it that texts say: 播磨 of 北播磨県民局, not the 北 that stands in any."""
    places = condition.wanted.municipalities
    is_part = condition.kind == "region" and bool(places)
    is_other = condition.typed.isascii() or _KANA.fullmatch(condition.typed)
    is_english = condition.kind in ("place", "region") and is_other
    if is_part:
        told = " ".join(word.surface for word in Typed(condition.label).words if word.place)
        yield condition.start, condition.end, f" {told or condition.label} "
    elif is_english and condition.wanted:
        names = [name for name in places if not name.isdecimal()]
        yield condition.start, condition.end, f" {names[0] if names else condition.label} "


def _edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with what each edit says in place of its span; of overlapping ones the first, of those the
    longest."""
    told, at = "", 0
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if start >= at:
            told, at = f"{told}{text[at:start]}{new}", end
    return told + text[at:]


def _is_quoted(correction: Respelling, asked: Operators) -> bool:
    return any(s < correction.end and correction.start < e for s, e in asked.quoted)


def _says_something(rest: str) -> bool:
    return any(char.isalnum() for char in _PARTICLES.sub("", rest))
