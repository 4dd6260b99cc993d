"""What a municipality needs: read from a consultation in its own words, or chosen from what is usual."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.advice.needs import budget, told_needs, worries, written_needs
from kb.base.types import FIELDS, Section
from tests.advice.test_brief import TAKA

SHEET = """DX推進相談票
相談日：令和7年5月12日
自治体名：〇〇村　担当：総務課 山田
【困りごと】
・避難所の受付を紙でやっており、訓練のたびに名簿の集計に半日かかる。
・職員が8人しかおらず、情報担当も兼務である。
【予算】200万円まで
【これまでの取組】
・LINEの公式アカウントを令和5年に作ったが、登録が少ない。
"""
MINUTES = """5月の打合せメモ
窓口で住民が同じ住所を何度も書いている。待ち時間の苦情が多い。
予算は200万円くらい。庁内の合意はまだ。
書かない窓口を入れたいが、どこから始めるか分からない。
次回は6月10日。"""
NUMBERED = """1 相談内容
 (1) 民生委員だけでは見守りが追いつかない。
 (2) 除雪の出動状況を電話で集計している。
2 担当課
 福祉課の者が足りない時間に来る。
3 現状
 センサーの実証を昨年行った。"""


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        (SHEET, ["避難所の受付を紙でやっており、訓練のたびに名簿の集計に半日かかる。", "職員が8人しかおらず、情報担当も兼務である。"]),
        (MINUTES, ["窓口で住民が同じ住所を何度も書いている。", "待ち時間の苦情が多い。", "書かない窓口を入れたいが、どこから始めるか分からない。"]),
        (NUMBERED, ["民生委員だけでは見守りが追いつかない。", "除雪の出動状況を電話で集計している。"]),
        ("水道の検針に人手が足りない", ["水道の検針に人手が足りない"]),
        ("困りごと：検針票の配布に人手がかかる\n回答：検討します。", ["検針票の配布に人手がかかる"]),
        ("避難所の名簿の電子化", ["避難所の名簿の電子化"]),
        ("", []),
        ("---\n***\n　\n", []),
    ],
)  # fmt: skip
def test_needs_are_the_sentences_that_tell_them(text: str, needs: list[str]) -> None:
    assert [need.text for need in written_needs(text)] == needs


def test_a_need_that_two_documents_name_is_there_once_from_the_one_with_pages() -> None:
    section = Section("見えてきた課題", "", "各課のデジタルツールの現状をつかめていない。", None)
    note = replace(TAKA, id="note", sections=(section,))
    paged = Section(
        "見えてきた課題",
        "",
        "デジタルツールの現状を各課でつかめていない。\n人が足りず困っている。",
        10,
    )
    deck = replace(TAKA, sections=(paged,))
    found = told_needs([note, deck])
    assert [(need.case.id, need.page) for need in found if need.case] == [("taka", 10)] * 2


def test_every_field_has_usual_worries_in_both_languages() -> None:
    assert {worry.field for worry in worries()} == set(FIELDS[:-1])
    assert all(worry.text and worry.english.isascii() for worry in worries())


def test_a_list_with_troubles_is_needs_and_what_it_may_cost_is_read() -> None:
    sheet = """【相談票】〇〇村 総務企画課
・起案や決裁の紙の回覧に日数がかかる
・会議の資料は毎回50部刷っている
条件: 300万円以下で始めたい
"""
    found = [need.text for need in written_needs(sheet)]
    assert found == ["起案や決裁の紙の回覧に日数がかかる", "会議の資料は毎回50部刷っている"]
    assert budget(sheet) == 3_000_000
    assert [budget(text) for text in (SHEET, MINUTES, NUMBERED)] == [2_000_000, 3_000_000, None]
