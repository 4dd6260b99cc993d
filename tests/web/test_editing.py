"""Adding is deliberate and can be undone; what editors do on the screen counts, is in the history, and goes back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pypdf
import pytest
from flask import url_for
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ingest.flow.glance import glance
from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.types import LedgerEntry, Viewer
from kb.documents.passwords import KEY_FILE
from kb.storage.sidecar import load_values
from kb.storage.store import Store
from tests.support import web_world
from tests.support.pdfs import build, lines
from web.app import create_app
from web.connections import REPLACE, UPLOAD

EDITOR = Viewer.of("県内", "庁内", role="editor", name="庁")
ADMIN = Viewer.of(role="admin", name="管")
NARROW = Viewer.of(role="editor", name="係")

As = Callable[[Viewer], FlaskClient]


@pytest.fixture
def as_(settings: Settings) -> As:
    own = replace(web_world.of_nothing(settings), glance=partial(glance, seconds=600.0))
    return lambda viewer: create_app(replace(own, viewer=lambda: viewer)).test_client()


def note(name: str, head: str = "") -> tuple[io.BytesIO, str]:
    front = f"---\n{head}\n---\n" if head else ""
    return io.BytesIO(
        f"{front}# {name}の取組\n\n宍粟市は{name}で書類を減らした。\n".encode()
    ), f"{name}.md"


def stage(client: FlaskClient, *files: tuple[io.BytesIO, str]) -> str:
    answer = client.post("/documents/upload", data={"files": list(files)})
    assert answer.status_code == 303, answer.text
    return answer.location


def add(client: FlaskClient, where: str, visibility: str = "公開", **fields: str) -> TestResponse:
    page = client.get(where).text
    names = dict(re.findall(r'name="(name-\d+)" value="([^"]*)"', page))
    ticks = dict.fromkeys(re.findall(r'name="(add-\d+)" value="1" checked', page), "1")
    return client.post(where, data={**names, **ticks, "visibility": visibility, **fields})


def ledger(settings: Settings, viewer: Viewer | None = None) -> dict[str, LedgerEntry]:
    return {e.path: e for e in Store.open(settings).ledger(viewer or Viewer.owner())}


def act(client: FlaskClient, action: str, path: str, **data: object) -> TestResponse:
    return client.post(f"/documents/manage/{action}", data={"path": path, **data})


def corpus(settings: Settings) -> list[str]:
    return sorted(
        p.relative_to(settings.corpus).as_posix()
        for p in settings.corpus.rglob("*")
        if p.is_file() and ".dxkb" not in p.parts
    )


def test_nothing_is_there_until_somebody_says_who_may_see_it(settings: Settings, as_: As) -> None:
    client = as_(EDITOR)
    where = stage(
        client, note("窓口"), note("道路", "visibility: 庁内"), (io.BytesIO(b"MZ"), "a.exe")
    )
    assert corpus(settings) == []
    page = client.get(where).text
    for told in (
        "窓口の取組",
        "兵庫県宍粟市",
        "a.exe",
        "「庁内」より広くは見えません",
        "まだ誰にも見えていません",
    ):
        assert told in page, told
    assert "checked" not in page[page.index('type="radio"') :]
    assert client.post(where, data={"add-0": "1", "name-0": "窓口.md"}).status_code == 400
    assert client.post(where, data={"visibility": "公開"}).status_code == 400
    assert client.post(where, data={"visibility": "みんな", "add-0": "1"}).status_code == 400
    assert as_(NARROW).get(where).status_code == 404  # somebody else's
    assert as_(ADMIN).post(where, data={"cancel": "1"}).status_code == 404
    assert corpus(settings) == []
    done = add(client, where, "県内")
    assert done.status_code == 303
    ingest(settings)
    seen = {path: e.visibility for path, e in ledger(settings).items()}
    assert seen == {"uploads/窓口.md": "県内", "uploads/道路.md": "庁内"}
    page = client.get(done.location).text
    assert "2件の資料を追加しました" in page
    assert "「庁内」にしています" in page
    assert not list((settings.data / "incoming").rglob("*.md"))


def test_what_was_added_can_be_undone_and_the_undoing_too(settings: Settings, as_: As) -> None:
    client = as_(EDITOR)
    done = add(client, stage(client, note("窓口"), note("道路")), "庁内").location
    ingest(settings)
    (settings.corpus / "uploads/道路.md").write_text("# 変わった\n\n別の文。\n", encoding="utf-8")
    undone = client.post(f"{done}/undo")
    assert undone.status_code == 303
    assert "そのまま残しました" in client.get(undone.location).text
    assert corpus(settings) == ["uploads/道路.md", "uploads/道路.md.yaml"]
    ingest(settings)
    assert set(ledger(settings)) == {"uploads/道路.md"}
    assert client.post(f"{done}/undo").status_code == 303  # pressed twice
    trash = client.get("/documents/trash").text
    assert trash.count('class="name"') == 1
    assert "窓口.md" not in as_(NARROW).get("/documents/trash").text
    back = re.findall(r'action="(/documents/trash/[^"]+/restore)"', trash)[0]
    assert as_(NARROW).post(back).status_code == 404
    assert client.post(back).status_code == 303
    ingest(settings)
    assert ledger(settings)["uploads/窓口.md"].visibility == "庁内"
    assert client.post(back).status_code == 404
    told = client.get("/documents/manage?path=uploads/窓口.md").text
    history = told[told.index('id="history"') :]
    for deed in ("ごみ箱から戻した", "削除", "追加: 庁内", "庁"):
        assert deed in history


def test_the_very_same_is_told_and_only_narrowed(settings: Settings, as_: As) -> None:
    client = as_(EDITOR)
    add(client, stage(client, note("窓口")))
    ingest(settings)
    same = note("窓口")[0]
    where = stage(
        client,
        note("窓口"),
        (same, "別の名前.md"),
        (io.BytesIO("# 別\n\n別の中身。\n".encode()), "窓口.md"),
    )
    page = client.get(where).text
    assert page.count("同じ内容の資料がすでにあります") == 2
    assert page.count('value="1" checked') == 1  # only what is not there yet
    assert 'value="窓口 (2).md"' in page
    as_hidden = client.get(where)  # the office's copy is not told to whoever may not see it
    assert as_hidden.status_code == 200
    add(client, where, "庁内", **{"add-0": "1"})
    assert Store.open(settings).ledger(Viewer.of()) == ()  # at once, before anything is read
    ingest(settings)
    assert {p: e.visibility for p, e in ledger(settings).items()} == {
        "uploads/窓口.md": "庁内", "uploads/窓口 (2).md": "庁内",
    }  # fmt: skip
    where = stage(as_(NARROW), note("窓口"))
    assert "同じ内容" not in as_(NARROW).get(where).text


def test_who_may_see_it_is_set_on_the_screen(settings: Settings, as_: As) -> None:
    client, path = as_(EDITOR), "uploads/窓口.md"
    add(client, stage(client, note("窓口", "visibility: 県内\n取扱: 注意")))
    ingest(settings)
    assert ledger(settings)[path].visibility == "庁内"  # it says something that is not understood
    assert act(as_(NARROW), "visibility", path, visibility="公開").status_code == 404
    assert act(client, "visibility", path, visibility="秘密の班").status_code == 400
    assert act(client, "visibility", path, visibility="公開").status_code == 303
    ingest(settings)
    assert ledger(settings, Viewer.of())[path].visibility == "公開"
    assert act(client, "visibility", path, visibility="庁内").status_code == 303
    assert ledger(settings, Viewer.of()) == {}  # before it is read again
    ingest(settings)
    assert ledger(settings)[path].visibility == "庁内"
    hidden = act(as_(ADMIN), "visibility", path, visibility="公開")
    ingest(settings)
    hidden = act(as_(NARROW), "visibility", path, visibility="庁内")
    assert "見えなくなりました" in as_(NARROW).get(hidden.location).text
    page = client.get(f"/documents/manage?path={path}").text
    assert page.count("公開範囲の変更") == 4


def test_only_an_admin_goes_beyond_the_folder(settings: Settings, as_: As) -> None:
    path = "uploads/窓口.md"
    (settings.corpus / "uploads").mkdir()
    (settings.corpus / "uploads/_access.yaml").write_text("visibility: 庁内\n", encoding="utf-8")
    client = as_(EDITOR)
    where = stage(client, note("窓口"))
    assert "追加先のフォルダは「庁内」です" in client.get(where).text
    add(client, where, "公開")
    ingest(settings)
    assert ledger(settings)[path].visibility == "庁内"
    refused = act(client, "visibility", path, visibility="公開")
    assert refused.status_code == 400
    assert "管理者だけ" in refused.text
    assert act(as_(ADMIN), "visibility", path, visibility="公開").status_code == 303
    ingest(settings)
    assert ledger(settings)[path].visibility == "公開"


def test_the_last_document_can_be_deleted_and_a_lost_share_still_empties_nothing(
    settings: Settings, as_: As
) -> None:
    client, path = as_(EDITOR), "uploads/窓口.md"
    add(client, stage(client, note("窓口")))
    ingest(settings)
    answer = act(client, "delete", path)
    assert Store.open(settings).ledger(Viewer.of()) == ()
    assert "戻す" in client.get(answer.location).text
    assert as_(ADMIN).post("/documents/trash/empty").status_code == 400
    assert client.post("/documents/trash/empty", data={"sure": "1"}).status_code == 403
    assert as_(ADMIN).post("/documents/trash/empty", data={"sure": "1"}).status_code == 303
    assert "空です" in client.get("/documents/trash").text
    ingest(settings)
    assert ledger(settings) == {}


def test_a_name_and_a_version(settings: Settings, as_: As) -> None:
    client = as_(EDITOR)
    add(client, stage(client, note("窓口", "visibility: 県内")))
    ingest(settings)
    path = "uploads/窓口.md"
    store = Store.open(settings)
    case = store.cases_of(document_id=ledger(settings)[path].document_id, viewer=EDITOR)[0].id
    for name, told in (("", "拡張子"), ("窓口.pdf", ".md"), ("x/../窓口.md.exe", ".md")):
        refused = act(client, "rename", path, name=name)
        assert (refused.status_code, told in refused.text) == (400, True)
    assert act(client, "rename", path, name="../窓口の手引き.md").status_code == 303
    ingest(settings)
    path = "uploads/窓口の手引き.md"
    assert (
        store.cases_of(document_id=ledger(settings)[path].document_id, viewer=EDITOR)[0].id == case
    )
    assert act(client, "replace", path).status_code == 400
    assert act(client, "replace", path, file=(io.BytesIO(b"MZ"), "a.exe")).status_code == 400
    assert act(client, "replace", path, file=(io.BytesIO(b""), "a.md")).status_code == 400
    newer = (io.BytesIO("# 新しい取組\n\n宍粟市は窓口をなくした。\n".encode()), "新.md")
    assert act(client, "replace", path, file=newer).status_code == 303
    ingest(settings)
    entry = ledger(settings)[path]
    assert entry.visibility == "県内"  # what it said itself still counts
    assert store.cases_of(document_id=entry.document_id, viewer=EDITOR)[0].title == "新しい取組"
    trash = client.get("/documents/trash").text
    assert "前の版" in trash
    act(client, "visibility", path, visibility="庁内")
    assert (
        client.post(re.findall(r'action="(/documents/trash/[^"]+/restore)"', trash)[0]).status_code
        == 303
    )
    ingest(settings)
    entry = ledger(settings)[path]
    assert entry.visibility == "庁内"  # the older version under the label of now
    assert "手引き" not in store.cases_of(document_id=entry.document_id, viewer=EDITOR)[0].title
    history = client.get(f"/documents/manage?path={path}").text
    for deed in ("名前の変更", "置き換え", "追加", "公開範囲の変更"):
        assert deed in history


def test_a_password_is_given_on_the_screen_and_not_kept_in_clear(
    settings: Settings, as_: As
) -> None:
    client, path = as_(EDITOR), "uploads/秘.pdf"
    writer = pypdf.PdfWriter(
        clone_from=io.BytesIO(build(lines("窓口の取組", "宍粟市は窓口で書類を減らした。")))
    )
    writer.encrypt("ひらけごま12", algorithm="AES-256")
    locked = io.BytesIO()
    writer.write(locked)
    locked.seek(0)
    where = stage(client, (locked, "秘.pdf"))
    assert "パスワード" in client.get(where).text
    add(client, where, "県内")
    ingest(settings)
    entry = ledger(settings)[path]
    assert (entry.reason_code, entry.visibility) == ("password", "県内")
    assert (
        f"/documents/manage?path={path.replace('秘', '%E7%A7%98')}" in client.get("/documents").text
    )
    assert act(client, "password", path, password="").status_code == 400
    assert act(client, "password", path, password="違う").status_code == 303
    ingest(settings)
    assert "パスワードが違います" in client.get(f"/documents/manage?path={path}").text
    assert act(client, "password", path, password="ひらけごま12").status_code == 303
    ingest(settings)
    entry = ledger(settings)[path]
    assert (entry.status, entry.visibility, entry.cases) == ("indexed", "県内", 1)
    case = Store.open(settings).cases_of(document_id=entry.document_id, viewer=EDITOR)[0]
    with client.get(f"/cases/{case.id}/pages/1.png") as picture:
        assert picture.mimetype == "image/png"
    kept = (settings.corpus / path).with_name("秘.pdf.yaml").read_text("utf-8")
    assert "ひらけごま12" not in kept
    assert "sealed:" in kept
    assert (settings.data / KEY_FILE).stat().st_mode & 0o777 == 0o600
    for file in (settings.corpus / ".dxkb").rglob("*"):
        assert file.is_dir() or "ひらけごま12".encode() not in file.read_bytes()
    (settings.data / KEY_FILE).unlink()  # lost: it is asked for again
    assert str(load_values(settings.corpus / path)["password"]).startswith("sealed:")
    (settings.corpus / path).touch()
    ingest(settings)
    assert ledger(settings)[path].visibility == "県内"


def test_english(settings: Settings, as_: As) -> None:
    client = as_(EDITOR)
    where = stage(client, note("窓口"))
    for page in (where, "/documents/trash"):
        text = client.get(f"{page}?lang=en").text
        main = re.sub(
            r'<[^>]*lang="ja"[^>]*>[^<]*<', "<", text[text.index("<main") : text.index("</main")]
        )
        told = re.sub(r'value="[^"]*"', "", main)
        assert not re.search(r"[ぁ-ん]", told), told


def test_the_server_takes_large_files_where_files_are_sent(as_: As) -> None:
    with as_(EDITOR).application.test_request_context():
        assert url_for("adding.upload") == UPLOAD
        assert url_for("managing.act", action="replace") == REPLACE


def test_a_shelf_is_never_taken_in(settings: Settings, as_: As, tmp_path: Path) -> None:
    client = as_(EDITOR)
    add(client, stage(client, note("窓口"), note("道路")), "庁内")
    act(client, "delete", "uploads/窓口.md")
    ingest(settings)
    act(client, "delete", "uploads/窓口.md")
    report = ingest(settings)
    assert [file.path for file in report.files if file.status != "removed"] == ["uploads/道路.md"]
    assert report.ignored == 0
    assert (settings.corpus / ".dxkb").stat().st_mode & 0o777 == 0o700
