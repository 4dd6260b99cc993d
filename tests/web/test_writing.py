"""A case written on the screen: looked at, added, found, taken back; proposed by those who are no editors."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from os import utime

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ingest.describe.given import read_given
from ingest.flow.glance import glance
from ingest.flow.pipeline import ingest
from ingest.readers.notes.note import read_note
from kb.base.config import Settings
from kb.base.errors import UsageError
from kb.base.types import Viewer
from kb.documents.batches import MOST_PROPOSED, propose, receive_batch
from kb.documents.contribution import as_note, cleaned, remarks
from kb.places.gazetteer import load_gazetteer
from tests.support import web_world
from web.app import create_app

CASE = {
    "title": "紙の回覧板を電子回覧に替えた", "municipality": "兵庫県養父市", "year": "令和6年度",
    "trouble": "回覧に二週間かかっていた。", "measure": "# 全世帯\n---\n電子回覧アプリを配った。", "results": "届くまで14日→1日",
    "points": "紙も残した。", "team": "市民課と自治会", "cost": "初期 120万円", "funding": "一般財源: 半分", "contact": "市民課",
    "source_title": "広報やぶ \"5月号\"", "source_url": "https://example.jp/a?b=1#c",
}  # fmt: skip
EDITOR = Viewer.of("県内", role="editor", name="編")
WIDE = Viewer.of("県内", "庁内", role="editor", name="広")
WRITER = Viewer.of("県内", role="viewer", name="書")

As = Callable[[Viewer], FlaskClient]


@pytest.fixture
def as_(own_world: Settings) -> As:
    own = replace(web_world.services(own_world), glance=partial(glance, seconds=600.0))
    return lambda viewer: create_app(replace(own, viewer=lambda: viewer)).test_client()


def write(client: FlaskClient, visibility: str = "公開", **changed: str) -> TestResponse:
    data = {**CASE, "visibility": visibility, **changed}
    return client.post("/documents/write", data={k: v for k, v in data.items() if v})


def add(client: FlaskClient, where: str, visibility: str = "公開") -> TestResponse:
    name = re.findall(r'name="name-0" value="([^"]*)"', client.get(where).text)[0]
    return client.post(where, data={"add-0": "1", "name-0": name, "visibility": visibility})


def test_the_note_says_what_was_written_as_it_was_written(settings: Settings) -> None:
    note = settings.corpus / "a.md"
    read = read_note(note, as_note(cleaned(CASE), "庁内"))
    given = read_given(read.front_matter, load_gazetteer())
    assert not given.warnings
    assert given.place == load_gazetteer().find("養父市")[0]
    assert (given.of("year"), read.front_matter["visibility"]) == (2024, "庁内")
    for key in ("title", "cost", "funding", "contact", "source_title", "source_url"):
        assert read.front_matter[key] == CASE[key]
    headings = [block.text for block in read.pages[0].blocks if block.level]
    assert headings == ["背景・課題", "取組", "効果", "工夫・留意点", "推進体制"]
    text = "\n".join(block.text for block in read.pages[0].blocks)
    assert "# 全世帯" in text
    assert "---" in text


@pytest.mark.parametrize(
    ("changed", "wrong", "advised"),
    [
        ({}, [], []),
        ({"title": " 　", "measure": ""}, ["title", "measure"], []),
        ({"municipality": "ない町"}, ["municipality"], []),
        ({"municipality": "府中市"}, ["municipality"], []),  # two have that name
        ({"year": "いつか"}, ["year"], []),
        ({"source_url": "javascript:alert(1)"}, ["source_url"], []),
        ({"results": "早くなった"}, [], ["results"]),
        ({"source_title": "", "source_url": ""}, [], ["source_title"]),
        ({"contact": "山田 079-555-0100"}, [], ["contact"]),
    ],
)
def test_what_is_said_of_a_case(
    changed: dict[str, str], wrong: list[str], advised: list[str]
) -> None:
    found = remarks(cleaned({**CASE, **changed}))
    assert [r.part for r in found if r.is_wrong] == wrong
    assert [r.part for r in found if not r.is_wrong] == advised


def test_a_case_is_written_added_found_and_undone(as_: As, own_world: Settings) -> None:
    client = as_(Viewer.owner())
    answer = write(client, municipality="", visibility="")
    assert answer.status_code == 400
    assert "自治体の名前を書いてください" in answer.text
    assert "電子回覧アプリを配った" in answer.text, "what was written is not lost"
    answer = write(client)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert 'value="公開" required checked' in page
    done = add(client, answer.location).location
    ingest(own_world, progress=None)
    assert "紙の回覧板を電子回覧に替えた" in client.get("/?q=電子回覧").text
    client.post(f"{done}/undo")
    ingest(own_world, progress=None)
    assert "紙の回覧板を電子回覧に替えた" not in client.get("/?q=電子回覧").text


def test_what_may_be_there_already_is_shown_before_it_is_saved(as_: As) -> None:
    client = as_(Viewer.owner())
    there = {"title": "多可町の保健福祉でスマート申請を使う", "municipality": "多可町"}
    looked = client.post("/documents/write/look", data=there).text
    assert 'name="seen"' in looked
    assert "/cases/" in looked
    assert (
        "極秘" in client.post("/documents/write/look", data={**there, "title": "極秘申請検討"}).text
    )
    secret = {**there, "title": "極秘申請検討"}
    assert "極秘" not in as_(EDITOR).post("/documents/write/look", data=secret).text
    answer = write(client, **there)
    assert answer.status_code == 200
    assert 'name="seen"' in answer.text
    assert write(client, **there, seen="1").status_code == 303


def test_a_proposal_waits_for_an_editor_who_may_see_it(as_: As, own_world: Settings) -> None:
    writer, editor, wide = as_(WRITER), as_(EDITOR), as_(WIDE)
    for visibility in ("公開", "庁内", "公開"):
        assert "提案しました" in writer.get(write(writer, visibility).location).text
    page = editor.get("/documents/proposals").text
    tokens = re.findall(r"/documents/add/([\w-]+)", page)
    assert len(tokens) == 2, "not the one that the editor may not see"
    assert (
        len(set(re.findall(r"/documents/add/([\w-]+)", wide.get("/documents/proposals").text))) == 3
    )
    assert "/documents/add/" not in writer.get("/documents/proposals").text
    assert (
        as_(Viewer.of(name="他", role="viewer")).get(f"/documents/add/{tokens[0]}").status_code
        == 403
    )
    editor.post(f"/documents/add/{tokens[1]}", data={"cancel": "1"})
    add(editor, f"/documents/add/{tokens[0]}", "県内")
    page = writer.get("/documents/proposals").text
    assert page.count("載せないことになりました") == 1
    assert page.count("載りました（見える範囲: 県内）") == 1
    assert page.count("待っています") == 1
    withdraw = re.findall(r"/documents/proposals/[\w-]+/withdraw", page)[0]
    assert editor.post(withdraw).status_code == 404
    assert writer.post(withdraw).status_code == 303
    assert not re.findall(r"/documents/add/([\w-]+)", wide.get("/documents/proposals").text)
    assert [p.name for p in (own_world.corpus / "uploads").glob("*.md")] == [
        "兵庫県養父市_紙の回覧板を電子回覧に替えた.md"
    ]


def test_the_public_writes_nothing(public: FlaskClient) -> None:
    assert public.get("/documents/write").status_code == 403
    assert write(public).status_code == 403
    assert public.get("/documents/proposals").status_code == 403
    assert "/documents/write" not in public.get("/documents").text


def test_a_proposal_lasts_and_not_too_many_wait(settings: Settings) -> None:
    made = [propose(settings, receive_batch(settings, "書", [])) for _ in range(MOST_PROPOSED)]
    old = (datetime.now(UTC) - timedelta(days=30)).timestamp()
    utime(settings.data / "incoming" / made[0].token, (old, old))
    left = receive_batch(settings, "書", [])
    utime(settings.data / "incoming" / left.token, (old, old))
    with pytest.raises(UsageError):
        propose(settings, receive_batch(settings, "書", []))
    kept = {place.name for place in (settings.data / "incoming").iterdir()}
    assert kept == {batch.token for batch in made}
