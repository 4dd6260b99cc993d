"""Signs with which a person says exactly what is wanted: "quoted phrases" and -words to leave out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kb.base.errors import QueryError
from kb.base.types import Case
from kb.language.text import fold_text

_OPERATOR = re.compile(
    r"(?P<minus>(?:(?<=\s)|^)[-－−])?[\"＂“”](?P<phrase>[^\"＂“”]+)[\"＂“”]"
    r"|(?:(?<=\s)|^)[-－−](?P<word>[^\s\"＂“”－−-][^\s\"＂“”]*)"
)


@dataclass(frozen=True, slots=True)
class Operators:
    """A question without its signs: ``text`` still holds the words of the phrases, which every
    answer must hold letter by letter, but not what is ``excluded``."""

    text: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def read_operators(text: str) -> Operators:
    """What is asked. Raises QueryError when there is nothing but words to leave out."""
    phrases: list[str] = []
    excluded: list[str] = []

    def taken(match: re.Match[str]) -> str:
        phrase = (match["phrase"] or "").strip()
        if match["word"] or match["minus"]:
            excluded.append(match["word"] or phrase)
            return " "
        phrases.append(phrase)
        return f" {phrase} "

    rest = " ".join(_OPERATOR.sub(taken, text).split()) if _OPERATOR.search(text) else text
    if not rest and excluded:
        raise QueryError("usage.query_only_exclusions")
    return Operators(rest, tuple(filter(None, phrases)), tuple(filter(None, excluded)))


def says(case: Case, phrases: Iterable[str]) -> bool:
    """True when the case says all of ``phrases``, whatever the width and case of their letters."""
    parts = (case.title, case.municipality, *(s.heading for s in case.sections))
    text = "\n".join(map(fold_text, (*parts, *(section.text for section in case.sections))))
    return all(fold_text(phrase) in text for phrase in phrases)
