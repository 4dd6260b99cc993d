"""What we read for somebody on a server goes under its row-level security: a statement that forgets its
condition shows what that person may see, and nothing beyond."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from dxkb.doctor import examine
from dxkb.lang import Lang
from kb.base.config import Server, Settings
from kb.base.errors import StoreError
from kb.base.filters import Filters
from kb.base.types import Viewer
from kb.ranking.search import Searcher
from kb.storage import rows
from kb.storage import store as reads
from kb.storage.postgresql import reading, schema
from kb.storage.postgresql.copying import migrate
from kb.storage.postgresql.pool import close_pool, role_for_reading
from kb.storage.store import Store
from kb.storage.writer import open_writer
from tests.storage.test_store import document, put
from tests.support.postgresql import database, drop, on_server

OWNER, PUBLIC, OFFICE = Viewer.owner(), Viewer.of(), Viewer.of("庁内")
TITLES = "SELECT title FROM cases"
TABLES = (
    "documents", "files", "sections", "chunks", "tokens", "chunk_vectors", "title_vectors", "signatures",
    "edition_keys",
)  # fmt: skip


@pytest.fixture
def server(settings: Settings) -> Iterator[Settings]:
    with on_server(settings) as given:
        fill(given)
        yield given


def fill(settings: Settings) -> None:
    with open_writer(settings) as writer:
        put(writer, "open.md", document("公開の事例"))
        put(
            writer,
            "office.md",
            document("庁内の事例", "庁内", municipality="秘密町", tools=("秘密",)),
        )
        put(writer, "office-too.md", document("庁内の事例", "庁内", municipality="秘密町"))
        writer.relate()
        pairs = "INSERT INTO near_duplicates VALUES (1, 2, 0.9), (2, 3, 0.9)"
        writer.connection.execute(pairs)
        writer.connection.execute("INSERT INTO superseded VALUES (1, 2)")


def forget_every_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (rows, reads):
        monkeypatch.setattr(module, "visible_to", lambda viewer, table="d": ("TRUE", []))


def seen(store: Store, viewer: Viewer, sql: str = TITLES) -> set[Any]:
    """What a statement without any condition brings, on the way that every read for somebody goes."""
    return {row[0] for row in store._rows(sql, [], viewer)}


def test_a_statement_without_a_condition_shows_what_the_viewer_may_see(server: Settings) -> None:
    store = Store.open(server)
    assert seen(store, PUBLIC) == {"公開の事例"}
    assert seen(store, OFFICE) == seen(store, OWNER) == {"公開の事例", "庁内の事例"}
    assert (
        seen(store, Viewer(frozenset()))
        == seen(store, Viewer.of("x\n庁内")) - {"公開の事例"}
        == set()
    )
    for table in TABLES:
        for viewer, n in ((PUBLIC, 1), (OFFICE, 3), (OWNER, 3)):
            assert seen(store, viewer, f"SELECT count(*) FROM {table}") == {n}, (table, viewer)
    for kept in ("users", "sessions", "works", "saved_searches", "recognised"):
        with pytest.raises(StoreError, match="permission denied"):
            seen(store, PUBLIC, f"SELECT count(*) FROM {kept}")
    with pytest.raises(StoreError, match="permission denied"):
        seen(store, OFFICE, "UPDATE documents SET visibility = '公開' RETURNING no")


def test_no_read_of_the_store_needs_its_condition(
    server: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every condition is forgotten at once, and everybody reads what they read with it."""

    def everything(viewer: Viewer) -> list[object]:
        store = Store.open(server)
        nos = range(1, 10)
        found = store.cases_by_no(nos, viewer)
        ids = [case.id for case in found.values()]
        return [
            store.counts(viewer), store.ledger(viewer), store.ledger(viewer, ["office.md", "open.md"]),
            store.facet_values(viewer), found, store.cases_of(code="", viewer=viewer), [(*row,) for row in store.titles(nos, viewer)],
            store.case_nos(Filters(prefectures=("",)), viewer), store.all_case_nos(viewer),
            store.untold(Filters(year_from=2020), viewer), store.saying(["秘密"], viewer),
            store.relatives_of(ids, viewer),
            store.sample(9, viewer), store.bodies(nos, viewer), store.shows_any([2, 3], viewer),
            store.sentence_progress(viewer), store.official_figures(viewer),
        ]  # fmt: skip

    told = {viewer: everything(viewer) for viewer in (PUBLIC, OFFICE, OWNER)}
    forget_every_condition(monkeypatch)
    for viewer, wanted in told.items():
        assert everything(viewer) == wanted
    store = Store.open(server)
    assert {chunk.case_no for chunk in store.chunks(range(1, 10), PUBLIC).values()} == {1}
    assert (store.concordances([2], PUBLIC), store.near_pairs([1, 2, 3], PUBLIC)) == (
        {},
        frozenset(),
    )
    assert (store.reading_spans([2], PUBLIC), store.newer_editions([1], PUBLIC)) == ({2: {}}, {})
    assert store.newer_editions([1], OFFICE) == {1: 2}
    assert store.near_pairs([1, 2, 3], OFFICE) == {(1, 2), (2, 3)}


def test_a_search_that_forgets_everything_still_keeps_it(
    ingested: Settings, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_server(replace(settings, data=settings.data.with_name("replica"))) as server:
        migrate(ingested, server)
        forget_every_condition(monkeypatch)
        here, there = (Searcher(s, Store.open(s)) for s in (ingested, server))
        for question in ("多可町の極秘申請", "窓口 -書かない", "申請をスマートフォンで"):
            answer = there.search(question, viewer=PUBLIC, k=99)
            assert {result.case.visibility for result in answer.results} <= {"公開"}
        leaked = here.search("多可町の極秘申請", viewer=PUBLIC)  # what the test would show
        assert {result.case.visibility for result in leaked.results} > {"公開"}


def test_nobody_reads_with_the_labels_of_another(server: Settings) -> None:
    store = Store.open(server)
    wanted = {
        PUBLIC: {"公開の事例"},
        OFFICE: {"公開の事例", "庁内の事例"},
        Viewer(frozenset()): set(),
        OWNER: {"公開の事例", "庁内の事例"},
    }
    turns = [*wanted] * 30
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda viewer: seen(store, viewer), turns))
    assert found == [wanted[viewer] for viewer in turns]
    for viewer in (
        OFFICE,
        PUBLIC,
    ):  # after a statement that failed, after a connection that was cut off
        with pytest.raises(StoreError):
            seen(store, OFFICE, "SELECT nothing FROM cases")
        assert seen(store, viewer) == wanted[viewer]
        assert server.server
        with psycopg.connect(server.server.url, autocommit=True) as db:
            db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid != pg_backend_pid()"
            )
        assert seen(store, viewer) == wanted[viewer]


def test_a_database_of_before_is_brought_under_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        for script in schema._MIGRATIONS.glob("01[567]_*.sql"):
            shutil.copy(script, tmp_path)
        before.setattr(schema, "_MIGRATIONS", tmp_path)
        before.setattr(reading, "reading_role", lambda raw: None)
        made = replace(settings, server=Server(database("before", "template0")))
        fill(made)
        assert made.server
        assert role_for_reading(made.server) is None  # and everything is read as before
        store = Store.open(made)
        assert seen(store, PUBLIC) == {"公開の事例", "庁内の事例"}
        assert {case.title for case in store.cases_of(code="", viewer=PUBLIC)} == {"公開の事例"}
        close_pool(made.server)
    try:
        with open_writer(made) as writer:
            assert seen(Store.open(made), PUBLIC) == {"公開の事例"}
            put(writer, "new.md", document("新しい庁内の事例", "庁内"))
            assert seen(Store.open(made), PUBLIC) == {"公開の事例"}
            writer.hold("open.md", "庁内")
            assert seen(Store.open(made), PUBLIC) == set()
            assert len(seen(Store.open(made), OFFICE)) == 3
    finally:
        drop(made.server)


def test_no_two_scripts_have_a_number() -> None:
    numbers = [script.name[:3] for script in schema._MIGRATIONS.glob("*.sql")]
    assert len(numbers) == len(set(numbers))


def test_an_owner_who_may_make_no_roles_is_told_what_to_ask_for(server: Settings) -> None:
    assert server.server
    with psycopg.connect(server.server.url, autocommit=True) as db:
        db.execute("DROP ROLE IF EXISTS plain")
        db.execute("DROP ROLE IF EXISTS plain_viewer")
        db.execute("CREATE ROLE plain LOGIN NOSUPERUSER")
        db.execute("CREATE DATABASE plain OWNER plain TEMPLATE template0")
        url = urlsplit(server.server.url)
        plain = replace(
            server,
            server=Server(
                urlunsplit(
                    url._replace(netloc="plain@" + url.netloc.rpartition("@")[2], path="/plain")
                )
            ),
        )
        assert plain.server
        try:
            fill(plain)
            store = Store.open(plain)
            assert [case.title for case in store.cases_of(code="", viewer=PUBLIC)] == ["公開の事例"]
            checks = {check.name: check for check in examine(plain, Lang("ja"))}
            assert not checks["row_security"].ok
            assert checks["row_security"].optional
            asked = checks["row_security"].remedy
            assert "CREATE ROLE plain_viewer NOLOGIN; GRANT plain_viewer TO plain;" in asked
            db.execute("CREATE ROLE plain_viewer NOLOGIN; GRANT plain_viewer TO plain;")
            close_pool(plain.server)  # or a minute later
            assert seen(Store.open(plain), PUBLIC) == {"公開の事例"}
            assert {c.name: c.ok for c in examine(plain, Lang("ja"))}["row_security"]
        finally:
            close_pool(plain.server)
            db.execute("DROP DATABASE plain WITH (FORCE)")
            db.execute("DROP ROLE IF EXISTS plain_viewer")
            db.execute("DROP ROLE plain")
