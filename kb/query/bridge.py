"""Japanese words for English ones that the lexicon lacks, by the vectors of the built-in model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from kb.language.encoder import Matrix, StaticEncoder
from kb.query.said import Known, SaidNow
from kb.query.terms import Query, TermWeights

_MOST = 4096  # words of which the nearest are kept
_LEAST = 2  # characters of a Japanese word; one kanji means too many things


class Bridge:
    """Finds the words among those ``said`` (in documents that everybody may see) that are nearest to
    English ones."""

    def __init__(
        self, encoder: StaticEncoder, said: Callable[[], SaidNow], weigh: TermWeights
    ) -> None:
        self._encoder = encoder
        self._said = said
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
        if not self._encoder.knows(word):
            return {}
        said, own = self._said(), self._encoder.encode_terms([[word]])[0]
        sets = _known(self._encoder, said.known), _vectors(self._encoder, said.added)
        terms = [term for words, _ in sets for term in words]
        cosines = np.concatenate([vectors @ own for _, vectors in sets])
        near = np.flatnonzero(cosines >= self._weigh.near)
        best = [i for i in near[cosines[near].argsort()[::-1]] if terms[i] in said.counts]
        return {terms[i]: float(cosines[i]) for i in best[: self._weigh.nearest]}

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


@lru_cache(maxsize=2)
def _known(encoder: StaticEncoder, known: Known) -> tuple[list[str], Matrix]:
    return _vectors(encoder, known.counts)


def _vectors(encoder: StaticEncoder, terms: Iterable[str]) -> tuple[list[str], Matrix]:
    """Those Japanese ``terms`` that the model knows, and their unit vectors (n, dimension)."""
    known = sorted(
        term for term in terms if len(term) >= _LEAST and not term.isascii() and encoder.knows(term)
    )
    return known, encoder.encode_terms([[term] for term in known])
