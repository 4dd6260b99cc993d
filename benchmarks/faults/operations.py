"""What is done to a store while something goes wrong. One more operation is one more entry of the table."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.world import ENCODER, Hashed, note
from ingest.flow import worker
from ingest.flow.pipeline import ingest
from ingest.flow.rebuild import rebuild
from ingest.flow.sentences import embed_waiting
from kb.base.config import Settings
from kb.base.errors import ReadError
from kb.documents import changes, trash
from kb.documents.changes import Held
from kb.operations import archive
from kb.operations.backup import back_up
from kb.operations.restore import restore
from kb.storage.corrections import Correction, append, load
from kb.storage.reembed import reembed
from kb.storage.sidecar import set_values
from kb.storage.store import Store
from kb.storage.users import set_disabled, users
from kb.storage.writer import open_writer
from web.uploads import receive

ROOT = Path(__file__).parents[2]
_OTHER = Hashed("other")
_SENTENCES = Hashed("sentences")
_UPLOADED = note("内部の採点表", "多可町").encode()
_OLD_STORE = ROOT / "tests" / "storage" / "stores" / "schema_3.sql"


@dataclass(frozen=True, slots=True)
class Operation:
    """``begin`` makes the state before, ``work`` is what is disturbed and can be done again unless it
    ``is_done``; ``wrong`` says what is wrong with what it left, "" for nothing. One that ``reads`` the
    corpus is also tried while that vanishes; where the state before is not ``readable`` it is not compared."""

    name: str
    begin: Callable[[Settings], object]
    work: Callable[[Settings], object]
    is_done: Callable[[Settings], bool] = lambda settings: False
    wrong: Callable[[Settings], str] = lambda settings: ""
    reads: bool = False
    readable: bool = True


def here(self: object, target: str, *arguments: object, seconds: float | None = None) -> object:
    """In the place of ``Workers.call``: the same in this process."""
    module, _, name = target.partition(":")
    found = worker._attempt(module, name, arguments)
    if isinstance(found, ReadError):
        raise found
    return found


def settle(settings: Settings) -> None:
    """What the next start of the server does: everything taken in, and read by the sentence model."""
    model = Store.open(settings).model_id() if settings.database.exists() else ""
    ingest(settings, encoder=_OTHER if model == _OTHER.model_id else ENCODER)
    embed_waiting(settings, encoder=_SENTENCES)


def _change_corpus(settings: Settings) -> None:
    settle(settings)
    corpus = settings.corpus
    (corpus / "a.md").write_text(
        note("書かない窓口", "豊岡市", "2025年に広げた。"), encoding="utf-8"
    )
    os.utime(corpus / "a.md", (1, 1))  # as by a clock that was set back
    (corpus / "b.md").unlink()
    (corpus / "2022.md").unlink()
    (corpus / "moved").mkdir()
    for name in ("labelled.md", "labelled.md.yaml"):
        (corpus / "kept" / name).rename(corpus / "moved" / name)
    (corpus / "new.md").write_text(note("除雪の見える化", "香美町"), encoding="utf-8")
    (corpus / "new-secret.md").write_text(
        note("人事の検討", "香美町", head="visibility: 庁内\n"), encoding="utf-8"
    )


def _upload(settings: Settings) -> None:
    receive(settings, "採点表.md", io.BytesIO(_UPLOADED), (".md",), "庁内")


def _correct(settings: Settings) -> None:
    if not _is_corrected(settings):  # a second one would be one more line of its history
        append(settings.corpus / "a.md", [Correction("書かない窓口", None, "year", "2024")])


def _is_corrected(settings: Settings) -> bool:
    return bool(load(settings.corpus / "a.md"))


def _held(settings: Settings, path: str = "kept/labelled.md") -> Held:
    """A document that is not for everybody, in somebody's hands."""
    file = settings.corpus.resolve() / path
    return Held(settings, path, file, "公開" if path == "a.md" else "庁内", "誰か")


def _trashed(settings: Settings) -> None:
    settle(settings)
    changes.delete(_held(settings))
    settle(settings)


def _untrash(settings: Settings) -> None:
    for found in trash.contents(settings.corpus):
        changes.restore(settings, found, "誰か")


def _is_there(path: str) -> Callable[[Settings], bool]:
    return lambda settings: (settings.corpus / path).exists()


def _older(settings: Settings) -> None:
    settings.data.mkdir(exist_ok=True)
    shutil.rmtree(settings.corpus)
    settings.corpus.mkdir()
    with closing(sqlite3.connect(settings.database)) as db:
        db.executescript(_OLD_STORE.read_text(encoding="utf-8"))
        for (path,) in db.execute("SELECT path FROM files").fetchall():
            target = settings.corpus / str(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(note(target.stem, "豊岡市"), encoding="utf-8")


def _migrate(settings: Settings) -> None:
    with open_writer(settings):
        pass


def _backup(settings: Settings) -> Path:
    return settings.data.with_name("backup.zip")


def _bad_backup(settings: Settings) -> str:
    if not _backup(settings).exists():
        return ""
    aside = settings.data.with_name("unpacked")
    aside.mkdir()
    archive.unpack(_backup(settings), aside)
    shutil.rmtree(aside)
    return ""


def _backed_up(settings: Settings) -> None:
    settle(settings)
    set_disabled(settings, "admin", False)
    back_up(settings, _backup(settings), documents=True)
    (settings.corpus / "later.md").write_text(note("あとの事例", "養父市"), encoding="utf-8")
    settle(settings)
    set_disabled(settings, "admin", True)


def _restore(settings: Settings) -> None:
    restore(settings, _backup(settings), force=True)


def _spoiled(settings: Settings) -> None:
    settle(settings)
    with closing(sqlite3.connect(settings.database)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sections'").fetchone()[
            0
        ]
    with settings.database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)


def _rebuild(settings: Settings) -> None:
    rebuild(settings)


OPERATIONS: Iterable[Operation] = (
    Operation(
        "first ingest", lambda settings: None, lambda s: ingest(s, encoder=ENCODER), reads=True
    ),
    Operation("ingest", _change_corpus, lambda s: ingest(s, encoder=ENCODER), reads=True),
    Operation(
        "sentences",
        lambda s: ingest(s, encoder=ENCODER),
        lambda s: embed_waiting(s, encoder=_SENTENCES),
    ),
    Operation("re-embed", settle, lambda s: reembed(s, encoder=_OTHER)),
    Operation("upload", settle, _upload, _is_there("uploads/採点表.md")),
    Operation("correction", settle, _correct, _is_corrected),
    Operation("label", settle, lambda s: set_values(s.corpus / "a.md", {"visibility": "庁内"})),
    Operation(
        "delete",
        settle,
        lambda s: changes.delete(_held(s)),
        lambda s: not _is_there("kept/labelled.md")(s),
    ),
    Operation("put back", _trashed, _untrash, _is_there("kept/labelled.md")),
    Operation(
        "rename",
        settle,
        lambda s: changes.rename(_held(s), "renamed.md"),
        _is_there("kept/renamed.md"),
    ),
    Operation(
        "replace",
        settle,
        lambda s: changes.replace_with(_held(s), io.BytesIO(_UPLOADED)),
        lambda s: (s.corpus / "kept/labelled.md").read_bytes() == _UPLOADED,
    ),
    Operation(
        "narrow", settle, lambda s: changes.set_visibility(_held(s, "a.md"), "庁内", "editor")
    ),
    Operation("account", settle, lambda s: set_disabled(s, "admin", True)),
    Operation("backup", settle, lambda s: back_up(s, _backup(s)), wrong=_bad_backup),
    Operation("restore", _backed_up, _restore, lambda s: not users(s)[0].disabled),
    Operation("migration", _older, _migrate, readable=False),
    Operation("rebuild", _spoiled, _rebuild, reads=True, readable=False),
)
