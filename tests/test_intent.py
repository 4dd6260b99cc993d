"""What a question says about where, when and how large."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.intent import understand
from kb.types import Case


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
        ("人口50,000人以上の市", ["人口50,000人以上"], [KOBE, INA]),
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
