"""Who did what is noted: what was asked for, opened, taken away, added, changed, and what was refused."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from dxkb.main import main
from kb.base.config import Settings, load_settings
from kb.base.errors import UsageError
from kb.base.types import Viewer
from kb.operations import audit
from kb.operations.audit import Event, events, folder_of
from kb.storage.users import User, add_user
from tests.support import web_world
from web.access import Access
from web.app import create_app

GOOD = "青い海と白い砂浜の町役場"


def browser(settings: Settings, viewer: Viewer) -> FlaskClient:
    own = replace(web_world.services(settings), settings=settings, viewer=lambda: viewer)
    return create_app(own).test_client()


def last(settings: Settings) -> tuple[str, str, str]:
    event = next(events(settings))
    return event.who, event.action, event.what


@pytest.fixture
def fresh(world: Settings) -> Settings:
    """The world, with nothing noted yet."""
    for path in folder_of(world).glob("*"):
        path.unlink()
    return world


def test_every_kind_of_deed_is_noted_with_who_and_what(fresh: Settings) -> None:
    client = browser(fresh, Viewer.of("庁内", role="editor", name="田中"))
    store = web_world.services(fresh).store
    entry = next(e for e in store.ledger(Viewer.owner()) if e.path.endswith("line-bosai.md"))
    case = store.cases_of(document_id=entry.document_id, viewer=Viewer.owner())[0]
    client.get("/?q=申請")
    assert last(fresh) == ("田中", "searched", "申請")
    client.get(f"/cases/{case.id}")
    assert last(fresh) == ("田中", "opened", f"{entry.path} {case.title}")
    client.get(f"/documents/{entry.document_id}/source").close()
    assert last(fresh) == ("田中", "opened", entry.path)
    client.get("/results.csv?q=申請")
    assert last(fresh) == ("田中", "exported", "results.csv 申請")
    client.post("/compare/brief.md", data={"case": [case.id]})
    assert last(fresh) == ("田中", "exported", f"/compare/brief.md {case.id}")
    sent = client.post("/documents/upload", data={"files": (io.BytesIO(b"# A\n\ntext"), "a.md")})
    assert last(fresh)[1] == "exported", "what was sent is not added yet"
    added = client.post(sent.location, data={"visibility": "庁内", "add-0": "1", "name-0": "a.md"})
    assert last(fresh) == ("田中", "added", "uploads/a.md")
    client.post(f"{added.location}/undo")
    assert last(fresh) == ("田中", "deleted", "uploads/a.md")
    trashed = re.findall(
        r'action="(/documents/trash/[^"]+/restore)"', client.get("/documents/trash").text
    )
    client.post(trashed[0])
    assert last(fresh) == ("田中", "restored", "uploads/a.md")
    client.post("/documents/manage/visibility", data={"path": entry.path, "visibility": "庁内"})
    assert last(fresh) == ("田中", "changed", f"visibility {entry.path}")
    client.post(f"/cases/{case.id}/corrections", data={"year": "2020"})
    assert last(fresh)[:2] == ("田中", "changed")
    assert "year=2020" in last(fresh)[2]
    client.get("/")
    assert last(fresh)[1] == "changed", "the start page asks nothing"
    client.get("/cases/gone")
    assert last(fresh)[1] == "changed", "what is not there was not opened"
    browser(fresh, Viewer.of()).post("/documents/rescan")
    assert last(fresh) == ("(public)", "refused", "/documents/rescan")


def test_signing_in_and_out_is_noted_but_no_name_that_nobody_has(settings: Settings) -> None:
    add_user(settings, User("田中", "viewer", (), disabled=False), GOOD)
    from kb.storage.writer import open_writer

    with open_writer(settings):
        pass
    access = Access(settings, local=True)
    own = replace(web_world.services(settings), viewer=access.viewer, mode=access.mode)
    client = create_app(own).test_client()
    client.post("/sign-in", data={"name": GOOD, "password": "田中"})
    client.post("/sign-in", data={"name": "田中", "password": "wrong"})
    client.post("/sign-in", data={"name": "田中", "password": GOOD})
    client.post("/sign-out")
    assert [(e.who, e.action, e.what) for e in events(settings)] == [
        ("田中", "signed_out", ""),
        ("田中", "signed_in", ""),
        ("(public)", "sign_in_refused", "田中"),
        ("(public)", "sign_in_refused", ""),
    ]
    assert {e.address for e in events(settings)} == {"127.0.0.1"}


def test_searches_and_everything_can_be_left_out(fresh: Settings) -> None:
    silent = replace(fresh, audit_searches=False)
    client = browser(silent, Viewer.owner())
    client.get("/?q=申請")
    client.get("/api/v1/search?q=申請")
    assert list(events(fresh)) == []
    client.get("/results.csv?q=申請")
    assert last(fresh) == ("(owner)", "exported", "results.csv")
    browser(replace(fresh, audit_days=0), Viewer.owner()).get("/results.csv?q=申請")
    assert len(list(events(fresh))) == 1


def test_days_that_are_too_old_are_forgotten(settings: Settings) -> None:
    kept = replace(settings, audit_days=30)
    folder = folder_of(settings)
    folder.mkdir(parents=True)
    days = [(datetime.now(UTC) - timedelta(days=n)).date().isoformat() for n in (1, 29, 31, 400)]
    for day in days:
        (folder / f"{day}.jsonl").write_text("", encoding="utf-8")
    audit.record(kept, "changed", "a")
    left = {path.stem for path in folder.glob("*.jsonl")}
    assert left == {*days[:2], datetime.now(UTC).date().isoformat()}


def test_it_is_its_owners_only_and_damage_costs_a_line(settings: Settings) -> None:
    audit.record(settings, "changed", "一行\n二行\udc83", who="a")
    path = next(folder_of(settings).glob("*.jsonl"))
    assert path.stat().st_mode & 0o077 == 0
    with path.open("ab") as file:
        file.write(b'{"at": "20\xff\n[]\n')
    audit.record(settings, "deleted", "b" * 10_000)
    found = list(events(settings))
    assert [(e.action, len(e.what)) for e in found] == [("deleted", audit.LONGEST), ("changed", 6)]
    assert found[1].what == "一行\n二行?"
    day = found[0].at[:10]
    assert list(events(settings, last="2020-01-01")) == []
    assert len(list(events(settings, first=day, last=day))) == 2
    assert isinstance(found[0], Event)


def test_a_folder_that_cannot_be_written_stops_nobody(settings: Settings) -> None:
    settings.data.mkdir()
    folder_of(settings).write_text("a file where the folder should be")
    audit.record(settings, "changed", "a")


@pytest.mark.parametrize("given", ["-1", "many", "1e3", "１０"])
def test_a_retention_that_is_no_number_is_refused(given: str) -> None:
    with pytest.raises(UsageError):
        load_settings({"DXKB_AUDIT_DAYS": given})
    assert load_settings({"DXKB_AUDIT_DAYS": "0"}).audit_days == 0


def test_a_command_says_what_is_wrong_with_a_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DXKB_AUDIT_DAYS", "many")
    assert main(["status", "--lang", "en"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "dxkb: DXKB_AUDIT_DAYS is many, which is no number. Give a whole number, 0 or more."
    ]


def test_what_is_done_with_accounts_at_the_terminal_is_noted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ["--data", str(settings.data)]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
    assert main(["user", "add", "田中", "--role", "editor", "--sees", "庁内", *data]) == 0
    assert last(settings) == ("(owner)", "added", "user add 田中 editor 庁内")
    assert main(["user", "disable", "田中", *data]) == 0
    assert last(settings) == ("(owner)", "changed", "user disable 田中")
    assert main(["user", "disable", "田中", "--undo", *data]) == 0
    assert last(settings) == ("(owner)", "changed", "user enable 田中")
    assert main(["user", "rights", "田中", "--role", "viewer", "--sees", "庁内", *data]) == 0
    assert last(settings) == ("(owner)", "changed", "user rights 田中 role=viewer sees=庁内")
    assert main(["user", "rights", "佐藤", "--role", "editor", *data]) == 1
    assert last(settings)[2].startswith("user rights 田中")


def test_the_page_words_what_was_done(fresh: Settings) -> None:
    for action, what in (
        ("changed", "user rights 見る人 role=viewer sees=庁内"), ("added", "user add 長 admin"),
        ("changed", "visibility a.md"), ("deleted", "delete b.md"), ("opened", "delete c.md"),
        ("changed", "password"),
    ):  # fmt: skip
        audit.record(fresh, action, what, who="(owner)")  # type: ignore[arg-type]
    client = browser(fresh, Viewer.owner())
    for address in ("/operations/audit", "/operations/audit?format=csv"):
        page = client.get(address).text
        for told in (
            "利用者の役割・見られる資料: 見る人 閲覧者 見られる資料: 庁内", "利用者の登録: 長 管理者",
            "公開範囲: a.md", "資料を消す: b.md", "delete c.md", "パスワード",
        ):  # fmt: skip
            assert told in page
    assert "visibility: a.md" in client.get("/operations/audit?lang=en").text
    assert "b.md" in client.get("/operations/audit?lang=ja&q=資料を消す").text
