"""What a question says about where, when and how large: soft conditions, never hard filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from kb.filters import size_similarity
from kb.places import Place, load_gazetteer
from kb.text import Folded, fold, fold_text
from kb.types import Case, Understood

SMALL = 30_000
"""Inhabitants up to which people call a municipality small (about the smaller half of Japan's)."""

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_YEAR = re.compile(
    r"(?:(令和|平成|昭和)(元|\d{1,2})|((?:19|20)\d\d))年度?\s*(以降|以後|から|より後|以前|まで|より前)?"
)
_YEAR_EN = re.compile(r"\b(since|after|from|before|until|in)\s+((?:19|20)\d\d)\b")
_PEOPLE = re.compile(
    r"人口(?:が|は)?(?:約|およそ)?([\d,.]+)(万|千)?人?\s*(以下|未満|以内|くらいまで|以上|超|を超える)"
)
_PEOPLE_EN = re.compile(
    r"(?:population\s+)?(under|below|less than|over|above|more than)\s+([\d,]+)(?:\s+(?:people|inhabitants|residents))?"
)
_SMALL = re.compile(
    r"小さ[ない](?:町|村|市|自治体|まち|役場)|小規模(?:な)?(?:自治体|市町村|団体|町|村)?|small (?:towns?|villages?|municipalit(?:y|ies))"
)
_NEAR = re.compile(
    r"(?:(?:うち|自分|当市|当町|当村|当区|本市|本町|本村|わが[市町村]|我が[市町村])(?:の[市町村]|の自治体)?と?)?"
    r"(?:同じ(?:くらい|ぐらい|程度|位)?の?|似た)(?:自治体)?(?:の)?(?:規模|大きさ|人口)|同(?:程度の)?規模"
    r"|(?:a |of )?similar size|about (?:our|the same) size|(?:as large as|like) (?:us|ours|our (?:town|city|village))"
)
_LIKENESS = 0.5
"""Populations that are at most twice as large or half as small are about the same."""

_PARTICLES = re.compile("[のをはがにでと、。]|くらい|ぐらい|事例|例")
_STATED = frozenset({"year", "size", "near"})
_KINDS = (
    (re.compile(r"政令(?:指定都)?市|designated cit(?:y|ies)"), ("政令市",)),
    (re.compile(r"町村|\btowns?\b"), ("町", "村")),
    (re.compile(r"(?<=[のいな])町(?=[のでがはにも、]|$)"), ("町",)),
    (re.compile(r"(?<=[のいな])村(?=[のでがはにも、]|$)|\bvillages?\b"), ("村",)),
    (re.compile(r"特別区|23区|東京の区"), ("特別区",)),
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing understood: its kind (place, year, size, kind or near), the words that said it,
    how to show it, and which cases meet it."""

    kind: str
    typed: str
    label: str
    meets: Callable[[Case], bool]

    @property
    def shown(self) -> Understood:
        """The condition as an answer tells it."""
        return Understood(self.kind, self.typed, self.label)


def understand(
    text: str, own: Place | None = None, ignored: Collection[str] = ()
) -> tuple[Condition, ...]:
    """The soft conditions of a question, in the order of places, years, size, kind and likeness
    to the municipality ``own``; not those whose label is ``ignored``."""
    folded = fold(text)
    places = _places(text, folded)
    like = _NEAR.search(folded.text)
    typed = like.group() if like else ""
    if like and (named := _named_before(text, folded.text[: like.start()])):
        (own, name), said = named, folded.text[: like.end()]
        typed = said[said.rindex(name) :]
        places = [place for place in places if place.typed != name]
    found = [
        *places,
        *_years(folded.text),
        *_sizes(folded.text),
        *_kinds(folded.text),
        *(_near(typed, own) if like else ()),
    ]
    kept = {condition.label: condition for condition in found if condition.label not in ignored}
    return tuple(kept.values())


def without_conditions(text: str, conditions: Sequence[Condition]) -> str:
    """``text`` without the words that state years and sizes: a case need not say them to meet
    them. The whole text when nothing else would be left."""
    rest = " ".join(map(fold_text, text.split()))
    for condition in conditions:
        if condition.kind in _STATED:
            rest = rest.replace(condition.typed, " ")
    return rest if any(char.isalnum() for char in _PARTICLES.sub("", rest)) else text


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
    population = own.population

    def meets(case: Case) -> bool:
        return case.code != own.code and size_similarity(population, case.population) >= _LIKENESS

    return [Condition("near", typed, f"{own.name}と同じくらいの規模", meets)]


def _places(text: str, folded: Folded) -> list[Condition]:
    gazetteer = load_gazetteer()
    mentions = gazetteer.mentions(text) or gazetteer.mentions_en(text)
    return [_place(mention.text, mention.candidates) for mention in mentions]


def _place(typed: str, candidates: tuple[Place, ...]) -> Condition:
    codes = {place.code for place in candidates}
    prefectures = {place.prefecture for place in candidates if place.kind == "都道府県"}
    names = {place.name for place in candidates}
    label = candidates[0].full_name if len(candidates) == 1 else typed

    def meets(case: Case) -> bool:
        return (
            case.code in codes
            or case.prefecture in prefectures
            or (case.ambiguous and case.municipality in names)
        )

    return Condition("place", typed, label, meets)


def _years(folded: str) -> list[Condition]:
    found = []
    for match in _YEAR.finditer(folded):
        era, of_era, western, bound = match.groups()
        year = int(western) if western else _ERAS[era] + (1 if of_era == "元" else int(of_era))
        low = year if bound in (None, "以降", "以後", "から", "より後") else 0
        high = year if bound in (None, "以前", "まで", "より前") else 9999
        found.append(_year(match.group(), low, high))
    for match in _YEAR_EN.finditer(folded):
        year = int(match[2])
        low = year if match[1] in ("since", "after", "from", "in") else 0
        high = year if match[1] in ("before", "until", "in") else 9999
        found.append(_year(match.group(), low, high))
    return found


def _year(typed: str, low: int, high: int) -> Condition:
    label = f"{low}年度" if low == high else (f"{low}年度から" if low else f"{high}年度まで")
    return Condition(
        "year", typed, label, lambda case: case.year is not None and low <= case.year <= high
    )


def _sizes(folded: str) -> list[Condition]:
    found = []
    for match in _PEOPLE.finditer(folded):
        unit = {"万": 10_000, "千": 1_000, None: 1}[match[2]]
        bound = round(float(match[1].replace(",", "")) * unit)
        most = match[3] in ("以下", "未満", "以内", "くらいまで")
        found.append(_size(match.group(), 0 if most else bound, bound if most else 10**9))
    for match in _PEOPLE_EN.finditer(folded):
        bound = int(match[2].replace(",", "") or 0)
        most = match[1] in ("under", "below", "less than")
        if bound >= 1000:
            found.append(_size(match.group(), 0 if most else bound, bound if most else 10**9))
    small = _SMALL.search(folded)
    return found or ([_size(small.group(), 0, SMALL)] if small else [])


def _size(typed: str, low: int, high: int) -> Condition:
    label = f"人口{low:,}人以上" if low else f"人口{high:,}人以下"
    return Condition(
        "size",
        typed,
        label,
        lambda case: case.population is not None and low <= case.population <= high,
    )


def _kinds(folded: str) -> list[Condition]:
    gazetteer = load_gazetteer()
    found = []
    for pattern, kinds in _KINDS:
        if match := pattern.search(folded):
            found.append(_kind(match.group(), kinds, gazetteer.by_code))
    return found


def _kind(typed: str, kinds: tuple[str, ...], by_code: Callable[[str], Place | None]) -> Condition:
    def meets(case: Case) -> bool:
        place = by_code(case.code) if case.code else None
        return place is not None and place.kind in kinds

    return Condition("kind", typed, "・".join(kinds), meets)
