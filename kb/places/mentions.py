"""Finds place names in running text and settles which place each one means.

A name is found where it stands on its own: 津市 is not in 大津市, 北区 not in 北区域, 西都市 not in
関西都市圏. Which of several places it means is taken from what the text says, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from kb.base.tables import read_table
from kb.language.text import Folded
from kb.language.tokens import tokenize
from kb.places.names import BARE_KINDS, DESIGNATED, PREFECTURE, Place, parse_english, unify

Names = Mapping[str, tuple[Place, ...]]

_DATA = Path(__file__).parent / "data"
_LONGEST = 9
_ENDING = re.compile("[都道府県市区町村]")
_KANJI = re.compile("[一-鿿㐀-䶿々]")
_HIRAGANA = re.compile("[ぁ-ん]")
_KATAKANA = re.compile("[ァ-ヶー]")
_COUNTY = re.compile("[^都道府県市区町村、。・]{1,5}郡")
# What follows the last character of a name and makes another word of it: 市場, 区域, 町田, 村上.
_FIRM = "製作所|電機|鉄工|商店(?!街)|製薬|紡績|商事|物産"
_RIGHT = {
    "市": re.compile(f"場|販|況|価|町(?!内会)|区町村|{_FIRM}"),
    "区": re.compile("域|分|間|画|別|切|割|々"),
    "町": re.compile(f"田|屋|並|内会|村[会合]|{_FIRM}"),
    "村": re.compile(f"[山田井岡松瀬]|上[^空流下水]|{_FIRM}"),
    "都": re.compile("市(?!区?町村|内|民)|心"),
    "道": re.compile("路"),
}
# What a name may follow without a break although it is written in kanji.
_LEFT = re.compile(
    "(?:[県府都道市区町村]内|管内|法人|年度|[0-9][年月日]|会場|対象|団体|協議会|近隣|隣接|先進|代表|事務局|"
    "主催|共催|後援|提供|出典|資料|写真|協力|場所|所在地|住所|人口|事例|自治体|政令市|中核市|特例市|特別区|"
    "指定都市|[市町村体]名|第[0-9一二三四五六七八九十]+[次回期代]|以[後降]|当時|従来|現在|その後|"
    "振興局|[県郡旧現同])$"
)
_LEFT_LONG = re.compile("[元前各対在及又並例他等兼]$")
_SAME_CITY = re.compile("[同本当]市$")
_OFFICE = re.compile("役場|長|議会|教育委員会|職員|立")
_BUILDING = re.compile("役所|役場|庁舎|本庁|支所|[市町村]?立|[小中]学校|民館|図書館|病院")
_NOW = re.compile(r"[(（]現(?:在)?(?:の|[・、])?[^()（）]{1,8}[市町村区][)）]")
_LATIN = re.compile(r"[A-Za-zÀ-ž]+(?:'[a-zà-ž]{2,})?")
_LATIN_NAME = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+)*")
_LOWER = re.compile("of|city|town|village|ward|prefecture")
_LATIN_PREFECTURE = re.compile(r"(?:, ?| in )([A-Z][a-zà-ž]+)(?: Prefecture| Pref\.|-ken|-fu|-to)?")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands in a text: ``text == original[start:end]``. One candidate is the place
    meant; several mean that the text leaves it open."""

    text: str
    start: int
    end: int
    candidates: tuple[Place, ...]

    @property
    def place(self) -> Place | None:
        """The place meant, or None while that is open."""
        return self.candidates[0] if len(self.candidates) == 1 else None


@dataclass(frozen=True, slots=True)
class Hit:
    """A name found, before the rest of the text is asked. ``start`` and ``end`` are offsets in the
    text searched. ``prefecture`` is the one named right there, or "". ``official`` says that a
    county or an office beside it shows that a municipality is meant."""

    name: str
    start: int
    end: int
    candidates: tuple[Place, ...]
    prefecture: str = ""
    official: bool = False


def japanese_hits(folded: Folded, names: Names) -> list[Hit]:
    """Names in a Japanese text that stand on their own, in order, not overlapping."""
    text = unify(folded.text)
    hits: list[Hit] = []
    for start, end in _spans(text, names):
        previous = hits[-1] if hits else None
        following = _RIGHT.get(text[end - 1])
        if (previous and start < previous.end) or (following and following.match(text, end)):
            continue
        hit = _hit(text, start, end, names)
        torn = start > 0 and folded.ends[start - 1] < folded.starts[start]
        if previous:
            between = text[previous.end : start]
            if inside := _inside(previous, hit, between):
                hits[-1] = inside
                continue
            if not torn and _is_quarter(previous, hit, between):
                continue
            torn = torn or not between
        if torn or _stands_alone(folded.text, start, end, hit.name):
            hits.append(hit)
    return [hit for hit in hits if not _is_former(text, hit)]


def _is_former(text: str, hit: Hit) -> bool:
    """True for a municipality that is no more, although another has its name now: 旧加美町, 加美町（現・多可町）."""
    if all(place.name != hit.name for place in hit.candidates) or hit.prefecture:
        return False  # known as what it is called now
    is_old = text[max(0, hit.start - 1) : hit.start] == "旧" and not _BUILDING.match(text, hit.end)
    return is_old or bool(_NOW.match(text, hit.end))


def english_hits(text: str, names: Names) -> list[Hit]:
    """Romanised names: capitalised, or followed by City, Town, Village, Ward or Prefecture.
    ``names`` maps romaji keys to places."""
    words = list(_LATIN.finditer(text))
    hits: list[Hit] = []
    for i, first in enumerate(words):
        if hits and first.start() < hits[-1].end:
            continue
        tries = (_english_hit(text, first.start(), w.end(), names) for w in words[i : i + 4][::-1])
        hits += [hit for hit in tries if hit][:1]
    return hits


def settle(hits: Sequence[Hit], prefecture: str) -> list[Hit]:
    """``hits`` with the candidates that the whole text allows.

    An open name means, in this order: the place that the same name means elsewhere in the text with
    its prefecture beside it; the only candidate in ``prefecture`` ("" for none); the only candidate
    in a city or prefecture that the text names; the only candidate in the prefecture that all
    neighbouring names lie in. Otherwise it stays open.
    """
    named = {hit.prefecture for hit in hits} - {""}
    settled = []
    for i, hit in enumerate(hits):
        place = hit.candidates[0] if len(hit.candidates) == 1 else _meant(hits, i, prefecture)
        meant = place is not None and place.prefecture in named | {prefecture}
        if hit.name not in _common("quarter") or hit.official or meant:
            settled.append(replace(hit, candidates=(place,)) if place else hit)
    return settled


def to_mentions(
    hits: Sequence[Hit], text: str, folded: Folded | None = None
) -> tuple[Mention, ...]:
    """Mentions with offsets into the original ``text``."""
    found = []
    for hit in hits:
        start, end = folded.span(hit.start, hit.end) if folded else (hit.start, hit.end)
        found.append(Mention(text[start:end], start, end, hit.candidates))
    return tuple(found)


def _spans(text: str, names: Names) -> list[tuple[int, int]]:
    """Spans of every name, leftmost first and the longest first among those that start together."""
    spans = []
    for match in _ENDING.finditer(text):
        end = match.end()
        for start in range(max(0, end - _LONGEST), end - 1):
            if text[start:end] in names:
                spans.append((start, -end))
    return [(start, -end) for start, end in sorted(spans)]


def _hit(text: str, start: int, end: int, names: Names) -> Hit:
    name = text[start:end]
    places = names[name]
    prefecture = places[0].name if places[0].kind == PREFECTURE else ""
    official = bool(_OFFICE.match(text, end)) or text[max(0, start - 1) : start] == "郡"
    return Hit(name, start, end, places, prefecture, official)


def _inside(previous: Hit, hit: Hit, between: str) -> Hit | None:
    """One hit from a prefecture and the municipality in it that follows it, with or without 郡."""
    if previous.candidates[0].kind != PREFECTURE or (between and not _COUNTY.fullmatch(between)):
        return None
    places = tuple(place for place in hit.candidates if place.prefecture == previous.prefecture)
    if not places or places[0].kind == PREFECTURE:
        return None
    return replace(hit, start=previous.start, candidates=places, prefecture=previous.prefecture)


def _is_quarter(previous: Hit, hit: Hit, between: str) -> bool:
    """True for a part of ``previous`` that shares its name with a municipality elsewhere: the 朝日町
    of 神戸市朝日町, the 加美町 of 兵庫県加美町 (merged away), the 北栄町 of 京都市北区紫竹北栄町."""
    if previous.candidates[0].kind == PREFECTURE:
        return hit.name[-1] in "市区町村" and (not between or bool(_COUNTY.fullmatch(between)))
    if hit.name[-1] in "町村":
        return all(_KANJI.match(char) or char.isdigit() for char in between)
    return hit.name[-1] == "区" and not between


def _stands_alone(text: str, start: int, end: int, name: str) -> bool:
    """True when what stands before the name does not make it the tail of a longer word."""
    before = text[max(0, start - 6) : start]
    if not before or name[-1] in "都道府県":
        return True
    last, first = before[-1], text[start]
    if not _KANJI.match(first):
        if not (_KANJI.match(last) or _HIRAGANA.match(last) or _KATAKANA.match(last)):
            return True
        return bool(_LEFT.search(before)) or _begins_word(text, start, end)
    if not _KANJI.match(last):
        return last not in "ヶケ"
    if _LEFT.search(before) or (len(name) > 2 and _LEFT_LONG.search(before)):
        return True
    if name[-1] == "区" and _SAME_CITY.search(before):
        return True
    # 神田｜小川町 and 塩釜港｜港区 are cut like this too: for 町, 村 and the like it proves nothing.
    proves = name[-1] == "市" or (name[-1] == "区" and len(name) > 2)
    return proves and _begins_word(text, start, end)


def _begins_word(text: str, start: int, end: int) -> bool:
    left = max(0, start - 8)
    return _token_starts(text[left : end + 3], start - left)


@lru_cache(maxsize=4096)
def _token_starts(text: str, at: int) -> bool:
    """True when a word starts at ``at`` and the one before is no single kanji, as in 東｜川西市."""
    for previous, token in pairwise(tokenize(text)):
        if token.start == at:
            return len(previous.surface) > 1 or not _KANJI.match(previous.surface)
    return False


def _english_hit(text: str, start: int, end: int, names: Names) -> Hit | None:
    part = text[start:end]
    if not _LATIN_NAME.fullmatch(part):
        return None
    key, kinds = parse_english(part)
    places = names.get(key, ())
    places = tuple(place for place in places if place.kind in (kinds or BARE_KINDS))
    prefecture = ""
    if beside := _LATIN_PREFECTURE.match(text, end):
        outer = {p.name for p in names.get(parse_english(beside[1])[0], ()) if p.kind == PREFECTURE}
        inside = tuple(place for place in places if place.prefecture in outer)
        if inside and inside[0].kind != PREFECTURE:
            places, end, prefecture = inside, beside.end(), inside[0].prefecture
    told = bool(kinds or prefecture)
    is_word = key in _common("word") or len(key) < 3 or (part.isupper() and len(part) < 5)
    capitalised = all(word[0].isupper() for word in part.split() if not _LOWER.fullmatch(word))
    if not places or not (capitalised or (kinds and part.count(" ") < 2)):
        return None
    if is_word and not (told and part[0].isupper()):
        return None
    if len(places) == 1 and places[0].kind == PREFECTURE:
        prefecture = places[0].name
    return Hit(key, start, end, places, prefecture, official=bool(kinds))


def _meant(hits: Sequence[Hit], at: int, prefecture: str) -> Place | None:
    """The one candidate of ``hits[at]`` that :func:`settle` may choose, or None."""
    hit = hits[at]
    if any(place.kind == PREFECTURE for place in hit.candidates):
        return None  # 福島: the names around it do not tell the prefecture from its capital
    elsewhere = {
        other.candidates[0]
        for other in hits
        if other.name == hit.name and other.prefecture and len(other.candidates) == 1
    }.intersection(hit.candidates)
    if elsewhere:
        return elsewhere.pop() if len(elsewhere) == 1 else None
    given = [place for place in hit.candidates if place.prefecture == prefecture]
    if len(given) == 1:
        return given[0]
    return _named(hits, hit) or _neighbouring(hits, at)


@cache
def _common(why: str) -> frozenset[str]:
    """Names that are common words, too, for that reason; so are names of one or two letters."""
    rows = read_table(_DATA / "common_words.tsv", ("name", "why"))
    return frozenset(row.cells[0] for row in rows if row.cells[1] == why)


def _named(hits: Sequence[Hit], hit: Hit) -> Place | None:
    """The only candidate whose city, or else whose prefecture, the text names."""
    named = {other.prefecture for other in hits}
    cities = {
        place.code for other in hits for place in other.candidates if place.kind == DESIGNATED
    }
    in_city = [place for place in hit.candidates if place.parent in cities]
    within = in_city + [p for p in hit.candidates if p.prefecture in named and p not in in_city]
    if len(in_city) == 1 and len({place.prefecture for place in within}) == 1:
        return in_city[0]
    return within[0] if len(within) == 1 else None


def _neighbouring(hits: Sequence[Hit], at: int) -> Place | None:
    """The only candidate in the prefecture that the two names before and after all lie in."""
    before = [h.candidates[0] for h in hits[:at] if len(h.candidates) == 1][-2:]
    after = [h.candidates[0] for h in hits[at + 1 :] if len(h.candidates) == 1][:2]
    prefectures = {place.prefecture for place in before + after}
    found = [p for p in hits[at].candidates if p.prefecture in prefectures]
    return found[0] if len(prefectures) == 1 and len(found) == 1 else None
