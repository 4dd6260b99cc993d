"""Words of municipal DX that mean the same, and their English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kb.base.messages import message
from kb.base.tables import read_table
from kb.language.text import fold_text
from kb.language.tokens import stem_english

VERSION = "2026.11.4"
"""Version of the data in kb/data/lexicon; raise it with every change."""

_DATA = Path(__file__).parents[1] / "data" / "lexicon"
_KINDS = ("same", "en", "related")
_COLUMNS = ("見出し", "同じ意味", "英語", "関連")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc-\u30ff]")
_KANA = re.compile("[\u3041-\u3096ー]+")
_LATIN = re.compile("[a-z0-9]")
# Characters that folding leaves alone (but for capitals), nearly all there are in the lexicon, and
# the bar between words. A space is not needless only beside a Latin letter.
_PLAIN = re.compile(
    "(?:[A-Za-z0-9'/&|\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fff-]++"
    "|(?<=[A-Za-z0-9']) (?=[A-Za-z0-9]))++"
)
_PLURAL = 8  # characters by which plurals may lengthen a member
_TEXTS = 256  # whose expansions are kept: a question asks for those of its own several times


@dataclass(frozen=True, slots=True)
class Group:
    """Words for one thing: ``head`` is the usual one, ``same`` and ``en`` can replace it,
    ``related`` ones are narrower or broader."""

    head: str
    same: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    def members(self) -> Iterator[tuple[str, str]]:
        """(word, kind) of every member; the head counts as "same"."""
        yield self.head, "same"
        for kind in _KINDS:
            for word in getattr(self, kind):
                yield word, kind


@dataclass(frozen=True, slots=True)
class Expansion:
    """``term`` was not typed but means what ``typed`` does; ``kind`` is same, en or related."""

    typed: str
    term: str
    kind: str


class Lexicon:
    """Groups of words, found in running text by their longest members."""

    def __init__(self, groups: Iterable[Group], version: str = VERSION) -> None:
        self.version = version
        self.groups = tuple(groups)
        self._groups_of: dict[str, tuple[Group, ...]] = {}
        for group in self.groups:
            alone = (group,)
            for key in map(_key, (group.head, *group.same, *group.en, *group.related)):
                others = self._groups_of.get(key)
                self._groups_of[key] = (*others, group) if others else alone
        self._known_expansions = lru_cache(maxsize=_TEXTS)(self._expanded)
        self._reach: dict[str, int] = {}
        for key in self._groups_of:
            if len(key) > self._reach.get(key[:1], 0):
                self._reach[key[:1]] = len(key)

    def expand(self, text: str) -> tuple[Expansion, ...]:
        """What else could have been typed, in the order of the text.

        A word that was typed as somebody's ``related`` word brings that group's head only.
        """
        return self._known_expansions(text)

    def _expanded(self, text: str) -> tuple[Expansion, ...]:
        found: dict[str, Expansion] = {}
        for typed in self._typed(fold_text(text)):
            key = _key_of_folded(typed)
            for group in self._groups_of[key]:
                members = tuple(group.members())
                if key not in [_key(word) for word, kind in members if kind != "related"]:
                    members = ((group.head, "related"),)
                for word, kind in members:
                    if word not in found and _key(word) != key:
                        found[word] = Expansion(typed, word, kind)
        return tuple(found.values())

    def in_other_words(self, text: str, most: int) -> str:
        """``text`` with the ``most`` usual Japanese words for each word of it behind it, where the
        lexicon knows some."""
        usual: dict[str, list[str]] = {}
        for found in self.expand(text):
            if (
                found.kind == "same"
                and not found.term.isascii()
                and not _KANA.fullmatch(found.term)
            ):
                usual.setdefault(found.typed, []).append(found.term)
        words = [word for known in usual.values() for word in known[:most]]
        return " ".join((text, *words))

    def terms(self) -> tuple[str, ...]:
        """The heads of all groups."""
        return tuple(group.head for group in self.groups)

    def _typed(self, folded: str) -> Iterator[str]:
        """Members that stand in the text, the longest at each place, none inside another."""
        at = 0
        while at < len(folded):
            end = self._longest_at(folded, at)
            if end > at:
                yield folded[at:end]
            at = max(end, at + 1)

    def _longest_at(self, folded: str, at: int) -> int:
        """End of the longest member that begins at ``at``, ``at`` itself when there is none."""
        reach = self._reach.get(folded[at])
        if reach is None or not _is_border(folded, at):
            return at
        for end in range(min(len(folded), at + reach + _PLURAL), at, -1):
            if _is_border(folded, end) and _key_of_folded(folded[at:end]) in self._groups_of:
                return end
        return at


def load_lexicon(extra: Path | None = None) -> Lexicon:
    """The shipped lexicon with the groups of ``extra``, a municipality's own file.

    Raises UsageError naming file and line when a line cannot be read.
    """
    groups = [group for path in sorted(_DATA.glob("*.tsv")) for group in read_groups(path)]
    if extra is not None:
        groups += read_groups(extra)
    return Lexicon(groups)


def read_groups(path: Path) -> list[Group]:
    """Groups of a table: a line each, head, same, en and related, whose words are parted by |.

    Raises UsageError naming file and line.
    """
    groups = []
    for row in read_table(path, _COLUMNS, least=1):
        members = [row.words(column) for column in range(1, len(_COLUMNS))]
        if not any(members):
            raise row.wrong(message("usage.lexicon_line", columns=_COLUMNS))
        groups.append(Group(row.cells[0], *members))
    return groups


@lru_cache(maxsize=8192)
def _key(word: str) -> str:
    """What makes two spellings one word."""
    return _key_of_folded(folded_word(word))


def folded_word(word: str) -> str:
    """As :func:`fold_text` folds a word of the lexicon, at a fifth of the time."""
    return word.lower() if _PLAIN.fullmatch(word) else fold_text(word)


def _key_of_folded(folded: str) -> str:
    return _singular(folded.replace("-", " "))


def _singular(words: str) -> str:
    """Every English word of ``words`` in its singular; a Japanese text stays as it is."""
    return " ".join(map(stem_english, words.split(" "))) if words.isascii() else words


def _is_border(text: str, at: int) -> bool:
    """False inside a Latin word or a run of katakana: データ is no part of データベース."""
    if at in (0, len(text)):
        return True
    return not any(run.match(text[at - 1]) and run.match(text[at]) for run in (_KATAKANA, _LATIN))
