"""What holds for the SQLite file and for a PostgreSQL server alike, beside tests/storage/test_store.py."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.flow.rebuild import rebuild
from kb.advice.works import (
    Work,
    add_work,
    change_work,
    forget_work,
    take_over_works,
    work_of,
    works_of,
)
from kb.base.config import Server, Settings, load_settings
from kb.base.errors import ForbiddenError, NotFoundError, StoreError, UsageError
from kb.base.filters import Filters
from kb.base.record import Evidence
from kb.base.types import PageQuality, Viewer
from kb.documents.recognised import (
    WaitingPage,
    put_recognised,
    recognised,
    recognition_progress,
    waiting_pages,
)
from kb.index.views import ViewKeeper
from kb.operations.backup import back_up
from kb.operations.restore import restore
from kb.ranking.boosting import saying
from kb.storage.database import connect
from kb.storage.saved import forget_search, save_search, saved_of, take_over_searches
from kb.storage.sessions import ATTEMPTS, change_password, sign_in, sign_out, viewer_of
from kb.storage.store import Store
from kb.storage.users import User, add_user, has_accounts, set_disabled, set_rights, users
from kb.storage.writer import open_writer
from tests.storage.test_store import document, put

OWNER = Viewer.owner()
GOOD, OTHER = "青い海と白い砂浜の町役場", "another-good-phrase 7"


@pytest.fixture
def settings(either: Settings) -> Settings:
    return either


def test_accounts_and_their_sessions(settings: Settings) -> None:
    with open_writer(settings):
        pass
    assert not has_accounts(settings)
    add_user(settings, User("田中", "viewer", ("庁内",), disabled=False), GOOD)
    with pytest.raises(UsageError):
        add_user(settings, User("田中", "admin", (), disabled=False), OTHER)
    assert has_accounts(settings)
    token = sign_in(settings, "田中", GOOD)
    assert viewer_of(settings, token) == Viewer.of("庁内", role="viewer", name="田中")
    set_rights(settings, "田中", "editor", ["県内"])
    assert viewer_of(settings, token) is None
    change_password(settings, "田中", GOOD, OTHER)
    token = sign_in(settings, "田中", OTHER)
    sign_out(settings, token, everywhere=True)
    assert viewer_of(settings, token) is None
    set_disabled(settings, "田中", True)
    with pytest.raises(ForbiddenError):
        sign_in(settings, "田中", OTHER)
    assert users(settings) == (User("田中", "editor", ("県内",), disabled=True),)


def test_rights_that_are_not_given_stay_and_so_does_the_last_admin(settings: Settings) -> None:
    with open_writer(settings):
        pass
    add_user(settings, User("長", "admin", ("庁内",), disabled=False), GOOD)
    with pytest.raises(UsageError):
        set_rights(settings, "長", "viewer")
    with pytest.raises(UsageError):
        set_disabled(settings, "長", True)
    set_rights(settings, "長", labels=["県内"])
    assert users(settings) == (User("長", "admin", ("県内",), disabled=False),)


def test_what_is_nobodys_can_be_taken_over(settings: Settings) -> None:
    work = add_work(settings, Work("", "283657", "助言"))
    add_work(settings, Work("田中", "283657", "田中の助言"))
    save_search(settings, "", "q=a", ["1"])
    save_search(settings, "", "q=b", [])
    save_search(settings, "長", "q=b", ["2"])
    assert take_over_works(settings, "長") == 1
    assert take_over_searches(settings, "長") == 2
    assert works_of(settings, "長") == (replace(work, owner="長"),)
    assert saved_of(settings, "長") == {"q=a": frozenset("1"), "q=b": frozenset("2")}
    assert (works_of(settings, ""), saved_of(settings, "")) == ((), {})
    assert take_over_works(settings, "長") == take_over_searches(settings, "長") == 0
    assert len(works_of(settings, "田中")) == 1


def test_attempts_at_once_count_each(settings: Settings) -> None:
    add_user(settings, User("田中", "viewer", (), disabled=False), GOOD)

    def attempt(_: int) -> None:
        with suppress(ForbiddenError):
            sign_in(settings, "田中", OTHER)

    with ThreadPoolExecutor(ATTEMPTS) as threads:
        list(threads.map(attempt, range(ATTEMPTS)))
    with pytest.raises(ForbiddenError):
        sign_in(settings, "田中", GOOD)


def test_pieces_of_work_and_saved_searches(settings: Settings) -> None:
    with open_writer(settings):
        pass
    work = add_work(settings, Work("田中", "283657", "予防接種"))
    with ThreadPoolExecutor(
        4
    ) as threads:  # nobody changes it between another's reading and writing
        longer = lambda w: replace(w, remark=w.remark + "あ")  # noqa: E731
        list(threads.map(lambda _: change_work(settings, "田中", work.id, longer), range(8)))
    assert work_of(settings, "田中", work.id).remark == "あ" * 8
    with pytest.raises(NotFoundError):
        work_of(settings, "鈴木", work.id)
    forget_work(settings, "田中", work.id)
    assert works_of(settings, "田中") == ()
    save_search(settings, "田中", "q=防災", ["b", "a"])
    save_search(settings, "田中", "q=防災", ["c"])
    assert saved_of(settings, "田中") == {"q=防災": frozenset("c")}
    forget_search(settings, "田中", "q=防災")
    assert saved_of(settings, "田中") == {}


def test_pages_wait_for_recognition(settings: Settings) -> None:
    pages = (
        PageQuality(1, 0.1),
        PageQuality(2, 1.0),
        PageQuality(3, 0.0),
        PageQuality(4, 0.1, ocr=True),
    )
    with open_writer(settings) as writer:
        put(writer, "a.pdf", replace(document("A"), reader="pdf", pages=pages))
    with closing(connect(settings.place)) as db:
        assert [page.page for page in waiting_pages(db, 9)] == [1, 3]
        put_recognised(db, WaitingPage("a.pdf", "00", 1), "null")
        put_recognised(db, WaitingPage("a.pdf", "00", 1), '{"words": []}')
        assert recognised(db, "00") == {1: {"words": []}}
        progress = recognition_progress(db)
        assert (progress.done, progress.total) == (1, 2)
        assert [page.page for page in waiting_pages(db, 9)] == [3]


def test_filters_on_facts_and_what_is_untold(settings: Settings) -> None:
    def told(name: str, value: str, amount: float | None = None, code: str = "") -> Evidence:
        return Evidence(name, value, None, "", amount, code=code)

    said = (
        told("cost", "120万円", 1_200_000.0), told("funding", "地方創生臨時交付金 等", code="p1"),
        told("procurement", "公募型プロポーザル"),
    )  # fmt: skip
    with open_writer(settings) as writer:
        put(writer, "a.md", document("A", evidence=said, year=2024, checked="2025-04-01"))
        put(writer, "b.md", document("100%?の'B'", tools=("LINE",)))
    store = Store.open(settings)
    first, second = sorted(store.all_case_nos())

    def found(**filters: object) -> frozenset[int] | None:
        return store.case_nos(Filters(**filters), OWNER)  # type: ignore[arg-type]

    for filters in (
        {"fundings": ("臨時交付金",)}, {"fundings": ("x", "p1")}, {"facts": ("procurement:公募型",)},
        {"facts": ("procurement:",)}, {"cost_to": 2_000_000}, {"checked_from": "2025-01-01"},
    ):  # fmt: skip
        assert found(**filters) == frozenset([first]), filters
    assert found(facts=("procurement:随意",)) == found(cost_from=2_000_000) == frozenset()
    for filters in ({"year_from": 2020}, {"cost_to": 9}, {"checked_from": "2025-01-01"}):
        assert store.untold(Filters(**filters), OWNER) == frozenset([second]), filters  # type: ignore[arg-type]
    assert store.saying(["LINE", "ない"], OWNER) == store.saying(["%?の'"], OWNER) == {second}
    assert store.saying([], OWNER) == frozenset()
    views = ViewKeeper(settings, store).views()
    for words in (["LINE", "ない"], ["%?の'"], ["Aの本文。"], ["の本"], ["A["], ["無い"]):
        for viewer in (OWNER, Viewer.of()):
            assert saying(store, words, viewer, views) == store.saying(words, viewer), words
    assert store.facet_values(OWNER)["year"] == {"2024": 1}


def test_order_is_that_of_the_bytes_whatever_the_servers_language(settings: Settings) -> None:
    names = ["あ.md", "B.md", "a.md", "ア.md", "_.md", "亜.md", "é.md"]
    with open_writer(settings) as writer:
        for name in names:
            put(writer, name, document(name))
    assert [e.path for e in Store.open(settings).ledger(OWNER)] == sorted(names)


def test_a_zero_byte_costs_no_place(settings: Settings) -> None:
    with open_writer(settings) as writer:
        put(writer, "a.md", document("A\0B"))
    (case,) = Store.open(settings).cases_by_no([1], OWNER).values()
    assert (case.title[0], case.title[2], len(case.title)) == ("A", "B", 3)


def test_nothing_of_postgresql_is_imported_with_shipped_settings(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from kb.base.config import load_settings; from kb.storage.writer import open_writer\n"
        "from kb.storage.users import has_accounts; from kb.storage.store import Store\n"
        "import dxkb.main, dxkb.commands, web.app, ingest.flow.pipeline\n"
        "s = load_settings()\nwith open_writer(s): pass\nStore.open(s).generation(); has_accounts(s)\n"
        "print([m for m in sys.modules if 'psycopg' in m or 'kb.storage.postgresql' in m])"
    )
    env = {"DXKB_DATA": str(tmp_path / "d"), "PATH": "", "PYTHONPATH": ":".join(sys.path)}
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert told.stdout == "[]\n", told.stderr


def test_both_have_the_same_tables(settings: Settings, tmp_path: Path) -> None:
    """Columns, their order, kinds and what may be missing, keys and indexes."""
    from tests.support.schemas import of_server, of_sqlite

    if not settings.server:
        return
    with open_writer(Settings(data=tmp_path / "file")), open_writer(settings):
        pass
    for path in (tmp_path / "file" / "users.sqlite3",):
        assert not path.exists()
    add_user(Settings(data=tmp_path / "file"), User("a", "viewer", (), disabled=False), GOOD)
    with closing(connect(settings.place)) as server:
        here = of_server(server)
    there: dict[str, object] = {}
    for name in ("dxkb.sqlite3", "users.sqlite3"):
        with closing(sqlite3.connect(tmp_path / "file" / name)) as db:
            there |= of_sqlite(db)
    assert here == there, "bring kb/storage/postgresql/schema up to kb/storage/schema"


def test_what_is_for_a_file_says_what_to_use_instead(settings: Settings, tmp_path: Path) -> None:
    if not settings.server:
        return
    for told, attempt in (
        ("pg_dump", lambda: back_up(settings, tmp_path / "a.zip")),
        ("pg_restore", lambda: restore(settings, tmp_path / "a.zip")),
        ("pg_restore", lambda: rebuild(settings)),
    ):
        with pytest.raises(UsageError, match=told):
            attempt()


def test_the_address_is_told_without_its_password() -> None:
    url = "postgresql://dxkb:geheim@db1,db2/dxkb?password=auch"
    server = load_settings({"DXKB_DATABASE": url}).server
    assert server
    assert "geheim" not in str(server)
    assert "auch" not in str(server)
    with pytest.raises(UsageError):
        load_settings({"DXKB_DATABASE": "mysql://x"})


def test_a_server_out_of_reach_is_told_with_its_reason(tmp_path: Path) -> None:
    import socket

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        url = f"postgresql://dxkb:geheim@127.0.0.1:{nobody.getsockname()[1]}/dxkb"
        with pytest.raises(StoreError, match=r"PostgreSQL サーバー.*refused") as told:
            Store.open(Settings(data=tmp_path, server=Server(url)))
    assert "geheim" not in str(told.value)
