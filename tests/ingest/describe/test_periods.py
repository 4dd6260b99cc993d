"""When a case was and how long it took, with the words that say so."""

from __future__ import annotations

import pytest

from ingest.describe.periods import periods
from kb.base.types import CaseDraft, Section


def draft(text: str, role: str = "取組") -> CaseDraft:
    return CaseDraft(title="見守りの実証", sections=(Section(role, role, text, 3),), pages=(3, 3))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("実証期間：令和4年10月1日〜12月28日", ["令和4年10月1日〜12月28日"]),
        ("2022年10月から12月まで実証した。", ["2022年10月から12月まで"]),
        ("契約期間｜令和5年度から令和9年度まで", ["令和5年度から令和9年度まで"]),
        ("令和３年１１月 ～ 令和４年３月 に 実証 実験", ["令和３年１１月 ～ 令和４年３月"]),
        ("スケジュール：2023年4月 公募", ["2023年4月"]),
        ("期間 約6か月", ["約6か月"]),
        ("約3か月で構築し、公開した。", ["約3か月"]),
        ("2週間のトライアルのあと、1年間の試行を経た。", ["2週間", "1年間"]),
        ("期間は令和2年6月から翌年3月まで。", ["令和2年6月から翌年3月まで"]),
        ("作業期間は3.5か月から2.5か月に縮まった。", []),
        ("2024年4月から6月の調査では9割が使った。", []),
        ("2021年10月28日から11月26日までの調査の結果は次のとおり。", []),
        ("捕獲数は、2年で導入前の6倍になった。", []),
        ("年間1,200時間を削減した。", []),
        ("3年間のデータを分析した。", []),
        ("平成30年度から令和2年度の人口を比べた。", []),
        ("2019年11月から、2つの課で使う。", []),
    ],
)
def test_periods_as_printed(text: str, values: list[str]) -> None:
    found = periods(draft(text))
    assert [evidence.value for evidence in found] == values
    assert all((e.name, e.page) == ("period", 3) and e.value in e.text for e in found)


def test_what_was_before_is_no_period_of_the_case() -> None:
    assert periods(draft("2015年4月から2019年3月まで紙で行った。", "背景・課題")) == ()
