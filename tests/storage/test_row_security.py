"""The second lock: under a role that only reads, raw SQL shows what the labels allow, whatever it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from kb.advice.works import Work, add_work
from kb.base.config import Settings
from kb.storage.users import User, add_user
from kb.storage.writer import open_writer
from tests.storage.test_migrate import GOOD
from tests.storage.test_store import document, put
from tests.support.postgresql import on_server

ROLE = "dxkb_test_reader"


@pytest.fixture
def read(settings: Settings) -> Iterator[Any]:
    """Runs SQL under the reading role, with these labels."""
    with on_server(settings) as given:
        with open_writer(given) as writer:
            put(writer, "open.md", document("公開の事例"))
            put(writer, "office.md", document("庁内の事例", "庁内", municipality="秘密町"))
            put(writer, "town.md", document("県内の事例", "県内"))
            writer.relate()
        add_user(given, User("田中", "viewer", ("庁内",), disabled=False), GOOD)
        add_work(given, Work("田中", "283657", "予防接種"))
        assert given.server
        with psycopg.connect(given.server.url, autocommit=True) as db:
            db.execute(f"DROP ROLE IF EXISTS {ROLE}".encode())
            db.execute(f"CREATE ROLE {ROLE}".encode())
            db.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {ROLE}".encode())
            db.execute(f"SET ROLE {ROLE}".encode())

            def run(sql: str, *labels: str) -> list[tuple[Any, ...]]:
                db.execute("SELECT set_config('dxkb.labels', %s, false)", ["\n".join(labels)])
                return db.execute(sql.encode()).fetchall()

            yield run
            db.execute("RESET ROLE")
            db.execute(f"DROP OWNED BY {ROLE}".encode())
            db.execute(f"DROP ROLE {ROLE}".encode())


def test_raw_sql_sees_what_the_labels_allow(read: Any) -> None:
    for labels, seen in (
        (["公開"], {"公開の事例"}),
        (["公開", "県内"], {"公開の事例", "県内の事例"}),
        (["公開", "庁内"], {"公開の事例", "庁内の事例"}),
        ([], set()),
    ):
        assert {row[0] for row in read("SELECT title FROM cases", *labels)} == seen
        n = len(seen)
        for table in (
            "documents", "files", "sections", "chunks", "tokens", "chunk_vectors", "title_vectors",
            "signatures", "edition_keys",
        ):  # fmt: skip
            assert read(f"SELECT count(*) FROM {table}", *labels) == [(n,)], (table, labels)
    everything = "SELECT string_agg(t::TEXT, ' ') FROM cases t, sections s WHERE s.case_no = t.no"
    assert "秘密町" not in read(everything, "公開")[0][0]
    assert read("SELECT count(*) FROM page_readings", "公開") == [(1,)]


def test_what_is_somebodys_own_is_nobody_elses(read: Any) -> None:
    for table in ("users", "sessions", "works", "saved_searches", "recognised"):
        assert read(f"SELECT count(*) FROM {table}", "公開", "庁内") == [(0,)], table


def test_it_cannot_write(read: Any) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        read("UPDATE documents SET visibility = '公開'", "公開")


def test_every_table_is_locked(read: Any) -> None:
    open_ones = read(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relrowsecurity "
        "AND relnamespace = 'public'::regnamespace"
    )
    assert open_ones == []
