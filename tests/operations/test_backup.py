"""A backup holds what cannot be made again, and putting it back loses nothing and trusts nobody."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from dxkb.backups import BackupKeeper
from dxkb.main import main
from dxkb.serving import CorpusKeeper
from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.errors import CorpusError, LockedError, SchemaError, StoreError, UsageError
from kb.base.messages import Message, render
from kb.base.types import Viewer
from kb.documents import trash
from kb.documents.history import Deed, record
from kb.operations import audit, schedule
from kb.operations.archive import MANIFEST, is_safe, manifest_of
from kb.operations.backup import back_up
from kb.operations.restore import restore
from kb.ranking.search import Searcher
from kb.storage import unanswered
from kb.storage.lock import restoring
from kb.storage.sessions import sign_in, viewer_of
from kb.storage.store import Store
from kb.storage.users import User, add_user, users
from kb.storage.writer import open_writer
from tests.support import web_world
from web.app import create_app

OWNER = Viewer.owner()
GOOD = "青い海と白い砂浜の町役場"


@pytest.fixture(scope="module")
def kept(world: Settings) -> Settings:
    """The world with everything that a data folder can hold."""
    unanswered.record(world, "空飛ぶ車の事例")
    world.lexicon.write_text("窓口改革\tワンストップ\n", encoding="utf-8")
    add_user(world, User("田中", "viewer", ("庁内",), disabled=False), GOOD)
    sign_in(world, "田中", GOOD)
    audit.record(world, "changed", "a.md", who="田中")
    note = world.corpus / "office.md"
    note.with_name("office.md.yaml").write_text("visibility: 庁内\n", encoding="utf-8")
    (world.data / "dxkb.log").write_text("a line", encoding="utf-8")
    ingest(world)
    return world


@pytest.fixture(scope="module")
def made(kept: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return back_up(kept, tmp_path_factory.mktemp("backups") / "a.zip").path


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "town" / "data", corpus=tmp_path / "corpus")


def answer(settings: Settings, question: str = "申請フォーム") -> list[tuple[str, float]]:
    found = Searcher(settings, Store.open(settings)).search(question, k=5, viewer=OWNER)
    return [(r.case.id, round(r.score, 4)) for r in found.results]


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_what_is_restored_is_what_was(kept: Settings, made: Path, elsewhere: Settings) -> None:
    done = restore(elsewhere, made)
    assert done.aside is None
    assert Store.open(elsewhere).ledger(OWNER) == Store.open(kept).ledger(OWNER)
    assert Store.open(elsewhere).sentence_progress(OWNER) == Store.open(kept).sentence_progress(
        OWNER
    )
    assert answer(elsewhere) == answer(kept)
    assert users(elsewhere) == users(kept)
    assert [u.question for u in unanswered.load(elsewhere)] == ["空飛ぶ車の事例"]
    assert elsewhere.lexicon.read_bytes() == kept.lexicon.read_bytes()
    assert [(e.who, e.what) for e in audit.events(elsewhere)] == [("田中", "a.md")]
    assert files(elsewhere.corpus) == {"office.md.yaml": "visibility: 庁内\n".encode()}
    assert not (elsewhere.data / "dxkb.log").exists()
    ours = [p for p in (elsewhere.data, *elsewhere.data.glob("*.*")) if p.suffix != ".lock"]
    assert [p for p in ours if p.stat().st_mode & 0o077] == []
    assert not restoring(elsewhere.data).exists()


def test_it_is_its_owners_only_and_holds_no_documents_unless_asked(kept: Settings, made: Path, tmp_path: Path) -> None:  # fmt: skip
    assert made.stat().st_mode & 0o777 == 0o600
    names = zipfile.ZipFile(made).namelist()
    assert not [n for n in names if n.startswith("corpus/") and not n.endswith(".yaml")]
    whole = back_up(kept, tmp_path / "whole.zip", documents=True)
    assert whole.left_out == ()
    settings = Settings(data=tmp_path / "data", corpus=tmp_path / "corpus")
    restore(settings, whole.path)
    assert files(settings.corpus) == files(kept.corpus)
    report = ingest(settings)
    assert (report.count("indexed"), report.count("removed")) == (0, 0), (
        "it is known, not read again"
    )


def test_nobody_stays_signed_in(kept: Settings, made: Path, elsewhere: Settings) -> None:
    token = sign_in(kept, "田中", GOOD)
    restore(elsewhere, made)
    assert viewer_of(elsewhere, token) is None
    with closing(sqlite3.connect(elsewhere.users)) as db:
        assert db.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
    assert sign_in(elsewhere, "田中", GOOD)


def test_a_backup_is_of_one_moment_while_somebody_writes(kept: Settings, tmp_path: Path) -> None:
    with open_writer(kept) as writer:
        writer.connection.execute("BEGIN IMMEDIATE")
        writer.connection.execute("DELETE FROM chunks")
        done = back_up(kept, tmp_path / "b.zip")
        writer.connection.execute("ROLLBACK")
    assert done.manifest.counts["chunks"] == Store.open(kept).counts(OWNER)["chunks"] > 0


def test_data_that_is_there_is_kept_aside(kept: Settings, made: Path, elsewhere: Settings) -> None:
    shutil.copytree(kept.data, elsewhere.data)
    (elsewhere.data / "lexicon.tsv").write_text("新しい語\t別の語\n", encoding="utf-8")
    with pytest.raises(UsageError, match="--force"):
        restore(elsewhere, made)
    assert "新しい語" in elsewhere.lexicon.read_text(encoding="utf-8")
    done = restore(elsewhere, made, force=True)
    assert done.aside
    assert "新しい語" in (done.aside / "lexicon.tsv").read_text(encoding="utf-8")
    assert elsewhere.lexicon.read_bytes() == kept.lexicon.read_bytes()


def test_a_damaged_database_can_be_replaced(made: Path, elsewhere: Settings) -> None:
    elsewhere.data.mkdir(parents=True)
    elsewhere.database.write_bytes(b"no database" * 1000)
    assert restore(elsewhere, made, force=True).aside
    assert answer(elsewhere)


def test_nothing_is_replaced_while_somebody_writes(
    kept: Settings, made: Path, elsewhere: Settings
) -> None:
    shutil.copytree(kept.data, elsewhere.data)
    with open_writer(elsewhere), pytest.raises(LockedError):
        restore(elsewhere, made, force=True)
    assert not restoring(elsewhere.data).exists()


def test_a_running_server_notices(kept: Settings, made: Path, elsewhere: Settings) -> None:
    elsewhere.corpus.mkdir(parents=True)
    (elsewhere.corpus / "new.md").write_text("# 新しい\n\n多可町の雪かきアプリ。", encoding="utf-8")
    (elsewhere.corpus / "office.md").write_text("# 別\n\n今の中身。", encoding="utf-8")
    ingest(elsewhere)
    own = web_world.services(elsewhere)
    keeper = CorpusKeeper(elsewhere, lambda told: None, watching=False)
    before = own.store.generation()
    assert own.searcher.search("雪かき", viewer=OWNER).total == 1
    restore(elsewhere, made, force=True)
    assert own.store.generation() > before
    assert own.store.counts(OWNER) == Store.open(kept).counts(OWNER)
    assert own.searcher.search("雪かき", viewer=OWNER).total == 0
    keeper._ingest_if_wanted()  # what it does every second
    paths = {entry.path for entry in own.store.ledger(OWNER)}
    assert {"new.md", "office.md"} <= paths
    assert own.searcher.search("雪かき", viewer=OWNER).total == 1


def test_the_corpus_only_gains(made: Path, elsewhere: Settings, tmp_path: Path) -> None:
    elsewhere.corpus.mkdir()
    sidecar = elsewhere.corpus / "office.md.yaml"
    sidecar.write_text("visibility: DX班\n", encoding="utf-8")
    done = restore(elsewhere, made)
    assert (done.added, done.kept) == (0, ("corpus/office.md.yaml",))
    assert "DX班" in sidecar.read_text(encoding="utf-8"), "a narrower label stays"
    with pytest.raises(CorpusError):
        ingest(elsewhere)  # sidecars alone are an empty corpus, and empty no index
    assert Store.open(elsewhere).counts(OWNER)["documents"] > 10


def test_the_shelf_is_kept_but_not_what_is_nothing_without_its_document(
    kept: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    gone = kept.corpus / "gone.md"
    gone.write_text("# 消す", encoding="utf-8")
    gone.with_name("gone.md.yaml").write_text("visibility: 庁内\n", encoding="utf-8")
    name = trash.discard(kept.corpus, gone, trash.Discarded("gone.md"))
    record(kept.corpus, Deed("deleted", "gone.md"))
    (kept.data / "incoming" / "x").mkdir(parents=True)
    (kept.data / "incoming" / "x" / "sent.md").write_text("# 待つ", encoding="utf-8")
    paths = {}
    for documents in (False, True):
        backup = back_up(kept, tmp_path / f"{documents}.zip", documents=documents).path
        paths[documents] = {member.path for member in manifest_of(backup).members}
        assert "corpus/.dxkb/history.jsonl" in paths[documents]
        assert not any("sent.md" in path for path in paths[documents])
    trashed = {f"corpus/.dxkb/trash/{name}/{file}" for file in ("gone.md", "gone.md.yaml")}
    assert paths[True] >= trashed
    assert not paths[False] & trashed
    restore(elsewhere, backup)
    assert [one.path for one in trash.contents(elsewhere.corpus)] == ["gone.md"]
    assert (elsewhere.corpus / ".dxkb" / "trash").stat().st_mode & 0o777 == 0o700


def test_no_file_of_the_corpus_goes_through_a_link(
    kept: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    (kept.corpus / "hyogo" / "x.yaml").write_text("a: b\n", encoding="utf-8")
    backup = back_up(kept, tmp_path / "c.zip").path
    (kept.corpus / "hyogo" / "x.yaml").unlink()
    (tmp_path / "outside").mkdir()
    elsewhere.corpus.mkdir()
    (elsewhere.corpus / "hyogo").symlink_to(tmp_path / "outside")
    assert restore(elsewhere, backup).kept == ("corpus/hyogo/x.yaml",)
    assert list((tmp_path / "outside").iterdir()) == []


# -- archives of others --------------------------------------------------------------------------------


def rewritten(
    made: Path, target: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]
) -> Path:
    """The backup with its manifest and members changed."""
    with zipfile.ZipFile(made) as old:
        members = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(members.pop(MANIFEST))
    change(manifest, members)
    with zipfile.ZipFile(target, "w") as new:
        for name, content in (members | {MANIFEST: json.dumps(manifest).encode()}).items():
            new.writestr(name, content)
    return target


def escaping(path: str) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    def change(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
        manifest["members"][0]["path"] = path
        members[path] = members.pop(next(iter(members)))

    return change


def undeclared(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
    members["data/../../evil"] = b"x"


def altered(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
    members["data/lexicon.tsv"] = members["data/lexicon.tsv"][:-1] + b"?"


def longer(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
    members["data/lexicon.tsv"] += b"?" * 10_000_000


def miscounted(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
    manifest["counts"]["cases"] += 1


def strange(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
    manifest["members"] = [{"path": 3}]


def endless(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
    manifest["members"][0]["size"] = 1 << 60


@pytest.mark.parametrize("change", [
    escaping("../evil"), escaping("data/../../evil"), escaping("/etc/evil"), escaping("corpus/..\\..\\evil"),
    escaping("C:\\evil"), escaping("data//evil"), escaping("elsewhere/evil"),
    undeclared, altered, longer, miscounted, strange, endless,
])  # fmt: skip
def test_what_was_tampered_with_is_refused(
    made: Path, elsewhere: Settings, tmp_path: Path, change: Any
) -> None:
    hostile = rewritten(made, tmp_path / "hostile.zip", change)
    with pytest.raises(StoreError):
        restore(elsewhere, hostile)
    assert not elsewhere.data.exists()
    assert not elsewhere.corpus.exists()
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize(
    "name", ["data/a", "corpus/a b/資料.md", "corpus/a:b.md", "corpus/\udc83.md"]
)
def test_ordinary_names_are_safe(name: str) -> None:
    assert is_safe(name)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_half_a_file_is_refused(
    made: Path, elsewhere: Settings, tmp_path: Path, share: float
) -> None:
    content = made.read_bytes()
    (tmp_path / "half.zip").write_bytes(content[: int(len(content) * share)])
    with pytest.raises(StoreError):
        restore(elsewhere, tmp_path / "half.zip")
    with pytest.raises(StoreError):
        restore(elsewhere, tmp_path / "none.zip")
    assert not elsewhere.data.exists()


@pytest.mark.parametrize(("name", "value"), [("schema", 10_000), ("format", 2)])
def test_a_newer_one_asks_for_an_update(made: Path, elsewhere: Settings, tmp_path: Path, name: str, value: int) -> None:  # fmt: skip
    newer = rewritten(
        made, tmp_path / "new.zip", lambda told, _: told.update({name: value, "dxkb": "9.1"})
    )
    with pytest.raises(SchemaError) as caught:
        restore(elsewhere, newer)
    for lang in ("ja", "en"):
        assert "9.1" in caught.value.message(lang)
    assert not elsewhere.data.exists()


def test_a_newer_database_is_no_matter_of_the_backup(kept: Settings, tmp_path: Path) -> None:
    newer = replace(kept, data=tmp_path / "data")
    shutil.copytree(kept.data, newer.data)
    with closing(sqlite3.connect(newer.database)) as db:
        db.execute("PRAGMA user_version = 10000")
    with pytest.raises(SchemaError, match="10000"):
        back_up(newer, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_one_restore_at_a_time(made: Path, elsewhere: Settings) -> None:
    with FileLock(f"{restoring(elsewhere.data)}.lock"), pytest.raises(LockedError):
        restore(elsewhere, made)
    assert not elsewhere.data.exists()
    restore(elsewhere, made)
    assert answer(elsewhere)


def test_what_a_server_notes_while_the_folders_are_swapped_hinders_nothing(
    kept: Settings, made: Path, elsewhere: Settings
) -> None:
    shutil.copytree(kept.data, elsewhere.data)
    meanwhile = [lambda: audit.record(elsewhere, "searched", "間の質問")]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "os.rename" and arguments[1] == str(elsewhere.data) and meanwhile:
            meanwhile.pop()()

    sys.addaudithook(hook)
    done = restore(elsewhere, made, force=True)
    assert answer(elsewhere)
    assert done.aside
    assert "間の質問" in next(done.aside.glob("meanwhile-0/audit/*")).read_text(encoding="utf-8")


# -- places and crashes --------------------------------------------------------------------------------


def test_a_backup_lies_where_it_is_of_use(kept: Settings, tmp_path: Path) -> None:
    for target in (kept.data / "a.zip", kept.corpus / "a.zip", tmp_path / "none" / "a.zip"):
        with pytest.raises(UsageError):
            back_up(kept, target)
    thesis = tmp_path / "thesis.docx"
    thesis.write_bytes(b"years of work")
    with pytest.raises(UsageError):
        back_up(kept, thesis)
    assert thesis.read_bytes() == b"years of work"
    made = back_up(kept, tmp_path / "nightly.zip").path
    made.chmod(0o644)
    assert back_up(kept, made).path == made, "an older backup is replaced"
    assert made.stat().st_mode & 0o777 == 0o600


def test_what_was_cut_off_is_cleared_away(kept: Settings, tmp_path: Path) -> None:
    (kept.data / "backup.part").mkdir()
    (kept.data / "backup.part" / "half").write_bytes(b"x")
    (tmp_path / ".a.zip.part").write_bytes(b"x")
    back_up(kept, tmp_path / "a.zip")
    assert not (kept.data / "backup.part").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]
    assert not [
        n for n in zipfile.ZipFile(tmp_path / "a.zip").namelist() if "backup" in n or "views" in n
    ]


def test_nothing_is_made_new_where_a_restore_was_cut_off(made: Path, elsewhere: Settings) -> None:
    restoring(elsewhere.data).mkdir(parents=True)
    elsewhere.corpus.mkdir()
    with pytest.raises(StoreError, match="dxkb restore"):
        ingest(elsewhere)
    restore(elsewhere, made)
    assert answer(elsewhere)


# -- every day -----------------------------------------------------------------------------------------


def test_one_a_day_and_the_newest_stay(kept: Settings, tmp_path: Path) -> None:
    daily = replace(kept, backups=tmp_path, kept_backups=2)
    now = datetime.now(UTC)
    assert schedule.is_due(daily, now)
    assert not schedule.is_due(kept, now)
    for days in (1, 2, 3):
        (tmp_path / f"dxkb-{now - timedelta(days=days, minutes=1):%Y%m%dT%H%M%S}Z.zip").write_bytes(
            b""
        )
    (tmp_path / "dxkb-mine.zip").write_bytes(b"")
    keeper = BackupKeeper(daily, lambda told: None, busy=lambda: False)
    keeper.make_if_due()
    left = sorted(p.name for p in tmp_path.iterdir())
    assert len(left) == 3
    assert left[-1] == "dxkb-mine.zip"
    assert manifest_of(tmp_path / left[1]).documents is False
    assert (keeper.state().last, keeper.state().problem) != ("", None)
    assert keeper.state().size == (tmp_path / left[1]).stat().st_size
    keeper.make_if_due()
    assert sorted(p.name for p in tmp_path.iterdir()) == left
    assert schedule.is_due(daily, now + timedelta(days=1, minutes=1))
    assert schedule.is_due(daily, now - timedelta(days=300)), "a clock set back puts no backup off"


def test_a_failure_is_seen_and_mended(kept: Settings, tmp_path: Path) -> None:
    told: list[Message] = []
    daily = replace(kept, backups=tmp_path / "share")
    keeper = BackupKeeper(daily, told.append, busy=lambda: False)
    own = replace(web_world.services(daily), backup=keeper.state)
    own.searcher.ready()
    keeper.make_if_due()
    assert str(tmp_path / "share") in render(told[0])
    health = create_app(own).test_client().get("/healthz")
    assert (health.status_code, health.json["status"]) == (200, "degraded")  # type: ignore[index]
    assert "share" in health.json["problem"]  # type: ignore[index]
    stranger = create_app(replace(own, viewer=Viewer.of)).test_client().get("/healthz")
    assert stranger.json["status"] == "degraded"  # type: ignore[index]
    assert str(tmp_path) not in stranger.text
    (tmp_path / "share").mkdir()
    keeper.make_if_due()
    assert create_app(own).test_client().get("/healthz").json["status"] == "ok"  # type: ignore[index]


def test_the_commands_say_what_they_did(kept: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    target, data = tmp_path / "b.zip", tmp_path / "data"
    given = ["--corpus", str(kept.corpus)]
    monkeypatch.setenv("DXKB_METRICS_TOKEN", "secret")
    assert main(["backup", str(target), "--data", str(kept.data), *given, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["bytes"] == target.stat().st_size
    assert told["documents"] == Store.open(kept).counts(OWNER)["documents"]
    assert told["members"] == len(manifest_of(target).members)
    monkeypatch.setenv("DXKB_GROUPS", "職員=庁内")
    assert main(["restore", str(target), "--data", str(data), *given]) == 0
    out = capsys.readouterr().out
    assert "元に戻しました" in out
    assert "DXKB_GROUPS は、今「職員=庁内」、当時「」" in out
    assert "DXKB_METRICS_TOKEN" not in manifest_of(target).settings
    assert main(["restore", str(target), "--data", str(data), *given, "--lang", "en"]) == 2
    assert "--force" in capsys.readouterr().err
    assert main(["restore", str(target), "--data", str(data), *given, "--force", "--json"]) == 0
    assert "before-restore" in json.loads(capsys.readouterr().out)["aside"]
    assert next(audit.events(Settings(data=data))).action == "restored"
