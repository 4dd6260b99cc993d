"""A prefecture's municipalities as dots: where they lie, what is named, what can be pressed."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from kb.places.gazetteer import load_gazetteer
from kb.places.names import PREFECTURE
from web.view.prefecture import draw

PREFECTURES = [p.name for p in load_gazetteer().prefectures() if p.kind == PREFECTURE]


@pytest.mark.parametrize("name", PREFECTURES)
def test_every_dot_lies_inside_and_north_is_up(name: str) -> None:
    places = load_gazetteer().municipalities(name)
    area = draw(name, {}, lambda place: place.code)
    assert len(area.dots) == len(places)
    assert all(0 < dot.x < area.width and 0 < dot.y < area.height for dot in area.dots)
    spots = {dot.address: dot for dot in area.dots}
    northernmost = max(places, key=lambda place: place.latitude)
    southernmost = min(places, key=lambda place: place.latitude)
    assert spots[northernmost.code].y < spots[southernmost.code].y


def test_remote_islands_leave_room_for_the_rest() -> None:
    dots = {dot.name: dot for dot in draw("東京都", {}, lambda place: place.code).dots}
    assert dots["八王子市"].x + 100 < dots["江戸川区"].x
    assert dots["小笠原村"].y > dots["江戸川区"].y


def test_names_never_lie_on_each_other_and_most_cases_come_first() -> None:
    counts = {place.name: i for i, place in enumerate(load_gazetteer().municipalities("大阪府"))}
    named = [dot for dot in draw("大阪府", counts, lambda place: place.code).dots if dot.named]
    assert len(named) >= 10
    for i, dot in enumerate(named):
        for other in named[i + 1 :]:
            apart = abs(dot.y - other.y) >= 16
            beside = (
                dot.x + 13 * len(dot.name) <= other.x or other.x + 13 * len(other.name) <= dot.x
            )
            assert apart or beside
    assert max(counts, key=lambda name: counts[name]) in {dot.name for dot in named}


def test_results_narrowed_to_a_prefecture_are_shown_by_municipality(client: FlaskClient) -> None:
    query = {"q": "申請", "prefecture": "兵庫県", "map": "1"}
    page = client.get("/", query_string=query).get_data(as_text=True)
    links = re.findall(r'<a href="([^"]+)" aria-label="(多可町[^"]*)"', page)
    assert links
    assert "municipality=" in links[0][0]
    assert "件" in links[0][1]
    wider = client.get("/", query_string={"q": "申請"}).get_data(as_text=True)
    assert 'class="area"' not in wider


def test_a_municipality_is_pointed_out_in_its_prefecture(client: FlaskClient) -> None:
    page = client.get("/municipalities/283657").get_data(as_text=True)
    (here,) = re.findall(r'<a href="([^"]+)" aria-current="true" aria-label="多可町"', page)
    assert here == "/municipalities/283657"
