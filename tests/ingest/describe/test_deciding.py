"""The facts that decide whether a case is a precedent: what is one, and above all what is none."""

from __future__ import annotations

import pytest

from ingest.describe.deciding.amounts import measured
from ingest.describe.given import told as told_facts
from ingest.describe.metadata import describe
from kb.base.record import FACTS
from kb.base.types import CaseDraft, Evidence, Section
from kb.language.programmes import asked, later, lineage, programme, programmes
from tests.support.pages import flow, line


def facts(text: str, role: str = "取組", heading: str = "") -> list[Evidence]:
    draft = CaseDraft(
        "題", (Section(role, heading or role, text, 3),), (3, 3), "多可町", "兵庫県", "283657"
    )
    return [e for e in describe(draft, flow(line(text)))[0].evidence if e.name in FACTS]


def told(text: str, name: str, role: str = "取組") -> list[str]:
    return [e.value for e in facts(text, role) if e.name == name]


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("初期費用：4,200千円", (4_200_000, None, "円", "", "initial")),
        ("事業費は12百万円である。", (12_000_000, None, "円", "", "")),
        ("利用料は月額5万円である。", (50_000, None, "円", "月", "running")),
        ("委託料は1件あたり300円である。", (300, None, "円", "件", "running")),
        ("導入費用は二百万円である。", (2_000_000, None, "円", "", "initial")),
        ("導入費用は無料である。", (0, None, "円", "", "initial")),
        ("待ち時間は1時間30分から20分に短縮した。", (20, 90, "分", "", "")),
        ("年間1,200時間削減した。", (1200, None, "時間", "年", "less")),
        ("回答は3日から即日になった。", (0, 3, "日", "", "")),
        ("登録は1.2万人から3万人に増えた。", (30_000, 12_000, "人", "", "")),
    ],
)
def test_numbers_have_their_unit_and_what_they_were(
    text: str, measured: tuple[float, float | None, str, str, str]
) -> None:
    (found,) = [e for e in facts(text) if e.name in ("cost", "effect")]
    assert (found.amount, found.before, found.unit, found.period, found.code) == measured
    assert found.page == 3
    assert found.value in found.text


def test_an_amount_that_is_none_stays_words() -> None:
    (found,) = facts("費用は数百万円である。")
    assert (found.value, found.amount, found.unit) == ("数百万円", None, "")


def test_amounts_take_the_unit_of_the_head_of_their_table() -> None:
    text = "区分｜金額（千円）\n機器購入費｜3,300\n保守料（年額）｜480\n国の補助金｜1,500"
    found = [(e.value, e.amount, e.period, e.code) for e in facts(text, "費用") if e.name == "cost"]
    assert found == [("3,300千円", 3_300_000, "", "initial"), ("480千円", 480_000, "年", "running")]


def test_rows_of_before_and_after_are_effects() -> None:
    text = "項目｜導入前｜導入後\n待ち時間｜30分｜5分\n使い方｜紙｜画面\n満足度｜62%｜91%"
    found = [
        (e.value, e.before, e.amount, e.unit) for e in facts(text, "効果") if e.name == "effect"
    ]
    assert found == [("待ち時間 30分→5分", 30, 5, "分"), ("満足度 62%→91%", 62, 91, "%")]


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("funding", "デジ田交付金（補助率1/2）を活用した。", ["デジタル田園都市国家構想交付金"]),
        ("funding", "財源：過疎債、一般財源", ["過疎対策事業債", "一般財源"]),
        ("funding", "県の情報化推進補助金を活用して整備した。", ["情報化推進補助金"]),
        ("funding", "デジ田交付金の申請を検討している。企業版ふるさと納税の受付を電子化した。", []),
        ("funding", "デジ田交付金は不採択となった。中小企業に補助金を交付した。", []),
        ("funding", "空き家補助金の申請をオンラインで受け付けた。", []),
        ("procurement", "事業者は公募型プロポーザルで選定した。", ["公募型プロポーザル"]),
        ("procurement", "随意契約ではなく一般競争入札により契約した。", ["一般競争入札"]),
        ("procurement", "プロポーザルの実施を検討する。入札は電子で受け付ける。", []),
        ("staff", "運営は専任の職員2名で回している。", ["専任の職員2名"]),
        ("staff", "職員150人が研修を受けた。職員30人にアンケートを行った。", []),
        ("department", "情報政策課と市民課の職員が内製した。", ["情報政策課", "市民課"]),
        ("contact", "担当課：企画部 情報政策課（電話 0795-00-0000）担当 山田", ["企画部 情報政策課"]),
        ("contact", "担当：山田太郎", []),
        ("ordinance", "多可町デジタル推進条例を制定した。", ["多可町デジタル推進条例"]),
        ("ordinance", "国の実施要綱に基づき申請した。条例の制定を検討する。", []),
        ("copied_from", "養父市の取組を参考にした。", ["養父市"]),
        ("copied_from", "養父市の取組を参考にする予定である。養父市から多可町へ引っ越した。", []),
        ("copied_by", "香美町では、本町の方式を参考に同じアプリを導入した。", ["香美町"]),
        ("trouble", "令和5年3月末でサービスを終了した。", ["令和5年3月末でサービスを終了した"]),
        ("trouble", "契約の議案が否決された。", ["契約の議案が否決された"]),
        ("trouble", "障害が発生した場合に備え、予備を置いた。誤交付を防ぐ。紙の申請書を廃止した。", []),
        ("trouble", "待ち時間がなくなった。", []),
    ],
)  # fmt: skip
def test_what_is_a_fact_and_what_is_none(name: str, text: str, values: list[str]) -> None:
    assert told(text, name) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("無償。", ["無償"]),
        ("実証は無償で行った。", ["無償"]),
        ("システムは無償提供を受けた。", ["無償"]),
        ("利用料は無料。", ["利用料は無料"]),
        ("給食費の無料化や保育園の冷房などにも充てた。", []),
        ("保育料を無料にした。", []),
        ("加盟店には備品を無償で渡し、手数料も取らない。", []),
        ("アプリは自治区に無償。", []),
        ("手数料の300〜450円では足りない。", []),
        ("振込手数料は年20万円。", ["年20万円"]),
        ("売り出し時の価格は0.03ETH（当時の相場で約1万3,500円）。", []),
    ],
)  # fmt: skip
def test_what_others_get_or_pay_is_no_cost(text: str, values: list[str]) -> None:
    assert told(text, "cost", "費用") == values


def test_an_amount_beside_the_cost_is_not_its_period() -> None:
    given = Evidence("cost", "671万3千円（2020年度の事業費、1件あたり16,254円）", "", None)
    found = measured(given)
    assert (found.amount, found.period) == (6_713_000, "")


def test_a_rate_belongs_to_the_programme_before_it() -> None:
    found = facts("財源：デジタル田園都市国家構想交付金（補助率2/3）、一般財源")
    assert [(e.code, e.amount, e.unit) for e in found] == [
        ("デジタル田園都市国家構想交付金", pytest.approx(2 / 3, abs=1e-4), "率"),
        ("一般財源", None, ""),
    ]


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("財源：過疎債", [("funding", "過疎対策事業債", None)]),
        ("財源：過疎債、ふるさと納税", [("funding", "過疎対策事業債", None), ("funding", "ふるさと納税", None)]),
        ("財源：なし", []),
        ("財源：過疎債（充当率100%）", [("funding", "過疎対策事業債", 1.0)]),
        ("財源：デジタル田園都市国家構想交付金（補助率2分の1）", [("funding", "デジタル田園都市国家構想交付金", 0.5)]),
        ("財源：デジタル田園都市国家構想交付金　補助率 3/4", [("funding", "デジタル田園都市国家構想交付金", 0.75)]),
        ("財源：デジタル田園都市国家構想交付金　補助率 3/0", [("funding", "デジタル田園都市国家構想交付金", None)]),
        ("町独自の補助金を使って導入した。", []),
        ("調達：公募型プロポーザル", [("procurement", "公募型プロポーザル", None)]),
        ("契約方法：随意契約ではなく指名競争入札", [("procurement", "指名競争入札", None)]),
    ],
)  # fmt: skip
def test_money_and_the_way_to_buy_as_labels_state_them(
    text: str, stated: list[tuple[str, str, float | None]]
) -> None:
    kinds = ("funding", "procurement")
    assert [(e.name, e.value, e.amount) for e in facts(text) if e.name in kinds] == stated


def test_who_was_followed_has_a_code() -> None:
    (found,) = facts("養父市の取組を参考にした。")
    assert (found.name, found.code) == ("copied_from", "282227")


def test_what_is_only_planned_has_no_money_yet() -> None:
    assert told("段階：検討中\n財源：デジタル田園都市国家構想交付金", "funding") == []


def test_programmes_have_their_lineage() -> None:
    newest = programmes()["地域未来交付金"]
    names = [one.name for one in lineage(newest)]
    assert names[:3] == [
        "地域未来交付金",
        "新しい地方経済・生活環境創生交付金",
        "デジタル田園都市国家構想交付金",
    ]
    assert "地方創生推進交付金" in names
    garden = programme("デジ田交付金（TYPE1）")
    assert garden is not None
    assert [one.name for one in later(garden)] == [
        "新しい地方経済・生活環境創生交付金",
        "地域未来交付金",
    ]
    assert set(names) <= set(asked(("地域未来交付金",)))
    assert asked(("町の基金",)) == ("町の基金",)
    every = programmes()
    assert {before for one in every.values() for before in one.before} <= every.keys()


def test_a_bare_amount_says_what_it_is_of() -> None:
    text = "区分｜金額（千円）\n機器購入費｜3,300\n保守料（年額）｜480"
    assert [e.shown for e in facts(text, "費用") if e.name == "cost"] == [
        "初期 3,300千円",
        "運用 480千円/年",
    ]
    assert [e.number for e in facts(text, "費用") if e.name == "cost"] == [
        "3,300,000円",
        "480,000円",
    ]


def test_a_cost_that_is_told_is_parted_but_not_in_brackets() -> None:
    def parts(text: str) -> list[str]:
        return [fact.value for fact in told_facts("cost", text, "費用")]

    assert parts("年間 約1,700万円（八束、大野の各地区）") == [
        "年間 約1,700万円（八束、大野の各地区）"
    ]
    assert parts("初期 120万円（税込、諸経費含む）、運用 月3万円") == [
        "初期 120万円（税込、諸経費含む）",
        "運用 月3万円",
    ]
