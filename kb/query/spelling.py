"""The words that a person meant: kana for kanji, a slip of the finger, the wrong kanji of a sound."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.base.types import Respelling
from kb.language.text import fold
from kb.language.tokens import Token, search_terms, tokenize
from kb.query.said import LONGEST, OWN, SaidNow
from kb.query.sounds import TO_HIRAGANA, sound

_PART = re.compile(r"\S+")
_LEADING = re.compile("[\u3041-\u3096\u30fc]{4,}")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{4,}")
_KANJI = re.compile("[\u3005\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN = re.compile("[a-z]{5,}")
_PARTICLES = frozenset("の を は が に で と も や へ".split())
_WIDEST = 2 * LONGEST  # characters of what may be a misspelt word
_LEAST = 4  # characters under which a slip makes another word too easily
_LEFT = 0.25  # of a question in hiragana may be no words
_PIECE = 3  # kana that a word in a run has at least; shorter ones are found everywhere
_NO_START = frozenset("ーぁぃぅぇぉゃゅょゎっんァィゥェォャュョヮッン")


class Spelling:
    """Finds what was meant among what is ``said``, which is asked for when a question first needs it.
    ``is_said`` tells whether a term is usual, ``are_together`` whether a case holds several."""

    def __init__(
        self,
        said: Callable[[], SaidNow],
        is_said: Callable[[str], bool],
        are_together: Callable[[Sequence[str]], bool],
    ) -> None:
        self._said = said
        self._is_said = is_said
        self._are_together = are_together

    def corrections(self, text: str) -> tuple[Respelling, ...]:
        """What was probably meant by parts of ``text``, in its order; none overlap."""
        return tuple(
            Respelling(folded.text[start:end], word, at + span[0], at + span[1])
            for part in _PART.finditer(text)
            for at, folded in ((part.start(), fold(part.group())),)
            for start, end, word in self._corrected(folded.text)
            for span in (folded.span(start, end),)
        )

    def _corrected(self, folded: str) -> list[tuple[int, int, str]]:
        typed = set(search_terms(tokenize(folded)))
        found: list[tuple[int, int, str]] = []
        for start, end, word in (*self._kana(folded), *self._slips(folded)):
            is_new = not typed.issuperset(search_terms(tokenize(word)))
            if is_new and all(end <= s or start >= e for s, e, _ in found):
                found.append((start, end, word))
        return sorted(found)

    # -- kana ---------------------------------------------------------------------------------

    def _kana(self, folded: str) -> list[tuple[int, int, str]]:
        """Words written by their sound: where a question begins with a run of hiragana, or is
        katakana and no words. Elsewhere hiragana is grammar, which sounds like many words."""
        found = _LEADING.match(folded) or _KATAKANA.fullmatch(folded)
        run = found.group() if found else ""
        if not run or run in self._said().counts or (_KATAKANA.fullmatch(run) and _is_word(run)):
            return []
        words = self._words_of(run.translate(TO_HIRAGANA))
        if _KATAKANA.fullmatch(run):
            words = [found for found in words if _KANJI.search(found[2])]
        covered = {at for start, end, _ in words for at in range(start, end)}
        left = [c for at, c in enumerate(run) if at not in covered and c not in _PARTICLES]
        most = _LEFT * len(run) if len(run) == len(folded) else 0
        return words if len(left) <= most else []

    def _words_of(self, run: str) -> list[tuple[int, int, str]]:
        """The words of a run of hiragana, by the cheapest way through it."""
        best: list[tuple[float, list[tuple[int, int, str]]]] = [(0.0, [])]
        for end in range(1, len(run) + 1):
            cost, way = best[end - 1]
            options = [(cost + (0.5 if run[end - 1] in _PARTICLES else 1.5), way)]
            for start in range(max(0, end - LONGEST), end - _PIECE + 1):
                if run[start] not in _NO_START and (word := self._sounding(run[start:end])):
                    cost, way = best[start]
                    options.append((cost + 1.0, [*way, (start, end, word)]))
            best.append(min(options, key=lambda option: option[0]))
        return best[-1][1]

    def _sounding(self, kana: str) -> str:
        """The word that is said most among those that sound like ``kana``; "" for none."""
        word = self._said().sounding(sound(kana))
        return word.upper() if word.isascii() else word

    # -- slips --------------------------------------------------------------------------------

    def _slips(self, folded: str) -> Iterator[tuple[int, int, str]]:
        for run in _runs(tokenize(folded)):
            yield from self._slip(folded, run)

    def _slip(self, folded: str, run: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
        """The longest part of a run of words that is nearly another word. Longer parts than a word
        can be are never looked at: a whole page can be pasted as one run."""
        for size in range(min(len(run), _WIDEST), 0, -1):
            for first in range(len(run) - size + 1):
                part, beside = (
                    run[first : first + size],
                    (*run[:first][-1:], *run[first + size :][:1]),
                )
                if any(_is_torn(token) for token in beside):
                    continue
                start, end = part[0].start, part[-1].end
                if word := self._nearly(folded[start:end], part):
                    yield start, end, word
                    return

    def _nearly(self, typed: str, part: Sequence[Token]) -> str:
        """The word that ``typed`` nearly is; "" for none. What is known is only read for words that
        look odd, because most questions hold none."""
        if len(typed) > _WIDEST:
            return ""
        is_apart = self._is_apart(typed, part)
        is_odd = len(typed) >= _LEAST and self._is_odd(typed, part)
        if not (is_apart or is_odd) or typed in (said := self._said()).counts:
            return ""
        if is_apart and (word := self._homophone(typed, part)):
            return word
        if not is_odd:
            return ""
        words = [w for w in said.english if _LATIN.fullmatch(w)] if typed.isascii() else said.long()
        near = process.extract(typed, words, scorer=OSA.distance, score_cutoff=1, limit=None)
        found = [word for word, _, _ in near if word.isascii() or word in said.counts]
        found = [word for word in found if not _KANJI.search(typed) or len(word) == len(typed)]
        return max(found, key=lambda word: (said.counts.get(word, 0), word), default="")

    def _is_apart(self, typed: str, part: Sequence[Token]) -> bool:
        """True for a compound whose words no case holds together."""
        if len(part) < 2 or len(typed) < _LEAST or not _KANJI.search(typed):
            return False
        return not self._are_together(search_terms(tuple(part)))

    def _homophone(self, typed: str, part: Sequence[Token]) -> str:
        """介護保健 for 介護保険: a compound that nobody writes, which sounds like one that many do."""
        word = self._sounding("".join(token.reading for token in part if token.reading))
        return (
            word if len(word) == len(typed) and self._said().counts.get(word, 0) >= OWN // 2 else ""
        )

    def _is_odd(self, typed: str, part: Sequence[Token]) -> bool:
        """True when the dictionary lacks a part of it, or tears it into rare pieces."""
        if typed.isascii():
            is_known = self._is_said(part[0].term) or part[0].term in self._said().english
            return bool(_LATIN.fullmatch(typed)) and not is_known
        if _KATAKANA.fullmatch(typed):
            return len(part) > 1 or not part[0].known
        torn = [token for token in part if _is_torn(token)]
        is_rare = len(torn) > 1 and not all(self._is_said(token.term) for token in torn)
        return is_rare or not all(token.known for token in part)


def _is_word(text: str) -> bool:
    """True for one word of the dictionary."""
    tokens = tokenize(text)
    return len(tokens) == 1 and tokens[0].known


def _is_torn(token: Token) -> bool:
    """True for a single kanji, which is what is left of a word that the dictionary cannot find."""
    return len(token.surface) == 1 and bool(_KANJI.match(token.surface))


def _runs(tokens: tuple[Token, ...]) -> Iterator[list[Token]]:
    """Words that stand together without a particle or a space between them."""
    run: list[Token] = []
    for token in tokens:
        if run and (not token.content or token.start != run[-1].end or _borders(run[-1], token)):
            yield run
            run = []
        if token.content:
            run.append(token)
    if run:
        yield run


def _borders(before: Token, after: Token) -> bool:
    return before.surface.isascii() != after.surface.isascii()
