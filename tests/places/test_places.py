"""The gazetteer: its table, names in every writing, names in running text."""

from __future__ import annotations

import csv
import importlib.util
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.base.errors import UsageError
from kb.language.text import fold
from kb.places.gazetteer import distance_km, likeness, load_gazetteer, population_band, read_places
from kb.places.names import romaji, romaji_key
from tests.paths import ROOT, SHARED

SOURCE = SHARED / "municipalities" / "municipalities.csv"
gazetteer = load_gazetteer()
everywhere = [
    *gazetteer.prefectures(),
    *(p for pref in gazetteer.prefectures() for p in gazetteer.municipalities(pref.name)),
]


def found(text, prefecture=None):
    """Mentions as (text, full name), or (text, number of candidates) where it is left open."""
    return [
        (m.text, m.place.full_name if m.place else len(m.candidates))
        for m in gazetteer.mentions(text, prefecture)
    ]


def found_en(text):
    return [
        (m.text, m.place.full_name if m.place else len(m.candidates))
        for m in gazetteer.mentions_en(text)
    ]


RESOLVED = [
    ("多可町の事例", "多可町", "兵庫県多可町"),
    ("多可郡多可町", "多可町", "兵庫県多可町"),
    ("兵庫県多可町では", "兵庫県多可町", "兵庫県多可町"),
    ("兵庫県多可郡多可町", "兵庫県多可郡多可町", "兵庫県多可町"),
    ("令和6年度多可町", "多可町", "兵庫県多可町"),
    ("資料 多 可 町 （兵庫）", "多 可 町", "兵庫県多可町"),
    ("多\n可町", "多\n可町", "兵庫県多可町"),
    ("兵庫県\n豊岡市", "兵庫県\n豊岡市", "兵庫県豊岡市"),
    ("社会福祉法人豊岡市社会福祉協議会", "豊岡市", "兵庫県豊岡市"),
    ("研究開発豊岡市支部", "豊岡市", "兵庫県豊岡市"),
    ("豊岡市民会館", "豊岡市", "兵庫県豊岡市"),
    ("広島県府中市", "広島県府中市", "広島県府中市"),
    ("東京都府中市", "東京都府中市", "東京都府中市"),
    ("東京都北区", "東京都北区", "東京都北区"),
    ("札幌市北区", "札幌市北区", "北海道札幌市北区"),
    ("札幌市 北区", "札幌市 北区", "北海道札幌市北区"),
    ("北海道札幌市北区の窓口", "北海道札幌市北区", "北海道札幌市北区"),
    ("兵庫県中央区", "兵庫県中央区", "兵庫県神戸市中央区"),
    ("大津市のまち", "大津市", "滋賀県大津市"),
    ("中津市にて", "中津市", "大分県中津市"),
    ("津市では", "津市", "三重県津市"),
    ("三重県津市", "三重県津市", "三重県津市"),
    ("四日市市", "四日市市", "三重県四日市市"),
    ("廿日市市", "廿日市市", "広島県廿日市市"),
    ("野々市市", "野々市市", "石川県野々市市"),
    ("東村山市", "東村山市", "東京都東村山市"),
    ("大和郡山市", "大和郡山市", "奈良県大和郡山市"),
    ("富山県中新川郡上市町", "富山県中新川郡上市町", "富山県上市町"),
    ("中新川郡上市町", "上市町", "富山県上市町"),
    ("龍ケ崎市", "龍ケ崎市", "茨城県龍ケ崎市"),
    ("竜ヶ崎市", "竜ヶ崎市", "茨城県龍ケ崎市"),
    ("龍が崎市", "龍が崎市", "茨城県龍ケ崎市"),
    ("茅ケ崎市", "茅ケ崎市", "神奈川県茅ヶ崎市"),
    ("塩釜市", "塩釜市", "宮城県塩竈市"),
    ("桧原村", "桧原村", "東京都檜原村"),
    ("髙山市", "髙山市", "岐阜県高山市"),
    ("鹿嶋市", "鹿嶋市", "茨城県鹿嶋市"),
    ("鹿島市", "鹿島市", "佐賀県鹿島市"),
    ("⾼⼭市", "⾼⼭市", "岐阜県高山市"),
    ("五条市", "五条市", "奈良県五條市"),
    ("斐川町ではなく出雲市", "出雲市", "島根県出雲市"),
    ("旧篠山市", "篠山市", "兵庫県丹波篠山市"),
    ("現豊岡市", "豊岡市", "兵庫県豊岡市"),
    ("高知県いの町", "高知県いの町", "高知県いの町"),
    ("隣のたつの市", "たつの市", "兵庫県たつの市"),
    ("つがる市がつがる", "つがる市", "青森県つがる市"),
    ("ニセコ町", "ニセコ町", "北海道ニセコ町"),
    ("栄町役場", "栄町", "千葉県栄町"),
    ("印旛郡栄町", "栄町", "千葉県栄町"),
    ("兵庫県庁", "兵庫県", "兵庫県"),
    ("ｼｽﾃﾑ導入前、桜ヶ丘、南アルプス市", "南アルプス市", "山梨県南アルプス市"),
    ("DX南アルプス市", "南アルプス市", "山梨県南アルプス市"),
    ("平太静岡県知事", "静岡県", "静岡県"),
    ("東京都市町村総合事務組合", "東京都", "東京都"),
    ("京都府内", "京都府", "京都府"),
]


@pytest.mark.parametrize(("text", "mention", "place"), RESOLVED)
def test_name_in_text_means_one_place(text, mention, place):
    assert found(text) == [(mention, place)]


NOTHING = [
    "市町村", "都道府県", "市区町村長会", "本市と同町と当村", "県内各市町", "多可の皆さん", "中核都市", "観光都市として",
    "関西都市圏の東西都市間", "田園都市", "東京都市大学", "東京都心", "北海道路線図", "豊岡市場", "町内会", "北区域と中央区分",
    "南区間", "南区画整理", "空港区域", "塩釜港港区", "願いの町、つどいの町", "ふれあいの町", "東川西市", "新津市", "東村山駅",
    "神田小川町", "栄町の商店街", "原村さん", "柏原村", "北東村", "朝日町内会", "温泉区",
]  # fmt: skip


@pytest.mark.parametrize("text", NOTHING)
def test_part_of_another_word_is_no_place(text):
    assert found(text) == []


OPEN = [
    ("府中市の取組", [("府中市", 2)]),
    ("伊達市", [("伊達市", 2)]),
    ("北区", [("北区", 12)]),
    ("同市北区", [("北区", 12)]),
    ("松前町と清水町", [("松前町", 2), ("清水町", 2)]),
    ("広島県、東京都、府中市", [("広島県", "広島県"), ("東京都", "東京都"), ("府中市", 2)]),
    (
        "府中市と福山市と調布市",
        [("府中市", 2), ("福山市", "広島県福山市"), ("調布市", "東京都調布市")],
    ),
    ("豊岡市と府中市", [("豊岡市", "兵庫県豊岡市"), ("府中市", 2)]),
    ("大阪府の西区", [("大阪府", "大阪府"), ("西区", 12)]),
    ("神戸市、東京都、中央区", [("神戸市", "兵庫県神戸市"), ("東京都", "東京都"), ("中央区", 10)]),
]


@pytest.mark.parametrize(("text", "expected"), OPEN)
def test_ambiguous_name_is_left_open(text, expected):
    assert found(text) == expected


CONTEXT = [
    ("広島県と府中市", None, [("広島県", "広島県"), ("府中市", "広島県府中市")]),
    ("府中市は広島県にある", None, [("府中市", "広島県府中市"), ("広島県", "広島県")]),
    ("福山市と府中市", None, [("福山市", "広島県福山市"), ("府中市", "広島県府中市")]),
    ("札幌市と伊達市", None, [("札幌市", "北海道札幌市"), ("伊達市", "北海道伊達市")]),
    ("神戸市の中央区", None, [("神戸市", "兵庫県神戸市"), ("中央区", "兵庫県神戸市中央区")]),
    ("大阪府堺市の西区", None, [("大阪府堺市", "大阪府堺市"), ("西区", "大阪府堺市西区")]),
    ("千葉県の栄町", None, [("千葉県", "千葉県"), ("栄町", "千葉県栄町")]),
    (
        "広島県府中市は東京都に学んだ。府中市では",
        None,
        [("広島県府中市", "広島県府中市"), ("東京都", "東京都"), ("府中市", "広島県府中市")],
    ),
    (
        "広島県府中市と東京都府中市。府中市では",
        None,
        [("広島県府中市", "広島県府中市"), ("東京都府中市", "東京都府中市"), ("府中市", 2)],
    ),
    ("府中市", "東京都", [("府中市", "東京都府中市")]),
    ("府中市", "広島", [("府中市", "広島県府中市")]),
    ("府中市", "兵庫県", [("府中市", 2)]),
    ("中央区", "兵庫県", [("中央区", "兵庫県神戸市中央区")]),
    ("栄町の商店街", "千葉県", [("栄町", "千葉県栄町")]),
    # Quarters and merged towns are not their namesakes elsewhere.
    ("神戸市朝日町", None, [("神戸市", "兵庫県神戸市")]),
    ("兵庫県加美町", None, [("兵庫県", "兵庫県")]),
    ("兵庫県多可郡加美町", None, [("兵庫県", "兵庫県")]),
    ("静岡県浜松市中央区", None, [("静岡県浜松市", "静岡県浜松市")]),
    ("京都府京都市北区紫竹北栄町", None, [("京都府京都市北区", "京都府京都市北区")]),
    # A list without separators, and cells of a table.
    ("豊岡市養父市", None, [("豊岡市", "兵庫県豊岡市"), ("養父市", "兵庫県養父市")]),
    ("豊岡市 多可町", None, [("豊岡市", "兵庫県豊岡市"), ("多可町", "兵庫県多可町")]),
    ("検討\n津市", None, [("津市", "三重県津市")]),
]


@pytest.mark.parametrize(("text", "prefecture", "expected"), CONTEXT)
def test_context_tells_namesakes_apart(text, prefecture, expected):
    assert found(text, prefecture) == expected


ENGLISH = [
    ("forms in Toyooka City and Taka Town", [("Toyooka City", "兵庫県豊岡市"), ("Taka Town", "兵庫県多可町")]),
    ("the toyooka city office", [("toyooka city", "兵庫県豊岡市")]),
    ("Taka-cho, Hyogo", [("Taka-cho, Hyogo", "兵庫県多可町")]),
    ("City of Kobe, Hyogo Prefecture", [("City of Kobe, Hyogo Prefecture", "兵庫県神戸市")]),
    ("Hyogo Prefecture", [("Hyogo Prefecture", "兵庫県")]),
    ("precedents from Hyogo", [("Hyogo", "兵庫県")]),
    ("Minami-Awaji", [("Minami-Awaji", "兵庫県南あわじ市")]),
    ("Ōtsu", [("Ōtsu", "滋賀県大津市")]),
    ("Date City", [("Date City", 2)]),
    ("Date City, Hokkaido", [("Date City, Hokkaido", "北海道伊達市")]),
    ("Fuchu City, Tokyo. Fuchu City", [("Fuchu City, Tokyo", "東京都府中市"), ("Fuchu City", "東京都府中市")]),
    ("Kita Ward", [("Kita Ward", 12)]),
    ("Kita Ward in Sapporo", [("Kita Ward", "北海道札幌市北区"), ("Sapporo", "北海道札幌市")]),
    ("Hokkaido and Fukushima", [("Hokkaido", "北海道"), ("Fukushima", 3)]),
    ("Nara to Osaka", [("Nara", 2), ("Osaka", 2)]),
    ("Date: keep it up to date, so mine is Mine", []),
    ("a smart city in every town", []),
    ("This is a city in a town", []),
    ("Is a city", []),
    ("ODA and AKA", []),
    ("the city of Osaka", [("city of Osaka", "大阪府大阪市")]),
    ("12 Nagoya", [("Nagoya", "愛知県名古屋市")]),
    ("Tokyo-to", [("Tokyo-to", "東京都")]),
    ("Oi, Tsu City", [("Tsu City", "三重県津市")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_english_mentions(text, expected):
    assert found_en(text) == expected


FIND = [
    ("多可町", ["兵庫県多可町"]),
    ("兵庫県多可町", ["兵庫県多可町"]),
    ("兵庫県 多可郡 多可町", ["兵庫県多可町"]),
    ("多可郡多可町", ["兵庫県多可町"]),
    ("兵庫多可", ["兵庫県多可町"]),
    ("多可", ["兵庫県多可町"]),
    ("たかちょう", ["兵庫県多可町"]),
    ("タカチョウ", ["兵庫県多可町"]),
    ("ひょうごけんたかちょう", ["兵庫県多可町"]),
    ("Taka", ["兵庫県多可町"]),
    ("Taka town", ["兵庫県多可町"]),
    ("Taka Town, Hyogo", ["兵庫県多可町"]),
    ("Taka Town, Osaka", []),
    ("283657", ["兵庫県多可町"]),
    ("28365", ["兵庫県多可町"]),
    ("２８３６５７", ["兵庫県多可町"]),
    ("999999", []),
    ("Toyooka City", ["兵庫県豊岡市"]),
    ("Toyooka", ["兵庫県豊岡市", "長野県豊丘村"]),
    ("兵庫", ["兵庫県"]),
    ("兵庫県", ["兵庫県"]),
    ("Hyogo", ["兵庫県"]),
    ("Hyōgo Prefecture", ["兵庫県"]),
    ("Prefecture of Hyogo", ["兵庫県"]),
    ("北海道", ["北海道"]),
    ("Hokkaido", ["北海道"]),
    ("ほっかいどう", ["北海道"]),
    ("280003", ["兵庫県"]),
    ("府中市", ["東京都府中市", "広島県府中市"]),
    ("広島府中市", ["広島県府中市"]),
    ("札幌市 北区", ["北海道札幌市北区"]),
    ("さっぽろしきたく", ["北海道札幌市北区"]),
    ("Gumma", ["群馬県"]),
    ("Oosaka-shi", ["大阪府大阪市"]),
    ("山梨", ["山梨県", "山梨県山梨市"]),
    ("竜ヶ崎", ["茨城県龍ケ崎市"]),
    ("篠山市", ["兵庫県丹波篠山市"]),
    ("中央", ["東京都中央区", "山梨県中央市"]),
    ("東京府", []),
    ("ひょうごけんあ", []),
    ("", []),
    ("  ", []),
    ("市", []),
    ("Atlantis City", []),
]


@pytest.mark.parametrize(("name", "expected"), FIND)
def test_find(name, expected):
    assert [place.full_name for place in gazetteer.find(name)] == expected


def test_resolve_wants_exactly_one():
    assert gazetteer.resolve("府中市") is None
    assert gazetteer.resolve("府中市", "広島") == gazetteer.by_code("342084")
    assert gazetteer.resolve("府中市", "Tokyo") == gazetteer.by_code("132063")
    assert gazetteer.resolve("府中市", "兵庫県") is None
    assert gazetteer.resolve("多可町", "兵庫県") == gazetteer.by_code("283657")
    assert gazetteer.resolve("多可町", "どこか県") is None


@pytest.mark.parametrize("place", gazetteer.prefectures(), ids=lambda place: place.name)
def test_every_place_of_a_prefecture_has_its_own_full_name(place):
    for each in (place, *gazetteer.municipalities(place.name)):
        assert gazetteer.find(each.full_name) == (each,)
        assert gazetteer.find(each.code) == (each,)
        text = f"昨年、{each.full_name}では"
        assert [(m.text, m.place) for m in gazetteer.mentions(text)] == [(each.full_name, each)]


def test_every_unique_name_resolves_alone():
    names = [place.name for place in everywhere]
    unique = [place for place in everywhere if names.count(place.name) == 1]
    assert len(unique) > 1600
    for place in unique:
        if place.name not in ("中央区", "港区", "北区"):  # other cities have wards of these names
            assert gazetteer.resolve(place.name) == place


def test_every_place_is_found_by_reading_and_romaji():
    for place in everywhere:
        assert place in gazetteer.find(place.kana)
        assert place in gazetteer._romaji[romaji_key(romaji(_bare(place)))]


def _bare(place):
    if place.name == "北海道":
        return place.kana
    return re.sub("(し|く|ちょう|まち|むら|そん|けん|ふ|と)$", "", place.kana)


def test_variant_characters_keep_names_apart():
    """No two names that differ may become one by folding variants."""
    keys = gazetteer._names
    for key, places in keys.items():
        tails = {re.sub("^.*市(?=.+区$)", "", place.name) for place in places}
        assert len(tails) == 1, (key, tails)


JAPANESE = st.text(
    alphabet=st.sampled_from(
        "兵庫県多可町北区府中市大津札幌東京都郡のヶケがい 　\n、。髙⼭ｱﾞ①㍿Aa1"
    ),
    max_size=60,
)


@settings(deadline=None)
@given(JAPANESE)
def test_spans_slice_back_and_do_not_overlap(text):
    mentions = gazetteer.mentions(text)
    assert all(text[m.start : m.end] == m.text for m in mentions)
    assert all(a.end <= b.start for a, b in pairwise(mentions))
    assert all(m.candidates for m in mentions)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("Taka TownCityHyog,-.多 ō'"), max_size=60))
def test_english_spans_slice_back(text):
    assert all(text[m.start : m.end] == m.text for m in gazetteer.mentions_en(text))


@settings(deadline=None)
@given(st.lists(st.sampled_from(everywhere), min_size=1, max_size=6))
def test_listed_places_are_all_found(places):
    text = "、".join(place.full_name for place in places)
    assert [m.place for m in gazetteer.mentions(text)] == places


def test_folded_text_gives_offsets_into_itself():
    folded = fold("資料 多 可 町")
    (mention,) = gazetteer.mentions(folded)
    assert folded.text[mention.start : mention.end] == mention.text == "多可町"


def test_table_is_what_the_script_makes():
    if not SOURCE.exists():
        pytest.skip("../shared is not here")
    spec = importlib.util.spec_from_file_location("build", ROOT / "scripts/build_municipalities.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    with SOURCE.open(encoding="utf-8", newline="") as file:
        rows = build.municipalities(list(csv.DictReader(file)))
    rows = sorted(rows + build.prefectures(rows), key=lambda row: row["code"])
    with build.TARGET.open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == rows


def test_table_holds_every_place_once():
    prefectures = gazetteer.prefectures()
    assert [place.code[:2] for place in prefectures] == [f"{n:02}" for n in range(1, 48)]
    assert gazetteer.by_code("280003").full_name == "兵庫県"
    assert gazetteer.by_code("280003").kana == "ひょうごけん"
    # 1,718 cities, towns and villages and the 23 special wards; not the six villages on the
    # northern islands.
    assert sum(len(gazetteer.municipalities(p.name)) for p in prefectures) == 1741
    assert gazetteer.municipalities("どこか県") == ()
    assert gazetteer.municipalities("Hyogo") == gazetteer.municipalities("兵庫県")
    assert len(gazetteer.municipalities("兵庫県")) == 41


def test_prefecture_sums_its_municipalities_without_their_wards():
    for prefecture in gazetteer.prefectures():
        people = sum(p.population for p in gazetteer.municipalities(prefecture.name))
        assert prefecture.population == people


@pytest.mark.parametrize(
    ("code", "kind", "parent"),
    [
        ("280003", "都道府県", ""),
        ("281000", "政令市", ""),
        ("281069", "行政区", "281000"),
        ("131032", "特別区", ""),
        ("282090", "市", ""),
        ("283657", "町", ""),
        ("473031", "村", ""),
    ],
)
def test_kinds(code, kind, parent):
    place = gazetteer.by_code(code)
    assert (place.kind, place.parent) == (kind, parent)


@pytest.mark.parametrize(
    ("population", "band"),
    [
        (0, "〜5千"), (5_000, "〜5千"), (5_001, "〜1万"), (20_000, "〜2万"), (20_001, "〜5万"),
        (100_000, "〜10万"), (300_000, "〜30万"), (500_000, "〜50万"), (500_001, "50万〜"),
    ],
)  # fmt: skip
def test_population_band(population, band):
    assert population_band(population) == band


def test_neighbours_are_near_and_of_the_same_level():
    taka = gazetteer.by_code("283657")
    near = gazetteer.neighbours(taka, 5)
    assert near[0][0].name == "西脇市"
    assert [km for _, km in near] == sorted(km for _, km in near)
    assert near[0][1] == distance_km(taka, near[0][0]) < 15
    assert all(place.kind not in ("行政区", "都道府県") for place, _ in near)
    kobe_chuo = gazetteer.resolve("神戸市中央区")
    assert {p.kind for p, _ in gazetteer.neighbours(kobe_chuo, 5)} == {"行政区"}


def test_similar_weighs_size_kind_and_distance():
    taka = gazetteer.by_code("283657")
    similar = gazetteer.similar(taka, 10)
    assert taka not in [place for place, _ in similar]
    assert [score for _, score in similar] == sorted((s for _, s in similar), reverse=True)
    assert all(0 <= score <= 1 for _, score in similar)
    assert all(0.5 < place.population / taka.population < 2 for place, _ in similar)
    assert likeness(taka, taka) == 1
    assert len(gazetteer.similar(gazetteer.by_code("280003"), 100)) == 46
    futaba = gazetteer.by_code("075469")  # nobody lived there on census day
    assert futaba.population == 0
    assert len(gazetteer.similar(futaba, 3)) == 3


@settings(deadline=None)
@given(st.sampled_from(everywhere), st.sampled_from(everywhere))
def test_likeness_and_distance_are_symmetric(a, b):
    assert likeness(a, b) == pytest.approx(likeness(b, a))
    assert distance_km(a, b) == pytest.approx(distance_km(b, a))
    assert 0 <= likeness(a, b) <= 1


@pytest.mark.parametrize(
    ("kana", "letters"),
    [
        ("とよおか", "toyooka"), ("おおさか", "oosaka"), ("ほっかいどう", "hokkaidou"), ("ひょうご", "hyougo"),
        ("しゅうなん", "shuunan"), ("はっちょう", "hatchou"), ("じょうそう", "jousou"), ("ぐんま", "gunma"),
        ("いちき", "ichiki"), ("にっこう", "nikkou"), ("りゅうがさき", "ryuugasaki"),
    ],
)  # fmt: skip
def test_romaji(kana, letters):
    assert romaji(kana) == letters


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ōsaka", "Oosaka"), ("Ohtsu", "Otsu"), ("Gumma", "Gunma"), ("Shūnan", "Shunan"), ("Tamba-Sasayama", "tanbasasayama")],
)  # fmt: skip
def test_romanisations_meet(one, other):
    assert romaji_key(one) == romaji_key(other)


@pytest.mark.parametrize(
    "bad", ["283657,多可町", "283657,多可町,兵庫県,タカチョウ,町,35.0,134.9,多い,,", ""]
)
def test_a_bad_line_of_the_gazetteer_is_named(tmp_path: Path, bad: str) -> None:
    head = "code,name,prefecture,kana,kind,latitude,longitude,population,url,parent"
    good = "283657,多可町,兵庫県,タカチョウ,町,35.0,134.9,19284,,"
    table = tmp_path / "places.csv"
    table.write_text(f"{head}\n{good}\n{bad}\n{good}\n", encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        list(read_places(table))
    assert f"{table} の3行目" in refused.value.message()
    assert f"Line 3 of {table}" in refused.value.message("en")
