"""A field of the record, from the front matter to every place that tells it; filters likewise."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.filters import FILTERS
from kb.base.record import ABOUT
from tests.ingest.readers.test_unlocked import LOCKED
from tests.support.samples import note
from tests.support.web_world import services
from web.app import create_app

SAKAE = {
    "municipality": "栄町", "prefecture": "千葉県", "status": "終了", "checked": "2025-06-30",
    "cost": "初期 120万円、運用 月3万円（2023年度）", "funding": "デジタル田園都市国家構想交付金（TYPE1）",
    "担当": "情報政策課",
}  # fmt: skip


@pytest.fixture
def world(settings: Settings) -> Settings:
    body = "## 取組\n\n役場の窓口に来庁予約の仕組みを入れた。\n"
    note(settings.corpus, "sakae.md", body, title="来庁予約をやめた", **SAKAE)
    note(
        settings.corpus,
        "kobe.md",
        body,
        title="来庁予約の受付",
        municipality="神戸市",
        status="実装",
    )
    ingest(settings)
    return settings


@pytest.fixture
def client(world: Settings) -> FlaskClient:
    own = services(world)
    return create_app(replace(own, request_rescan=lambda: ingest(world) and None)).test_client()


def page(client: FlaskClient, path: str, **args: str) -> str:
    return client.get(path, query_string=args).get_data(as_text=True)


def found(client: FlaskClient, **filters: str) -> set[str]:
    answer = client.get("/api/v1/search", query_string={"q": "来庁予約", **filters}).get_json()
    return {result["source"]["path"] for result in answer["results"]}


def search(world: Settings, *options: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-m", "dxkb", "search", "来庁予約", *options, "--data", str(world.data), "--json"],
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return {result["source"]["path"] for result in json.loads(done.stdout)["results"]}


def test_a_fact_is_told_in_json_on_screens_and_in_exports(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search", query_string={"q": "来庁予約"}).get_json()
    facts = {r["source"]["path"]: (r["status"], r["checked"]) for r in answer["results"]}
    assert facts == {"sakae.md": ("終了", "2025-06-30"), "kobe.md": ("実装", None)}
    ids = {r["source"]["path"]: r["case_id"] for r in answer["results"]}
    case = client.get(f"/api/v1/cases/{ids['sakae.md']}").get_json()
    assert (case["status"], case["checked"]) == ("終了", "2025-06-30")
    assert [case[name] for name in ("cost", "funding", "contact")] == [
        SAKAE["cost"], SAKAE["funding"], "情報政策課",
    ]  # fmt: skip
    card = page(client, "/", q="来庁予約")
    assert card.count("確認日 2025年6月30日") == 1
    assert card.count("費用の額 初期 120万円、運用 月3万円（2023年度）") == 1
    assert card.count("財源 デジタル田園都市国家構想交付金（TYPE1）") == 1
    assert "Ended" in page(client, "/", q="来庁予約", lang="en")
    whole = page(client, f"/cases/{ids['sakae.md']}", lang="ja")
    assert "<dt>確認日</dt><dd>2025年6月30日" in whole
    assert '<dt>担当</dt><dd lang="ja">情報政策課' in whole
    assert '<dt>財源</dt><dd lang="ja">デジタル田園都市国家構想交付金（TYPE1）' in whole
    other = page(client, f"/cases/{ids['kobe.md']}")
    assert not any(f"<dt>{name}</dt>" in other for name in ("確認日", "費用の額", "財源", "担当"))
    rows = list(
        csv.DictReader(io.StringIO(page(client, "/results.csv", q="来庁予約").lstrip("\ufeff")))
    )
    assert {(row["自治体"], row["段階"], row["確認日"]) for row in rows} == {
        ("栄町", "終了", "2025-06-30"),
        ("神戸市", "実装", ""),
    }
    form = {"case": [ids["sakae.md"], ids["kobe.md"]]}
    markdown = client.post("/compare/brief.md", data=form).get_data(as_text=True)
    assert "- 段階: 終了" in markdown
    assert markdown.count("- 確認日: 2025-06-30") == 1
    assert markdown.count("- 費用の額: 初期 120万円 [1]、運用 月3万円（2023年度） [1]") == 1
    book = load_workbook(io.BytesIO(client.post("/compare/brief.xlsx", data=form).data))
    heads, *rows = list(book["数字と事実"].values)
    facts = [dict(zip(heads, row, strict=True)) for row in rows]
    assert [(f["項目"], f["内容"], f["数"], f["単位"], f["あたり"]) for f in facts] == [
        ("費用の額", "初期 120万円", 1_200_000, "円", None),
        ("費用の額", "運用 月3万円（2023年度）", 30_000, "円", "月"),
        ("財源", SAKAE["funding"], None, None, None),
        ("担当", "情報政策課", None, None, None),
    ]


@pytest.mark.parametrize(
    ("filters", "paths"),
    [
        ({"status": "終了"}, {"sakae.md"}),
        ({"checked_from": "2025-06-30"}, {"sakae.md"}),
        ({"funding": "デジタル田園都市国家構想交付金"}, {"sakae.md"}),
        ({"funding": "地域未来交付金"}, {"sakae.md"}),
        ({"fact": "担当:情報政策課"}, {"sakae.md"}),
        ({"fact": "contact:市民課"}, set()),
        ({"cost_to": "1200000"}, {"sakae.md"}),
        ({"cost_to": "1199999"}, set()),
        ({"cost_from": "3000000000"}, set()),
        ({"population_from": "100000"}, {"kobe.md"}),
        ({"population_to": "100000"}, {"sakae.md"}),
    ],
)
def test_the_same_filters_narrow_everywhere(
    client: FlaskClient, world: Settings, filters: dict[str, str], paths: set[str]
) -> None:
    assert found(client, **filters) == paths
    options = [f"--{name.replace('_', '-')}={value}" for name, value in filters.items()]
    assert search(world, *options) == paths
    shown = page(client, "/", q="来庁予約", **filters)
    assert not any(path in shown for path in {"kobe.md", "sakae.md"} - paths)
    assert 'class="chips' in shown
    assert ">手がかり<" not in shown  # what is not counted is no facet
    if "checked_from" in filters:
        assert "確認日 2025年6月30日〜" in shown


@pytest.mark.parametrize(
    "filters",
    [
        {"checked_from": "2025-02-30"}, {"checked_from": "x"}, {"status": "たぶん"},
        {"year_from": "2024", "year_to": "2020"}, {"population_from": "9", "population_to": "8"},
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_is_explained(client: FlaskClient, filters: dict[str, str]) -> None:
    for path in ("/api/v1/search", "/"):
        assert client.get(path, query_string={"q": "来庁予約", **filters}).status_code == 400


def test_every_filter_is_described_and_every_fact_has_a_name(client: FlaskClient) -> None:
    api = client.get("/api/v1/openapi.json").get_json()
    parameters = {p["name"]: p for p in api["paths"]["/api/v1/search"]["get"]["parameters"]}
    assert {row.name for row in FILTERS.values()} <= parameters.keys()
    assert parameters["checked_from"]["schema"] == {"type": "string", "format": "date"}
    schemas = api["components"]["schemas"]
    listed = {name for name, about in ABOUT.items() if about.is_listed}
    assert listed <= schemas["Result"]["properties"].keys()
    assert listed <= schemas["Case"]["properties"].keys()
    assert "status" in schemas["Facets"]["properties"]


def test_what_is_no_longer_so_can_be_corrected(client: FlaskClient) -> None:
    case_id = next(
        r["case_id"]
        for r in client.get("/api/v1/search", query_string={"q": "来庁予約"}).get_json()["results"]
        if r["source"]["path"] == "kobe.md"
    )
    address = f"/cases/{case_id}/corrections"
    assert client.post(address, data={"checked": "2025-02-30"}).status_code == 400
    change = {"status": "終了", "checked": "2025-07-01", "cost": "年 10万円", "contact": "市民課"}
    client.post(address, data=change)
    case = client.get(f"/api/v1/cases/{case_id}").get_json()
    assert {name: case[name] for name in change} == change


def test_a_locked_document_is_opened_from_the_list(world: Settings, client: FlaskClient) -> None:
    (world.corpus / "方針.docx").write_bytes(LOCKED)
    ingest(world)
    listed = page(client, "/documents")
    assert "パスワードが必要です" in listed
    assert 'name="password"' in listed
    asked = {"path": "方針.docx", "password": "ちがう"}
    assert client.post("/documents/manage/password", data=asked).status_code == 303
    assert "パスワードが違います" in page(client, "/documents")
    assert (
        client.post("/documents/manage/password", data=asked | {"password": " "}).status_code == 400
    )
    client.post("/documents/manage/password", data=asked | {"password": "ひみつ123"})
    assert 'name="password"' not in page(client, "/documents")
    answer = client.get("/api/v1/search", query_string={"q": "窓口の待ち時間"}).get_json()
    assert "方針.docx" in {result["source"]["path"] for result in answer["results"]}
    gone = asked | {"path": "ない資料.docx"}
    assert client.post("/documents/manage/password", data=gone).status_code == 404
