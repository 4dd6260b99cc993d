"""How far a case got, what it changed and cost, and what it was made with: each as printed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.describe.facts import status
from ingest.describe.figures import costs, effects
from ingest.describe.metadata import describe
from ingest.describe.tools import tools, vendors
from kb.base.types import CaseDraft, Section
from tests.support.pages import flow, line


def _case(text: str, role: str = "取組", name: str = "題") -> CaseDraft:
    return CaseDraft(name, (Section(role, role, text, 3),), (3, 3))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("自動運転バスの実証を行った。", "実証"),
        ("電子申請を本格導入し、利用率は8割になった。", "実装"),
        ("来年度の導入を予定し、仕様書の作成を進める。", "計画"),
        ("手続きを見直す。", "不明"),
        ("試行運用を開始した。", "実証"),
        ("令和5年度に実証、令和6年度から実装。", "実装"),
        ("全課で運用中である。", "実装"),
        ("社会実装をめざす。", "計画"),
        ("段階：検討中\n令和5年度に他市で導入した例を調べる。", "計画"),
        ("状況：導入済み", "実装"),
    ],
)
def test_status_by_wording(text: str, status: str) -> None:
    assert describe(_case(text), flow(line(text)))[0].status == status


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("待ち時間を30分→5分にした。", ["30分→5分"]),
        ("年間1,200時間削減した。", ["年間1,200時間削減"]),
        ("作成は6時間から2時間に短縮した。", ["6時間から2時間に短縮"]),
        ("２割の業務を削減した。", []),
        ("対象は30校。", []),
        ("電話は約8割減。", ["約8割減"]),
        ("残業を９０％削減できた。", ["９０％削減"]),
        ("処理の速さは3倍になった。", ["3倍になった"]),
        ("1日かかっていた作業が10分で終わる。", ["1日かかっていた作業が10分"]),
        ("届出は54分が45分に。", ["54分が45分"]),
        ("3日から即日に渡せる。", ["3日から即日"]),
        ("時間は3分の１に短縮した。", ["3分の１に短縮"]),
        ("見回りは924回から264回となり、楽になった。", ["924回から264回となり"]),
        ("30 分 → 5 分", ["30 分 → 5 分"]),
        ("年間約500万円の経費削減。", ["年間約500万円の経費削減"]),
        ("満足度は95％。", ["満足度は95％"]),
        ("▲1,200時間", ["▲1,200時間"]),
        ("貸出は月320冊から月510冊に増えた。", ["月320冊から月510冊に増えた"]),
        ("窓口にいる時間は平均18分短くなった。", ["平均18分短くなった"]),
        ("手続きが、8分縮まって楽になった。", ["8分縮まって"]),
        ("6日から8日に開いた。1人から3人に貸す。10時から17時まで。", []),
    ],
)
def test_effect_figures(text: str, values: list[str]) -> None:
    found = effects(_case(text))
    assert [evidence.value for evidence in found] == values
    assert all(evidence.value in evidence.text and evidence.page == 3 for evidence in found)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("事業費：3,000千円", ["3,000千円"]),
        ("総事業費は約1.2億円。", ["約1.2億円"]),
        ("総事業費１億２千万円", ["１億２千万円"]),
        ("初期費用120万円、運用費用年間60万円", ["120万円", "年間60万円"]),
        ("事業費 1,200 万円", ["1,200 万円"]),
        ("委託料：令和6年度　12,345,678円", ["12,345,678円"]),
        ("利用料は月額5万円/年。", ["月額5万円/年"]),
        ("イニシャルコスト：0円", ["0円"]),
        ("導入費用は無料である。", ["導入費用は無料"]),
        ("追加費用はかからない。", ["追加費用はかからない"]),
        ("使用料収入が500万円増えた。委託料を300万円削減した。", []),
        ("給付金は1人10万円を配った。", []),
        ("住民は無料で使える。", []),
    ],
)
def test_costs(text: str, values: list[str]) -> None:
    found = costs(_case(text))
    assert [evidence.value for evidence in found] == values
    assert all(evidence.value in evidence.text and evidence.page == 3 for evidence in found)


@pytest.mark.parametrize("text", ["1" * 20_000, "9.9" * 5_000, "1," * 9_000, "30分から" * 3_000])
def test_long_rows_of_digits_are_read_through(text: str) -> None:
    assert effects(_case(text)) == costs(_case(text, "費用")) == ()


def test_every_amount_in_a_section_on_money_is_a_cost() -> None:
    found = costs(_case("初期120万円、毎年60万円。既存の端末なので機器は無料。", "費用"))
    assert [evidence.value for evidence in found] == ["120万円", "毎年60万円", "無料"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("5年間の総額で8,800万円", [(88_000_000, "", "total")]),
        ("年間60万円", [(600_000, "年", "running")]),
        ("落札額は1,980万円（予定価格2,200万円）", [(19_800_000, "", "")]),
        ("300万円の補助を受けて500万円で整備した。", [(5_000_000, "", "")]),
    ],
)
def test_what_an_amount_is_for(text: str, told: list[tuple[float, str, str]]) -> None:
    found = costs(_case(text, "費用"))
    assert [(e.amount, e.period, e.code) for e in found] == told


def test_a_stage_told_by_an_effect_is_no_amount() -> None:
    found = status(_case("待ち時間が30分短縮", "効果"))
    assert found is not None
    assert (found.value, found.amount, found.unit) == ("実装", None, "")


def test_a_company_keeps_the_katakana_of_its_name() -> None:
    found = vendors(_case("株式会社ほんだなシステムに委託し、株式会社さくらがシステムを作った。"))
    assert [evidence.value for evidence in found] == ["株式会社ほんだなシステム", "株式会社さくら"]


def test_tools_and_vendors_with_their_evidence() -> None:
    draft = _case(
        "kintoneとＲＰＡを使い、kintoneで台帳を作った。予約システム「まちのわ」は株式会社インテックが作り、"
        "富士通Japanが保守する。\n使用ツール：LINE WORKS、案内ロボット\n委託先：北の技研"
    )
    found, makers = tools(draft), vendors(replace(draft, municipality="多可町"))
    assert [e.value for e in vendors(draft)] == ["北の技研", "株式会社インテック"]
    assert [e.value for e in found] == ["LINE WORKS", "案内ロボット", "まちのわ", "kintone", "RPA"]
    assert [e.value for e in makers] == ["北の技研", "株式会社インテック", "富士通"]
    assert {e.page for e in (*found, *makers)} == {3}
    assert "kintone" in found[3].text
