"""What lies in a file goes to a server and back, whole; a search finds the same in both."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from dxkb.main import main
from kb.advice.works import Work, add_work
from kb.base.config import Settings
from kb.base.errors import UsageError
from kb.base.types import Viewer
from kb.ranking.search import Searcher
from kb.storage.database import connect
from kb.storage.postgresql import copying
from kb.storage.postgresql.copying import migrate
from kb.storage.sessions import sign_in, viewer_of
from kb.storage.store import Store
from kb.storage.users import User, add_user
from kb.storage.writer import open_writer
from tests.storage.test_store import document, put
from tests.support.postgresql import on_server

OWNER, PUBLIC = Viewer.owner(), Viewer.of()
GOOD = "青い海と白い砂浜の町役場"


@pytest.fixture
def server(settings: Settings) -> Iterator[Settings]:
    with on_server(replace(settings, data=settings.data.with_name("replica"))) as given:
        yield given


def test_a_search_finds_the_same_on_both_and_after_the_way_back(
    ingested: Settings, server: Settings, tmp_path: Path
) -> None:
    moved = migrate(ingested, server)
    assert moved.rows["cases"] > 20
    back = replace(ingested, data=tmp_path / "back")
    assert migrate(server, back) == moved
    questions = (
        "申請をスマートフォンで",
        "多可町の極秘申請",
        "窓口 -書かない",
        "RPA 人口5万人以下",
        "examples of forms",
    )
    searchers = [Searcher(where, Store.open(where)) for where in (ingested, server, back)]
    for question in questions:
        for viewer in (OWNER, PUBLIC):
            answers = [s.search(question, viewer=viewer) for s in searchers]
            told = [
                (a.total, a.facets, [(r.case.id, round(r.score, 6)) for r in a.results])
                for a in answers
            ]
            assert told[0] == told[1] == told[2], question


def test_accounts_and_work_go_along_and_new_numbers_follow(
    settings: Settings, server: Settings
) -> None:
    with open_writer(settings) as writer:
        put(writer, "a.md", document("A"))
    add_user(settings, User("田中", "viewer", ("庁内",), disabled=False), GOOD)
    add_work(settings, Work("田中", "283657", "予防接種"))
    token = sign_in(settings, "田中", GOOD)
    migrate(settings, server)
    assert viewer_of(server, token) == Viewer.of("庁内", role="viewer", name="田中")
    with open_writer(server) as writer:
        put(writer, "b.md", document("B"))
    add_user(server, User("鈴木", "viewer", (), disabled=False), GOOD)
    assert sorted(Store.open(server).all_case_nos()) == [1, 2]


def test_what_was_cut_off_goes_on(
    settings: Settings, server: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_BATCH", 2)
    with open_writer(settings) as writer:
        for i in range(5):
            put(writer, f"{i}.md", document(f"題{i}"))
    whole = copying._batches  # what the server has taken when the line goes

    def torn(db: object, table: object, last: object) -> Iterator[object]:
        for n, batch in enumerate(whole(db, table, last)):  # type: ignore[arg-type]
            if table.name == "cases" and n == 1:  # type: ignore[attr-defined]
                raise ConnectionError("the line is cut")
            yield batch

    monkeypatch.setattr(copying, "_batches", torn)
    with pytest.raises(Exception, match="the line is cut"):
        migrate(settings, server)
    taken: list[int] = []
    with closing(connect(server.place)) as db:
        taken += [row[0] for row in db.execute("SELECT no FROM cases")]
        db.execute("UPDATE cases SET field_source = 'as it was' WHERE no = 1")
    assert taken == [1, 2]
    monkeypatch.setattr(copying, "_batches", whole)
    with closing(connect(settings.place)) as db:  # the same change here: it is not copied again
        db.execute("UPDATE cases SET field_source = 'as it was' WHERE no = 1")
    assert migrate(settings, server).rows["cases"] == 5
    with pytest.raises(UsageError):
        migrate(settings, server)  # holds data by now


def test_what_changed_since_it_was_cut_off_begins_anew(
    settings: Settings, server: Settings
) -> None:
    with open_writer(settings) as writer:
        put(writer, "a.md", document("A"))
    with open_writer(server) as writer, closing(connect(settings.place)) as here:
        copying._begin(here, writer.connection, server.place)
        put(writer, "z.md", document("Z"))
    with open_writer(settings) as writer:
        put(writer, "b.md", document("B"))
    migrate(settings, server)
    assert [e.path for e in Store.open(server).ledger(OWNER)] == ["a.md", "b.md"]


def test_the_command(
    settings: Settings, server: Settings, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with open_writer(settings) as writer:
        put(writer, "a.md", document("A"))
    assert server.server
    url = server.server.url
    assert main(["migrate", "--data", str(settings.data), "--to", url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tables"]["documents"] == 1
    assert main(["migrate", "--data", str(settings.data), "--to", url]) == 2
    assert "別のデータ" in capsys.readouterr().err
    monkeypatch.setenv("DXKB_DATABASE", url)
    shutil.rmtree(settings.data)
    assert main(["status", "--data", str(settings.data), "--json"]) == 0
    assert "a.md" in capsys.readouterr().out
    assert main(["migrate", "--data", str(settings.data), "--to", str(settings.data / "new")]) == 0
    assert "確かめました" in capsys.readouterr().out
