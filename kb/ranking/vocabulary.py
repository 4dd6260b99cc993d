"""What is known of words while a generation of the store is searched."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from kb.index.said import SaidWords
from kb.index.views import Views
from kb.language.encoder import StaticEncoder
from kb.language.lexicon import Lexicon
from kb.query.bridge import Bridge
from kb.query.question import Words
from kb.query.spelling import Spelling
from kb.query.terms import Query, TermWeights

RARE = 0.005
"""Share of the cases that must hold a word of one kanji for it to be a word at all."""

BEGUN = 2
"""Words that stand for a single kanji which no case says."""

_KANJI = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``words`` of one generation; ``bridge`` leads from English to the documents' Japanese,
    ``begun_by`` tells the words most said that begin with a kanji which is none by itself. Only
    what everybody may see is in it: a correction must not tell what an internal document says."""

    generation: int
    words: Words
    bridge: Bridge | None
    begun_by: Callable[[str], tuple[str, ...]]

    def across(self, query: Query) -> Query:
        """``query`` with the Japanese of the documents for its English words."""
        return self.bridge.across(query) if self.bridge else query

    def completed(self, query: Query) -> Query:
        """``query`` with the words that stand for a single kanji: 窓口 for 窓."""
        if len(query.text) != 1 or len(query.typed) != 1:
            return query
        found = {word: (word,) for word in self.begun_by(query.text)}
        weights = dict.fromkeys(found, self.words.weigh.same)
        return replace(
            query,
            terms={**weights, **query.terms},
            synonyms={**found, **query.synonyms},
            replaced={**dict.fromkeys(found, query.typed), **query.replaced},
        )


def vocabulary(
    views: Views,
    said: SaidWords,
    lexicon: Lexicon,
    weigh: TermWeights,
    static: StaticEncoder | None,
) -> Vocabulary:
    """The vocabulary of the views' generation; reads nothing before a question needs it. ``static``
    is a model that knows single words; without one there is no bridge."""

    def is_said(term: str) -> bool:
        is_english = term.isascii() and static is not None and static.knows(term)
        return is_english or views.lexical.frequency(term) > RARE * len(views.lexical)

    def are_together(terms: Sequence[str]) -> bool:
        return said.is_public([*views.lexical.holding(terms)])

    now = cache(said.said)

    def begun_by(kanji: str) -> tuple[str, ...]:
        if not _KANJI.match(kanji) or views.lexical.frequency(kanji):
            return ()
        begun = {w: views.lexical.frequency(w) for w in now().counts if w.startswith(kanji)}
        return tuple(sorted(filter(begun.get, begun), key=lambda w: (-begun[w], w))[:BEGUN])

    spelling = Spelling(now, is_said, are_together)
    bridge = Bridge(static, now, weigh) if static else None
    words = Words(lexicon, spelling.corrections, weigh)
    return Vocabulary(views.generation, words, bridge, begun_by)
