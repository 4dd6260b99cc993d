"""Japanese words for English ones that the lexicon lacks, by the vectors of the built-in model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from kb.language.encoder import Matrix, StaticEncoder
from kb.query.terms import Query, TermWeights

_MOST = 4096  # words of which the nearest are kept
_LEAST = 2  # characters of a Japanese word; one kanji means too many things


class Bridge:
    """Finds the words among ``terms`` (of documents that everybody may see) that are nearest to
    English ones."""

    def __init__(
        self, encoder: StaticEncoder, terms: Callable[[], Iterable[str]], weigh: TermWeights
    ) -> None:
        self._encoder = encoder
        self._terms = terms
        self._weigh = weigh
        self._found: dict[str, dict[str, float]] = {}

    def nearest(self, word: str) -> dict[str, float]:
        """The Japanese terms that stand for ``word`` with their cosines, nearest first; none for one
        that the model does not know."""
        if word not in self._found:
            if len(self._found) >= _MOST:
                self._found.clear()
            self._found[word] = self._nearest(word)
        return self._found[word]

    def _nearest(self, word: str) -> dict[str, float]:
        terms, vectors = self._known
        if not terms or not self._encoder.knows(word):
            return {}
        cosines = vectors @ self._encoder.encode_terms([[word]])[0]
        near = np.flatnonzero(cosines >= self._weigh.near)
        best = near[cosines[near].argsort()[::-1]][: self._weigh.nearest]
        return {terms[i]: float(cosines[i]) for i in best}

    def across(self, query: Query) -> Query:
        """``query`` with the Japanese words nearest to those of its English words that have no
        synonym; they count as synonyms, the less the farther they are."""
        answered = {term for terms in query.replaced.values() for term in terms}
        synonyms, replaced = dict(query.synonyms), dict(query.replaced)
        weights: dict[str, float] = {}
        for word in query.typed:
            if not word.isascii() or word in answered:
                continue
            for term, cosine in self.nearest(word).items():
                share = self._weigh.en * cosine / self._weigh.nearest
                weights[term] = max(weights.get(term, 0.0), share)
                synonyms.setdefault(term, (term,))
                replaced.setdefault(term, (word,))
        terms: Mapping[str, float] = weights | dict(query.terms)
        return replace(query, terms=terms, synonyms=synonyms, replaced=replaced)

    @cached_property
    def _known(self) -> tuple[list[str], Matrix]:
        """Japanese terms that the model knows, and their unit vectors (n, dimension)."""
        known = sorted(
            term
            for term in self._terms()
            if len(term) >= _LEAST and not term.isascii() and self._encoder.knows(term)
        )
        return known, self._encoder.encode_terms([[term] for term in known])
