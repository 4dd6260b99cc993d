"""Files that come in through the browser: where they may land, and what is refused."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from ingest.flow.pipeline import ingest
from ingest.flow.sources import is_ignored, look
from kb.base.config import Settings
from kb.base.errors import DxkbError, UsageError
from kb.base.files import plain_name
from kb.base.types import Viewer
from kb.documents.changes import safe_name
from kb.storage.writer import FileState, NewDocument, open_writer
from tests.paths import ROOT
from tests.support import web_world
from web.app import create_app
from web.pages.events import _stream, state
from web.security import MAX_UPLOAD
from web.services import Activity, Services
from web.uploads import receive

ACCEPTS = (".pdf", ".md", ".txt")


@pytest.fixture
def services(settings: Settings) -> Services:
    return web_world.of_nothing(settings)


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def client(services: Services, asked: list[str]) -> FlaskClient:
    own = replace(services, request_rescan=lambda: asked.append("now"))
    return create_app(own).test_client()


def send(
    client: FlaskClient, *files: tuple[str, bytes], visibility: str = "公開", **names: str
) -> TestResponse:
    """Sends files and adds all of them, as somebody does who changes nothing but names (``name-0``)."""
    parts = [(io.BytesIO(content), name) for name, content in files]
    answer = client.post("/documents/upload", data={"files": parts})
    if answer.status_code != 303:
        return answer
    page = client.get(answer.location).text
    fields = dict(re.findall(r'name="(name-\d+)" value="([^"]*)"', page)) | names
    ticked = {name.replace("name", "add"): "1" for name in fields}
    return client.post(
        answer.location,
        data={"visibility": visibility} | ticked | {k: html.unescape(v) for k, v in fields.items()},
    )


def documents(corpus: Path) -> dict[str, bytes]:
    """What lies in the corpus but on its shelf."""
    return {k: v for k, v in inside(corpus).items() if not k.startswith(".dxkb/")}


def inside(corpus: Path) -> dict[str, bytes]:
    return {
        path.relative_to(corpus).as_posix(): path.read_bytes()
        for path in corpus.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("資料.pdf", "資料.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\x\\計画.md", "計画.md"),
        (".hidden.md", "hidden.md"),
        ("con.txt", "_con.txt"),
        ("LPT1.pdf", "_LPT1.pdf"),
        ("README.md", "_README.md"),
        ("~$lock.md", "_~$lock.md"),
        ("か\u3099.md", "が.md"),
        ("a\u202egpj.md", "a_gpj.md"),
        ('a<b>:"|?*.md', "a_b______.md"),
        ("長" * 300 + ".pdf", "長" * 116 + ".pdf"),
    ],
)
def test_names_become_safe_on_every_system(given_name: str, name: str) -> None:
    assert safe_name(given_name) == name


@given(st.text(max_size=300))
def test_no_name_is_a_path_or_ignored_by_the_ingest(given_name: str) -> None:
    try:
        name = safe_name(given_name + ".md")
    except UsageError:
        return
    assert Path(name).name == name
    assert not set(name) & set('/\\<>:"|?*\0')
    assert len(name) <= 121
    assert not is_ignored(name)
    assert safe_name(name) == name


def test_files_land_in_the_corpus_and_are_looked_at(
    client: FlaskClient, settings: Settings, asked: list[str]
) -> None:
    answer = send(client, ("../a.md", b"one"), ("b.txt", b"two"))
    assert answer.status_code == 303
    assert documents(settings.corpus) == {"uploads/a.md": b"one", "uploads/b.txt": b"two"}
    assert asked == ["now"]
    assert [source.key for source in look(settings.corpus).files] == [
        "uploads/a.md",
        "uploads/b.txt",
    ]


def test_a_visibility_is_kept_in_the_sidecar(client: FlaskClient, settings: Settings) -> None:
    send(client, ("a.md", b"one"), visibility="庁内")
    said = "visibility: 庁内\ndecided: upload\n"
    assert documents(settings.corpus)["uploads/a.md.yaml"].decode() == said


@pytest.mark.parametrize(
    ("there", "sent", "kept"),
    [
        ("visibility: public\n", "庁内", "visibility: 庁内\n"),
        ("visibility: 「県内」\n", "庁内", "visibility: 庁内\n"),
        ("visibility: 「庁内」\n", "県内", "visibility: 「庁内」\n"),
        ("visibility: 庁内限り\n", "公開", "visibility: 庁内限り\n"),
        ("visibility: 人事課\n", "公開", "visibility: 人事課\n"),
        ("visibility: [庁内]\n", "県内", "visibility: [庁内]\n"),
        ("visibilty: 庁内\n", "県内", "visibilty: 庁内\n"),
    ],
)
def test_a_file_sent_again_is_never_seen_by_more(
    client: FlaskClient, settings: Settings, there: str, sent: str, kept: str
) -> None:
    send(client, ("a.md", b"one"))
    (settings.corpus / "uploads/a.md.yaml").write_text(there, encoding="utf-8")
    send(client, ("a.md", b"one"), visibility=sent)
    assert inside(settings.corpus)["uploads/a.md.yaml"].decode() == kept


@pytest.mark.parametrize(
    ("files", "fields", "remedy"),
    [
        ([("a.exe", b"MZ")], {}, ".pdf"),
        ([("a.html", b"<script>")], {}, ".pdf"),
        ([("a.md", b"")], {}, "空のファイル"),
        ([("noname", b"x")], {}, "拡張子"),
        ([], {}, "選ばれていません"),
        ([("a.md", b"x")], {"visibility": "みんな"}, "公開"),
    ],
)
def test_what_cannot_be_taken_is_explained_and_leaves_nothing(
    client: FlaskClient,
    settings: Settings,
    asked: list[str],
    files: list[tuple[str, bytes]],
    fields: dict[str, str],
    remedy: str,
) -> None:
    answer = send(client, *files, **fields)
    assert answer.status_code == 400
    assert remedy in answer.get_data(as_text=True)
    assert inside(settings.corpus) == {}
    assert not asked


def test_one_bad_file_does_not_hold_the_others_back(
    client: FlaskClient, settings: Settings
) -> None:
    sent = [
        (io.BytesIO(content), name)
        for name, content in (("a.exe", b"MZ"), ("a.md", b"# a"), ("b.md", b""))
    ]
    answer = client.post("/documents/upload", data={"files": sent}, follow_redirects=True)
    assert "a.exe" in answer.text
    assert "「b.md」は空" in answer.text
    assert documents(settings.corpus) == {}
    send(client, ("a.exe", b"MZ"), ("a.md", b"# a"), ("b.md", b""))
    assert [p.name for p in (settings.corpus / "uploads").iterdir()] == ["a.md"]


def test_nothing_is_overwritten(client: FlaskClient, settings: Settings) -> None:
    assert send(client, ("a.md", b"one")).status_code == 303
    assert send(client, ("a.md", b"one")).status_code == 303
    answer = send(client, ("a.md", b"two"), **{"name-0": "a.md"})
    assert answer.status_code == 400
    assert "名前を変えて" in answer.text
    assert documents(settings.corpus) == {"uploads/a.md": b"one"}
    assert send(client, ("a.md", b"two")).status_code == 303
    both = {"uploads/a.md": b"one", "uploads/a (2).md": b"two"}
    assert documents(settings.corpus) == both


def test_what_an_upload_that_was_killed_left_holds_no_name(
    client: FlaskClient, services: Services
) -> None:
    """Its label was there before it; who may see the file of that name now is no more than that said."""
    corpus = services.settings.corpus
    label = corpus / "uploads/a.md.yaml"
    label.parent.mkdir()
    for left, is_refused in (
        ("visibility: 庁内\ndecided: upload\n", False),
        ("visibility: 庁内\n", True),  # of somebody's document, which may be moved just now
        ("visibility: 庁内\ndecided: upload\npassword: ひみつ\n", True),
        ("visibility: [\n", True),
    ):
        label.write_text(left, encoding="utf-8")
        answer = send(client, ("a.md", b"one"), **{"name-0": "a.md"})
        assert (answer.status_code == 400) is is_refused, left
        assert (corpus / "uploads/a.md").exists() is not is_refused
        assert inside(corpus)["uploads/a.md.yaml"].decode() == left
        (corpus / "uploads/a.md").unlink(missing_ok=True)
    send(client, ("b.md", b"two"), visibility="庁内")
    with open_writer(services.settings) as writer:
        writer.use_model("test", 2)
        writer.put(
            FileState("uploads/b.md", b"", 3, 0, "", "", ""),
            NewDocument("note", (), "庁内", (), ()),
        )
    (corpus / "uploads/b.md").rename(corpus / "b.md")
    answer = send(client, ("b.md", b"three"), **{"name-0": "b.md"})
    assert answer.status_code == 400, "it is of a document that was moved, and follows it"


def test_a_link_in_the_corpus_is_not_followed(settings: Settings, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    try:
        (settings.corpus / "uploads").symlink_to(elsewhere, target_is_directory=True)
    except OSError:
        pytest.skip("this system allows no links")
    with pytest.raises(UsageError):
        receive(settings, "a.md", io.BytesIO(b"x"), ACCEPTS)
    assert not list(elsewhere.iterdir())


def test_a_broken_transfer_leaves_nothing(settings: Settings) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise ConnectionError("gone")
            return super().read(3)

    with pytest.raises(DxkbError, match="gone"):
        receive(settings, "a.md", Broken(b"abcdef"), ACCEPTS)
    assert inside(settings.corpus) == {}


def test_too_much_is_refused(client: FlaskClient, settings: Settings) -> None:
    client.application.config["MAX_CONTENT_LENGTH"] = 1000
    answer = send(client, ("a.md", b"x" * 2000))
    assert answer.status_code == 413
    assert f"{MAX_UPLOAD >> 20}MBまで" in answer.get_data(as_text=True)
    assert inside(settings.corpus) == {}


def test_other_sites_cannot_send_files(client: FlaskClient, settings: Settings) -> None:
    parts = {"files": [(io.BytesIO(b"x"), "a.md")]}
    answer = client.post("/documents/upload", data=parts, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert inside(settings.corpus) == {}


def test_the_template_is_the_one_of_the_documentation(client: FlaskClient) -> None:
    shipped = ROOT / "docs" / "templates" / "note.md"
    with client.get("/documents/note-template.md") as answer:
        assert answer.data == shipped.read_bytes()
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_events_tell_what_changed_and_only_then(services: Services) -> None:
    states: Iterator[Activity] = iter(
        [
            Activity(),
            Activity(running=True, done=1, total=2),
            Activity(running=True, done=2, total=2),
        ]
    )
    last = Activity()

    def activity() -> Activity:
        nonlocal last
        last = next(states, last)
        return last

    own = replace(services, activity=activity)
    stream = _stream(lambda: state(own, Viewer.owner(), "ja"))
    first = next(stream)
    assert first.startswith("retry: 3000\n")
    sent = [first, next(stream), next(stream)]
    events = [json.loads(event[event.index("data: ") + 6 :]) for event in sent]
    stream.close()
    assert [(event["running"], event["done"]) for event in events] == [
        (False, 0), (True, 1), (True, 2),
    ]  # fmt: skip
    assert all(event["generation"] == services.store.generation() for event in events)


def test_streams_do_not_take_every_thread(client: FlaskClient) -> None:
    """Beyond four, a stream says how things stand and ends."""
    opened = [client.get("/documents/events", buffered=False) for _ in range(4)]
    with client.get("/documents/events") as late:
        assert late.content_type.startswith("text/event-stream")
        assert late.get_data(as_text=True).count("data: ") == 1
    for answer in opened:
        answer.close()
    again = client.get("/documents/events", buffered=False)
    assert next(iter(again.response)).startswith(b"retry: 3000")
    again.close()


@pytest.mark.parametrize(
    "name", ["a\u202efdp.exe.md", "a\u200b.md", "\ufeffa.md", "a\u2066b\u2069.md", "a\u061cb.md", "a\U000e0041.md", "a\u00ad.md"]
)  # fmt: skip
def test_no_name_shows_other_than_it_is(name: str) -> None:
    assert safe_name(name).isprintable()
    assert "_" in safe_name(name)
    assert plain_name("令和5年度_多可町（第2版）.pdf") == "令和5年度_多可町（第2版）.pdf"


def test_a_name_of_the_corpus_is_shown_and_sent_as_it_is(settings: Settings) -> None:
    (settings.corpus / "見積\u202efdp.md").write_text(
        "---\ntitle: 見積\n---\n## 取組\n\n申請の見積もり。\n", "utf-8"
    )
    ingest(settings, progress=None)
    own = web_world.services(settings)
    client = create_app(own).test_client()
    number = own.store.ledger(Viewer.owner())[0].document_id
    for path in ("/documents", f"/documents/{number}"):
        page = client.get(path).text
        assert "見積_fdp.md" in page
        assert "\u202e" not in page
    with client.get(f"/documents/{number}/source") as answer:
        assert "%E2%80%AE" not in answer.headers["Content-Disposition"]
