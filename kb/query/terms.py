"""What a person typed, as terms to match and a text to mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from kb.base.errors import QueryError
from kb.base.tables import read_table
from kb.language.lexicon import Lexicon
from kb.language.text import fold_text
from kb.language.tokens import search_terms, tokenize

_HIRAGANA_NAME = re.compile("[ぁ-ゖー]{3,12}")
_DATA = Path(__file__).parent / "data" / "asking.tsv"
MAX_QUERY = 2000
"""Characters; longer than any question, shorter than a pasted document."""

_HIRAGANA = re.compile("[\u3041-\u3096ー]+")


@dataclass(frozen=True, slots=True)
class TermWeights:
    """Weights of terms beside 1.0 for one that was typed: synonyms by kind (``same``, ``en``,
    ``related``), shared by the terms of one; ``slip`` for what stood where a word was corrected,
    because it may have been meant after all. Up to ``nearest`` Japanese words from the cosine
    ``near`` on stand for an English one that the lexicon lacks (kb/query/bridge.py)."""

    same: float
    en: float
    related: float
    slip: float
    nearest: int
    near: float


NO_WEIGHTS = TermWeights(0.0, 0.0, 0.0, 0.0, 0, 1.0)
"""Where nothing is searched."""


@dataclass(frozen=True, slots=True)
class Query:
    """An analysed query. ``terms`` are weights of the terms to match, ``typed`` those that were
    typed, ``synonyms`` maps a synonym to its own terms and ``replaced`` to the typed terms it can
    stand for, ``related`` are those of them that mean more or less than what was typed, ``text`` is
    what the vectors encode."""

    text: str
    typed: tuple[str, ...]
    terms: Mapping[str, float]
    synonyms: Mapping[str, tuple[str, ...]]
    replaced: Mapping[str, tuple[str, ...]]
    related: frozenset[str] = frozenset()


def check(text: str) -> None:
    """Raises QueryError when a query is empty, overlong or nothing but signs."""
    words = text.split()
    if not words:
        raise QueryError("usage.query_empty")
    if len(text) > MAX_QUERY:
        raise QueryError("usage.query_long", n=len(text), most=MAX_QUERY)
    if not any(any(char.isalnum() for char in fold_text(word)) for word in words):
        raise QueryError("usage.query_signs")


NOTHING = Query("", (), {}, {}, {})
"""A query of no words."""


def analyse(text: str, lexicon: Lexicon, weigh: TermWeights, before: str = "") -> Query:
    """Analyses what was meant; what stood there ``before`` it was corrected is still looked for, as
    a slip."""
    meant = " ".join(text.split())
    typed = _content(meant)
    synonyms, replaced, weights = _synonyms(meant, lexicon, weigh, typed)
    slips = dict.fromkeys(_content(before), weigh.slip) if before else {}
    terms = weights | slips | dict.fromkeys(typed, 1.0)
    kinds = {e.term: e.kind for e in lexicon.expand(meant)}
    related = frozenset(word for word in synonyms if kinds[word] == "related")
    return Query(meant, typed, terms, synonyms, replaced, related)


def _content(text: str) -> tuple[str, ...]:
    """Distinct terms of what a text is about; of what it says at all when it only asks."""
    found = _terms(_runs().sub(" ", text)) or _terms(text)
    content = dict.fromkeys(term for term in found if term not in _asking("asks"))
    return tuple(content or dict.fromkeys(found))


def _terms(text: str) -> list[str]:
    return [term for word in _words(text.split()) for term in search_terms(tokenize(word))]


def only_asks(text: str) -> bool:
    """True when a text names nothing that a case could be about: 「の事例を教えて」「のDX」."""
    terms = _terms(_runs().sub(" ", text))
    return all(term in _asking("asks") or term in _asking("general") for term in terms)


def asked_name(text: str) -> str:
    """A text without the words that only ask: 「Decidim 使ってるところ」 asks for Decidim."""
    return _runs().sub(" ", text).strip(" 　?？。、はのをって") or text


def is_in_hiragana(name: str) -> bool:
    """True for a name of nothing but hiragana (のるーと), which the dictionary tears."""
    return _HIRAGANA_NAME.fullmatch(name) is not None


def _words(words: list[str]) -> list[str]:
    """Neighbouring words in Latin letters stay together; a space between Japanese is a border."""
    return re.split(r"\s+(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])\s+", " ".join(words))


def _synonyms(
    text: str, lexicon: Lexicon, weigh: TermWeights, typed: tuple[str, ...]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]], dict[str, float]]:
    """Synonyms of what was typed with their terms, with what they replace, and the terms' weights.

    The weight of a synonym is shared by its terms, so that a long one counts no more than a word.
    """
    own: dict[str, tuple[str, ...]] = {}
    replaced: dict[str, tuple[str, ...]] = {}
    weights: dict[str, float] = {}
    for expansion in lexicon.expand(text):
        terms = _known_terms(expansion.term)
        if len(terms) > 1 and _HIRAGANA.fullmatch(expansion.term):
            continue  # a way to type it that the dictionary tears into other words
        fresh = tuple(term for term in terms if term not in typed)
        if not fresh:
            continue
        own[expansion.term] = terms
        replaced[expansion.term] = _known_terms(expansion.typed)
        share = getattr(weigh, expansion.kind) / len(terms)
        for term in fresh:
            weights[term] = max(weights.get(term, 0.0), share)
    return own, replaced, weights


@lru_cache(maxsize=8192)  # the lexicon's words come again and again
def _known_terms(word: str) -> tuple[str, ...]:
    return search_terms(tokenize(word))


@cache
def _asking(kind: str) -> frozenset[str]:
    """The words of that kind that say nothing of what cases are about."""
    rows = read_table(_DATA, ("word", "kind"))
    return frozenset(row.cells[0] for row in rows if row.cells[1] == kind)


@cache
def _runs() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_asking("run"), key=len, reverse=True)))
