"""Suggestions, map, page pictures, municipalities, coverage and open formats, over a real store."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zlib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from flask.testing import FlaskClient

from kb.base.messages import message
from kb.base.types import Case, Viewer
from kb.places.gazetteer import load_gazetteer
from web.app import create_app
from web.page_images import Request, png, render
from web.pages.coverage import bands, prefectures, table
from web.pages.suggest import build as build_suggestions
from web.pages.suggest import matching
from web.services import Services
from web.view.japan import COLUMNS, POSITIONS, ROWS, draw
from web.view.presentation import reason
from web.view.spreadsheet import safe

ATOM = "{http://www.w3.org/2005/Atom}"


def cases_of(services: Services, code: str) -> tuple[Case, ...]:
    return services.store.cases_of(code=code, viewer=Viewer.owner())


# -- suggestions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("たか", "多可町"), ("タカ", "多可町"), ("多可", "多可町"), ("兵庫県多可", "多可町"),
        ("ほけん", "保健福祉"), ("しんせい", "申請"), ("予防接種", None),
    ],
)  # fmt: skip
def test_kana_and_kanji_find_what_begins_with_them(
    client: FlaskClient, typed: str, expected: str | None
) -> None:
    found = client.get("/suggest", query_string={"q": typed}).get_json()
    assert found
    assert len(found) <= 8
    if expected:
        assert expected in [item["text"] for item in found]


def test_every_suggestion_has_answers(client: FlaskClient) -> None:
    for typed in ("た", "し", "ま", "電子", "LINE"):
        for item in client.get("/suggest", query_string={"q": typed}).get_json():
            answer = client.get("/", query_string={"q": item["text"]})
            assert "<article" in answer.get_data(as_text=True), item


def test_nothing_typed_suggests_nothing(client: FlaskClient) -> None:
    for typed in ("", "  ", "あ" * 5000):
        assert client.get("/suggest", query_string={"q": typed}).get_json() == []


def test_suggestions_show_only_what_the_reader_may_see(
    client: FlaskClient, public: FlaskClient
) -> None:
    query = {"q": "庁内だけの極秘"}
    assert client.get("/suggest", query_string=query).get_json()
    assert public.get("/suggest", query_string=query).get_json() == []


def test_beginnings_come_before_parts_and_nothing_comes_twice() -> None:
    index = build_suggestions([], ["新しい窓口", "窓口"])
    found = matching("窓口", index)
    assert [s.text for s in found] == ["窓口", "新しい窓口"]
    assert found[0].kind == "field"


# -- map --------------------------------------------------------------------------------------------


def test_every_prefecture_has_its_own_tile_on_the_map() -> None:
    assert set(POSITIONS) == {place.name for place in load_gazetteer().prefectures()}
    assert len(set(POSITIONS.values())) == 47
    assert all(0 <= x < COLUMNS and 0 <= y < ROWS for x, y in POSITIONS.values())


def test_tiles_count_and_lead_to_the_prefectures_cases(client: FlaskClient) -> None:
    page = client.get("/", query_string={"q": "申請"}).get_data(as_text=True)
    link = re.search(
        r'<a href="(/\?q=[^"]*)">\s*<g[^>]*><rect[^>]*><text[^>]*>兵庫</text> <text[^>]*>(\d+)<',
        page,
    )
    assert link
    narrowed = client.get(link[1].replace("&amp;", "&")).get_data(as_text=True)
    assert f">{link[2]}件の事例<" in narrowed


def test_shades_grow_with_the_count() -> None:
    drawn = draw({"兵庫県": 20, "京都府": 10, "大阪府": 1}, lambda name: "/")
    levels = {tile.prefecture: tile.level for tile in drawn.tiles}
    assert (levels["兵庫県"], levels["京都府"], levels["大阪府"], levels["奈良県"]) == (4, 2, 1, 0)


def test_a_place_in_the_question_can_be_made_a_condition(client: FlaskClient) -> None:
    page = client.get("/", query_string={"q": "兵庫県の観光"}).get_data(as_text=True)
    assert "兵庫県の事例だけにする" in page
    narrowed = client.get("/", query_string={"q": "兵庫県の観光", "prefecture": "兵庫県"})
    assert "の事例だけにする" not in narrowed.get_data(as_text=True)
    assert "近畿の事例だけにする" in client.get("/?q=近畿の観光").text
    assert "Only cases of Kinki" in client.get("/?q=近畿の観光&lang=en").text
    client.get("/?lang=ja")
    assert "の事例だけにする" not in client.get("/?q=鳥取県の観光").text


# -- page pictures ----------------------------------------------------------------------------------


def pixels(image: bytes) -> np.ndarray:
    """An independent reading of a PNG: rows undone by the filter they name."""
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    at, data, width, height = 8, b"", 0, 0
    while at < len(image):
        length = int.from_bytes(image[at : at + 4], "big")
        kind, body = image[at + 4 : at + 8], image[at + 8 : at + 8 + length]
        check = int.from_bytes(image[at + 8 + length : at + 12 + length], "big")
        assert zlib.crc32(kind + body) == check
        if kind == b"IHDR":
            width, height = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
        data += body if kind == b"IDAT" else b""
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(height, 1 + width * 3)
    assert set(rows[:, 0]) == {2}
    flat = np.cumsum(rows[:, 1:].astype(np.uint64), axis=0).astype(np.uint8)
    return flat.reshape(height, width, 3)


def deck_case(services: Services) -> Case:
    found = services.searcher.search("スマート申請フォーム", k=50).results
    return next(r.case for r in found if r.case.path.endswith(".pdf") and r.case.pages)


def test_a_place_without_cases_is_told(client: FlaskClient) -> None:
    assert "「鳥取県」の事例はまだありません" in client.get("/?q=鳥取県のRPA").text
    assert "no case for Tottori yet" in client.get("/?q=RPA in Tottori&lang=en").text
    assert "まだありません" not in client.get("/?q=兵庫県のRPA&lang=ja").text


def test_a_picture_is_what_was_drawn() -> None:
    drawn = np.random.default_rng(7).integers(0, 256, (5, 9, 3), dtype=np.uint8)
    assert np.array_equal(pixels(png(drawn)), drawn)


def test_the_searched_words_are_marked_where_they_stand(
    client: FlaskClient, services: Services
) -> None:
    case = deck_case(services)
    assert case.pages
    path = f"/cases/{case.id}/pages/{case.pages[0]}.png"
    plain, marked = client.get(path), client.get(path, query_string={"q": "申請"})
    assert plain.content_type == marked.content_type == "image/png"
    before, after = pixels(plain.data).astype(int), pixels(marked.data).astype(int)
    changed = (before != after).any(axis=2)
    assert 0.0005 < changed.mean() < 0.2
    assert (after <= before).all()  # a marker pen only darkens
    dark = before.max(axis=2) < 60
    assert (after[dark & changed].max(axis=1) < 60).all()  # and ink stays readable


def test_words_are_found_across_lines_and_in_rotated_pages(tmp_path: Path) -> None:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
    path = tmp_path / "rotated.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for rotation, lines in ((0, ("ここで予防", "接種を行う")), (90, ("ここで予防接種を",))):
        canvas.setFont("HeiseiKakuGo-W5", 20)
        for number, line in enumerate(lines):
            canvas.drawString(100, 400 - 30 * number, line)
        canvas.setPageRotation(rotation)
        canvas.showPage()
    canvas.save()
    for page, height in ((1, (80, 140)), (2, (130, 170))):
        plain = pixels(render(Request(path, page))).astype(int)
        marked = pixels(render(Request(path, page, ("予防接種",)))).astype(int)
        rows, columns = np.nonzero((plain != marked).any(axis=2))
        assert len(rows)
        assert height[0] < np.ptp(rows) < height[1], page
        assert np.ptp(columns) < 200


@pytest.mark.parametrize("page", ["0", "999", "-1", "x"])
def test_a_page_that_is_not_the_cases_is_not_drawn(
    client: FlaskClient, services: Services, page: str
) -> None:
    assert client.get(f"/cases/{deck_case(services).id}/pages/{page}.png").status_code == 404


def test_a_notes_pages_are_not_drawn(client: FlaskClient, services: Services) -> None:
    note = next(c for c in cases_of(services, "283657") if c.path.endswith(".md"))
    assert client.get(f"/cases/{note.id}/pages/1.png").status_code == 404
    assert ".png" not in client.get(f"/cases/{note.id}").get_data(as_text=True)


def test_similar_cases_are_from_elsewhere(client: FlaskClient, services: Services) -> None:
    taka = next(c for c in cases_of(services, "283657") if c.path.startswith("hyogo/"))
    page = client.get(f"/cases/{taka.id}").get_data(as_text=True)
    part = page[page.index('id="similar"') :]
    part = part[: part.index("</section>")]
    ids = re.findall(r"/cases/(\w+)", part)
    found = services.store.cases(ids, Viewer.owner())
    assert 1 <= len(found) <= 5
    assert all(case.code != "283657" for case in found)


# -- municipalities ---------------------------------------------------------------------------------


def test_needs_are_answered_by_cases_from_elsewhere(
    client: FlaskClient, services: Services
) -> None:
    page = client.get("/municipalities/283657").get_data(as_text=True)
    need = page[page.index("スマート申請フォームなど") :]
    need = need[: need.index("</section>")]
    ids = set(re.findall(r"/cases/(\w+)\?q=", need))
    found = services.store.cases(sorted(ids), Viewer.owner())
    assert 1 <= len(found) <= 3
    assert all(case.code != "283657" for case in found)
    assert any("申請" in case.title for case in found)


def test_municipalities_are_found_by_name_reading_and_code(client: FlaskClient) -> None:
    for name in ("多可町", "たかちょう", "兵庫県多可町", "283657"):
        answer = client.get("/municipalities", query_string={"name": name})
        assert answer.headers["Location"] == "/municipalities/283657"


def test_namesakes_are_offered_and_strangers_explained(client: FlaskClient) -> None:
    both = client.get("/municipalities", query_string={"name": "府中市"}).get_data(as_text=True)
    assert "東京都府中市" in both
    assert "広島県府中市" in both
    nobody = client.get("/municipalities", query_string={"name": "ほげ<市>"})
    assert nobody.status_code == 404
    assert "見つかりません" in nobody.get_data(as_text=True)
    assert client.get("/municipalities/999999").status_code == 404


def test_a_municipality_without_cases_still_has_kin(
    client: FlaskClient, services: Services
) -> None:
    towns = load_gazetteer().municipalities("兵庫県")
    empty = next(place for place in towns if not cases_of(services, place.code))
    page = client.get(f"/municipalities/{empty.code}").get_data(as_text=True)
    assert "この自治体の事例は、まだありません" in page
    assert len(re.findall(r'href="/municipalities/\d{6}"', page)) > 6


def test_every_case_with_a_municipality_is_in_the_list(
    client: FlaskClient, services: Services
) -> None:
    page = client.get("/municipalities").get_data(as_text=True)
    codes = {r.case.code for r in services.searcher.search("申請 窓口", k=100).results} - {""}
    assert codes
    for code in codes:
        assert f"/municipalities/{code}" in page


def test_a_precedent_leads_back_to_the_need_that_it_answers(client: FlaskClient) -> None:
    page = client.get("/municipalities/283657").get_data(as_text=True)
    precedent = re.search(r'href="(/cases/[^"]+of=283657)"', page)
    assert precedent
    shown = client.get(html.unescape(precedent[1])).get_data(as_text=True)
    assert '<p class="trail"><a href="/municipalities/283657">' in shown
    assert "<mark>" in shown


def test_municipalities_with_the_most_cases_can_come_first(client: FlaskClient) -> None:
    page = client.get("/municipalities?sort=cases").get_data(as_text=True)
    counts = [int(count) for count in re.findall(r'<span class="count">(\d+)</span></a> <a', page)]
    assert counts[0] > counts[-1]
    assert counts == sorted(counts, reverse=True)
    grouped = client.get("/municipalities").get_data(as_text=True)
    found = re.findall(r"/municipalities/\d{6}", page)
    assert sorted(found) == sorted(re.findall(r"/municipalities/\d{6}", grouped))


# -- documents --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["pdf", "office", "wrong"])
def test_nobody_at_a_browser_is_told_to_write_yaml_for_a_password(
    services: Services, code: str
) -> None:
    entry = replace(
        services.store.ledger(Viewer.owner())[0], reason=message(f"read.password.{code}")
    )
    app = create_app(services)
    for lang, where in (("ja", "画面の「資料」"), ("en", "under Documents")):
        with app.test_request_context(f"/?lang={lang}"):
            app.preprocess_request()
            assert where in reason(entry)
            assert "yaml" not in reason(entry)


# -- coverage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["population", "prefecture"])
def test_every_case_is_counted_once(client: FlaskClient, services: Services, by: str) -> None:
    answer = client.get("/coverage", query_string={"by": by, "format": "csv"})
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    facets = services.store.facet_values(Viewer.owner())
    assert {row[0]: int(row[1]) for row in rows[1:] if row[1] != "0"} == facets["field"]
    for row in rows[1:]:
        assert int(row[1]) == sum(int(count) for count in row[2:])
    if by == "prefecture":
        for name, counts in zip(rows[0][2:-1], list(zip(*rows[1:], strict=True))[2:], strict=False):
            assert sum(int(count) for count in counts) == facets["prefecture"].get(name, 0)


def test_fields_with_the_fewest_cases_can_come_first(client: FlaskClient) -> None:
    page = client.get("/coverage?sort=total").get_data(as_text=True)
    totals = [int(count) for count in re.findall(r'<td class="total">(\d+)</td>', page)]
    assert totals == sorted(totals)
    assert totals[0] < totals[-1]


def test_bands_leave_no_population_out_and_none_twice() -> None:
    columns = bands()
    for population in (1, 5_000, 5_001, 19_261, 500_000, 500_001, 3_700_000):
        case = _case(population)
        assert sum(column.holds(case) for column in columns) == 1
    assert sum(bool(column.prefecture) for column in prefectures()) == 47


def test_a_cell_leads_to_its_cases(client: FlaskClient, services: Services) -> None:
    page = client.get("/coverage").get_data(as_text=True)
    cells = re.findall(r'<td class="l\d"><a href="([^"]+)">(\d+)</a>', page)
    assert cells
    for address, count in cells:
        answer = client.get(address.replace("&amp;", "&")).get_data(as_text=True)
        assert f">{count}件の事例<" in answer


def test_gaps_are_said_in_words(services: Services) -> None:
    rows = table([_case(8_000)], bands())
    counts = [cell.count for row in rows for cell in row.cells]
    assert sum(counts) == 1
    assert max(cell.level for row in rows for cell in row.cells) == 4


def _case(population: int) -> Case:
    return Case(
        id="x", document_id=1, path="x.md", sha256="", title="t", municipality="x町",
        prefecture="兵庫県", code="1", ambiguous=False, population=population, field="申請",
        field_source="given", year=2024, status="実装", tools=(), pages=None, source_title="",
        source_url="", visibility="公開", quality=1.0, sections=(), evidence=(),
    )  # fmt: skip


# -- open formats -----------------------------------------------------------------------------------


def test_results_as_a_table_are_the_results_of_the_page(
    client: FlaskClient, services: Services
) -> None:
    answer = client.get("/results.csv", query_string={"q": "申請", "prefecture": "兵庫県"})
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    page = client.get("/", query_string={"q": "申請", "prefecture": "兵庫県"}).get_data(
        as_text=True
    )
    shown = re.findall(r'id="case-(\w+)"', page)
    assert [row["リンク"].rsplit("/", 1)[1] for row in rows[: len(shown)]] == shown
    assert {row["都道府県"] for row in rows} == {"兵庫県"}


@pytest.mark.parametrize(
    "value",
    [
        "=1+1",
        "+81",
        "-cmd",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "＝1+1",
        "＋81",
        "－1",
        "＠SUM",
        "\u200b=1",
        "\ufeff\u202e＝1",
        "\u3000=1",
    ],
)
def test_no_cell_is_a_formula(value: str) -> None:
    assert str(safe(value)).startswith("'")


def test_numbers_stay_numbers() -> None:
    assert [safe(value) for value in (-5, 2.5, "10件", None)] == [-5, 2.5, "10件", ""]


def test_the_feed_names_cases_once_with_links_that_work(client: FlaskClient) -> None:
    answer = client.get("/feed.atom")
    assert answer.content_type.startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.data)
    entries = feed.findall(f"{ATOM}entry")
    assert entries
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    for entry in entries[:5]:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert client.get(link.attrib["href"]).status_code == 200
        assert re.match(r"\d{4}-\d\d-\d\dT", entry.findtext(f"{ATOM}updated") or "")


def test_the_browsers_own_box_can_search_here(client: FlaskClient) -> None:
    described = ElementTree.fromstring(client.get("/opensearch.xml").data)
    url = next(element for element in described if element.tag.endswith("Url"))
    assert url.attrib["template"] == "http://localhost/?q={searchTerms}"


def test_hidden_cases_are_in_no_open_format(client: FlaskClient, public: FlaskClient) -> None:
    address = "/results.csv?q=入札予定価格"
    assert "極秘" in client.get(address).get_data(as_text=True)
    for hidden in (address, "/feed.atom"):
        assert "極秘" not in public.get(hidden).get_data(as_text=True)
    totals = [
        json.dumps(c.get("/coverage?format=csv").get_data(as_text=True)) for c in (client, public)
    ]
    assert totals[0] != totals[1]
