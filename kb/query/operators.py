"""Signs with which a person says exactly what is wanted: "quoted phrases" and -words to leave out, also
as 「ドローンではないもの」 and 「LINE以外の申請」."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kb.base.types import Case
from kb.language.text import fold_text

_OPERATOR = re.compile(
    r"(?P<minus>(?:(?<=\s)|^)[-－−])?[\"＂“”](?P<phrase>[^\"＂“”]+)[\"＂“”]"
    r"|(?:(?<=\s)|^)[-－−](?P<word>[^\s\"＂“”－−-][^\s\"＂“”]*)"
    r"|(?P<other>[ァ-ヶー]{2,}|[一-龥々]{2,}|[A-ZＡ-Ｚ][A-ZＡ-Ｚ0-9-]+)(?:(?:じゃ|では?)ない|以外の)(?:もの|方法|手段|やり方|形|かたち)"
    r"|(?<![A-ZＡ-Ｚ0-9-])(?P<product>(?!(?:web|ict|sns|pdf)[以じで])[A-ZＡ-Ｚ][A-ZＡ-Ｚ0-9-]{2,})(?:以外の|(?:じゃ|では)ない)(?=\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Excluded:
    """A word or phrase to leave out, and where it begins in what was typed."""

    words: str
    start: int


@dataclass(frozen=True, slots=True)
class Operators:
    """A question without its signs: ``text`` still holds the words of the phrases, which every
    answer must hold letter by letter, but not what is ``excluded``; it is as long as what was
    typed, with spaces for what is gone. ``quoted`` are the spans of the phrases."""

    text: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    quoted: tuple[tuple[int, int], ...] = ()


def read_operators(text: str) -> Operators:
    """What is asked."""
    phrases: list[str] = []
    excluded: list[Excluded] = []
    quoted: list[tuple[int, int]] = []

    def taken(match: re.Match[str]) -> str:
        name = next(name for name in ("word", "product", "other", "phrase") if match[name])
        words, length = match[name].strip(), match.end() - match.start()
        start = match.start(name) + len(match[name]) - len(match[name].lstrip())
        if name != "phrase" or match["minus"]:
            if words:
                excluded.append(Excluded(words, start))
            return " " * length
        if words:
            phrases.append(words)
            quoted.append((start, start + len(words)))
        return (" " * (start - match.start()) + words).ljust(length)

    rest = _OPERATOR.sub(taken, text)
    return Operators(rest, tuple(phrases), tuple(excluded), tuple(quoted))


def says(case: Case, phrases: Iterable[str]) -> bool:
    """True when the case says all of ``phrases``, whatever the width and case of their letters."""
    parts = (case.title, case.municipality, *(s.heading for s in case.sections))
    text = "\n".join(map(fold_text, (*parts, *(section.text for section in case.sections))))
    return all(fold_text(phrase) in text for phrase in phrases)
