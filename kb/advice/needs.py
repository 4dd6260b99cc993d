"""What a municipality needs: as its documents say it, as a consultation tells it, or as is usual."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kb.base.tables import read_table
from kb.base.types import Case
from kb.language.text import sentences
from kb.language.tokens import search_terms, tokenize
from kb.query.conditions.detect import conditions_of

NEED_ROLES = ("見えてきた課題", "有効と思われる支援")
MOST_NEEDS = 12
LONGEST_NEED = 200
"""Characters of a need that somebody writes."""

_DATA = Path(__file__).parent / "data"
_LONGEST_LINE = 300
_SHORTEST = 8  # characters of a need
_SAME = 0.6  # share of words that makes two needs one
_MARK = re.compile(r"^[\s\-*・•●○◆■◇□▪➢✓①-⑳]+|^[（(]?[0-9０-９]{1,2}[)）.．、]\s*")
_LISTED = re.compile(r"\s*(?:[\-*・•●○◆■◇□▪➢✓①-⑳]|[（(]?[0-9０-９]{1,2}[)）.．、])")
_HEAD = re.compile(
    r"^(?P<mark>[\s#■●◆○◇【\[［〔<＜（(0-9０-９.．)）、]*)(?P<head>[^。:：】\]］〕>＞]{2,14})"
    r"(?:(?P<end>[】\]］〕>＞:：\s]*[】\]］〕>＞:：])(?P<rest>.*))?$"
)


@dataclass(frozen=True, slots=True)
class Need:
    """Something a municipality lacks. ``case`` and ``page`` are where a document says so; None for
    what was written or chosen. ``role`` is that of the section, "" without a document."""

    text: str
    role: str = ""
    case: Case | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Worry:
    """A usual worry of a 分野."""

    field: str
    text: str
    english: str


@cache
def worries() -> tuple[Worry, ...]:
    """The usual worries, by 分野."""
    rows = read_table(_DATA / "worries.tsv", ("field", "worry", "english"))
    return tuple(Worry(*row.cells) for row in rows)


def told_needs(cases: Sequence[Case]) -> tuple[Need, ...]:
    """What the municipality's cases name as open, one by one. A need that two documents name is
    there once, from the one with pages."""
    every = sorted(
        ((c, s) for c in cases for s in c.sections if s.role in NEED_ROLES),
        key=lambda pair: (pair[1].page is None, -(pair[0].year or 0)),
    )
    return _different(
        Need(told, section.role, case, section.page)
        for case, section in every
        for told in _sentences(section.text)
    )


def written_needs(text: str) -> tuple[Need, ...]:
    """What a consultation, minutes or a few lines of somebody's own say is lacking: the sentences
    below a head such as 「困りごと」, else those with a word of trouble and what stands in one list with
    them, else all; in their words."""
    headed: list[str] = []
    listed: list[tuple[int, str]] = []  # the number of the list, 0 for what is in none
    every: list[str] = []
    head, count = "", 1
    for line in text.splitlines():
        kind, rest = _headed(line)
        head = kind or head
        is_listed = bool(_LISTED.match(line)) and head != "other"
        count += not is_listed
        for told in _sentences(rest):
            every.append(told)
            if head == "head":
                headed.append(told)
            elif kind not in ("other", "unknown"):
                listed.append((count if is_listed else 0, told))
    troubled = _troubled(listed)
    return _different(Need(told[:LONGEST_NEED]) for told in headed or troubled or every)


def budget(text: str) -> int | None:
    """The most, in yen, that a consultation says something may cost: 【予算】200万円まで; None where it
    does not."""
    lines = (line[:_LONGEST_LINE] for line in text.splitlines() if "円" in line or "yen" in line)
    told = (c.high for line in lines for c in conditions_of(line) if c.kind == "cost")
    return next((most for most in told if most), None)


def _troubled(listed: Sequence[tuple[int, str]]) -> list[str]:
    word = _words()["sentence"]
    lists = {number for number, told in listed if number and word.search(told)}
    return [told for number, told in listed if number in lists or word.search(told)]


def _headed(line: str) -> tuple[str, str]:
    """What kind of head a line begins with, "" for none, and what it says beside it. A head is marked,
    ends with a bracket or a colon, or is the word alone."""
    found = _HEAD.match(line)
    if not found:
        return "", line
    is_marked = bool(found["mark"].strip(" \t　0123456789.．)）") or found["end"])
    rest = found["rest"] or ""
    for kind in ("head", "other"):
        word = _words()[kind]
        if word.search(found["head"]) if is_marked else word.fullmatch(found["head"].strip()):
            return kind, rest
    return ("unknown", rest) if is_marked else ("", line)


@cache
def _words() -> Mapping[str, re.Pattern[str]]:
    rows = read_table(_DATA / "troubles.tsv", ("kind", "words"))
    return {row.cells[0]: re.compile(row.cells[1]) for row in rows}


def _sentences(text: str) -> Iterator[str]:
    for start, end in sentences(text):
        told = _MARK.sub("", text[start:end]).strip()
        if len(told) >= _SHORTEST:
            yield told


def _different(needs: Iterator[Need]) -> tuple[Need, ...]:
    """The first of those that say the same."""
    found: list[Need] = []
    known: list[frozenset[str]] = []
    for need in needs:
        terms = frozenset(search_terms(tokenize(need.text)))
        if not terms or any(_same(terms, other) for other in known):
            continue
        known.append(terms)
        found.append(need)
        if len(found) == MOST_NEEDS:
            break
    return tuple(found)


def _same(terms: frozenset[str], other: frozenset[str]) -> bool:
    """True when most words of the shorter one stand in the other, too."""
    return len(terms & other) >= _SAME * min(len(terms), len(other))
