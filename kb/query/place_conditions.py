"""Which places a question means: 多可町, 豊岡, 兵庫県, 九州, 政令市, towns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.base.types import Filters
from kb.language.text import fold, fold_text
from kb.language.tokens import Token, tokenize
from kb.places.gazetteer import load_gazetteer
from kb.places.names import PREFECTURE, Place
from kb.places.regions import regions

_CITIES = ("市", "政令市")


def _english(word: str) -> str:
    """An English kind where it narrows ("towns in Hyogo", "small villages"): alone, "cities" are
    municipalities of any kind."""
    described = "(?:(?<=small )|(?<=rural )|(?<=remote ))"
    return rf"\b{word}\b(?= (?:in|of|with|near)\b)|{described}{word}\b"


_KINDS = (
    (re.compile(r"政令(?:指定都)?市|指定都市|designated cit(?:y|ies)"), "政令市", "designated cities", ("政令市",)),
    (re.compile(r"中核市|core cit(?:y|ies)"), "中核市", "core cities", ()),
    (re.compile(rf"(?<!市)町村|{_english('towns?')}"), "町・村", "towns and villages", ("町", "村")),
    (re.compile(r"(?<=[のいな])町(?=[のでがはにも、\s]|$)"), "町", "towns", ("町",)),
    (re.compile(r"(?<=[のいな])村(?=[のでがはにも、\s]|$)|" + _english("villages?")), "村", "villages", ("村",)),
    (re.compile(r"(?<=[のいな])市(?=[のでがはにも、\s]|$)|(?<!designated )(?<!core )(?:" + _english("cities") + ")"), "市", "cities", _CITIES),
    (re.compile(r"特別区|23区|東京の区|special wards?"), "特別区", "special wards", ("特別区",)),
    (re.compile(r"(?:^|(?<=[\s、の]))(?:都道府)?県(?:庁)?(?=が|による|として|の役割)|\bprefectur(?:es|al governments?)\b"),
     "都道府県", "prefectures", (PREFECTURE,)),
)  # fmt: skip
_CORE_CITIES = frozenset(
    "函館市 旭川市 青森市 八戸市 盛岡市 秋田市 山形市 福島市 郡山市 いわき市 水戸市 宇都宮市 前橋市 高崎市 川越市 川口市 "
    "越谷市 船橋市 柏市 八王子市 横須賀市 富山市 金沢市 福井市 甲府市 長野市 松本市 岐阜市 豊橋市 岡崎市 一宮市 豊田市 "
    "大津市 豊中市 吹田市 高槻市 枚方市 八尾市 寝屋川市 東大阪市 姫路市 尼崎市 明石市 西宮市 奈良市 和歌山市 鳥取市 "
    "松江市 倉敷市 呉市 福山市 下関市 高松市 松山市 高知市 久留米市 長崎市 佐世保市 大分市 宮崎市 鹿児島市 那覇市".split()
)  # the 62 of 2024; none shares its name with another municipality

_KANJI = re.compile("[々一-鿿]")
_WORDS = 4  # of the dictionary that make one name
_BARE = 2  # characters of a name without 市, 町 … that is taken for one


@dataclass(frozen=True, slots=True)
class Where:
    """Places that are meant (``kind`` place) or their kind (kind), by the words ``typed``, with
    labels in Japanese and English; the cases of these places are those that pass ``wanted``."""

    kind: str
    typed: str
    label: str
    label_en: str
    wanted: Filters


def places(text: str) -> tuple[Where, ...]:
    """The municipalities, prefectures and regions that a question names, in its order: names with
    their 市, 町 …, names in English, regions, and bare names that the dictionary knows as places."""
    folded = fold(text)
    gazetteer = load_gazetteer()
    mentions = gazetteer.mentions(text)
    found = [(m.start, m.end, _where(m.text, m.candidates)) for m in mentions]
    for region in regions(folded.text):
        start, end = folded.span(region.start, region.end)
        wanted = Filters(prefectures=region.prefectures)
        found.append(
            (start, end, Where("place", text[start:end], region.label, region.label_en, wanted))
        )
    if not mentions:
        found += [
            (m.start, m.end, _where(m.text, m.candidates)) for m in gazetteer.mentions_en(text)
        ]
    found += _bare_names(text)
    kept: list[tuple[int, int, Where]] = []
    for start, end, where in found:
        if all(end <= s or start >= e for s, e, _ in kept):
            kept.append((start, end, where))
    return tuple(where for _, _, where in sorted(kept, key=lambda item: item[0]))


def kinds(folded: str) -> tuple[Where, ...]:
    """The kinds of municipality that a folded text asks for."""
    return tuple(
        Where("kind", match.group(), label, label_en, Filters(municipalities=_codes(label, of)))
        for pattern, label, label_en, of in _KINDS
        if (match := pattern.search(folded))
    )


def _codes(label: str, of: tuple[str, ...]) -> tuple[str, ...]:
    everywhere = load_gazetteer().places()
    if label == "中核市":
        return tuple(place.code for place in everywhere if place.name in _CORE_CITIES)
    return tuple(place.code for place in everywhere if place.kind in of)


def _where(typed: str, candidates: tuple[Place, ...]) -> Where:
    """A name that a prefecture shares with its capital means the prefecture and all in it."""
    prefectures = tuple(p.prefecture for p in candidates if p.kind == PREFECTURE)
    if prefectures:
        label = "・".join(prefectures)
        return Where("place", typed, label, label, Filters(prefectures=prefectures))
    codes = tuple(place.code for place in candidates)
    names = tuple(dict.fromkeys(place.name for place in candidates))
    label = candidates[0].full_name if len(candidates) == 1 else typed
    return Where("place", typed, label, label, Filters(municipalities=codes + names))


def _bare_names(text: str) -> Iterator[tuple[int, int, Where]]:
    """「豊岡のドローン」「長野 獣害」: neighbouring words that are places to the dictionary and that
    municipalities are called without their ending; not inside a longer word (瀬戸 in 瀬戸内)."""
    tokens = tokenize(text)
    at = 0
    while at < len(tokens):
        longest = min(len(tokens), at + _WORDS)
        end = next((e for e in range(longest, at, -1) if _is_name(tokens[at:e])), at)
        if end > at:
            start, stop = tokens[at].start, tokens[end - 1].end
            typed = text[start:stop]
            alone = not _KANJI.match(text[start - 1 : start]) and not _KANJI.match(text, stop)
            if alone and (candidates := _called(typed)):
                yield start, stop, _where(typed, candidates)
        at = max(end, at + 1)


def _is_name(tokens: tuple[Token, ...]) -> bool:
    return all(token.place for token in tokens) and bool(
        _called("".join(token.surface for token in tokens))
    )


def _called(typed: str) -> tuple[Place, ...]:
    name = fold_text(typed)
    return load_gazetteer().bare(name) if len(name) >= _BARE else ()
