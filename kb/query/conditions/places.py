"""Which places a question means: 多可町, 豊岡, 兵庫県, 九州, 政令市, towns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kb.base.types import Filters
from kb.language.tokens import Token
from kb.places.areas import areas
from kb.places.gazetteer import load_gazetteer
from kb.places.names import PREFECTURE, Place, english_name
from kb.places.regions import regions
from kb.query.conditions.contexts import OUT, stands
from kb.query.conditions.found import Found, apart
from kb.query.conditions.typed import Typed

_CITIES = ("市", "政令市")


def _english(word: str) -> str:
    """An English kind where it narrows ("towns in Hyogo", "small villages"): alone, "cities" are
    municipalities of any kind."""
    described = "(?:(?<=small )|(?<=rural )|(?<=remote ))"
    return rf"\b{word}\b(?= (?:in|of|with|near|around|next to|close to)\b)|{described}{word}\b"


_KINDS = (
    (re.compile(r"政令(?:指定都)?市|指定都市|designated cit(?:y|ies)"), "政令市", "designated cities", ("政令市",)),
    (re.compile(r"中核市|core cit(?:y|ies)"), "中核市", "core cities", ()),
    (re.compile(rf"(?<!市)町村|{_english('towns?')}"), "町・村", "towns and villages", ("町", "村")),
    (re.compile(r"(?P<plain>町)"), "町", "towns", ("町",)),
    (re.compile(r"(?P<plain>村)|" + _english("villages?")), "村", "villages", ("村",)),
    (re.compile(r"(?P<plain>市)|(?<!designated )(?<!core )(?:" + _english("cities") + ")"), "市", "cities", _CITIES),
    (re.compile(r"特別区|23区|東京の区|special wards?"), "特別区", "special wards", ("特別区",)),
    (re.compile(r"(?:^|(?<=[\s、の]))(?:都道府)?県(?:庁)?(?=が|による|として|の役割)|都道府県(?=" + OUT.pattern + r")|\bprefectur(?:es|al governments?)\b"),
     "都道府県", "prefectures", (PREFECTURE,)),
)  # fmt: skip
_ALONE = re.compile("だけ|のみ|に限")
_TOLD = (
    ("離島", "islands", re.compile(r"離島|(?:remote|outlying|small) islands?"), ("離島",), frozenset(
        "奥尻町 利尻町 利尻富士町 礼文町 利島村 新島村 神津島村 三宅村 御蔵島村 八丈町 青ヶ島村 小笠原村 佐渡市 粟島浦村 海士町 "
        "西ノ島町 知夫村 隠岐の島町 上島町 大崎上島町 姫島村 壱岐市 対馬市 五島市 新上五島町 小値賀町 西之表市 中種子町 南種子町 "
        "屋久島町 奄美市 大和村 宇検村 瀬戸内町 龍郷町 喜界町 徳之島町 天城町 伊仙町 和泊町 知名町 与論町 三島村 十島村 伊平屋村 "
        "伊是名村 粟国村 渡名喜村 座間味村 渡嘉敷村 久米島町 南大東村 北大東村 宮古島市 多良間村 石垣市 竹富町 与那国町 小豆島町 "
        "土庄町 直島町".split()
    )),
    ("過疎地域", "depopulated areas", re.compile(r"過疎(?!債|対策事業債|化)(?:地域?|の(?:町村?|村|市|地域))?|\bdepopulated (?:areas?|towns?|villages?)"),
     ("過疎",), frozenset[str]()),
)  # fmt: skip
"""Kinds that cases tell of themselves; of islands those that are nothing else are known, too."""

_CORE_CITIES = frozenset(
    "函館市 旭川市 青森市 八戸市 盛岡市 秋田市 山形市 福島市 郡山市 いわき市 水戸市 宇都宮市 前橋市 高崎市 川越市 川口市 "
    "越谷市 船橋市 柏市 八王子市 横須賀市 富山市 金沢市 福井市 甲府市 長野市 松本市 岐阜市 豊橋市 岡崎市 一宮市 豊田市 "
    "大津市 豊中市 吹田市 高槻市 枚方市 八尾市 寝屋川市 東大阪市 姫路市 尼崎市 明石市 西宮市 奈良市 和歌山市 鳥取市 "
    "松江市 倉敷市 呉市 福山市 下関市 高松市 松山市 高知市 久留米市 長崎市 佐世保市 大分市 宮崎市 鹿児島市 那覇市".split()
)  # the 62 of 2024; none shares its name with another municipality

_ALSO = frozenset(
    "宮古 北上 久慈 遠野 横手 米沢 鶴岡 酒田 新庄 長井 相馬 笠間 銚子 館山 佐倉 香取 清瀬 西東京 長岡 十日町 見附 村上 高岡 金沢 "
    "坂井 都留 笛吹 塩尻 千曲 飯田 上田 高山 土岐 郡上 富士宮 半田 豊田 大府 亀山 伊賀 野洲 木津川 養父 朝来 倉敷 玉野 "
    "廿日市 阿南 西条 大洲 朝倉 那珂川 松浦 菊池 南九州 伊佐 南城 滝沢 二戸 角田 豊岡".split()
)
"""Names that the dictionary holds for families or words first, and people who ask for cases do not."""

_DISASTER = re.compile(r"・\w{1,4}?大?(?:震災|地震|豪雨|水害)")  # 阪神・淡路大震災
_OTHER_EN = re.compile(r" (?:beef|earthquake|station)\b")  # Hida beef
_READ = {
    "市": ("し",), "町": ("ちょう", "まち"), "村": ("むら", "そん"), "区": ("く",),
    "県": ("けん",), "府": ("ふ",), "都": ("と",),
}  # fmt: skip
"""How the ending of a place is read."""

_ENDING = {read: kanji for kanji, reads in _READ.items() for read in reads}
_KANA = tuple(  # the longest name first: にしのみや市 has an ending in its にし
    re.compile(
        rf"(?:^|(?<=[\s、。]))(?P<name>[ぁ-ん]{{2,8}}{lazy})(?P<ending>{'|'.join((*_READ, *_ENDING))})"
        rf"(?=$|[\s、のでに]|{OUT.pattern})"
    )
    for lazy in ("", "?")
)
_WORDS = 4  # of the dictionary that make one name
_BARE = 2  # characters of a name without 市, 町 … that is taken for one
# 「過疎の町」 asks for towns; 「陶器の町」 is a town, and 「うちの町」 is no kind of them.
_KIND_OF = re.compile(
    r"(?:過疎|離島|島|山間部?|中山間(?:地域)?|沿岸|海沿い|雪国|豪雪地帯|農村|漁村|規模|(?:指定都|政令|中核)市)の$"
    r"|(?:更新|導入|検討|実証|計画|準備|移行|試行|運用|実施|利用|活用|整備)(?:中|済み?|予定)の$"
    r"|より(?:も|人口が)?(?:小さい|大きい|少ない|多い)$"
    rf"|(?:^|\s)(?:町村?|村|市){OUT.pattern}の$"
)
_DID = re.compile(  # 町 behind what a town hall does; 「住みたい町」 is none
    r"(?:し(?:た|て(?:い)?る|て(?:い)?ない)|やっ(?:た|て(?:い)?る)|行っ(?:た|ている)|始めた|進め(?:た|ている)|使(?:う|った|っている)"
    r"|取り?組(?:む|んだ|んでいる)|やめた|減らした|なくした|作った|つくった|入れ(?:た|て(?:い)?る)|進んで(?:い)?る|進む|抱え(?:る|て(?:い)?る)|困って(?:い)?る|悩みを持つ)$"
)


def places(typed: Typed) -> tuple[Found, ...]:
    """The municipalities, prefectures and regions that a question names: parts of prefectures, names with
    their 市, 町 …, names in English, regions, and bare names that the dictionary knows as places."""
    gazetteer = load_gazetteer()
    mentions = gazetteer.mentions(typed.text)
    named = [
        _where("place", typed.from_typed(m.start, m.end), m.text, m.candidates) for m in mentions
    ]
    found = [*_areas(typed, named)]
    found += [one for one in named if stands("place", typed, one.start, one.end)]
    found += [*_regions(typed), *_in_kana(typed)]
    if not mentions:
        found += [
            _where("place", typed.from_typed(m.start, m.end), m.text, m.candidates)
            for m in gazetteer.mentions_en(typed.text)
            if not _OTHER_EN.match(typed.text, m.end)
        ]
    return tuple(apart((*found, *_bare_names(typed))))


def kinds(typed: Typed, beside: Sequence[Found]) -> Iterator[Found]:
    """The kinds of municipality that a question asks for; ``beside`` is what it says of places and
    sizes, behind which 「の町」 is one."""
    for pattern, label, label_en, of in _KINDS:
        for match in pattern.finditer(typed.folded):
            start, end = match.span()
            is_plain = "plain" in pattern.groupindex and bool(match["plain"])
            if is_plain and not _is_kind(typed, start, end, beside):
                continue
            if any(p.kind == "place" and p.start <= start and end <= p.end for p in beside):
                continue  # the town of "Taka Town"
            if typed.splits_no_word(start, end) and stands("kind", typed, start, end):
                wanted = Filters(municipalities=_codes(label, of))
                yield Found("kind", start, end, label, label_en, wanted)

    for label, label_en, told, says, names in _TOLD:
        for one in told.finditer(typed.folded):
            if not stands("told", typed, *one.span()):
                continue
            codes = tuple(p.code for p in load_gazetteer().places() if p.name in names)
            wanted = Filters(municipalities=codes or ("-",))
            yield Found("kind", *one.span(), label, label_en, wanted, says=says)


def _is_kind(typed: Typed, start: int, end: int, beside: Sequence[Found]) -> bool:
    """True for the 町 of 小さな町, 東北の町 or 過疎の町."""
    if any(one.kind == "size" and one.start < start and end <= one.end for one in beside):
        return True
    before = typed.folded[:start]
    is_first = not before or before[-1].isspace()
    if is_first and (_ALONE.match(typed.folded, end) or OUT.match(typed.folded, end)):
        return True
    is_behind = before.endswith("の") and any(one.end == start - 1 for one in beside)
    return (
        is_behind
        or any(one.end == start and one.kind == "size" for one in beside)
        or bool(_KIND_OF.search(before) or _DID.search(before))
    )


def _regions(typed: Typed) -> Iterator[Found]:
    for region in regions(typed.folded):
        start, end = region.start, region.end
        if typed.splits_no_word(start, end) and stands("name", typed, start, end):
            wanted = Filters(prefectures=region.prefectures)
            yield Found("region", start, end, region.label, region.label_en, wanted)


def _areas(typed: Typed, named: Sequence[Found]) -> Iterator[Found]:
    """Parts of prefectures, not within the name of a municipality or of another part: 奥播磨 is not 播磨."""
    for area in areas(typed.folded):
        span = area.start, area.end
        towns = (one for one in named if one.wanted.municipalities)
        is_within = any(one.start < area.end and area.name < one.end for one in towns)
        is_whole = typed.splits_no_word(*span) and not _is_side(typed, area.start)
        is_whole = is_whole and not _DISASTER.match(typed.folded, area.end)
        if is_whole and not is_within and stands("area" if area.is_told else "name", typed, *span):
            names = [load_gazetteer().by_code(code) for code in area.municipalities]
            alone = tuple(p.name for p in names if p and load_gazetteer().find(p.name) == (p,))
            wanted = Filters(municipalities=area.municipalities + alone)
            yield Found("region", *span, area.label, area.label_en, wanted)


def _is_side(typed: Typed, start: int) -> bool:
    """True behind the 北 of 北丹波, which is no part of the name and makes another place of it."""
    return typed.before(start) in tuple("東西南北中奥")


def _codes(label: str, of: tuple[str, ...]) -> tuple[str, ...]:
    everywhere = load_gazetteer().places()
    if label == "中核市":
        return tuple(place.code for place in everywhere if place.name in _CORE_CITIES)
    return tuple(place.code for place in everywhere if place.kind in of)


def _where(kind: str, span: tuple[int, int], typed: str, candidates: tuple[Place, ...]) -> Found:
    """A name that a prefecture shares with its capital means the prefecture and all in it."""
    prefectures = tuple(p.prefecture for p in candidates if p.kind == PREFECTURE)
    if prefectures:
        label = "・".join(prefectures)
        label_en = ", ".join(english_name(p) for p in candidates if p.kind == PREFECTURE)
        return Found(kind, *span, label, label_en, Filters(prefectures=prefectures))
    codes = tuple(place.code for place in candidates)
    names = tuple(dict.fromkeys(place.name for place in candidates))
    label = candidates[0].full_name if len(candidates) == 1 else typed
    label_en = load_gazetteer().english(codes[0]) if len(candidates) == 1 else typed
    return Found(kind, *span, label, label_en, Filters(municipalities=codes + names))


def _bare_names(typed: Typed) -> Iterator[Found]:
    """「豊岡のドローン」「長野 獣害」: neighbouring words that are places to the dictionary and that
    municipalities are called without their ending; not inside a longer word (瀬戸 in 瀬戸内)."""
    words = typed.words
    at = 0
    while at < len(words):
        longest = min(len(words), at + _WORDS)
        end = next((e for e in range(longest, at, -1) if _is_name(words[at:e])), at)
        if end > at:
            span = words[at].start, words[end - 1].end
            name = typed.folded[slice(*span)]
            is_part = typed.folded.startswith("内", span[1])
            is_told = not is_part and stands("name", typed, *span)
            candidates = _called(name) if is_told else ()
            if _is_side(typed, span[0]):  # 北長野 lies in 長野県, 北豊岡 is not 豊岡市
                candidates = tuple(p for p in candidates if p.kind == PREFECTURE)
            if candidates:
                yield _where("place", span, name, candidates)
        at = max(end, at + 1)


def _is_name(words: tuple[Token, ...]) -> bool:
    is_whole = all(a.end == b.start for a, b in pairwise(words))
    name = "".join(w.surface for w in words)
    return is_whole and (all(w.place for w in words) or name in _ALSO) and bool(_called(name))


def _in_kana(typed: Typed) -> Iterator[Found]:
    """「とよおかしの」「ひょうご県」: a whole reading, where a part of the question begins."""
    for match in (m for pattern in _KANA for m in pattern.finditer(typed.folded)):
        kanji = _ENDING.get(match["ending"], match["ending"])
        reads = (match["ending"],) if match["ending"] in _ENDING else _READ[kanji]
        called = {p for e in reads for p in load_gazetteer().find(match["name"] + e)}
        candidates = tuple(p for p in called if p.name.endswith(kanji))
        if len(candidates) == 1:
            yield _where("place", match.span(), match[0], candidates)


def _called(name: str) -> tuple[Place, ...]:
    return load_gazetteer().bare(name) if len(name) >= _BARE else ()
