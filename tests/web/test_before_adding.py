"""What is shown before files are added, and what a choice made beside it is worth."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from ingest.flow.glance import glance
from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.types import Viewer
from kb.storage.users import add_user
from tests.support.web_world import of_nothing
from tests.web.test_accounts import GOOD, browser, user
from tests.web.test_uploads import send
from web.app import create_app
from web.services import Services


@pytest.fixture
def own(settings: Settings) -> Services:
    return of_nothing(settings)


@pytest.mark.parametrize(
    ("name", "content", "label"),
    [
        ("a.md", "取扱注意\n\n# 窓口\n\n申請を電子にした。\n", "公開"),
        ("【庁内限り】a.md", "# 窓口\n\n申請を電子にした。\n", "公開"),
        ("b.md", "---\nvisibility: 県内\n---\n取扱注意\n\n# 窓口\n\n申請を電子にした。\n", "県内"),
    ],
)
def test_what_is_chosen_beside_a_shown_stamp_holds(
    own: Services, name: str, content: str, label: str
) -> None:
    client = create_app(replace(own, glance=glance)).test_client()
    assert send(client, (name, content.encode())).status_code == 303
    ingest(own.settings)
    [entry] = own.store.ledger(Viewer.owner())
    assert entry.visibility == label
    page = client.get("/documents/manage", query_string={"path": entry.path}).text
    assert f"追加: {label}" in page or label != "公開"


def test_a_stamp_that_was_not_shown_holds_back(own: Services) -> None:
    client = create_app(own).test_client()  # whose look is too late
    send(client, ("a.md", "取扱注意\n\n# 窓口\n\n申請を電子にした。\n".encode()))
    ingest(own.settings)
    assert [entry.visibility for entry in own.store.ledger(Viewer.owner())] == ["庁内"]


def test_what_cannot_be_read_is_not_ticked(own: Services) -> None:
    client = create_app(replace(own, glance=glance)).test_client()
    files = [
        (io.BytesIO(b"%PDF-1.7 broken"), "a.pdf"),
        (io.BytesIO("# 窓口\n\n申請を電子にした。\n".encode()), "b.md"),
    ]
    page = client.get(client.post("/documents/upload", data={"files": files}).location).text
    assert [" checked" in tick for tick in re.findall(r'<input type="checkbox"[^>]*>', page)] == [
        False,
        True,
    ]


def test_what_cannot_be_read_is_told_so(own: Services) -> None:
    answer = send(create_app(own).test_client(), ("a.pdf", b"%PDF-1.7 broken"))
    ingest(own.settings)
    page = create_app(own).test_client().get(answer.location).text
    assert "読み取れるまでは「庁内」" in page
    assert "指定のほうが狭い" not in page


def test_who_has_not_signed_in_is_led_to_it(own: Services) -> None:
    add_user(own.settings, user("田中", "viewer", "庁内"), GOOD)
    answer = browser(own.settings).get("/documents/write")
    assert answer.status_code == 403
    assert "サインインしてください" in answer.text
    assert "/sign-in?back=/documents/write" in answer.text.split("<main")[1]
