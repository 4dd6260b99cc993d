"""The reader's own municipality, and what the search makes of places and sizes."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from kb.base.config import Settings
from kb.base.types import Viewer
from web.services import Services


def page(client: FlaskClient, address: str) -> str:
    return html.unescape(client.get(address).get_data(as_text=True))


def test_a_municipality_is_told_once_and_forgotten_when_asked(client: FlaskClient) -> None:
    assert "sort=size" not in page(client, "/?q=申請")
    told = client.post("/mine", data={"name": "たかちょう", "back": "/?q=申請"})
    assert told.status_code == 303
    assert told.headers["Set-Cookie"].startswith("mine=283657;")
    assert "HttpOnly" in told.headers["Set-Cookie"]
    answer = page(client, "/?q=申請")
    assert "兵庫県多可町" in answer
    order = re.search(r'href="([^"]*sort=distance[^"]*)"', answer)
    assert order
    assert "near=" in order[1]  # so that whoever gets the address sees the same
    nearest = re.search(r'class="where"><b[^>]*>(.*?)</b>', page(client, order[1]))
    assert nearest
    assert nearest[1] == "多可町"
    client.post("/mine", data={"name": ""})
    assert "兵庫県多可町" not in page(client, "/")


def test_a_name_that_several_have_is_asked_for_again(client: FlaskClient) -> None:
    asked = client.post("/mine", data={"name": "府中市", "back": "/?q=x"})
    assert "Set-Cookie" not in asked.headers
    assert "東京都府中市" in asked.text
    assert "広島県府中市" in asked.text
    assert 'name="back" value="/?q=x"' in asked.text
    unknown = client.post("/mine", data={"name": "<b>ほげ"})
    assert unknown.status_code == 404
    assert "<b>ほげ" not in unknown.text


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_no_form_leads_to_another_host(client: FlaskClient, elsewhere: str) -> None:
    for form in ("/mine", "/compare/tray"):
        sent = client.post(form, data={"name": "多可町", "case": "x", "back": elsewhere})
        assert sent.headers["Location"] in ("/", "/compare")


def test_a_tampered_cookie_is_no_municipality(client: FlaskClient) -> None:
    client.set_cookie("mine", "'; DROP TABLE cases --")
    assert client.get("/?q=申請").status_code == 200


def test_names_of_municipalities_are_suggested_in_full(client: FlaskClient) -> None:
    found = client.get("/suggest/places?q=ふちゅう").json
    assert found
    assert [item["text"] for item in found[:3]] == ["東京都府中市", "広島県府中町", "広島県府中市"]
    assert client.get("/suggest/places?q=").json == []


def sizes(answer: str) -> list[tuple[str, str, int]]:
    """Address, label and count of every band offered."""
    facet = answer.split('id="facet-population"')[1].split("</section>")[0]
    found = re.findall(
        r'href="([^"]+)"(?: aria-current="true")?><span>(.*?)</span>.*?count">(\d+)<', facet
    )
    return [(address, label, int(count)) for address, label, count in found]


def test_a_band_of_population_says_how_many_it_holds(
    client: FlaskClient, services: Services
) -> None:
    offered = sizes(page(client, "/?q=申請"))
    assert [label for _, label, _ in offered] == sorted(
        (label for _, label, _ in offered), key=ORDER.index
    )
    for address, label, count in offered:
        answer = page(client, address)
        total = re.search(r'id="found">\D*(\d+)件', answer)
        assert total
        assert int(total[1]) >= count > 0  # alone, weaker matches are worth showing, too
        shown = services.store.cases(re.findall(r'id="case-(\w+)"', answer), Viewer.owner())
        assert all(case.population and case.municipality != case.prefecture for case in shown)
        assert f"条件「{label}」を外す" in answer


ORDER = [
    "5千人以下", "5千〜1万人", "1万〜2万人", "2万〜5万人", "5万〜10万人", "10万〜30万人", "30万〜50万人", "50万人超",
]  # fmt: skip


def test_bands_make_one_range_that_grows_and_shrinks(client: FlaskClient) -> None:
    first = {label: address for address, label, _ in sizes(page(client, "/?q=申請"))}
    small = page(client, first["1万〜2万人"])
    wider = {label: address for address, label, _ in sizes(small)}["5万〜10万人"]
    assert "population_from=10001" in wider
    assert "population_to=100000" in wider
    again = {label: address for address, label, _ in sizes(page(client, wider))}
    assert "population_to=50000" in again["5万〜10万人"]
    assert "population_from=20001" in again["1万〜2万人"]
    assert {label: a for a, label, _ in sizes(small)}["1万〜2万人"] == first_address("申請")


def first_address(query: str) -> str:
    return f"/?{urlencode({'q': query})}"


def test_the_map_stays_open_while_places_are_chosen_on_it(client: FlaskClient) -> None:
    answer = page(client, "/?q=申請")
    assert '<details class="map" id="map">' in answer
    tile = re.search(r'href="([^"]*prefecture=[^"]*&map=1#map)"', answer)
    assert tile
    assert '<details class="map" id="map" open>' in page(client, tile[1].split("#")[0])


def test_who_is_named_is_asked_first(client: FlaskClient) -> None:
    answer = page(client, "/?q=加西市の量子重力の格子計算")
    asked = answer.split("聞いてみる")[1].split("</li>")[0]
    assert re.findall(r">([^<]+)</a>", asked)[0] == "加西市"


def test_nobody_is_to_ask_where_nothing_is_near(client: FlaskClient) -> None:
    answer = page(client, "/?q=量子重力の格子計算")
    assert "次のことを試してください" in answer
    assert "聞いてみる" not in answer


def test_a_table_of_results_is_that_of_the_screen(client: FlaskClient) -> None:
    address = "/?q=申請&sort=distance&near=兵庫県多可町"
    shown = re.findall(r'id="case-(\w+)"', page(client, address))
    table = client.get("/results.csv" + address[1:]).get_data(as_text=True)
    assert re.findall(r"/cases/(\w+)", table)[: len(shown)] == shown
    assert len(shown) > 3


def test_nothing_is_written_to_disk(client: FlaskClient, world: Settings) -> None:
    before = sorted(Path(world.data).rglob("*"))
    client.post("/mine", data={"name": "多可町"})
    assert sorted(Path(world.data).rglob("*")) == before


def test_the_kind_of_a_place_is_no_match(client: FlaskClient) -> None:
    answer = page(client, "/?q=多可町のスマート申請")
    assert "<mark>スマート申請" in answer
    assert "<mark>町</mark>" not in answer
    assert "・町" not in "".join(re.findall(r'class="why">.*?</p>', answer, re.DOTALL))


def test_what_was_excluded_is_not_marked(client: FlaskClient) -> None:
    answer = page(client, "/?q=申請")
    case = re.search(r'href="/cases/(\w+)', answer)
    assert case

    def sections(query: str) -> str:
        return (
            page(client, f"/cases/{case[1]}?q={query}")
            .split('class="sections"')[1]
            .split("<aside")[0]
        )

    assert "<mark>" in sections("申請")
    assert "<mark>" not in sections("ドローン -申請 -電子申請")


def test_suggestions_and_answers_to_forms_speak_english(client: FlaskClient) -> None:
    assert "分野" in {item["note"] for item in client.get("/suggest?q=窓").json or []}
    assert "Field" in {item["note"] for item in client.get("/suggest?q=窓&lang=en").json or []}
    asked = client.post("/mine", data={"name": "府中市"})
    assert 'href="/?lang=ja"' in asked.text  # this page cannot be asked for by its address


def test_prefectures_have_english_names(client: FlaskClient) -> None:
    answer = page(client, "/?q=多可町の申請&lang=en&map=1")
    assert re.search(r'class="where"><b lang="ja">多可町</b> Taka Town \(Hyogo, 19,284\)', answer)
    assert re.search(r"<span>Hyogo</span>", answer)
    assert not re.search(r"<span>兵庫県</span>", answer)
    assert "Where it lies in Hyogo" in page(client, "/municipalities/283657?lang=en")
    assert "（兵庫県・1.9万人）" in page(client, "/?q=多可町の申請&lang=ja")


def test_every_cookie_is_hardened(client: FlaskClient) -> None:
    over = {"base_url": "https://localhost", "headers": {"Sec-Fetch-Site": "same-origin"}}
    answers = [
        client.get("/?lang=en", base_url="https://localhost"),
        client.post("/mine", data={"name": "多可町"}, **over),
        client.post("/compare/tray", data={"case": "x"}, **over),
    ]
    for answer in answers:
        (cookie,) = answer.headers.getlist("Set-Cookie")
        assert {"HttpOnly", "SameSite=Lax", "Secure", "Path=/"} <= set(cookie.split("; "))
