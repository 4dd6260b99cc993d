"""Damaged files on the disk are noticed, named and mended; nothing ends in a traceback or a crash."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dxkb.doctor import examine
from dxkb.lang import Lang
from dxkb.main import main
from dxkb.serving import CorpusKeeper
from ingest.flow.pipeline import ingest
from ingest.flow.rebuild import rebuild
from kb.base.config import Settings
from kb.base.errors import DamagedError, ModelError
from kb.base.types import Viewer
from kb.index import lexical
from kb.index.damage import damaged_views, damages, require_sound
from kb.language.encoder import load_encoder
from kb.ranking.search import Searcher
from kb.storage.reembed import reembed
from kb.storage.sentence_vectors import use_sentence_model
from kb.storage.store import Store
from kb.storage.users import User, add_user, set_disabled, users
from kb.storage.writer import open_writer, to_blob
from tests.support import web_world
from web.app import create_app

QUESTION = "申請フォームの事例"
OWNER = Viewer.owner()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A few notes, one of them for the office only, taken in once."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "corpus" / "notes").mkdir(parents=True)
    for name in web_world.NOTES[12:20]:
        shutil.copy(web_world.SHIPPED / "notes" / f"{name}.md", folder / "corpus" / "notes")
    (folder / "corpus" / "office.md").write_text(web_world.OFFICE_ONLY, encoding="utf-8")
    found = Settings(data=folder / "data", corpus=folder / "corpus", sentences=False)
    ingest(found)
    return found


@pytest.fixture
def world(made: Settings, tmp_path: Path) -> Settings:
    """A copy to be damaged."""
    for name in ("corpus", "data"):
        shutil.copytree(made.corpus.parent / name, tmp_path / name)
    found = replace(made, data=tmp_path / "data", corpus=tmp_path / "corpus")
    ingest(found)  # times of change are new in the copy
    return found


def answers(settings: Settings) -> list[tuple[str, float]]:
    found = Searcher(settings, Store.open(settings)).search(QUESTION)
    assert found.total <= found.listed
    assert min(found.listed, 10) == len(found.results)
    return [(result.case.id, result.score) for result in found.results]


def flip(path: Path, at: float = 0.5, size: int = 64) -> None:
    """Turns bits over at this share of a file."""
    content = bytearray(path.read_bytes())
    start = min(int(len(content) * at), max(0, len(content) - size))
    content[start : start + size] = bytes(byte ^ 0xFF for byte in content[start : start + size])
    path.write_bytes(content)


def whole_database(settings: Settings) -> None:
    """Everything in one file, as after a clean end."""
    with closing(sqlite3.connect(settings.database)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def doctor(settings: Settings) -> dict[str, bool]:
    return {check.name: check.ok for check in examine(settings, Lang("ja"))}


def view_files(settings: Settings) -> list[Path]:
    return sorted(p for p in settings.views.rglob("*") if p.is_file() and p.suffix != ".lock")


def test_a_view_that_is_damaged_anywhere_is_built_anew(world: Settings) -> None:
    before = answers(world)
    names = ["idx", "term", "store", "fast", "json", "npy", "npy"]
    hurts = [flip, flip, flip, Path.unlink, flip, lambda path: path.write_bytes(b""), Path.unlink]
    for name, hurt in zip(names, hurts, strict=True):
        hurt(next(path for path in view_files(world) if path.suffix == f".{name}"))
        assert len(damaged_views(world)) == 1
        assert answers(world) == before
        assert damaged_views(world) == ()
    flip(view_files(world)[0])
    assert not doctor(world)["views"]


def test_views_that_are_damaged_or_go_while_they_serve_are_built_anew(world: Settings) -> None:
    searcher = Searcher(world, Store.open(world))
    before = searcher.search(QUESTION)
    shutil.rmtree(world.views)
    assert searcher.search(QUESTION).results == before.results
    for path in view_files(world):
        flip(path, 0.0, path.stat().st_size)
    assert searcher.search(QUESTION).results == before.results
    for path in view_files(world):
        path.write_bytes(b"")
    assert searcher.search(QUESTION).results == before.results


def test_a_view_that_goes_bad_under_a_search_costs_a_second_attempt(
    world: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = Searcher(world, Store.open(world))
    before = searcher.search(QUESTION)
    real, faults = lexical.LexicalView._any_of, [ValueError("a page went bad")]

    def once(self: lexical.LexicalView, terms: dict[str, float], readings: float) -> object:
        with lexical._whole():
            if faults:
                raise faults.pop()
        return real(self, terms, readings)

    monkeypatch.setattr(lexical.LexicalView, "_any_of", once)
    assert searcher.search(QUESTION).results == before.results
    assert not faults


def test_views_of_another_database_are_never_taken_for_its_own(world: Settings) -> None:
    other = replace(world, data=world.data.with_name("other"), corpus=world.corpus.parent / "few")
    other.corpus.mkdir()
    (other.corpus / "a.md").write_text("# 申請フォーム\n\n豊岡市の本文です。", encoding="utf-8")
    ingest(other)
    generation = Store.open(world).generation()
    with open_writer(other) as writer:
        writer.connection.execute(
            "UPDATE meta SET value = ? WHERE key = 'generation'", [generation]
        )
    whole_database(other)
    whole_database(world)
    other.database.replace(world.database)
    assert Searcher(world, Store.open(world)).search(QUESTION).total == 1


def test_what_is_no_number_is_left_out_told_and_made_again(world: Settings) -> None:
    before = answers(world)
    with closing(sqlite3.connect(world.database)) as db, db:
        width = len(db.execute("SELECT vector FROM chunk_vectors").fetchone()[0]) // 4
        broken = np.full(width, np.nan, "<f4").tobytes()
        db.execute("UPDATE chunk_vectors SET vector = ? WHERE rowid % 3 = 0", [broken])
        db.execute("UPDATE title_vectors SET vector = x'00' WHERE rowid % 5 = 0")
        db.execute(
            "INSERT INTO sentence_vectors VALUES (x'01', ?)", [np.full(8, np.inf, "<f2").tobytes()]
        )
    shutil.rmtree(world.views)
    assert len(answers(world)) == len(before)
    assert [told.code for told in damages(world)] == ["store.vectors_damaged"]
    assert not doctor(world)["index"]
    reembed(world)
    assert damages(world, thorough=True) == ()
    assert answers(world) == before


def test_a_model_that_gives_no_numbers_spoils_nothing(world: Settings) -> None:
    broken = np.array([np.nan, 1.0], np.float32)
    with pytest.raises(ModelError):
        to_blob(broken)
    searcher = Searcher(world, Store.open(world))
    real = load_encoder(world.model)

    class Broken:
        model_id, dimension = real.model_id, real.dimension

        def encode_queries(self, texts: list[str]) -> np.ndarray:
            return np.full((len(texts), self.dimension), np.nan, np.float32)

        encode_passages = encode_queries

    searcher.__dict__["encoder"] = Broken()
    found = searcher.search(QUESTION)
    assert min(found.listed, 10) == len(found.results) > 0


def spoil_page(settings: Settings, table: str) -> None:
    """Overwrites the root page of a table."""
    whole_database(settings)
    with closing(sqlite3.connect(settings.database)) as db:
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()[
            0
        ]
        size = db.execute("PRAGMA page_size").fetchone()[0]
    with settings.database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


def spoil_header(settings: Settings) -> None:
    whole_database(settings)
    flip(settings.database, 0.0)


def cut(settings: Settings) -> None:
    whole_database(settings)
    os.truncate(settings.database, settings.database.stat().st_size // 2)


DAMAGES: dict[str, Callable[[Settings], None]] = {
    "header": spoil_header,
    "cut": cut,
    **{table: lambda s, t=table: spoil_page(s, t) for table in ("files", "sections")},  # type: ignore[misc]
}


@pytest.mark.parametrize("hurt", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_database_is_named_kept_aside_and_made_anew(
    world: Settings, hurt: Callable[[Settings], None]
) -> None:
    before, seen = answers(world), public(world)
    hurt(world)
    damaged = world.database.read_bytes()
    found = doctor(world)
    assert (found["index"], found["corpus"]) == (False, True)
    with pytest.raises(DamagedError, match=r"dxkb\.sqlite3.*dxkb rebuild"):
        require_sound(world.database)
    rebuilt = rebuild(world)
    assert rebuilt.kept is not None
    assert (rebuilt.kept / world.database.name).read_bytes() == damaged
    assert rebuilt.lost == ()
    assert answers(world) == before
    assert public(world) == seen
    assert damages(world, thorough=True) == ()
    assert ingest(world).count("unchanged") > 0


def public(settings: Settings) -> list[tuple[str, str]]:
    """Documents that everybody may see."""
    return [(e.path, e.visibility) for e in Store.open(settings).ledger(Viewer.of())]


def test_a_rebuild_keeps_addresses_and_vectors_and_says_what_is_lost(world: Settings) -> None:
    moved, gone = (
        world.corpus / "notes" / "tokyo_tama_afterschool-form.md",
        world.corpus / "office.md",
    )
    moved.rename(world.corpus / "moved.md")
    ingest(world)
    ids = {e.path: [c.id for c in Store.open(world).cases_of(document_id=e.document_id, viewer=OWNER)]
           for e in Store.open(world).ledger(OWNER) if e.document_id is not None}  # fmt: skip
    with closing(sqlite3.connect(world.database)) as db, db:
        db.row_factory = sqlite3.Row
        use_sentence_model(db, "m")
        unit = np.eye(8, dtype="<f2")
        db.executemany(
            "INSERT INTO sentence_vectors VALUES (?, ?)",
            [(bytes([i]), unit[i].tobytes()) for i in range(8)],
        )
    gone.write_text("---\ntitle: [\n", encoding="utf-8")
    rebuilt = rebuild(world)
    assert rebuilt.lost == ("office.md",)
    assert rebuilt.whole
    assert rebuilt.vectors == 8
    store = Store.open(world)
    ledger = {e.path: e for e in store.ledger(OWNER)}
    assert (ledger["office.md"].status, ledger["office.md"].document_id) == ("failed", None)
    assert ledger["office.md"].visibility == "庁内"
    assert "前の内容" not in str(ledger["office.md"].reason)
    for path, cases in ids.items():
        if path != "office.md":
            number = ledger[path].document_id
            assert number is not None
            assert [c.id for c in store.cases_of(document_id=number, viewer=OWNER)] == cases


def test_damaged_accounts_are_saved_and_nothing_opens(world: Settings) -> None:
    for n in range(200):
        add_user(world, User(f"name{n}", "viewer", ("庁内",), False), "correct horse battery")
    set_disabled(world, "name0", True)
    flip(world.users, 0.5, 4096)
    assert not doctor(world)["index"]
    rebuilt = rebuild(world)
    assert rebuilt.accounts is not None
    count, whole = rebuilt.accounts
    assert not whole
    assert 0 < count == len(users(world)) < 200
    assert users(world)[0].disabled
    world.users.write_bytes(b"\0" * 5000)
    assert rebuild(world).accounts == (0, False)
    assert world.users.exists()
    assert users(world) == ()


def test_the_server_says_so_and_writes_nothing_more(world: Settings) -> None:
    spoil_page(world, "sections")
    own = web_world.services(world)
    client = create_app(own).test_client()
    assert client.get("/healthz").json["status"] == "ok"  # type: ignore[index]
    assert client.get("/", query_string={"q": QUESTION}).status_code == 503
    assert "rebuild" in client.get("/healthz").json["problem"]  # type: ignore[index]
    keeper = CorpusKeeper(world, lambda told: None, watching=True)
    with pytest.raises(DamagedError):
        keeper._keep()
    for work in (keeper._sentences, keeper._recognition):
        assert not work._background._thread.is_alive()
    rebuild(world)
    health = client.get("/healthz").json
    assert health["status"] == "ok"  # type: ignore[index]
    assert client.get("/", query_string={"q": QUESTION}).status_code == 200


def test_the_commands_tell_it_in_words(
    world: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DXKB_CORPUS", str(world.corpus))
    monkeypatch.setenv("DXKB_SENTENCES", "0")
    given = ["--data", str(world.data), "--lang", "ja"]
    spoil_page(world, "cases")
    for command in (["doctor"], ["ingest"], ["status"], ["search", QUESTION]):
        assert main([*command, *given]) == 1, command
        told = capsys.readouterr()
        assert "dxkb rebuild" in told.out + told.err
    (world.corpus / "office.md").unlink()
    assert main(["rebuild", *given]) == 0
    told = capsys.readouterr()
    assert "office.md" in told.out
    assert "damaged-" in told.out
    assert main(["rebuild", "--json", *given]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["lost"] == []
    assert answer["counts"]["documents"] == 8
    hidden = world.corpus.with_name("unmounted")
    world.corpus.rename(hidden)
    for make in (lambda: None, world.corpus.mkdir):
        make()
        kept = sorted(world.data.glob("damaged-*"))
        assert main(["rebuild", *given]) == 1
        assert Store.open(world).counts(OWNER)["documents"] == 8
        assert sorted(world.data.glob("damaged-*")) == kept
        assert not (world.data / "rebuilding").exists()


def test_bytes_that_change_under_an_unchanged_time_are_found(world: Settings) -> None:
    assert doctor(world)["files"]
    with open_writer(world) as writer:
        writer.connection.execute("UPDATE files SET sha256 = 'other' WHERE path = 'office.md'")
    assert not doctor(world)["files"]
