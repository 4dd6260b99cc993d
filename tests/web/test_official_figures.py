"""What the ministries' tables say stands on a municipality's page, for whom it is, with year and source."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from flask.testing import FlaskClient

from kb.base.config import Settings
from kb.base.types import OfficialFigure, Viewer
from kb.places.gazetteer import load_gazetteer
from kb.places.official import newest_of, services_of_others, with_finance
from kb.storage.rows import insert_figures
from web.app import create_app
from web.services import Services

TAKA, LIKE_IT = "283657", "284432"  # 福崎町 is the most like it
PAGE = f"/municipalities/{TAKA}"
FIGURES = (
    OfficialFigure(TAKA, "財政力指数", "0.33", 0.33, year=2023, row=5),
    OfficialFigure(TAKA, "類似団体区分", "町村Ⅳ－２", year=2023, row=5),
    OfficialFigure(TAKA, "書かない窓口", "", met=False, year=2024, row=9),
    OfficialFigure(LIKE_IT, "書かない窓口", "", met=True, year=2024, row=10),
)


@pytest.fixture
def told(services: Services, world: Settings) -> Iterator[Services]:
    """The store with figures of a document for all and of one for the office."""
    paths = {e.path: e.document_id for e in services.store.ledger(Viewer.owner())}
    secret = OfficialFigure(TAKA, "経常収支比率", "93.1%", 93.1, year=2022)
    with closing(sqlite3.connect(world.database)) as db, db:
        insert_figures(db, paths["hyogo/taka_health-welfare-dx.md"] or 0, FIGURES)
        insert_figures(db, paths["office.md"] or 0, [secret])
    yield services
    with closing(sqlite3.connect(world.database)) as db, db:
        db.execute("DELETE FROM official_figures")


def test_without_tables_the_page_is_as_it_was(client: FlaskClient) -> None:
    page = client.get(PAGE).text
    for said in ("公的な数字", "すでにしていること", "weight-finance"):
        assert said not in page


def test_figures_stand_with_year_and_source(told: Services) -> None:
    client = create_app(told).test_client()
    page = client.get(PAGE).text
    assert "公的な数字" in page
    assert "0.33</span> <small>2023年度" in page
    assert "5行目" in page
    assert "経常収支比率" in page
    assert "多可町: なし" in page
    assert "似た1団体のうち1団体がしています。" in page
    assert f"/municipalities/{LIKE_IT}" in page
    english = client.get(f"{PAGE}?lang=en").text
    assert "Financial capability index" in english
    assert "FY2023" in english
    assert client.get(f"{PAGE}?finance=100").status_code == 200


def test_what_is_for_the_office_is_not_for_all(told: Services, public: FlaskClient) -> None:
    page = public.get(PAGE).text
    assert "0.33" in page
    assert "経常収支比率" not in page


def test_finances_count_for_likeness_where_both_are_known() -> None:
    known = load_gazetteer()
    taka, other = known.by_code(TAKA), known.by_code(LIKE_IT)
    assert taka
    assert other
    both = newest_of([
        FIGURES[0], OfficialFigure(LIKE_IT, "財政力指数", "0.9", 0.9),
        OfficialFigure(LIKE_IT, "財政力指数", "0.30", 0.30),
    ])  # fmt: skip
    assert with_finance(both, taka, other, 0.5, 0.25) == pytest.approx(
        (0.5 + 0.25 * 0.3 / 0.33) / 1.25
    )
    assert with_finance(newest_of(FIGURES), taka, other, 0.5, 0.25) == 0.5


def test_what_others_have_comes_first_and_what_nobody_was_asked_is_not_told() -> None:
    known = load_gazetteer()
    taka, other = known.by_code(TAKA), known.by_code(LIKE_IT)
    assert taka
    assert other
    more = OfficialFigure(LIKE_IT, "AIの導入", "", met=False, year=2022)
    found = services_of_others(newest_of((*FIGURES, more)), taka, [other])
    assert [(one.name, len(one.having), one.asked) for one in found] == [
        ("書かない窓口", 1, 1),
        ("AIの導入", 0, 1),
    ]
    assert found[1].own is None
    assert found[1].newest.year == 2022
