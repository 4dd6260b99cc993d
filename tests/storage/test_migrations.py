"""Stores of earlier versions (tests/storage/stores) are brought up to date with everything kept."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

import pytest

from kb.base.config import Settings
from kb.base.errors import SchemaError
from kb.base.filters import Filters
from kb.base.types import Case, Viewer
from kb.ranking.search import Searcher
from kb.storage.database import schema_version
from kb.storage.store import Store
from kb.storage.writer import open_writer
from tests.paths import ROOT

STORES = Path(__file__).parent / "stores"
SCHEMA = ROOT / "kb" / "storage" / "schema"
OWNER = Viewer.owner()


@pytest.fixture(params=sorted(STORES.iterdir()), ids=lambda path: path.name.partition(".")[0])
def older(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    settings.data.mkdir()
    stored = request.param.read_bytes()
    if request.param.suffix == ".gz":
        stored = gzip.decompress(stored)
    with sqlite3.connect(settings.database) as db:
        db.executescript(stored.decode("utf-8"))
    db.close()
    return settings


def test_an_older_store_is_refused_with_the_remedy_until_it_is_migrated(older: Settings) -> None:
    with pytest.raises(SchemaError, match="dxkb ingest"):
        Store.open(older)


def test_migrating_keeps_ids_and_everything_said(older: Settings) -> None:
    with sqlite3.connect(older.database) as db:
        before = db.execute("SELECT id, title, municipality, year, status FROM cases").fetchall()
        columns = {row[1] for row in db.execute("PRAGMA table_info(cases)")}
        count = (
            "SELECT sum(json_array_length(evidence)) FROM cases"
            if "evidence" in columns  # until schema 7
            else "SELECT count(*) FROM evidence"
        )
        said = db.execute(count).fetchone()[0]
        warnings = db.execute("SELECT path, visibility FROM documents").fetchall()
    db.close()
    with open_writer(older):
        pass
    store = Store.open(older)
    cases = {case.id: case for case in every(store)}
    assert len(cases) == len(before) == 5
    assert sum(len(case.evidence) for case in cases.values()) == said > 0
    for case_id, *values in before:
        case = cases[case_id]
        assert [case.title, case.municipality, case.year, case.status] == values
        assert case.sections
        assert case.checked == ""
    assert {(c.path, c.visibility) for c in cases.values()} == set(warnings)
    assert store.case_nos(Filters(checked_from="2000-01-01"), OWNER) == frozenset()
    running = sum(1 for _, *values in before if values[-1] == "実装")
    assert store.facet_values(OWNER)["status"].get("実装", 0) == running


def test_a_migrated_store_is_searched_as_it_is(older: Settings) -> None:
    with open_writer(older):
        pass
    answer = Searcher(older, Store.open(older)).search("回覧板", mode="lexical")
    assert answer.results[0].case.municipality == "鯖江市"


def test_a_newer_store_is_refused_with_the_remedy(older: Settings) -> None:
    with sqlite3.connect(older.database) as db:
        db.execute(f"PRAGMA user_version = {schema_version() + 1}")
    db.close()
    with pytest.raises(SchemaError) as refused, open_writer(older):
        pass
    assert "dxkb を更新してください" in refused.value.message("ja")
    assert "Update dxkb" in refused.value.message("en")


def every(store: Store) -> tuple[Case, ...]:
    return tuple(store.cases_by_no(sorted(store.all_case_nos()), OWNER).values())


def test_every_schema_that_left_the_house_has_a_store_that_its_own_version_wrote() -> None:
    """Before a release: the version before takes in five cases, and their `.dump` goes into the folder."""
    stores = {int(path.name.partition(".")[0].removeprefix("schema_")) for path in STORES.iterdir()}
    assert stores == set(range(1, max(stores) + 1))
    assert max(stores) >= schema_version() - 3  # some may come between two releases


def test_migrations_are_numbered_without_gap() -> None:
    names = [path.name for path in sorted(SCHEMA.glob("*.sql"))]
    assert [int(name[:3]) for name in names] == list(range(1, schema_version() + 1))
