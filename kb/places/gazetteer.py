"""The gazetteer: every prefecture, municipality and ward of Japan, by code, name and place."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from kb.base.messages import message
from kb.base.tables import TableLine, read_table
from kb.language.text import Folded, fold
from kb.places.mentions import Mention, english_hits, japanese_hits, settle, to_mentions
from kb.places.names import (
    BARE_KINDS,
    CITY,
    DESIGNATED,
    PREFECTURE,
    SPECIAL_WARD,
    TOWN,
    VILLAGE,
    WARD,
    Place,
    bare,
    bare_kana,
    english_name,
    hiragana,
    name_key,
    parse_english,
    romaji,
    romaji_key,
    unify,
    without_county,
)  # fmt: skip

__all__ = [
    "POPULATION_BANDS",
    "Gazetteer",
    "LikenessWeights",
    "Mention",
    "Place",
    "load_gazetteer",
    "population_band",
]

_DATA = Path(__file__).parent / "data"
_EARTH_KM = 6371.0

POPULATION_BANDS = (
    (5_000, "〜5千"), (10_000, "〜1万"), (20_000, "〜2万"), (50_000, "〜5万"), (100_000, "〜10万"),
    (300_000, "〜30万"), (500_000, "〜50万"),
)  # fmt: skip
"""(largest population, label) of every band but the last, 「50万〜」."""

# Likeness of two kinds of municipality in `similar`: what they may and must do under the law.
_KIN = {
    frozenset((CITY, DESIGNATED)): 0.5,
    frozenset((CITY, SPECIAL_WARD)): 0.7,
    frozenset((DESIGNATED, SPECIAL_WARD)): 0.4,
    frozenset((CITY, TOWN)): 0.4,
    frozenset((TOWN, VILLAGE)): 0.8,
}


@dataclass(frozen=True, slots=True)
class LikenessWeights:
    """How much size, kind and nearness count; only their ratio matters."""

    size: float = 0.5
    kind: float = 0.2
    nearness: float = 0.3


Index = Mapping[str, tuple[Place, ...]]


def population_band(population: int) -> str:
    """The band of a population: 「〜2万」 is 10,001 to 20,000; 「50万〜」 is 500,001 and more."""
    return next((label for most, label in POPULATION_BANDS if population <= most), "50万〜")


class Gazetteer:
    """Places and their names. Answers hold every candidate; nothing is guessed."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._by_code = {place.code: place for place in places}

    def by_code(self, code: str) -> Place | None:
        """The place with that code: six digits, or five (without the check digit)."""
        return self._by_code.get(code) or self._by_short_code.get(code)

    def places(self) -> tuple[Place, ...]:
        """Every place, by code."""
        return tuple(self._by_code.values())

    def bare(self, name: str) -> tuple[Place, ...]:
        """The places that folded text calls ``name`` without 市, 町, 県 …; no 行政区."""
        return self._bare_names.get(unify(name), ())

    def find(self, name: str) -> tuple[Place, ...]:
        """Every place that ``name`` can mean, prefectures first, then the largest first.

        A code, a name with or without prefecture and 郡, a bare name (多可), a reading (たかちょう),
        romaji or English (Toyooka, "Taka Town, Hyogo"). Variant characters are the same.
        """
        key = name_key(name)
        if key.isdecimal():
            place = self.by_code(key)
            return (place,) if place else ()
        return (
            self._names.get(key)
            or self._find_inside(key)
            or self._bare_names.get(key)
            or self._find_reading(hiragana(name))
            or self._find_english(name)
        )

    def resolve(self, name: str, prefecture: str | None = None) -> Place | None:
        """The one place ``name`` means (within ``prefecture``, in any writing), or None."""
        found = self.find(name)
        if prefecture:
            inside = self._prefecture_name(prefecture)
            found = tuple(place for place in found if place.prefecture == inside)
        return found[0] if len(found) == 1 else None

    def mentions(self, text: str | Folded, prefecture: str | None = None) -> tuple[Mention, ...]:
        """Places named in Japanese running text, in order, with offsets into ``text``.

        ``prefecture``, where known, tells namesakes apart. Bare names (多可の) are no mentions.
        Of a text folded already, offsets are into the folded text.
        """
        folded = text if isinstance(text, Folded) else fold(text)
        hits = settle(japanese_hits(folded, self._names), self._prefecture_name(prefecture))
        return (
            to_mentions(hits, text, folded)
            if isinstance(text, str)
            else to_mentions(hits, folded.text)
        )

    def mentions_en(self, text: str, prefecture: str | None = None) -> tuple[Mention, ...]:
        """Places named in English running text, as :meth:`mentions` does for Japanese."""
        hits = settle(english_hits(text, self._romaji), self._prefecture_name(prefecture))
        return to_mentions(hits, text)

    def prefectures(self) -> tuple[Place, ...]:
        """The 47 prefectures from north to south."""
        return tuple(place for place in self._by_code.values() if place.kind == PREFECTURE)

    def municipalities(self, prefecture: str) -> tuple[Place, ...]:
        """Municipalities of a prefecture (no 行政区) by code; empty for an unknown prefecture."""
        inside = self._prefecture_name(prefecture)
        return tuple(
            place
            for place in self._by_code.values()
            if place.prefecture == inside and place.kind not in (PREFECTURE, WARD)
        )

    def neighbours(self, place: Place, k: int) -> tuple[tuple[Place, float], ...]:
        """The ``k`` nearest places of the same level with the distance in km, nearest first."""
        near = ((other, distance_km(place, other)) for other in self._peers(place))
        return tuple(sorted(near, key=lambda pair: (pair[1], pair[0].code))[:k])

    def similar(
        self, place: Place, k: int, weights: LikenessWeights = LikenessWeights()
    ) -> tuple[tuple[Place, float], ...]:
        """The ``k`` places of the same level most like ``place`` with their likeness (0 to 1).

        0.5 × size + 0.2 × kind + 0.3 × nearness, or by other ``weights``, where size is the smaller population divided by the
        larger, kind is 1 for the same kind and less for others (市 and 町 0.4), and nearness halves
        every 100 km. Size weighs most: it decides budget and staff, and with them what can be
        copied.
        """
        scored = ((other, likeness(place, other, weights)) for other in self._peers(place))
        return tuple(sorted(scored, key=lambda pair: (-pair[1], pair[0].code))[:k])

    def _peers(self, place: Place) -> list[Place]:
        level = _level(place)
        return [p for p in self._by_code.values() if _level(p) == level and p.code != place.code]

    def _prefecture_name(self, name: str | None) -> str:
        """Full name of a prefecture in any writing, "" for None or an unknown one."""
        found = [p for p in self.find(name) if p.kind == PREFECTURE] if name else []
        return found[0].name if found else ""

    def _find_inside(self, key: str) -> tuple[Place, ...]:
        """A name after its prefecture (full or bare) or its 郡: 兵庫県多可郡多可町, 兵庫多可."""
        for prefecture in self.prefectures():
            for outer in (prefecture.name, bare(prefecture.name, PREFECTURE)):
                if not key.startswith(outer):
                    continue
                found = self._named_in(key.removeprefix(outer), prefecture.name)
                if found:
                    return found
        rest = without_county(key)
        return self._names.get(rest, ()) if rest != key else ()

    def _named_in(self, rest: str, prefecture: str) -> tuple[Place, ...]:
        """Places of ``prefecture`` by what follows its name; 大和郡山市 is in no 大和郡."""
        for key in dict.fromkeys((rest, without_county(rest))):
            found = self._names.get(key) or self._bare_names.get(key, ())
            inside = tuple(place for place in found if place.prefecture == prefecture)
            if inside:
                return inside
        return ()

    def _find_reading(self, kana: str) -> tuple[Place, ...]:
        if kana in self._readings:
            return self._readings[kana]
        for prefecture in self.prefectures():
            if kana.startswith(prefecture.kana):
                found = self._readings.get(kana.removeprefix(prefecture.kana), ())
                return tuple(place for place in found if place.prefecture == prefecture.name)
        return ()

    def _find_english(self, name: str) -> tuple[Place, ...]:
        inner, _, outer = name.partition(",")
        key, kinds = parse_english(inner)
        found = tuple(p for p in self._romaji.get(key, ()) if p.kind in (kinds or BARE_KINDS))
        if outer.strip():
            inside = self._prefecture_name(outer.strip())
            found = tuple(place for place in found if place.prefecture == inside)
        return found

    @cached_property
    def _by_short_code(self) -> dict[str, Place]:
        return {code[:5]: place for code, place in self._by_code.items()}

    @cached_property
    def _names(self) -> Index:
        """Keys of names with their 市, 町 …; a 行政区 with and without its city,
        a namesake with its 郡."""
        pairs = [(unify(p.name), p) for p in self._by_code.values()]
        pairs += [(unify(self._ward(p)), p) for p in self._by_code.values() if p.parent]
        current = _index(pairs)
        other = read_table(_DATA / "other_names.tsv", ("name", "code", "why"))
        named = [(unify(row.cells[0]), self._by_code.get(row.cells[1])) for row in other]
        return current | _index((name, p) for name, p in named if p and name not in current)

    @cached_property
    def _bare_names(self) -> Index:
        """Keys of names without 市, 町 …; not of 行政区."""
        places = (p for p in self._by_code.values() if p.kind in BARE_KINDS)
        pairs = ((bare(unify(p.name), p.kind), p) for p in places)
        return _index((key, p) for key, p in pairs if len(key) > 1 or p.kind == CITY)

    @cached_property
    def _readings(self) -> Index:
        pairs = []
        for place in self._by_code.values():
            pairs.append((place.kana, place))
            if place.parent:
                pairs.append((self._ward_kana(place), place))
            else:
                pairs.append((bare_kana(place.kana, place.kind), place))
        return _index(pairs)

    @cached_property
    def _romaji(self) -> Index:
        """Romaji keys of bare readings; of a 行政区 without its city."""
        return _index(
            (romaji_key(romaji(bare_kana(self._ward_kana(place), place.kind))), place)
            for place in self._by_code.values()
        )

    def english(self, code: str) -> str:
        """How English writes a place, of a 行政区 with its city: Taka Town, Chuo Ward, Sapporo City;
        "" for no known code."""
        place = self._by_code.get(code)
        if place is None or not place.parent:
            return english_name(place) if place else ""
        alone = replace(place, kana=self._ward_kana(place))
        return f"{english_name(alone)}, {english_name(self._by_code[place.parent])}"

    def _ward(self, place: Place) -> str:
        return place.name.removeprefix(self._by_code[place.parent].name)

    def _ward_kana(self, place: Place) -> str:
        return place.kana.removeprefix(self._by_code[place.parent].kana if place.parent else "")


def distance_km(a: Place, b: Place) -> float:
    """Great-circle distance (haversine, mean Earth radius) in km."""
    lat_a, lat_b = math.radians(a.latitude), math.radians(b.latitude)
    half_lat = (lat_b - lat_a) / 2
    half_lon = math.radians(b.longitude - a.longitude) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(h))


def likeness(a: Place, b: Place, weights: LikenessWeights = LikenessWeights()) -> float:
    """How alike two places are, 0 to 1; see :meth:`Gazetteer.similar`."""
    small, large = sorted((a.population, b.population))
    size = small / large if large else 1.0
    kind = 1.0 if a.kind == b.kind else _KIN.get(frozenset((a.kind, b.kind)), 0.0)
    nearness = math.exp2(-distance_km(a, b) / 100)
    whole = weights.size + weights.kind + weights.nearness or 1.0
    return (weights.size * size + weights.kind * kind + weights.nearness * nearness) / whole


def _level(place: Place) -> str:
    """行政区 and prefectures are compared among themselves, municipalities of any kind together."""
    return place.kind if place.kind in (PREFECTURE, WARD) else "市区町村"


def _index(pairs: Iterable[tuple[str, Place]]) -> dict[str, tuple[Place, ...]]:
    """Places by key, prefectures first, then the largest first."""
    found: dict[str, list[Place]] = defaultdict(list)
    for key, place in pairs:
        if place not in found[key]:
            found[key].append(place)
    return {
        key: tuple(sorted(places, key=lambda p: (p.kind != PREFECTURE, -p.population, p.code)))
        for key, places in found.items()
    }


@cache
def load_gazetteer() -> Gazetteer:
    """The built-in gazetteer, read once. Raises UsageError naming a line that is wrong."""
    return Gazetteer(read_places(_DATA / "municipalities.csv"))


def read_places(path: Path) -> Iterator[Place]:
    """The places of a table with a head. Raises UsageError naming the file and a line that is wrong."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        head = next(rows)
        for cells in rows:
            try:
                code, name, prefecture, kana, kind, lat, lon, people, url, parent = cells
                yield Place(
                    code, name, prefecture, kana, kind, float(lat), float(lon), int(people), url,
                    parent,
                )  # fmt: skip
            except ValueError as error:
                what = message("usage.table_columns", columns=head)
                raise TableLine(path, rows.line_num, tuple(cells)).wrong(what) from error
