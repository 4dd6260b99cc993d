"""What a question says about where, when and how large."""

from __future__ import annotations

import datetime

import pytest

from kb.base.types import CaseDraft
from kb.query import Condition
from kb.query import question as questions
from kb.storage.store import Store
from tests.support.stored import meeting, stored

CASES = (
    CaseDraft(
        "多可", (), municipality="多可町", prefecture="兵庫県", code="283657", population=19_284,
        year=2024,
    ),
    CaseDraft(
        "神戸", (), municipality="神戸市", prefecture="兵庫県", code="281000", population=1_525_152,
        year=2020,
    ),
    CaseDraft(
        "伊那", (), municipality="伊那市", prefecture="長野県", code="202096", population=66_125,
        year=2019,
    ),
    CaseDraft("兵庫県", (), municipality="兵庫県", prefecture="兵庫県", code="280003", population=5_465_002),
    CaseDraft("府中（東京）", (), municipality="府中市", prefecture="東京都", code="132063"),
    CaseDraft("府中（広島）", (), municipality="府中市", prefecture="広島県", code="342084"),
    CaseDraft("府中（未確定）", (), municipality="府中市", ambiguous=True),
    CaseDraft("コードのない多可町", (), municipality="多可町", prefecture="兵庫県"),
)  # fmt: skip
TODAY = datetime.date(2026, 1, 15)  # in the fiscal year 2025
TOWNS = ("多可", "神戸", "伊那")


def understand(text: str) -> tuple[Condition, ...]:
    return questions.understand(text, today=TODAY).conditions


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return stored(tmp_path_factory.mktemp("conditions"), CASES)


@pytest.mark.parametrize(
    ("question", "labels", "met"),
    [
        ("多可町の予防接種", ["兵庫県多可町"], ["多可"]),
        ("兵庫県の小さな町", ["兵庫県", "人口30,000人以下", "町"], ["多可"]),
        ("towns in Hyogo", ["町・村", "兵庫県"], ["多可"]),
        ("令和5年度以降の電子申請", ["2023年度から"], ["多可"]),
        ("2020年度までの取組", ["2020年度まで"], ["神戸", "伊那"]),
        ("令和2年度の窓口", ["2020年度"], ["神戸"]),
        ("cases since 2023", ["2023年度から"], ["多可"]),
        ("before 2020", ["2019年度まで"], ["伊那"]),
        ("人口2万人以下", ["人口20,000人以下"], ["多可"]),
        ("人口50,000人以上の市", ["人口50,000人以上", "市"], ["神戸", "伊那"]),
        ("population under 20,000", ["人口20,000人未満"], ["多可"]),
        ("more than 100,000 residents", ["人口100,000人超"], ["神戸"]),
        ("政令指定都市のチャットボット", ["政令市"], ["神戸"]),
        ("designated city", ["政令市"], ["神戸"]),
        ("町内会のデジタル化", [], ["多可", "神戸", "伊那"]),
        ("スマート申請フォームの事例", [], ["多可", "神戸", "伊那"]),
    ],
)
def test_questions_are_understood(
    store: Store, question: str, labels: list[str], met: list[str]
) -> None:
    conditions = understand(question)
    assert [condition.label for condition in conditions] == labels
    assert [title for title in meeting(store, conditions) if title in TOWNS] == met


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("東北の市の窓口改革", ["東北", "市"]),
        ("Tohoku cities going paperless", ["東北"]),
        ("cities in Tohoku going paperless", ["市", "東北"]),
        ("how do villages deal with wild boars", []),
        ("small villages with drones", ["人口30,000人以下", "村"]),
        ("a town in Kyushu using drones", ["町・村", "九州"]),
        ("中国地方の事例", ["中国地方"]),
        ("中国語の案内", []),
        ("信州の獣害", ["信州"]),
        ("東海村の防災", ["茨城県東海村"]),
        ("東北町の観光", ["青森県東北町"]),
        ("四国中央市のAI", ["愛媛県四国中央市"]),
        ("長野の猿", ["長野県"]),
        ("豊岡のドローン", ["兵庫県豊岡市"]),
        ("浜松 書かない窓口", ["静岡県浜松市"]),
        ("瀬戸内の島", []),
        ("日本の事例", []),
        ("中央の窓口", []),
        ("広島市の防災", ["広島県広島市"]),
        ("Hiroshima", ["広島県"]),
        ("Taka Town vaccination", ["兵庫県多可町"]),
        ("中核市の電子申請", ["中核市"]),
        ("県が市町村を支援する事例", ["都道府県"]),
        ("兵庫県が支援する事例", ["兵庫県"]),
        ("市町村の共同調達", []),
    ],
)
def test_regions_names_and_kinds(question: str, labels: list[str]) -> None:
    assert [condition.label for condition in understand(question)] == labels


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("R4年度 LINE", "2022年度"),
        ("Ｒ４ LINE", "2022年度"),
        ("H30のRPA", "2018年度"),
        ("令和元年度の窓口", "2019年度"),
        ("令和4〜6年度のRPA", "2022〜2024年度"),
        ("令和2年ごろのRPA", "2019〜2021年度"),
        ("2020年から2022年までのLINE", "2020〜2022年度"),
        ("2019-2021 RPA", "2019〜2021年度"),
        ("R5以降 窓口", "2023年度から"),
        ("ここ3年の窓口DX", "2022年度から"),
        ("過去五年間の取組", "2020年度から"),
        ("in the last two years", "2023年度から"),
        ("最近の生成AI", "2022年度から"),
        ("昨年度の取組", "2024年度"),
        ("今年度の取組", "2025年度"),
        ("2年前の取組", "2023年度"),
        ("3 years ago", "2022年度"),
    ],
)
def test_years_in_every_writing(question: str, label: str) -> None:
    (condition,) = understand(question)
    assert (condition.kind, condition.label) == ("year", label)


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("人口10万人規模の自治体", "人口約100,000人"),
        ("人口5万人くらい", "人口約50,000人"),
        ("人口2000人", "人口約2,000人"),
        ("population of about 50,000", "人口約50,000人"),
        ("人口1〜3万人", "人口10,000人〜30,000人"),
        ("人口1万人から3万人", "人口10,000人〜30,000人"),
        ("人口1万人を下回る自治体", "人口10,000人未満"),
        ("5万人以上の自治体", "人口50,000人以上"),
        ("fewer than 1,000 people", "人口1,000人未満"),
        ("人口の少ない自治体", "人口30,000人以下"),
        ("大都市のダッシュボード", "人口200,000人以上"),
        ("big cities", "人口200,000人以上"),
    ],
)
def test_sizes_in_every_writing(question: str, label: str) -> None:
    conditions = [c for c in understand(question) if c.kind == "size"]
    assert [c.label for c in conditions] == [label]


@pytest.mark.parametrize(
    "question", ["2000円の手数料", "人口減少の対策", "50人の職員", "RPAのR2D2"]
)
def test_numbers_of_other_things_are_no_conditions(question: str) -> None:
    assert understand(question) == ()


def test_a_region_is_met_by_its_prefectures(store: Store) -> None:
    found = meeting(store, understand("近畿のスマート申請"))
    assert found == ["多可", "神戸", "兵庫県", "コードのない多可町"]


def test_a_part_of_a_prefecture_is_met_by_its_municipalities(store: Store) -> None:
    assert meeting(store, understand("北播磨のスマート申請")) == ["多可", "コードのない多可町"]
    assert meeting(store, understand("播磨以外の兵庫県")) == ["神戸", "兵庫県"]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("drones in Awaji Island", ["drones", "in", "淡路"]),
        ("北播磨県民局管内 ドローン", ["播磨", "ドローン"]),
    ],
)
def test_of_a_part_of_a_prefecture_the_name_that_texts_say_is_looked_for(
    question: str, words: list[str]
) -> None:
    assert questions.understand(question, today=TODAY).query.text.split() == words


def test_an_ambiguous_name_meets_its_namesakes(store: Store) -> None:
    (condition,) = understand("府中市のRPA")
    assert condition.label == "府中市"
    assert meeting(store, [condition]) == ["府中（東京）", "府中（広島）", "府中（未確定）"]


def test_a_case_without_a_code_meets_its_municipality_by_name(store: Store) -> None:
    assert meeting(store, understand("多可町の予防接種")) == ["多可", "コードのない多可町"]


def test_a_prefecture_is_no_municipality_of_any_size(store: Store) -> None:
    assert meeting(store, understand("人口50,000人以上の事例")) == ["神戸", "伊那"]


@pytest.mark.parametrize(
    ("question", "label", "must"),
    [
        ("50万円もかけずに作ったアプリ", "費用50万円以下", True),
        ("100万円とかからない見守り", "費用100万円以下", True),
        ("200万円足らずで始めた配車", "費用200万円以下", True),
        ("年に30万円もかけずに続くアプリ", "費用30万円以下", False),
        ("令和5年に30万円もかけずに作ったアプリ", "費用30万円以下", True),
        ("1〜3億円の庁舎システム", "費用1億円〜3億円", True),
        ("1〜1億5千万円の庁舎システム", "費用1億円〜1億5,000万円", True),
        ("2〜3千万円の庁舎システム", "費用2,000万円〜3,000万円", True),
        ("50〜200万円で作ったアプリ", "費用50万円〜200万円", True),
        ("コロナの国の補助金を使ったタブレット", "コロナの国の補助金", False),
        ("コロナ対策のお金で整備した光回線", "コロナ対策のお金", False),
    ],
)
def test_money_in_plain_words(question: str, label: str, must: bool) -> None:
    """A yearly amount binds nothing: what a case states as its cost is the whole."""
    assert (label, must) in [(one.label, one.must) for one in understand(question)]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("デジ田交付金以外で作った地域通貨", ["-デジ田交付金"]),
        ("過疎債を使っていない光回線", ["-過疎債"]),
        ("過疎債を使った光回線", ["過疎債"]),
        ("10万人以上の市を除く書かない窓口", ["-人口100,000人以上"]),
        ("windows except cities over 100,000 people", ["-人口100,000人超"]),
        ("chatbots outside Tokyo and Osaka", ["-東京都", "-大阪府"]),
        ("東京23区以外の電子契約", ["-特別区"]),
        ("西脇市に近い自治体のRPA", ["西脇市の近く"]),
        ("神河町くらいの規模の町の窓口", ["神河町と同じくらいの規模"]),
        ("多可町のような町の見守り", ["多可町と同じくらいの規模"]),
        ("多可町のような取組", ["兵庫県多可町"]),
        ("防災分野の生成AI", ["防災"]),
        ("観光の分野以外の地域通貨", ["-観光"]),
        ("分野は教育、タブレット", ["教育"]),
        ("防災のアプリ", []),
    ],
)
def test_what_is_left_out_and_what_is_alike(question: str, told: list[str]) -> None:
    found = [f"{'-' if one.exclude else ''}{one.label}" for one in understand(question)]
    assert found == told
