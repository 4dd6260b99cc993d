"""The words that texts say, and how often: counted once, then by the texts that came and went."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from kb.language.lexicon import Lexicon, folded_word
from kb.language.tokens import stem_english
from kb.query.sounds import sounds

LONGEST = 12
"""Characters of a compound that is taken for a word."""

OWN = 20
"""How often a word of the lexicon counts as said, beside what the documents say."""

_LEAST = 3  # characters of a word that is meant where one is misspelt
_ALL_HIRAGANA = re.compile("[\u3041-\u3096\u30fc]+")

Numbers = npt.NDArray[np.int64]
Packed = npt.NDArray[np.uint8]
Hear = Callable[[Iterable[str]], Mapping[str, str]]
"""How each of these words sounds, as kb/query/sounds.py tells."""


@dataclass(frozen=True, eq=False)
class Tally:
    """What texts say, of which each has a number: text ``numbers[i]`` says ``terms[n]`` for every n of
    ``said`` from ``ends[i - 1]`` to ``ends[i]``. Neighbouring terms make the compounds ``often``, with how
    many times, and ``once``, which are :func:`packed`."""

    numbers: Numbers
    ends: Numbers
    said: npt.NDArray[np.uint32]
    terms: Sequence[str]
    often: Mapping[str, int]
    once: Packed

    @cached_property
    def singles(self) -> Mapping[str, int]:
        """How often each term is said."""
        counts = np.bincount(self.said, minlength=len(self.terms)).tolist()
        return dict(zip(self.terms, counts, strict=True))

    @cached_property
    def places(self) -> Mapping[int, int]:
        """Where each number stands among the numbers."""
        return {number: at for at, number in enumerate(self.numbers.tolist())}

    def pairs(self, word: str) -> int:
        """How often neighbouring terms make this compound."""
        return self.often.get(word, 0) or int(word in self._once)

    @cached_property
    def _once(self) -> frozenset[str]:
        return frozenset(unpacked(self.once))

    def text(self, number: int) -> list[str]:
        """The terms of a text, in order."""
        at = self.places[number]
        start = self.ends[at - 1] if at else 0
        return [self.terms[n] for n in self.said[start : self.ends[at]].tolist()]


def packed(words: Iterable[str]) -> Packed:
    """Words, of which none holds a line's end, to be written."""
    return np.frombuffer("\n".join(words).encode("utf-8", "surrogatepass"), np.uint8)


def unpacked(words: Packed) -> list[str]:
    """The words that :func:`packed` packed."""
    text = words.tobytes().decode("utf-8", "surrogatepass")
    return text.split("\n") if text else []


class _Ids(dict[str, int]):
    """A number for each term, in the order in which they are met."""

    def __missing__(self, term: str) -> int:
        return self.setdefault(term, len(self))


def tally(texts: Mapping[int, str]) -> Tally:
    """What the ``texts`` (terms joined by spaces) by number say."""
    ids = _Ids()
    told = [np.fromiter(map(ids.__getitem__, text.split()), np.uint32) for text in texts.values()]
    ends = np.cumsum([len(one) for one in told], dtype=np.int64)
    said = np.concatenate(told) if told else np.empty(0, np.uint32)
    terms = tuple(ids)
    numbers = np.fromiter(texts, np.int64, len(texts))
    pairs = _pairs(said, ends, terms)
    often = {word: n for word, n in pairs.items() if n > 1}
    return Tally(numbers, ends, said, terms, often, packed(w for w in pairs if w not in often))


def _pairs(said: npt.NDArray[np.uint32], ends: Numbers, terms: Sequence[str]) -> dict[str, int]:
    """How often neighbouring terms make each compound."""
    lengths = np.array([0 if t.isascii() else len(t) for t in terms], np.int64)
    first, second = said[:-1].astype(np.int64), said[1:].astype(np.int64)
    joined = (lengths[first] > 0) & (lengths[second] > 0)
    joined &= lengths[first] + lengths[second] <= LONGEST
    joined[ends[(ends > 0) & (ends < len(said))] - 1] = False  # of two texts
    both, counts = np.unique((first * len(terms) + second)[joined], return_counts=True)
    found: dict[str, int] = {}
    for pair, n in zip(both.tolist(), counts.tolist(), strict=True):
        word = terms[pair // len(terms)] + terms[pair % len(terms)]
        found[word] = found.get(word, 0) + n
    return found


@dataclass(frozen=True, eq=False)
class Known:
    """The words of a tally and the lexicon's ``own``."""

    tally: Tally
    own: Mapping[str, int]
    hear: Hear = sounds

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How often every word is said."""
        counts = dict(self.tally.singles)
        for word, n in chain(self.tally.often.items(), self.own.items()):
            counts[word] = counts.get(word, 0) + n
        return counts

    @cached_property
    def long(self) -> Sequence[str]:
        """Words that may be meant where a Japanese one is misspelt."""
        return [*filter(_may_be_meant, self.counts)]

    @cached_property
    def sounding(self) -> Mapping[str, Sequence[str]]:
        """The words by their sound."""
        return _by_sound(self.counts, self.hear)


@dataclass(frozen=True, eq=False)
class SaidNow:
    """The words that are said now: ``counts`` of each, and those ``added`` to what was ``known``."""

    known: Known
    counts: Mapping[str, int]
    added: Collection[str] = ()

    @cached_property
    def english(self) -> frozenset[str]:
        """The English words of all English terms, in their singular."""
        terms = [word for word in self.counts if word.isascii()]
        return frozenset(stem_english(word) for term in terms for word in term.split())

    def long(self) -> Sequence[str]:
        """Words that may be meant where a Japanese one is misspelt; some are not said any more."""
        return [*self.known.long, *filter(_may_be_meant, self.added)]

    def sounding(self, heard: str) -> str:
        """The word that is said most among those that sound so; "" for none."""
        words = (*self.known.sounding.get(heard, ()), *self._added_sounding.get(heard, ()))
        found = [word for word in words if word in self.counts]
        return min(found, key=lambda word: (-self.counts[word], word), default="")

    @cached_property
    def _added_sounding(self) -> Mapping[str, Sequence[str]]:
        return _by_sound(self.added, sounds)


def lexicon_words(lexicon: Lexicon) -> Mapping[str, int]:
    """The words of a lexicon as what is said."""
    words = (folded_word(word) for group in lexicon.groups for word, _ in group.members())
    return {word: OWN * n for word, n in Counter(words).items()}


def changed(known: Known, gone: Collection[int], came: Iterable[str]) -> SaidNow:
    """What is said when the texts numbered in ``gone`` are not there any more and ``came`` are."""
    singles, pairs = Counter[str](), Counter[str]()
    for number in gone:
        terms = known.tally.text(number)
        singles.subtract(terms)
        pairs.subtract(_compounds(terms))
    for text in came:
        terms = text.split()
        singles.update(terms)
        pairs.update(_compounds(terms))
    if not singles:
        return SaidNow(known, known.counts)
    counts, added = dict(known.counts), []
    for word in {*singles, *pairs}:
        single = known.tally.singles.get(word, 0) + singles[word]
        pair = known.tally.pairs(word) + pairs[word]
        counts[word] = single + (pair if pair > 1 else 0) + known.own.get(word, 0)
        if not counts[word]:
            del counts[word]
        elif word not in known.counts:
            added.append(word)
    return SaidNow(known, counts, added)


def _compounds(terms: Sequence[str]) -> Iterator[str]:
    """Neighbouring terms as one word."""
    for one, other in pairwise(terms):
        if len(one) + len(other) <= LONGEST and not (one.isascii() or other.isascii()):
            yield one + other


def _may_be_meant(word: str) -> bool:
    return len(word) >= _LEAST and not word.isascii() and not _ALL_HIRAGANA.fullmatch(word)


def _by_sound(words: Iterable[str], hear: Hear) -> dict[str, list[str]]:
    may_sound = [w for w in words if 2 <= len(w) <= LONGEST and not _ALL_HIRAGANA.fullmatch(w)]
    found: dict[str, list[str]] = {}
    for word, heard in hear(may_sound).items():
        if heard:
            found.setdefault(heard, []).append(word)
    return found
