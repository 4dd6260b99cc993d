"""What a question says about where, when and how large."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.base.types import Case
from kb.query.conditions import understand


def case(**values: object) -> Case:
    given: dict[str, object] = {
        "id": "x", "document_id": 1, "path": "x.md", "sha256": "", "title": "", "municipality": "",
        "prefecture": "", "code": "", "ambiguous": False, "population": None, "field": "その他",
        "field_source": "given", "year": None, "status": "不明", "tools": (), "pages": None,
        "source_title": "", "source_url": "", "visibility": "公開", "quality": 1.0, "sections": (),
        "evidence": (),
    }  # fmt: skip
    return Case(**(given | values))  # type: ignore[arg-type]


TAKA = case(municipality="多可町", prefecture="兵庫県", code="283657", population=19_284, year=2024)
KOBE = case(
    municipality="神戸市", prefecture="兵庫県", code="281000", population=1_525_152, year=2020
)
INA = case(municipality="伊那市", prefecture="長野県", code="202096", population=66_125, year=2019)


@pytest.mark.parametrize(
    ("question", "labels", "met"),
    [
        ("多可町の予防接種", ["兵庫県多可町"], [TAKA]),
        ("兵庫県の小さな町", ["兵庫県", "人口30,000人以下", "町"], [TAKA]),
        ("towns in Hyogo", ["兵庫県", "町・村"], [TAKA]),
        ("令和5年度以降の電子申請", ["2023年度から"], [TAKA]),
        ("2020年度までの取組", ["2020年度まで"], [KOBE, INA]),
        ("令和2年度の窓口", ["2020年度"], [KOBE]),
        ("cases since 2023", ["2023年度から"], [TAKA]),
        ("before 2020", ["2020年度まで"], [KOBE, INA]),
        ("人口2万人以下", ["人口20,000人以下"], [TAKA]),
        ("人口50,000人以上の市", ["人口50,000人以上", "市"], [KOBE, INA]),
        ("population under 20,000", ["人口20,000人以下"], [TAKA]),
        ("more than 100,000 residents", ["人口100,000人以上"], [KOBE]),
        ("政令指定都市のチャットボット", ["政令市"], [KOBE]),
        ("designated city", ["政令市"], [KOBE]),
        ("町内会のデジタル化", [], [TAKA, KOBE, INA]),
        ("スマート申請フォームの事例", [], [TAKA, KOBE, INA]),
    ],
)
def test_questions_are_understood(question: str, labels: list[str], met: list[Case]) -> None:
    conditions = understand(question)
    assert [condition.label for condition in conditions] == labels
    assert [c for c in (TAKA, KOBE, INA) if all(one.meets(c) for one in conditions)] == met


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("東北の市の窓口改革", ["東北", "市"]),
        ("Tohoku cities going paperless", ["東北"]),
        ("cities in Tohoku going paperless", ["東北", "市"]),
        ("how do villages deal with wild boars", []),
        ("small villages with drones", ["人口30,000人以下", "村"]),
        ("a town in Kyushu using drones", ["九州", "町・村"]),
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


TODAY = datetime.date(2026, 1, 15)  # in the fiscal year 2025


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("R4年度 LINE", "2022年度"),
        ("Ｒ４ LINE", "2022年度"),
        ("H30のRPA", "2018年度"),
        ("令和元年度の窓口", "2019年度"),
        ("令和4〜6年度のRPA", "2022〜2024年度"),
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
    (condition,) = understand(question, today=TODAY)
    assert (condition.kind, condition.label) == ("year", label)


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("人口10万人規模の自治体", "人口約100,000人"),
        ("人口5万人くらい", "人口約50,000人"),
        ("人口2000人", "人口約2,000人"),
        ("population of about 50,000", "人口約50,000人"),
        ("人口1〜3万人", "人口10,000〜30,000人"),
        ("人口1万人から3万人", "人口10,000〜30,000人"),
        ("人口1万人を下回る自治体", "人口10,000人以下"),
        ("5万人以上の自治体", "人口50,000人以上"),
        ("fewer than 1,000 people", "人口1,000人以下"),
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


def test_a_region_is_met_by_its_prefectures() -> None:
    (condition,) = understand("近畿のスマート申請")
    assert condition.meets(TAKA)
    assert not condition.meets(INA)


def test_an_ambiguous_name_meets_its_namesakes() -> None:
    (condition,) = understand("府中市のRPA")
    assert condition.label == "府中市"
    assert condition.meets(case(code="132063"))
    assert condition.meets(case(code="342084"))
    assert condition.meets(case(municipality="府中市", ambiguous=True))
    assert not condition.meets(TAKA)


@given(st.text(max_size=60))
def test_any_text_is_understood_somehow(text: str) -> None:
    for condition in understand(text):
        condition.meets(TAKA)
