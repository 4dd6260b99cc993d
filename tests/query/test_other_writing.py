"""The same question in other writing is the same question."""

from __future__ import annotations

import pytest

from kb.language.lexicon import load_lexicon
from kb.language.text import fold_text
from kb.query import understand


@pytest.mark.parametrize(
    "group",
    [
        (
            "3,000,000円の補助",
            "3000000円の補助",
            "300万円の補助",
            "三百万円の補助",
            "３００万円の補助",
        ),
        ("24時間の予約", "二十四時間の予約", "２４時間の予約"),
        ("1250件の申請", "1,250件の申請", "千二百五十件の申請"),
        ("一人暮らしの高齢者", "1人暮らしの高齢者", "ひとり暮らしの高齢者", "独り暮らしの高齢者"),
        ("12万人の利用", "120,000人の利用", "十二万人の利用"),
        ("ドローン", "ドロ-ン", "ドロ―ン", "ドロ−ン", "ドロ一ン", "ﾄﾞﾛｰﾝ"),
        ("サーバーの更新", "サ-バ-の更新", "サーバ―の更新"),
        ("スマートフォン", "スマ-トフォン"),
        ("高松市の窓口", "髙松市の窓口"),
        ("斎藤さんの講演", "齋藤さんの講演"),
        ("浜田市の広聴", "濵田市の広聴", "濱田市の廣聴"),
    ],
)
def test_other_writings_look_for_the_same(group: tuple[str, ...]) -> None:
    assert len({understand(text).query.typed for text in group}) == 1


@pytest.mark.parametrize(
    "text",
    ["十分な説明", "一部の手続", "二次元コード", "三者面談", "百歳体操", "イベント-ドローン"],
)
def test_words_that_only_look_so_stay_words(text: str) -> None:
    assert understand(text).query.text == text


def test_variants_of_kanji_are_one_everywhere() -> None:
    assert fold_text("髙濵齋藤の國鐵") == "高浜斎藤の国鉄"


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("グラファー", "Graffer"),
        ("Graffer", "グラファー"),
        ("キントーン", "kintone"),
        ("キンコン", "kintone"),
        ("チャットGPT", "ChatGPT"),
        ("ワイファイ", "Wi-Fi"),
        ("AIOCR", "AI-OCR"),
        ("ガバクラ", "ガバメントクラウド"),
        ("ぴったり", "ぴったりサービス"),
        ("ズーム", "Zoom"),
    ],
)
def test_names_across_scripts(typed: str, term: str) -> None:
    assert term in {found.term for found in load_lexicon().expand(typed)}
