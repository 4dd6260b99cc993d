"""What a question says of place, size, time and cost, and what of it is to be left out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kb.base.types import Filters, Understood
from kb.places.names import Place
from kb.query.conditions.contexts import OUT
from kb.query.conditions.costs import costs
from kb.query.conditions.fields import named_fields
from kb.query.conditions.found import Found, apart
from kb.query.conditions.fundings import fundings
from kb.query.conditions.likeness import compared, likeness, neighbours, unsaid_own
from kb.query.conditions.places import kinds, places
from kb.query.conditions.sizes import sizes
from kb.query.conditions.stages import stages
from kb.query.conditions.typed import Typed
from kb.query.conditions.wishes import AS_TYPED, Wishes
from kb.query.conditions.years import years

STATED = frozenset({"year", "size", "near", "cost"})
"""Kinds whose words a case need not say to meet them."""

_OUT_BEFORE = re.compile(
    r"\b(?:outside(?: of)?|except(?: for| in| from)?|excluding|other than|but not(?: in)?"
    r"|not (?:in|from)|apart from|aside from)\s+(?:the )?"
    r"(?:(?:cities|towns|villages|municipalities|places|those)\s+(?:(?:of|with)\s+)?)?$"
)
_OUTSIDE = re.compile(  # 福岡県外の自治体; 福岡県外から来る人 says nothing of where the cases are
    r"外の?(?=自治体|市町村|町村|都市|団体|離島|事例|取り?組|先進|例|ところ|もの|$)"
    r"|外で(?=[^すしも])"
)
_AND = re.compile(r"\s*(?:と|や|・|、|,|および|及び|または|\bor\b|\band\b)\s*")


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing understood: its ``kind`` (place, region, kind, size, year, near, cost, status, funding, field), the words
    ``typed`` for it with their span in what was typed, how to show it in Japanese and in English,
    and which cases meet it: those that pass ``wanted``, but none
    of the municipality with the code ``other_than``, and those that ``says`` one of these words;
    of those that ``tells`` one of them nobody knows; where it is to ``exclude``, all others.
    ``low`` and ``high`` are the bounds it gives, inclusive. ``must``: a case that is known not to
    meet it is no answer; else those that meet it come first."""

    kind: str
    start: int
    end: int
    typed: str
    label: str
    label_en: str
    wanted: Filters
    low: int | None = None
    high: int | None = None
    other_than: str = ""
    says: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    exclude: bool = False
    must: bool = False

    @property
    def shown(self) -> Understood:
        """The condition as an answer tells it."""
        return Understood(
            self.kind, self.typed, self.label, self.label_en, self.exclude, self.low, self.high,
            self.must, wanted=self.wanted,
        )  # fmt: skip


def conditions_of(
    text: str,
    own: Place | None = None,
    wishes: Wishes = AS_TYPED,
    today: datetime.date | None = None,
) -> tuple[Condition, ...]:
    """The conditions of a question in its order; not those that the ``wishes`` ignore. Numbers and
    what is left out bind, the rest is preferred, unless the ``wishes`` say otherwise. Years like
    「昨年度」 are counted from ``today``, 「うちと同じ規模」 means ``own``."""
    typed = Typed(text)
    if not typed.folded:
        return ()
    seen = _found(typed, own, today or datetime.date.today())
    found = sorted((f for f in seen if not _is_beyond(typed, f)), key=lambda f: f.start)
    out, spans = _left_out(typed, found)
    kept: dict[tuple[str, bool], Condition] = {}
    parts = set(_parts(typed, found, out))
    for i, (one, exclude, span) in enumerate(zip(found, out, spans, strict=True)):
        if one.label not in wishes.ignored and i not in parts:
            condition = _condition(one, text, typed.span(*span), exclude=exclude)
            kept.setdefault((one.label, exclude), wished(condition, wishes))
    return tuple(kept.values())


def unsaid_own_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where a question compares with the municipality of whoever asks."""
    typed = Typed(text)
    found = unsaid_own(typed, places(typed)) if typed.folded else ()
    return tuple(typed.span(*span) for span in found)


def excluded_condition(word: str, at: int) -> Condition | None:
    """The condition that a word behind a minus sign is as a whole: -兵庫県; None for other words.
    ``at`` is where the word stands."""
    found = conditions_of(word)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(word)):
        return None
    return replace(found[0], start=at, end=at + len(word), exclude=True, must=True)


def wished(condition: Condition, wishes: Wishes) -> Condition:
    """The condition as somebody wants it, whatever was typed."""
    mode = wishes.mode(condition.label)
    if mode is None:
        return replace(condition, must=True) if wishes.strict else condition
    return replace(condition, exclude=mode == "exclude", must=mode != "prefer")


def _found(typed: Typed, own: Place | None, today: datetime.date) -> list[Found]:
    where = places(typed)
    like, named = likeness(typed, own, where)
    around = (*neighbours(typed, where), *compared(typed, own, where))
    where = tuple(w for w in where if w is not named and not any(w.overlaps(n) for n in around))
    costing = costs(typed)
    large = [one for one in sizes(typed) if not any(one.overlaps(other) for other in costing)]
    when = years(typed, today)
    told = list(
        apart((*([like] if like else ()), *around, *fundings(typed), *costing, *large, *when))
    )
    where = tuple(one for one in where if not any(one.overlaps(other) for other in told))
    near = [one for one in told if one.kind == "near"]  # 「神河町くらいの規模の町」
    of = [k for k in kinds(typed, (*where, *large)) if not any(k.overlaps(one) for one in near)]
    return [*where, *told, *of, *stages(typed), *named_fields(typed)]


def _is_beyond(typed: Typed, one: Found) -> bool:
    """Whether a place is named for those who are not from it: 福岡県外から来る人."""
    is_where = one.kind in ("place", "region")
    return (
        is_where
        and typed.folded.startswith("外", one.end)
        and not _OUTSIDE.match(typed.folded, one.end)
    )


def _left_out(typed: Typed, found: Sequence[Found]) -> tuple[list[bool], list[tuple[int, int]]]:
    """Which are to be left out, and their spans with the words that say so: 「関東と関西以外」 leaves
    both out."""
    out = [False] * len(found)
    spans = [(one.start, one.end) for one in found]
    for i, one in enumerate(found):
        is_where = one.kind in ("place", "region")
        behind = OUT.match(typed.folded, one.end)
        if behind := behind or (is_where and _OUTSIDE.match(typed.folded, one.end)) or None:
            out[i], spans[i] = True, (one.start, behind.end())
        elif before := _OUT_BEFORE.search(typed.folded[: one.start]):
            out[i], spans[i] = True, (before.start(), one.end)
        elif i and out[i - 1] and spans[i - 1][0] < found[i - 1].start:  # outside Tokyo and Osaka
            out[i] = _joined(typed, found[i - 1], one)
    for i in range(len(found) - 1, 0, -1):
        one, other = found[i - 1], found[i]
        if out[i] and _is_part(typed, one, other):
            out[i - 1], spans[i - 1] = True, (spans[i - 1][0], spans[i][1])
        if _joined(typed, found[i - 1], found[i]) and out[i] and not out[i - 1]:
            out[i - 1], spans[i - 1] = True, (found[i - 1].start, found[i].start)
    return out, spans


def _parts(typed: Typed, found: Sequence[Found], out: Sequence[bool]) -> Iterator[int]:
    """Which are only part of what is left out: the 市 of 10万人以上の市以外, the 東京 of 東京23区以外."""
    for i, (one, other) in enumerate(pairwise(found)):
        if out[i + 1] and _is_part(typed, one, other):
            yield i + 1
        if out[i + 1] and not out[i] and one.kind == "place" and one.end == other.start:
            yield i


def _is_part(typed: Typed, one: Found, other: Found) -> bool:
    """True for the 市 of 10万人以上の市以外."""
    between = typed.folded[one.end : other.start]
    return (one.kind, other.kind) == ("size", "kind") and between in ("", "の")


def _joined(typed: Typed, one: Found, other: Found) -> bool:
    return (
        bool(_AND.fullmatch(typed.folded, one.end, other.start))
        if one.end <= other.start
        else False
    )


def _condition(one: Found, text: str, span: tuple[int, int], *, exclude: bool) -> Condition:
    return Condition(
        one.kind, *span, text[slice(*span)], one.label, one.label_en, one.wanted,
        one.low, one.high, one.other_than, one.says, one.tells, exclude, exclude or one.is_number,
    )  # fmt: skip
