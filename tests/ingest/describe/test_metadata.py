"""A case says whose it is, of which year, field and status, and where that was read."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ingest.describe import facts
from ingest.describe.cases import cases
from ingest.describe.field import classify, given_field
from ingest.describe.given import read_given
from ingest.describe.metadata import describe
from ingest.describe.years import year_mentions
from ingest.flow.prepare import default_title
from ingest.page import Block, Extract
from ingest.readers import read
from ingest.split.sections import split
from kb.base.messages import render
from kb.base.types import FIELDS, STATUSES, CaseDraft, Evidence, Section
from kb.places.gazetteer import load_gazetteer
from tests.paths import ROOT, SHARED
from tests.support.pages import deck, flow, head, line, note, row, title


def _only(extract: Extract) -> CaseDraft:
    (draft,), _ = cases(extract)
    return draft


def _said(draft: CaseDraft, name: str) -> list[Evidence]:
    return [evidence for evidence in draft.evidence if evidence.name == name]


def _case(text: str, role: str = "取組", name: str = "題") -> CaseDraft:
    return CaseDraft(name, (Section(role, role, text, 3),), (3, 3))


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("令和6年度", [2024]),
        ("令和元年度", [2019]),
        ("令和六年度", [2024]),
        ("平成二十三年度", [2011]),
        ("平成31年3月", [2018]),
        ("平成３１年４月", [2019]),
        ("令和６～８年度", [2024]),
        ("令和6年度～令和8年度", [2024]),
        ("令和3年度と4年度に実証した", [2021]),
        ("2022〜2024年度", [2022]),
        ("R6.6.1県推計", [2024]),
        ("（Ｒ５年度）", [2023]),
        ("H30実績", [2018]),
        ("２０２４年度", [2024]),
        ("2025年1月25日", [2024]),
        ("2024/05/01", [2024]),
        ("2024-03-31", [2023]),
        ("FY2024", [2024]),
        ("令 和 ３ 年２ 月", [2020]),
        ("2015年度に始め、2016年4月に広げた", [2015, 2016]),
        ("30年間に1,200時間", []),
        ("R2D2とS3", []),
        ("電話2024-1122", []),
        ("13月の2024年", [2024]),
        ("令和5（2023）年度", [2023]),
        ("2023（令和5）年度", [2023]),
        ("Ｒ元", [2019]),
        ("二〇二四年度", [2024]),
        ("FY24", [2024]),
        ("メニューブック 2022夏", [2022]),
    ],
)
def test_years(text: str, years: list[int]) -> None:
    assert [mention.year for mention in year_mentions(text)] == years


@given(st.text(alphabet="令和平成元年度月日0123456789０１２~～.-RrHＲ 、市", max_size=40))
def test_year_mentions_lie_in_the_text(text: str) -> None:
    for mention in year_mentions(text):
        assert 0 <= mention.start < mention.end <= len(text)
        assert 1949 <= mention.year <= 2069


@given(st.integers(1, 40), st.integers(1, 12))
def test_every_date_counts_for_its_fiscal_year(n: int, month: int) -> None:
    (mention,) = year_mentions(f"令和{n}年{month}月に始めた")
    assert mention.year == 2018 + n - (month <= 3)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("令和3年度に導入した。令和7年度末までに全課へ広げる。", 2021),
        ("2020年11月に協定を結び、2021年4月に運行を開始した。", 2021),
        ("人口は1万人（2020年国勢調査）。2023年7月に始めた。", 2023),
        ("2025年1月時点の登録は3千人。", None),
        ("毎年見直す。", None),
    ],
)
def test_year_of_the_work_not_one_in_passing(text: str, year: int | None) -> None:
    found = facts.year(_case(text))
    assert (found and int(found.value)) == year
    assert found is None or found.page == 3


def test_year_in_a_date_row_beats_the_text() -> None:
    draft = _only(
        deck([title("会議録"), row("実施年度", "令和5年度"), row("取組", "2021年4月に始めた。")])
    )
    assert draft.year == 2023


def test_year_behind_its_label_beats_the_text() -> None:
    told = "石川県加賀市 人口63,263人（2020年国勢調査） 取組の年度：令和2年度（2020）"
    found = facts.year(_case(f"2014年には「消滅可能都市」に挙げられ、人が減り始めた。\n{told}"))
    assert found is not None
    assert found.value == "2020"


def test_year_of_the_document_is_that_of_its_undated_cases() -> None:
    drafts, _ = cases(
        deck(
            [title("取組集", 28), line("長野県デジタル課"), line("2025年2月10日")],
            [title("① 松本市：会議録"), line("AIが下書きを作る。")],
            [title("② 飯田市：予約"), line("令和4年度に予約を始めた。")],
        )
    )
    assert [draft.year for draft in drafts] == [2024, 2024, 2022]
    assert _said(drafts[1], "year")[0].text == "2025年2月10日"
    assert [draft.prefecture for draft in drafts] == ["長野県"] * 3


@pytest.mark.parametrize(
    ("heading", "code", "ambiguous"),
    [
        ("窓口の予約（足利市）", "092029", False),
        ("足利市における窓口の予約", "092029", False),
        ("静岡県清水町：公園の申請", "223417", False),
        ("公園の申請（清水町）", "", True),
        ("府中市の取組", "", True),
        ("龍ケ崎市の窓口", "082082", False),
        ("児玉郡美里町の窓口", "113816", False),
        ("美里町の窓口", "", True),
        ("共同利用（橋本市・熊取町）", "302031", False),
        ("神戸市北区の農村", "281093", False),
    ],
)
def test_municipality_of_a_title(heading: str, code: str, ambiguous: bool) -> None:
    draft = _only(note(head(heading, 1), line("予約をアプリで受ける。")))
    assert (draft.code, draft.ambiguous) == (code, ambiguous)
    assert _said(draft, "municipality")[0].value == draft.municipality != ""


def test_the_cases_of_one_municipality_are_its_own() -> None:
    drafts, _ = cases(
        flow(
            head("加古川市 DX事例集", 1),
            head("事例1 会議録", 2), line("AIが下書きを作る。"),
            head("事例2 予約", 2), line("神戸市の例にならいアプリで受ける。"),
        )
    )  # fmt: skip
    assert [(d.title, d.municipality) for d in drafts] == [
        ("会議録", "加古川市"), ("予約", "加古川市"),
    ]  # fmt: skip
    assert _said(drafts[0], "municipality")[0].text == "加古川市 DX事例集"
    assert {draft.source_title for draft in drafts} == {"加古川市 DX事例集"}


def test_the_caption_of_a_figure_is_no_name_plate() -> None:
    towns = line("松本市、飯田市、佐久市の例がある。")
    draft = _only(deck([title("調査報告"), line("図表1 佐用町の人口の推移"), towns]))
    assert draft.municipality == ""


def test_wards_speak_of_their_city() -> None:
    for ward in ("北区", "中央区", "浜名区"):
        draft = _only(note(line(f"浜松市は、{ward}の窓口を改めた。")))
        assert (draft.municipality, draft.code) == ("浜松市", "221309")


def test_surnames_and_firms_are_no_municipalities() -> None:
    draft = _only(
        note(line("大町さんと町田さん、木村課長は、大和村製作所、株式会社市川電機と話した。"))
    )
    assert (draft.municipality, draft.prefecture) == ("", "")


def test_prefecture_named_on_the_plate_settles_a_name() -> None:
    draft = _only(
        deck([title("府中市の取組"), line("広島県府中市 情報政策課"), line("予約を受ける。")])
    )
    assert (draft.municipality, draft.code) == ("府中市", "342084")


def test_name_plate_and_most_named_place() -> None:
    plate = _only(
        deck([title("ＤＸ推進方針"), line("令和４年２月24日 南国市企画課作成"), line("方針。")])
    )
    assert (plate.municipality, plate.year) == ("南国市", 2021)
    spoken = _only(
        note(
            line(
                "予約のアプリを入れた。南国市では窓口が空いた。高知市の例にならった。南国市の試算による。"
            )
        )
    )
    assert spoken.municipality == "南国市"
    passing = _only(note(line("高知市、南国市、土佐市の例がある。ほかの市の例も集めたい。")))
    assert (passing.municipality, passing.code) == ("", "")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("予防接種の予診票をアプリで受け付ける", "保健福祉"),
        ("書かない窓口で転入の手続きを一度で済ませる", "窓口"),
        ("ドローンで買い物の荷物を届ける", "配送・物流"),
        ("RPAとAI-OCRで入力作業を自動化する", "庁内業務"),
        ("避難所の受付をカードで行う", "防災"),
        ("水道管の漏水を衛星で見つける", "インフラ"),
        ("商店街の店をECサイトで支える", "産業"),
        ("保育所の登降園をアプリで知らせる", "子育て"),
        ("オープンデータをダッシュボードで見せる", "データ利活用"),
        ("よくわからない話", "その他"),
    ],
)
def test_field_by_words(text: str, field: str) -> None:
    found = classify(text, ())
    assert found.field == field
    assert 0.0 <= found.confidence <= 1.0
    assert bool(found.words) == (found.confidence > 0)


def test_words_of_the_fields_are_well_formed() -> None:
    path = ROOT / "ingest" / "describe" / "data" / "field_words.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [r for r in csv.reader(lines, delimiter="\t") if r[0][0] != "#"]
    assert {row[0] for row in rows} == set(FIELDS) - {"その他"}
    assert all(0 < float(weight) <= 5 for _, _, weight in rows)
    assert len({(field, word) for field, word, _ in rows}) == len(rows)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("農業", "農林水産"),
        ("データ", "データ利活用"),
        ("観光分野", "観光"),
        ("農業分野", "農林水産"),
        ("謎", None),
    ],
)
def test_other_names_of_fields(said: str, meant: str | None) -> None:
    assert given_field(said) == meant


def test_front_matter_wins() -> None:
    extract = note(
        head("取組", 2), line("2019年4月にドローンで荷物を運び始めた。"),
        title="窓口の予約", municipality="府中市", prefecture="広島県", field="申請", year="令和5年度",
        tools=["LINE"], source_title="広報", source_url="https://example.jp/", status="実証",
    )  # fmt: skip
    draft = _only(extract)
    assert (draft.title, draft.municipality, draft.code) == ("窓口の予約", "府中市", "342084")
    assert (draft.field, draft.field_source, draft.year) == ("申請", "given", 2023)
    assert (draft.tools, draft.status) == (("LINE",), "実証")
    assert (draft.source_title, draft.source_url) == ("広報", "https://example.jp/")


def test_sidecar_municipality_does_not_rename_the_cases_of_a_collection() -> None:
    drafts, _ = cases(
        deck(
            [title("取組集", 28), line("県内の例。")],
            [title("① 松本市：会議録"), line("AIが下書きを作る。")],
            [title("② 飯田市：予約"), line("アプリで受ける。")],
            municipality="長野県", title="長野の取組集",
        )
    )  # fmt: skip
    assert [draft.municipality for draft in drafts] == ["長野県", "松本市", "飯田市"]
    assert {draft.source_title for draft in drafts} == {"長野の取組集"}


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"field": "宇宙"}, "分野「宇宙」"),
        ({"year": "むかし"}, "year「むかし」"),
        ({"year": True}, "year「True」"),
        ({"status": "完了"}, "段階「完了」"),
        ({"tools": {"a": 1}}, "tools は"),
        ({"municipality": ["多可町"]}, "municipality には"),
        ({"municipality": "幻市"}, "「幻市」という自治体は見つかりません"),
        ({"municipality": "多可町", "prefecture": "東京都"}, "東京都に「多可町」は見つかりません"),
        (
            {"municipality": "多可町", "municipality_code": "131130"},
            "団体コード「131130」は「多可町」の",
        ),
        ({"municipality_code": "999999"}, "団体コード「999999」は見つかりません"),
        ({"munisipality": "多可町"}, "「municipality」ではありませんか"),
    ],
)
def test_front_matter_that_cannot_be_used_is_named(values: dict[str, object], part: str) -> None:
    drafts, warnings = cases(note(line("本文。"), **values))
    assert len(drafts) == len(warnings) == 1
    told = render(warnings[0])
    assert part in told
    assert told.endswith("。")


@pytest.mark.parametrize(
    ("values", "code", "year"),
    [
        ({"municipality_code": 283657}, "283657", None),
        ({"municipality": "札幌市", "municipality_code": "011002"}, "011002", None),
        ({"municipality": "府中市", "municipality_code": "342084"}, "342084", None),
        ({"municipality": "多可町", "prefecture": "兵庫"}, "283657", None),
        ({"year": "2025-02-01"}, "", 2024),
        ({"year": "2024"}, "", 2024),
        ({"tools": "LINE、RPA", "title": 2024}, "", None),
    ],
)
def test_front_matter_as_yaml_may_give_it(
    values: dict[str, object], code: str, year: int | None
) -> None:
    found = read_given(values, load_gazetteer())
    assert found.warnings == ()
    assert ((found.place.code if found.place else ""), found.of("year") or None) == (code, year)


@given(
    st.dictionaries(
        st.sampled_from(["title", "municipality", "municipality_code", "field", "year", "tools", "status"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.lists(st.integers()),
    )
)  # fmt: skip
def test_no_front_matter_breaks_a_note(values: dict[str, object]) -> None:
    drafts, warnings = cases(note(line("本文。"), **values))
    assert len(drafts) == 1
    assert drafts[0].field in FIELDS
    assert drafts[0].status in STATUSES
    assert all(render(warning).endswith("。") for warning in warnings)


def test_describe_alone_needs_no_context() -> None:
    extract = note(head("窓口の予約（足利市）", 1), line("本文。"))
    described, warnings = describe(split(extract)[0], extract)
    assert (described.municipality, warnings) == ("足利市", ())


@dataclass(frozen=True)
class Hidden:
    """A case note with its front matter hidden but for its title, and what it said."""

    name: str
    draft: CaseDraft
    said: dict[str, object]


@pytest.fixture(scope="module")
def hidden() -> list[Hidden]:
    folder = SHARED / "casenotes"
    if not folder.is_dir():
        pytest.skip("needs ../shared")
    found = []
    for path in sorted(folder.glob("*.md")):
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        said = yaml.safe_load(front)
        lines = [f"# {said['title']}", *body.splitlines()]
        blocks = [
            Block(text.lstrip("# "), level=len(text) - len(text.lstrip("#")))
            for text in lines
            if text.strip()
        ]
        found.append(Hidden(path.name, _only(note(*blocks)), said))
    return found


def test_municipality_of_hidden_notes(hidden: list[Hidden]) -> None:
    wrong = [h.name for h in hidden if h.draft.municipality != h.said["municipality"]]
    assert len(wrong) <= 0.02 * len(hidden), wrong
    coded = [h for h in hidden if not h.draft.ambiguous]
    assert all(h.draft.code == h.said["municipality_code"] for h in coded)
    assert len(coded) >= 0.95 * len(hidden)


def test_municipality_of_notes_with_nothing_but_their_file_name(shared: Path) -> None:
    wrong = []
    for path in sorted((shared / "casenotes").glob("*.md")):
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        extract = read(path, body.encode())
        extract = replace(extract, front_matter={"default_title": default_title(path)})
        if _only(extract).municipality != yaml.safe_load(front)["municipality"]:
            wrong.append(path.name)
    assert len(wrong) <= 1, wrong  # 越前市 and 越前町 have one name in romaji


def test_field_of_hidden_notes(hidden: list[Hidden]) -> None:
    wrong = [h.name for h in hidden if h.draft.field != given_field(str(h.said["field"]))]
    assert len(wrong) <= 0.2 * len(hidden), wrong


def test_year_of_hidden_notes(hidden: list[Hidden]) -> None:
    """Of the notes whose text names the year they are given, nine of ten; of all, six of seven: the
    rest say no year, and nothing is guessed. The notes give January to March the calendar year,
    where 年度 is one less; such a date counts as right when it is the one meant."""
    right = [h for h in hidden if h.said.get("year") in (h.draft.year, _calendar(h.draft))]
    assert len(right) >= 0.85 * len(hidden)
    told = [h for h in hidden if h.said.get("year") is None or h.said["year"] in _named(h.draft)]
    wrong = [h.name for h in told if h.said.get("year") not in (h.draft.year, _calendar(h.draft))]
    assert len(told) >= 0.85 * len(hidden)
    assert len(wrong) <= 0.1 * len(told), wrong


def _named(draft: CaseDraft) -> set[int]:
    """Every year that a note names, as 年度 and as a calendar year."""
    mentions = [m for section in draft.sections for m in year_mentions(section.text)]
    early = {m.year + 1 for m in mentions if m.month and m.month <= 3 and not m.fiscal}
    return {mention.year for mention in mentions} | early


def _calendar(draft: CaseDraft) -> int | None:
    """The calendar year of the date that a case's year was read from."""
    for evidence in _said(draft, "year"):
        for mention in year_mentions(evidence.text):
            if mention.year == draft.year and mention.month and mention.month <= 3:
                return draft.year + 1
    return draft.year


def test_the_year_of_a_dated_source_is_the_last_resort() -> None:
    told = note(line("4月から試した。\n出典：広報（2023年6月5日）"), title="生成AI")
    assert _only(told).year == 2023
    given = note(line("4月から試した。"), title="生成AI", source_title="わなの監視（2022夏）")
    assert (_only(given).year, _said(_only(given), "year")[0].text) == (
        2022,
        "わなの監視（2022夏）",
    )
    own = note(line("2021年4月に始めた。"), title="生成AI", source_title="わなの監視（2022夏）")
    assert _only(own).year == 2021


@pytest.mark.parametrize(
    ("name", "municipality", "code"),
    [
        ("多可町 窓口のデジタル化", "多可町", "283657"),
        ("hyogo kobe online-forms", "神戸市", "281000"),
        ("kagoshima kagoshima counter", "鹿児島市", "462012"),
        ("kobe online-forms", "", ""),
        ("多可町・神河町・佐用町の比較", "", ""),
    ],
)
def test_the_file_name_names_the_municipality_of_a_text_that_names_none(
    name: str, municipality: str, code: str
) -> None:
    draft = _only(note(head("背景・課題", 2), line("市は窓口を改めた。"), default_title=name))
    assert (draft.title, draft.municipality, draft.code) == (name, municipality, code)
    other = _only(note(head("窓口（足利市）", 1), line("本文。"), default_title=name))
    assert other.municipality == "足利市"


def test_label_row_settles_the_namesake_that_the_title_leaves_open() -> None:
    drafts, _ = cases(
        deck(
            [title("予約をアプリで"), row("団体名", "広島県府中市"), row("課題", "電話が混んだ。")],
            [title("会議録をAIで"), row("団体名", "府中市"), row("課題", "残業が続いた。")],
            [title("受付をカードで"), row("団体名", "佐久市"), row("課題", "列ができた。")],
        )
    )
    assert [(d.municipality, d.code, d.ambiguous) for d in drafts] == [
        ("府中市", "342084", False), ("府中市", "", True), ("佐久市", "202177", False),
    ]  # fmt: skip
