"""What stands above the cases where a municipality, a 分野 or a document is typed alone."""

from __future__ import annotations

import pytest

from web.app import create_app
from web.services import Services


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("多可町", ["panel", "兵庫県多可町", "/municipalities/283657"]),
        ("Taka Town", ["panel", "兵庫県多可町"]),
        ("豊岡", ["panel", "兵庫県豊岡市"]),
        ("保健福祉", ["panel", "この分野の事例", "field="]),
    ],
)
def test_a_town_or_a_field_alone_has_its_panel(
    services: Services, question: str, told: list[str]
) -> None:
    page = create_app(services).test_client().get("/", query_string={"q": question}).text
    assert all(word in page for word in told)


@pytest.mark.parametrize(
    "question", ["多可町の予防接種", "書かない窓口", "兵庫県", "多可町と豊岡市", "DX"]
)
def test_other_questions_have_none(services: Services, question: str) -> None:
    page = create_app(services).test_client().get("/", query_string={"q": question}).text
    assert 'class="notice panel"' not in page


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("DX", "general"),
        ("兵庫県以外の多可町", "contradiction"),
        ("北海道の沖縄県", "contradiction"),
        ("人口99999999999999999999人以上の市", "impossible"),
        ("人口5万人以上で人口1万人以下の町", "contradiction"),
        ("政令指定都市以外の政令指定都市", "contradiction"),
        ("政令市で人口1万人以下", "contradiction"),
        ("政令市の村", "contradiction"),
        ("5万人以上の3万人以下の市", "contradiction"),
        ("2022年度以外の2022年度", "contradiction"),
        ("2020年以降以外の2022年度", "contradiction"),
        ("九州以外の福岡県", "contradiction"),
        ("500万円以上で300万円以下の窓口", "contradiction"),
        ("終了以外の終了した事例", "contradiction"),
        ("防災以外の防災", "contradiction"),
        ("デジ田交付金以外のデジ田交付金", "contradiction"),
        ("兵庫県以外", "exclusions"),
        ("300", "number"),
        ("うちと同じくらいの規模の見守り", "home"),
        (" ".join(f'"語{n}"' for n in range(250)), "phrases"),
    ],
)
def test_a_question_that_makes_little_sense_is_told_how_it_was_taken(
    services: Services, question: str, code: str
) -> None:
    client = create_app(services).test_client()
    assert code in client.get("/api/v1/search", query_string={"q": question}).json["taken"]  # type: ignore[index]
    page = client.get("/", query_string={"q": question})
    assert page.status_code == 200
    assert 'class="hint taken"' in page.text
