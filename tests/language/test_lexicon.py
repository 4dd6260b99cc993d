"""The lexicon: its data, what it finds in a text, and a municipality's own words."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.base.errors import UsageError
from kb.language.lexicon import Expansion, Group, Lexicon, _key, load_lexicon, read_groups
from kb.language.text import fold_text
from tests.paths import ROOT

LEXICON = load_lexicon()


def _terms(text: str) -> set[str]:
    return {expansion.term for expansion in LEXICON.expand(text)}


def _typed(text: str) -> set[str]:
    return {expansion.typed for expansion in LEXICON.expand(text)}


def test_it_is_large_enough_and_every_head_is_there_once() -> None:
    assert len(LEXICON.groups) >= 1000
    assert len(set(LEXICON.terms())) == len(LEXICON.groups)


def test_no_word_means_two_things() -> None:
    places: dict[str, list[str]] = {}
    for group in LEXICON.groups:
        for word, kind in group.members():
            if kind != "related":
                places.setdefault(_key(word), []).append(f"{word} ({group.head})")
    assert [words for words in places.values() if len(words) > 1] == []


def test_no_group_names_a_word_twice() -> None:
    for group in LEXICON.groups:
        counted = Counter(_key(word) for word, _ in group.members())
        assert [word for word, times in counted.items() if times > 1] == [], group.head


def test_every_group_has_english() -> None:
    without = [group.head for group in LEXICON.groups if not any(w.isascii() for w in group.en)]
    assert without == []


def test_words_are_written_as_people_write_them() -> None:
    """A sign of the file format in a word is a typing mistake in the data."""
    for group in LEXICON.groups:
        for word, _ in group.members():
            assert word == word.strip()
            assert not set(word) & set(";；，、\t|"), word


def test_short_kana_would_be_found_inside_other_words() -> None:
    hiragana = {chr(code) for code in range(0x3041, 0x3097)}
    allowed = {"まつり", "ごみ", "こども", "いじめ", "よやく", "こくほ", "あきや"}
    short = {
        word
        for group in LEXICON.groups
        for word, _ in group.members()
        if len(word) <= 3 and set(word) <= hiragana
    }
    assert short <= allowed


@pytest.mark.parametrize("group", LEXICON.groups, ids=lambda group: group.head)
def test_a_head_brings_its_members(group: Group) -> None:
    head = _key(group.head)
    members = {word for word, _ in group.members() if _key(word) != head}
    assert members <= _terms(group.head)


@pytest.mark.parametrize("group", LEXICON.groups, ids=lambda group: group.head)
def test_every_word_for_it_brings_the_head(group: Group) -> None:
    for word in (*group.same, *group.en):
        assert group.head in _terms(word), word


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("スマート申請フォームの事例", "電子申請フォーム"),
        ("examples of smart application forms", "スマート申請フォーム"),
        ("smart-application forms", "スマート申請フォーム"),
        ("ＬＩＮＥ公式アカウント", "LINE"),
        ("no-writing counters", "書かない窓口"),
        ("No writing counter", "書かない窓口"),
        ("drone deliveries", "ドローン配送"),
        ("ﾄﾞﾛｰﾝ配送", "drone delivery"),
        ("nursery school admissions", "保育所入所"),
        ("保育園入園", "保育所入所"),
        ("evacuation centre check-in", "避難所受付"),
        ("evacuation centers", "避難所"),
        ("boar traps", "捕獲罠"),
        ("wildlife damage in small villages", "有害鳥獣対策"),
        ("じゅうがい", "有害鳥獣対策"),
        ("on-demand bus", "デマンド交通"),
        ("on demand buses", "デマンド交通"),
        ("local digital currencies", "地域通貨"),
        ("watching over the elderly", "高齢者見守り"),
        ("generative AI", "生成AI"),
        ("ChatGPT", "生成AI"),
        ("shared talent", "人材シェア"),
        ("shared staff between towns", "人材シェア"),
        ("bereavement desk", "おくやみコーナー"),
        ("お悔やみ窓口", "おくやみコーナー"),
        ("standardisation", "システム標準化"),
        ("system standardization", "標準準拠システム"),
        ("ageing society", "高齢化"),
        ("labour shortage", "人手不足"),
        ("マイナカード", "マイナンバーカード"),
        ("住基", "住民基本台帳"),
        ("国保", "国民健康保険"),
        ("情シス", "DX推進課"),
        ("CDO補佐官", "CIO補佐官"),
        ("罹災証明", "罹災証明書"),
        ("り災証明書", "罹災証明書"),
        ("時短", "時間短縮"),
        ("費用対効果", "cost-effectiveness"),
        ("residents' briefing", "住民説明会"),
        ("towns' digital divides", "デジタルデバイド対策"),
        ("season tickets", "定期券"),
        ("bus location systems", "バスロケーションシステム"),
        ("school lunches", "給食"),
        ("meeting minutes", "議事録作成"),
        ("chat bots", "チャットボット"),
        ("chatbots", "チャットボット"),
        ("low-code", "ノーコード"),
        ("e-contracts", "電子契約"),
        ("smart water meters", "スマートメーター"),
        ("vacant houses", "空き家"),
        ("autonomous buses", "自動運転"),
        ("ゴミ分別", "ごみ分別"),
        ("nursery school application", "保育所入所"),
        ("how to watch over elderly people", "高齢者見守り"),
        ("wild boar traps", "捕獲罠"),
        ("getting certificates at convenience stores", "コンビニ交付"),
        ("early voting", "期日前投票"),
        ("mobile polling stations", "移動投票所"),
        ("food waste", "食品ロス"),
        ("domestic violence", "DV"),
        ("plain Japanese for foreigners", "やさしい日本語"),
        ("remote interpreters", "遠隔通訳"),
        ("electric fences", "侵入防止柵"),
        ("paying by direct debit", "口座振替"),
        ("ケアマネージャー", "ケアマネジャー"),
        ("スマホを使えない人への支援", "スマホを持たない人"),
    ],
)  # fmt: skip
def test_expansion(query: str, expected: str) -> None:
    assert expected in _terms(query)


@pytest.mark.parametrize(
    ("query", "typed", "not_typed"),
    [
        ("避難所受付を早くしたい", "避難所受付", "避難所"),
        ("ドローン配送の住民説明会", "ドローン配送", "ドローン"),
        ("電子申請フォーム", "電子申請フォーム", "電子申請"),
        ("smart application form", "smart application form", "application form"),
        ("予防接種の予診票", "予防接種", "接種"),
        ("おくやみコーナーの予約", "おくやみコーナー", "おくやみ"),
        ("charging stations", "charging stations", "station"),
        ("mobile polling station", "mobile polling station", "polling station"),
        ("community buses", "community buses", "buses"),
    ],
)
def test_the_longest_word_is_meant(query: str, typed: str, not_typed: str) -> None:
    assert typed in _typed(query)
    assert not_typed not in _typed(query)


@pytest.mark.parametrize(
    ("query", "not_meant"),
    [
        ("データベース", "データ"),
        ("デジタルデータベース", "データベース"),
        ("オンライン", "ライン"),
        ("ガイドライン", "ライン"),
        ("リサイクル", "サイクル"),
        ("スクールバスケット", "スクールバス"),
        ("aircraft", "ai"),
        ("performance", "form"),
        ("businessmen", "bus"),
        ("how does it work", "it"),
    ],
)
def test_a_word_inside_a_word_is_not_meant(query: str, not_meant: str) -> None:
    assert not_meant not in _typed(query)


def test_names_of_places_bring_nothing() -> None:
    """Two are named after their hot springs; 神戸市長田区 holds a mayor."""
    table = ROOT / "kb" / "places" / "data" / "municipalities.csv"
    with table.open(encoding="utf-8", newline="") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    assert len(names) > 1700
    found = {name for name in names if LEXICON.expand(name)}
    assert found == {"野沢温泉村", "新温泉町", "神戸市長田区"}


def test_a_narrower_word_with_its_own_group_brings_the_broader_one_as_related() -> None:
    kinds = {expansion.term: expansion.kind for expansion in LEXICON.expand("期日前投票")}
    assert kinds["early voting"] == "en"
    assert kinds["選挙"] == "related"
    assert "election" not in kinds


def test_what_is_typed_as_related_brings_the_head_only() -> None:
    lexicon = Lexicon([Group("窓口", ("カウンター",), ("counter",), ("待ち時間",))])
    assert lexicon.expand("待ち時間") == (Expansion("待ち時間", "窓口", "related"),)
    assert {e.term: e.kind for e in lexicon.expand("窓口")} == {
        "カウンター": "same",
        "counter": "en",
        "待ち時間": "related",
    }


def test_a_word_of_two_groups_brings_both() -> None:
    lexicon = Lexicon([Group("甲地", ("甲",)), Group("乙地", ("乙",), (), ("甲",))])
    assert {e.term for e in lexicon.expand("甲")} == {"甲地", "乙地"}


def test_an_own_file_adds_groups(tmp_path: Path) -> None:
    own = tmp_path / "lexicon.tsv"
    own.write_text(
        "\ufeff# わがまちの言葉\n\nたかちょんポイント\t多可ポイント\ttaka point\t地域通貨\n",
        encoding="utf-8",
    )
    lexicon = load_lexicon(own)
    assert len(lexicon.groups) == len(LEXICON.groups) + 1
    assert "たかちょんポイント" in {e.term for e in lexicon.expand("Taka points")}
    assert "電子申請" in {e.term for e in lexicon.expand("オンライン申請")}


@pytest.mark.parametrize("bad", ["見出しだけ", "\t同じ意味", "a\tb\tc\td\te", "見出し\t | \t\t"])
def test_a_bad_line_is_named(tmp_path: Path, bad: str) -> None:
    own = tmp_path / "lexicon.tsv"
    own.write_text(f"# よい行\n窓口\tカウンター\n{bad}\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_lexicon(own)
    assert str(own) in caught.value.message()
    assert "3行目" in caught.value.message()
    assert "Line 3" in caught.value.message("en")


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    own = tmp_path / "lexicon.tsv"
    own.write_bytes("窓口\tカウンター\n".encode("shift_jis"))
    with pytest.raises(UsageError, match="UTF-8"):
        read_groups(own)


_WORDS = st.sampled_from([word for group in LEXICON.groups for word, _ in group.members()])


@given(st.lists(st.one_of(_WORDS, st.text(max_size=12))).map("".join))
def test_any_text_can_be_expanded(text: str) -> None:
    folded = fold_text(text)
    found = LEXICON.expand(text)
    assert len({expansion.term for expansion in found}) == len(found)
    for expansion in found:
        assert expansion.typed in folded
        assert expansion.kind in ("same", "en", "related")
        assert _key(expansion.term) != _key(expansion.typed)


@given(st.lists(_WORDS, min_size=1, max_size=4))
def test_words_set_apart_by_full_stops_are_all_found(words: list[str]) -> None:
    text = "。".join(words)
    assert {_key(word) for word in words} <= {
        _key(typed) for typed in LEXICON._typed(fold_text(text))
    }


def test_a_question_is_told_in_its_usual_words() -> None:
    lexicon = Lexicon(
        [
            Group(
                "デマンド交通",
                ("DRT", "よやくばす", "乗合タクシー", "呼べば来るバス"),
                ("dial a ride",),
            )
        ]
    )
    assert lexicon.in_other_words("DRTの運賃", 2) == "DRTの運賃 デマンド交通 乗合タクシー"
    assert lexicon.in_other_words("水道の運賃", 2) == "水道の運賃"
