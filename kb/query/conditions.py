"""What a question says about where, when and how large: soft conditions, never hard filters."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from kb.base.types import Filters, Understood
from kb.language.text import fold_text
from kb.places.gazetteer import load_gazetteer
from kb.places.names import Place
from kb.query.place_conditions import Where, kinds, places
from kb.query.size_conditions import sizes
from kb.query.year_conditions import years

_NEAR = re.compile(
    r"(?:(?:うち|自分|当市|当町|当村|当区|本市|本町|本村|わが[市町村]|我が[市町村])(?:の[市町村]|の自治体)?と?)?"
    r"(?:同じ(?:くらい|ぐらい|程度|位)?の?|似た)(?:自治体)?(?:の)?(?:規模|大きさ|人口)|同(?:程度の)?規模"
    r"|(?:a |of )?similar size|about (?:our|the same) size|(?:as large as|like) (?:us|ours|our (?:town|city|village))"
)
_LIKENESS = 2
"""Populations that are at most twice as large or half as small are about the same."""

_PARTICLES = re.compile("[のをはがにでと、。]|くらい|ぐらい|事例|例")
_STATED = frozenset({"year", "size", "near"})


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing understood: its kind (place, year, size, kind or near), the words that said it,
    how to show it in Japanese and in English, and which cases meet it: those that pass ``wanted``,
    but none of the municipality with the code ``other_than``."""

    kind: str
    typed: str
    label: str
    label_en: str
    wanted: Filters
    other_than: str = ""

    @property
    def shown(self) -> Understood:
        """The condition as an answer tells it."""
        return Understood(self.kind, self.typed, self.label, self.label_en)


def understand(
    text: str,
    own: Place | None = None,
    ignored: Collection[str] = (),
    today: datetime.date | None = None,
) -> tuple[Condition, ...]:
    """The soft conditions of a question, in the order of places, years, size, kind and likeness
    to the municipality ``own``; not those whose label is ``ignored``. Years like 「昨年度」 are
    counted from ``today``."""
    folded = fold_text(text)
    named = places(text)
    like = _NEAR.search(folded)
    typed = like.group() if like else ""
    if like and (before := _named_before(text, folded[: like.start()])):
        (own, name), said = before, folded[: like.end()]
        typed = said[said.rindex(name) :]
        named = tuple(where for where in named if where.typed != name)
    found = [
        *map(_at, named),
        *_when(folded, today or datetime.date.today()),
        *_how_large(folded),
        *(_at(kind) for kind in kinds(folded) if not _is_part(kind, named)),
        *(_near(typed, own) if like else ()),
    ]
    kept = {condition.label: condition for condition in found if condition.label not in ignored}
    return tuple(kept.values())


def without_conditions(text: str, conditions: Sequence[Condition]) -> str:
    """``text`` without the words that state years and sizes: a case need not say them to meet
    them. The whole text when nothing else would be left."""
    rest = _without(text, [c for c in conditions if c.kind in _STATED])
    return rest if _says_something(rest) else text


def in_japanese(text: str, conditions: Sequence[Condition]) -> str:
    """Folded ``text`` with the places that it names in English as the documents write them."""
    for condition in conditions:
        if condition.kind == "place" and condition.typed.isascii():
            names = [n for n in condition.wanted.municipalities if not n.isdecimal()]
            name = names[0] if names else condition.label
            text = text.replace(fold_text(condition.typed), f" {name} ")
    return text


def beside_conditions(text: str, conditions: Sequence[Condition]) -> str:
    """What ``text`` says beside its conditions, folded; "" where that is nothing but grammar."""
    rest = _without(text, conditions)
    return rest if _says_something(rest) else ""


def _says_something(rest: str) -> bool:
    return any(char.isalnum() for char in _PARTICLES.sub("", rest))


def _without(text: str, conditions: Sequence[Condition]) -> str:
    rest = " ".join(map(fold_text, text.split()))
    for condition in sorted(conditions, key=lambda c: -len(c.typed)):
        rest = rest.replace(fold_text(condition.typed), " ")
    return rest


def _named_before(text: str, before: str) -> tuple[Place, str] | None:
    """The municipality that 「〜と同じ規模」 names, and the words that name it."""
    if not before.endswith(("と", "と人口が")):
        return None
    mentions = [m for m in load_gazetteer().mentions(text) if m.place and m.text in before]
    return (mentions[-1].place, mentions[-1].text) if mentions and mentions[-1].place else None


def _near(typed: str, own: Place | None) -> list[Condition]:
    """Nothing when nobody has said which municipality is asking."""
    if own is None or not own.population:
        return []
    like = Filters(
        population_from=-(-own.population // _LIKENESS),
        population_to=own.population * _LIKENESS,
    )
    label, label_en = f"{own.name}と同じくらいの規模", f"about as large as {own.name}"
    return [Condition("near", typed, label, label_en, like, own.code)]


def _is_part(kind: Where, named: Sequence[Where]) -> bool:
    """True for the "town" of "Taka Town"."""
    return any(kind.typed in fold_text(place.typed) for place in named)


def _at(where: Where) -> Condition:
    return Condition(where.kind, where.typed, where.label, where.label_en, where.wanted)


def _when(folded: str, today: datetime.date) -> Iterator[Condition]:
    for said in years(folded, today):
        wanted = Filters(year_from=said.low, year_to=said.high)
        yield Condition("year", said.typed, said.label, said.label_en, wanted)


def _how_large(folded: str) -> Iterator[Condition]:
    for said in sizes(folded):
        wanted = Filters(population_from=said.low, population_to=said.high)
        yield Condition("size", said.typed, said.label, said.label_en, wanted)
