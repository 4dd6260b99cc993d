"""The first screen and what every page has: doors, what came lately, a box, the tray; notes as pages."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from kb.base.types import Viewer
from web.services import Services


def test_there_are_three_doors_and_what_came_lately(client: FlaskClient) -> None:
    page = client.get("/").text
    doors = page[page.index('class="doors"') : page.index('class="fields"')]
    assert "避難所の受付に時間がかかり" in doors
    assert 'href="/works"' in doors
    assert 'href="/documents"' in doors
    assert "最近加わった事例" in doors
    assert "最近加わった事例" not in client.get("/?q=申請").text


def test_once_a_town_is_set_worries_lead_to_its_page_and_news_are_of_towns_like_it(
    client: FlaskClient,
) -> None:
    client.post("/mine", data={"name": "高知県東洋町"})
    page = client.get("/").text
    assert re.search(r'href="/municipalities/393011\?need=[^"]+#needs"', page)
    assert "東洋町に似た自治体の新しい事例" in page
    client.post("/mine", data={"name": ""})


def test_what_narrows_down_can_be_looked_at_without_a_question(client: FlaskClient) -> None:
    for name, value in (("field", "窓口"), ("prefecture", "兵庫県"), ("municipality", "多可町")):
        page = client.get("/", query_string={name: value}).text
        found = re.search(r'id="found">(\d+)件の事例', page)
        assert found, name
        assert int(found[1]) >= 1
    assert 'class="doors"' in client.get("/?field=").text


def test_every_page_but_the_search_has_a_box(client: FlaskClient) -> None:
    for address in ("/municipalities", "/documents", "/works", "/compare", "/help", "/nothing"):
        assert client.get(address).text.count('role="search"') == 1, address
    assert client.get("/?q=申請").text.count('role="search"') == 1


def test_the_tray_is_seen_where_it_is_filled(client: FlaskClient, services: Services) -> None:
    case = services.searcher.search("申請", k=1).results[0].case
    assert 'class="tray"' not in client.get("/?q=申請").text
    client.post("/compare/tray", data={"case": case.id, "back": "/?q=申請"})
    page = client.get("/?q=申請").text
    assert "選んだ事例1件" in page
    assert f"/works?case={case.id}" in page
    client.post("/compare/tray", data={"action": "clear"})


def test_a_comparison_of_nothing_that_is_there_is_not_found(client: FlaskClient) -> None:
    assert client.get("/compare?case=zzzz").status_code == 404
    assert client.get("/compare").status_code == 200


def test_a_note_opens_as_a_page_and_leads_to_its_file(
    client: FlaskClient, services: Services
) -> None:
    cases = services.store.cases_of(code="283657", viewer=Viewer.owner())
    case = next(c for c in cases if c.path.startswith("hyogo/"))
    page = client.get(f"/cases/{case.id}").text
    assert f'href="/documents/{case.document_id}/note"' in page
    note = client.get(f"/documents/{case.document_id}/note").text
    body = note[note.index("<h1") : note.index("<details")]
    assert "municipality_code" not in body
    assert "<h2>見えてきた課題</h2>" in body
    assert "各課がばらばらに入れている" in body
    assert f'href="/documents/{case.document_id}/source"' in note


def test_a_case_on_one_page_names_the_page_once_for_each_run_of_sections(
    client: FlaskClient, services: Services
) -> None:
    deck = next(
        c
        for e in services.store.ledger(Viewer.owner())
        if e.path.endswith(".pdf") and e.document_id is not None
        for c in services.store.cases_of(document_id=e.document_id, viewer=Viewer.owner())
        if c.pages and c.pages[0] == c.pages[1] and len(c.sections) > 2
    )
    page = client.get(f"/cases/{deck.id}").text
    tags = re.findall(r'<a class="page"[^>]*>p\.(\d+)', page)
    assert len(tags) <= 3  # after the sections, below the picture, beside another page's fact
