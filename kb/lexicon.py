"""Words of municipal DX that mean the same, and their English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.errors import UsageError
from kb.text import fold_text, is_japanese

VERSION = "2026.11"
"""Version of the data in kb/data/lexicon; raise it with every change."""

_DATA = Path(__file__).parent / "data" / "lexicon"
_KINDS = ("same", "en", "related")
_KATAKANA = "\u30a1-\u30ff"
_LATIN = "a-z0-9"


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
        self._groups_of: dict[str, list[tuple[Group, str]]] = {}
        for group in self.groups:
            for word, kind in group.members():
                self._groups_of.setdefault(_key(word), []).append((group, kind))
        self._pattern = _pattern(self._groups_of)

    def expand(self, text: str) -> tuple[Expansion, ...]:
        """What else could have been typed, in the order of the text.

        A word that was typed as somebody's ``related`` word brings that group's head only.
        """
        folded = fold_text(text)
        found: dict[str, Expansion] = {}
        for match in self._pattern.finditer(folded):
            typed = match.group()
            for group, own in self._groups_of.get(_key(typed), []):
                for word, kind in group.members():
                    if own == "related" and word != group.head:
                        continue
                    kind = "related" if own == "related" else kind
                    if _key(word) != _key(typed):
                        found.setdefault(word, Expansion(typed, word, kind))
        return tuple(found.values())

    def terms(self) -> tuple[str, ...]:
        """The heads of all groups."""
        return tuple(group.head for group in self.groups)


def load_lexicon(extra: Path | None = None) -> Lexicon:
    """The shipped lexicon with the groups of ``extra``, a municipality's own file.

    Raises UsageError naming file and line when a line cannot be read.
    """
    groups = [group for path in sorted(_DATA.glob("*.tsv")) for group in read_groups(path)]
    if extra is not None:
        groups += read_groups(extra)
    return Lexicon(groups)


def read_groups(path: Path) -> list[Group]:
    """Groups of a file: a line each, ``head TAB same TAB en TAB related``, members joined by |.

    Lines that are empty or begin with # say nothing. Raises UsageError naming file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"同義語ファイル {path} を読めません（{error}）。UTF-8で保存されているか確認してください。",
            f"The lexicon {path} cannot be read ({error}). Save it as UTF-8.",
        ) from error
    groups = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        head, *columns = line.split("\t")
        members = [tuple(w.strip() for w in cell.split("|") if w.strip()) for cell in columns]
        if not head.strip() or not any(members) or len(members) > len(_KINDS):
            raise UsageError(
                f"同義語ファイル {path} の{number}行目を読めません。「見出し→タブ→同じ意味→タブ→英語→タブ→関連」"
                "の順に、語は | で区切って書いてください。",
                f"Line {number} of {path}: write head, same, en, related, separated by tabs, "
                "words separated by |.",
            )
        groups.append(Group(head.strip(), *members))
    return groups


def _key(word: str) -> str:
    """What makes two spellings one word: folded, English singular, no hyphens."""
    folded = fold_text(word)
    if any(is_japanese(char) for char in folded):
        return folded
    return " ".join(_singular(part) for part in re.split(r"[\s-]+", folded))


def _singular(word: str) -> str:
    from kb.tokens import stem_english

    return stem_english(word)


def _pattern(keys: Iterable[str]) -> re.Pattern[str]:
    """Matches any member, the longest first: Latin words at word borders and tolerant of plurals
    and hyphens, katakana at the borders of its run, the rest anywhere."""
    ordered = sorted(keys, key=lambda key: (-len(key), key))
    return re.compile("|".join(_branch(key) for key in ordered) or r"(?!)")


def _branch(key: str) -> str:
    body = re.escape(key)
    if re.fullmatch(r"[ -~]+", key):
        words = [_plural(part) for part in key.split(" ")]
        return rf"(?<![{_LATIN}])" + r"[\s-]+".join(words) + rf"(?![{_LATIN}])"
    before = rf"(?<![{_KATAKANA}])" if re.match(f"[{_KATAKANA}]", key) else ""
    after = rf"(?![{_KATAKANA}])" if re.search(f"[{_KATAKANA}]$", key) else ""
    return before + body + after


def _plural(word: str) -> str:
    escaped = re.escape(word)
    return rf"(?:{escaped[:-1]}(?:y|ies))" if word.endswith("y") else rf"{escaped}(?:e?s)?"
