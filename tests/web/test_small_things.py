"""Small things that liaisons and clerks stumbled over, each once."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from web.pages.search import EXAMPLES_EN


def cards(page: str) -> int:
    return page.count('<article class="card')


@pytest.mark.parametrize("page", [9, 50])
def test_a_page_beyond_the_end_leads_to_the_last(client: FlaskClient, page: int) -> None:
    answer = client.get(f"/?q=DX&page={page}")
    if answer.status_code == 302:
        answer = client.get(answer.location)
    assert cards(answer.text) > 0
    empty = client.get(f"/?q={quote('桜の開花はいつごろ')}&page={page}", follow_redirects=True)
    assert empty.status_code == 200


@pytest.mark.parametrize(
    "narrowed", ["field=窓口", "status=実装", "year_from=2020", "population_to=20000"]
)
def test_what_narrows_down_is_browsed_without_a_question(
    client: FlaskClient, narrowed: str
) -> None:
    page = client.get(f"/?{narrowed}").text
    assert cards(page) > 1
    name, value = narrowed.split("=")
    assert f'name="{name}" value="{value}"' in page, "and kept by the next question"


def test_documents_are_listed_by_title_with_their_path(client: FlaskClient) -> None:
    page = client.get("/documents").text
    assert re.search(
        r">「にしのみやスマート申請」[^<]*</a> <small class=\"file\">notes/hyogo_nishinomiya", page
    )
    assert "notes/hyogo_nishinomiya" in client.get("/documents?q=にしのみや").text
    assert "kumamoto_oguni" not in client.get("/documents?q=にしのみや").text


def test_a_title_is_told_only_to_those_who_may_see_it(public: FlaskClient) -> None:
    assert "極秘" not in public.get("/documents").text


def test_a_case_says_which_points_of_the_check_it_answers(client: FlaskClient) -> None:
    found = re.findall(r"/cases/\w+", client.get("/?q=にしのみやスマート申請").text)[0]
    page = client.get(found).text
    told = re.search(r"17項目のうち(\d+)項目", page)
    assert told
    assert 0 < int(told[1]) < 17
    points = page.split('<details class="points">')[1].split("</details>")[0]
    assert points.count("<dt>") == int(told[1])
    assert points.count("<li>") == 17 - int(told[1])


def test_a_gap_leads_to_what_to_collect(client: FlaskClient) -> None:
    page = client.get("/coverage").text
    gap = re.findall(r'href="(/coverage/gap[^"]*)"', page)[0].replace("&amp;", "&")
    page = client.get(gap).text
    assert "集める資料" in page
    assert "集めたい資料" not in page  # once is enough
    assert "/municipalities/" in page
    assert "/cases/" in page
    assert client.get("/coverage/gap?field=ない分野").status_code == 400
    assert client.get("/coverage/gap?field=窓口&population_from=x").status_code == 400


def test_examples_are_in_the_language_of_the_page(client: FlaskClient) -> None:
    part = client.get("/?lang=en").text.split('id="examples"')[1].split("</section>")[0]
    told = re.findall(r'href="(/\?q=[^"]*)"', part)
    assert len(told) == len(EXAMPLES_EN)
    assert 'lang="ja"' not in part
