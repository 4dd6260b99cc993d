"""Searches that are kept, and collections that are handed on: nobody learns of what they may not see."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from kb.base.config import Settings
from kb.base.errors import UsageError
from kb.base.types import Viewer
from kb.storage.saved import MOST_SAVED, save_search, saved_of
from kb.storage.writer import open_writer
from tests.support.web_world import services as services_of
from web.app import create_app
from web.services import Services

NAMED = Viewer.of(role="viewer", name="佐藤")
As = Callable[[Viewer], FlaskClient]
SECRET = "極秘"


@pytest.fixture
def as_(own_world: Settings) -> As:
    own = services_of(own_world)
    return lambda viewer: create_app(replace(own, viewer=lambda: viewer)).test_client()


def test_a_kept_search_says_what_is_new_since_it_was_looked_at(
    as_: As, own_world: Settings
) -> None:
    client = as_(NAMED)
    assert "この検索を保存" in client.get("/?q=申請").text
    client.post("/saved", data={"address": "q=申請&page=3"})
    assert "新着なし" in client.get("/saved").text
    address, seen = next(iter(saved_of(own_world, "佐藤").items()))
    assert len(seen) > 2
    save_search(own_world, "佐藤", address, sorted(seen)[2:])
    assert "新着2件" in client.get("/saved").text
    looked = client.post("/saved", data={"address": address, "action": "look"})
    assert looked.location == f"/?{address}"
    assert "新着なし" in client.get("/saved").text
    assert "まだありません" in as_(Viewer.of(role="viewer", name="鈴木")).get("/saved").text
    client.post("/saved", data={"address": address, "action": "forget"})
    assert not saved_of(own_world, "佐藤")


def test_nothing_restricted_counts_as_new(as_: As, own_world: Settings) -> None:
    office = replace(NAMED, visibilities=frozenset({"公開", "庁内"}))
    for viewer in (NAMED, office):
        told = as_(viewer).get(f"/saved/ids?q={SECRET}申請検討メモ").get_json()["ids"]
        own = services_of(own_world).store
        assert {own.case(one, viewer).visibility for one in told} <= (viewer.visibilities or set())
    as_(office).post("/saved", data={"address": f"q={SECRET}申請検討メモ"})
    address = next(iter(saved_of(own_world, "佐藤")))
    save_search(own_world, "佐藤", address, [])
    for viewer in (NAMED, office):
        told = as_(viewer).get(f"/saved/ids?q={SECRET}申請検討メモ").get_json()["ids"]
        assert f"新着{len(told)}件" in as_(viewer).get("/saved").text


@pytest.mark.parametrize(
    "address", ["", "page=2", "q=", "municipality=ない町&q=申請", "year_from=x"]
)
def test_what_is_no_search_is_not_kept(as_: As, own_world: Settings, address: str) -> None:
    before = saved_of(own_world, "佐藤")
    assert as_(NAMED).post("/saved", data={"address": address}).status_code == 400
    assert saved_of(own_world, "佐藤") == before


def test_the_public_keeps_nothing_on_the_server(public: FlaskClient) -> None:
    assert public.post("/saved", data={"address": "q=申請"}).status_code == 403
    page = public.get("/saved").text
    assert "data-saved=" in page
    assert "<noscript>" in page
    assert public.get("/saved/ids?q=申請").get_json()["ids"]


def test_not_too_many_are_kept(settings: Settings) -> None:
    with open_writer(settings):
        pass
    for at in range(MOST_SAVED):
        save_search(settings, "佐藤", f"q={at}", [])
    save_search(settings, "佐藤", "q=0", ["a"])
    with pytest.raises(UsageError):
        save_search(settings, "佐藤", "q=more", [])


def test_a_collection_is_its_address_and_shows_what_may_be_seen(
    services: Services, client: FlaskClient, public: FlaskClient
) -> None:
    owner = Viewer.owner()
    every = [e.document_id for e in services.store.ledger(owner) if e.document_id is not None]
    cases = [services.store.cases_of(document_id=no, viewer=owner)[0] for no in every]
    secret = next(case for case in cases if SECRET in case.title)
    ids = [secret.id, *(case.id for case in cases if case is not secret)][:9]
    address = "/collection?name=県の助言&" + "&".join(f"case={one}" for one in ids)
    page = client.get(address).text
    assert SECRET in page
    assert page.count('<li><a href="/cases/') == 9
    seen = public.get(address).text
    assert "県の助言" in seen
    assert SECRET not in seen
    assert secret.id not in seen.split("<main")[1]
    assert seen.count('<li><a href="/cases/') == 8
    assert public.get(f"/collection?case={secret.id}").status_code == 404
    assert public.get("/collection").status_code == 200


def test_what_is_in_the_tray_can_be_added_to_a_collection(client: FlaskClient) -> None:
    first, second, *_ = dict.fromkeys(re.findall(r"/cases/(\w+)", client.get("/?q=窓口").text))
    client.post("/compare/tray", data={"case": second})
    assert "/collection?case=" in client.get("/").text
    page = client.get(f"/collection?case={first}").text
    assert f'name="case" value="{second}"' in page
    assert "1件を加える" in page
