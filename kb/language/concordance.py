"""Where the words of a text stand, taken apart once for all that marks, quotes and compares them."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise, zip_longest

from kb.language.text import fold_text
from kb.language.tokens import Token, search_terms, tokenize

NEGATIONS = frozenset("ない なく なかっ なけれ ず ぬ ません".split())
"""What stands behind a word that is denied."""


@dataclass(frozen=True)
class Concordance:
    """The content words of the ``parts`` of a text by number, in order. ``starts`` and ``ends`` count
    from the beginning of the first part, one more for each border; ``words`` are their terms,
    ``pieces`` what else searches find those by that the dictionary lacks, ``origins`` the foreign words that some
    stem from, ``denials`` where the negation behind some begins."""

    parts: tuple[str, ...]
    starts: Sequence[int]
    ends: Sequence[int]
    words: Sequence[str]
    pieces: frozenset[str]
    origins: Mapping[int, str]
    denials: Mapping[int, int]

    @cached_property
    def text(self) -> str:
        """All parts; between them stands what is no space, so that no phrase reaches over it."""
        return "\0".join(self.parts)

    @cached_property
    def bases(self) -> Sequence[int]:
        """Where the parts begin."""
        found = [0]
        for part in self.parts:
            found.append(found[-1] + len(part) + 1)
        return found

    @cached_property
    def numbers(self) -> Mapping[str, Sequence[int]]:
        """The words by term."""
        return _by_word(enumerate(self.words))

    @cached_property
    def _stemming(self) -> Mapping[str, Sequence[int]]:
        return _by_word(self.origins.items())

    def says(self, term: str) -> bool:
        """True where a search for the term finds the text by what is written."""
        return term in self.numbers or term in self.pieces

    def of(self, word: str) -> list[int]:
        """The words whose term or origin is ``word``."""
        return [*self.numbers.get(word, ()), *self._stemming.get(word, ())]

    def within(self, start: int, end: int) -> range:
        """The words that begin from ``start`` on and before ``end``."""
        return range(bisect_left(self.starts, start), bisect_left(self.starts, end))

    def rows(self, phrase: Sequence[str]) -> Iterator[range]:
        """Where the words of a phrase stand in a row."""
        if not phrase or not (first := self.of(phrase[0])):
            return
        others = [{*self.of(word)} for word in phrase[1:]]
        for no in dict.fromkeys(first):
            if all(no + i in nos for i, nos in enumerate(others, 1)) and all(
                self._is_joined(no + i) for i in range(len(others))
            ):
                yield range(no, no + len(phrase))

    def _is_joined(self, no: int) -> bool:
        """True where at most space stands between a word and the next."""
        end, start = self.ends[no], self.starts[no + 1]
        return start <= end or not fold_text(self.text[end:start])


def concordance(
    parts: tuple[str, ...], tokens: Sequence[tuple[Token, ...]] | None = None
) -> Concordance:
    """The concordance of a text in ``parts``, whose ``tokens`` may be there already."""
    starts: list[int] = []
    ends: list[int] = []
    words: list[str] = []
    pieces: set[str] = set()
    origins: dict[int, str] = {}
    denials: dict[int, int] = {}
    base = 0
    for part, found in zip(parts, tokens or [*map(tokenize, parts)], strict=True):
        for token, behind in zip_longest(found, found[1:]):
            if not token.content:
                continue
            no = len(words)
            starts.append(base + token.start)
            ends.append(base + token.end)
            words.append(token.term)
            if not token.known:
                pieces.update(search_terms((token,)))
            if token.origin:
                origins[no] = token.origin
            if behind and behind.surface in NEGATIONS:
                denials[no] = base + behind.start
        base += len(part) + 1
    return Concordance(parts, starts, ends, tuple(words), frozenset(pieces), origins, denials)


def packed(words: Concordance) -> bytes:
    """A concordance without its text, as it is stored."""
    edges = [at for pair in zip(words.starts, words.ends, strict=True) for at in pair]
    steps = [b - a for a, b in pairwise((0, *edges))]
    told = [steps, words.words, sorted(words.pieces), [*words.origins.items()]]
    return zlib.compress(
        json.dumps([*told, [*words.denials.items()]], separators=(",", ":")).encode()
    )


def unpacked(parts: tuple[str, ...], data: bytes) -> Concordance:
    """The concordance of ``parts`` that :func:`packed` packed. Raises ValueError for what is none."""
    try:
        steps, words, pieces, origins, denials = json.loads(zlib.decompress(data))
        edges = [*accumulate(steps)]
        found = tuple(words), frozenset(pieces), dict(origins), dict(denials)
    except (zlib.error, TypeError) as error:
        raise ValueError("no concordance") from error
    whole = sum(map(len, parts)) + len(parts)
    if len(edges) != 2 * len(words) or max(edges, default=0) >= max(1, whole):
        raise ValueError("a concordance of another text")
    return Concordance(parts, edges[::2], edges[1::2], *found)


def _by_word(pairs: Iterable[tuple[int, str]]) -> Mapping[str, Sequence[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for no, word in pairs:
        found[word].append(no)
    return found
