"""A question taken apart: words to look for, conditions to prefer, phrases to insist on."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from kb.base.types import Respelling
from kb.language.lexicon import Lexicon
from kb.language.text import fold_text
from kb.places.gazetteer import Place
from kb.query.conditions import (
    Condition,
    beside_conditions,
    in_japanese,
    understand,
    without_conditions,
)
from kb.query.operators import Operators, read_operators
from kb.query.terms import Query, TermWeights, analyse, check, only_asks


@dataclass(frozen=True, slots=True)
class Question:
    """``query`` is what is looked for, ``conditions`` what is preferred, ``asked`` what is insisted
    on, ``corrected`` what was probably meant. ``browsing`` is True when there is nothing to look
    for but the conditions: 「兵庫県の小さな町の事例」."""

    asked: Operators
    query: Query
    conditions: tuple[Condition, ...]
    corrected: tuple[Respelling, ...]
    browsing: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What is known of words: synonyms, what misspelt ones ``mean``, and what each kind weighs."""

    lexicon: Lexicon
    mean: Callable[[str], tuple[Respelling, ...]]
    weigh: TermWeights


def take_apart(
    text: str, words: Words, own: Place | None = None, ignored: Collection[str] = ()
) -> Question:
    """The question that ``text`` asks, for somebody of the municipality ``own``. Conditions whose
    label is ``ignored`` are words like others; what is quoted is never corrected.

    Raises QueryError.
    """
    check(text)
    asked = read_operators(text)
    conditions = understand(asked.text, own, ignored)
    content = in_japanese(without_conditions(asked.text, conditions), conditions)
    quoted = " ".join(map(fold_text, asked.phrases))
    corrected = tuple(c for c in words.mean(content) if c.typed not in quoted)
    browsing = bool(conditions) and only_asks(beside_conditions(asked.text, conditions))
    query = analyse(content, words.lexicon, words.weigh, corrected)
    return Question(asked, query, conditions, corrected, browsing)
