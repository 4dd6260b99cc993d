"""Killed at any point, or out of space at any byte: no action leaves a document lost, doubled, or seen by more
than before.

A child process does the action and ends itself at the n-th call of the system (or is refused room for the n-th
byte), for every n until the action comes through; then what the scan would find is looked at.
"""

from __future__ import annotations

import io
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.flow.sources import look
from kb.base.config import Settings
from kb.base.errors import DxkbError
from kb.base.types import CaseDraft, Viewer
from kb.documents import changes, trash
from kb.documents.around import decided, labelled, read_around
from kb.documents.changes import Held
from kb.storage.sidecar import load_values
from kb.storage.store import Store
from kb.storage.writer import FileState, NewCase, NewDocument, Terms, open_writer
from web.uploads import receive

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")

NOTE = b"# secret\n" * 3000
OFFICE = "visibility: 庁内\n"
_CALLS = frozenset(
    {
        "open",
        "os.rename",
        "os.remove",
        "os.mkdir",
        "os.rmdir",
        "os.chmod",
        "shutil.rmtree",
        "sqlite3.connect",
    }
)

Action = Callable[[Settings], object]


def held(settings: Settings, name: str = "a.md") -> Held:
    file = settings.corpus.resolve() / name
    return Held(settings, name, file, "庁内", "誰か")


def upload(settings: Settings) -> object:
    return receive(settings, "b.md", io.BytesIO(NOTE), (".md",), "庁内")


def restored(settings: Settings) -> object:
    found = trash.contents(settings.corpus)
    return changes.restore(settings, found[0], "誰か") if found else None


ACTIONS: dict[str, Action] = {
    "upload": upload,
    "delete": lambda s: changes.delete(held(s)),
    "rename": lambda s: changes.rename(held(s), "c.md"),
    "replace": lambda s: changes.replace_with(held(s), io.BytesIO(NOTE * 2)),
    "narrow": lambda s: changes.set_visibility(
        replace(held(s, "open.md"), visibility="公開"), "庁内", "editor"
    ),
    "password": lambda s: changes.give_password(held(s), "ひらけごま"),
    "restore": restored,
}
DONE = {"upload": "uploads/b.md", "rename": "c.md", "restore": "z.md"}
"""What is there when the action is done again."""


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A corpus with a public document, one for the office, and one for the office in the trash."""
    folder = tmp_path_factory.mktemp("killed")
    settings = Settings(data=folder / "data", corpus=folder / "corpus")
    settings.corpus.mkdir()
    case = NewCase(
        CaseDraft("題", ()),
        (),
        Terms((), ()),
        np.zeros((0, 2), np.float32),
        np.zeros(2, np.float32),
    )
    with open_writer(settings) as writer:
        writer.use_model("test", 2)
        for name, label in (("open.md", "公開"), ("a.md", "庁内"), ("z.md", "庁内")):
            state = FileState(name, name.encode(), 1, 1, "", "", name)
            writer.put(state, NewDocument("note", (), label, (), (case,)))
    (settings.corpus / "open.md").write_bytes(NOTE + b"open")
    for name in ("a.md", "z.md"):
        (settings.corpus / name).write_bytes(NOTE + name.encode())
        (settings.corpus / f"{name}.yaml").write_text(OFFICE, encoding="utf-8")
    changes.delete(held(settings, "z.md"))
    return settings


def copied(stored: Settings, folder: Path) -> Settings:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(stored.data.parent, folder)
    return replace(stored, data=folder / "data", corpus=folder / "corpus")


def in_child(work: Callable[[], object], before: Callable[[], None]) -> int:
    """How a child ends that does this: 0 when it came through, 1 when it was refused, 9 when it was killed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            before()
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(n: int) -> Callable[[], None]:
    left = n

    def hook(event: str, arguments: object) -> None:
        nonlocal left
        if event in _CALLS:
            left -= 1
            if left == 0:
                os._exit(9)

    return lambda: sys.addaudithook(hook)


def full_at(size: int) -> Callable[[], None]:
    def before() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return before


def seen_by_all(settings: Settings) -> set[str]:
    """What the scan would take in for everybody, and what the store shows to everybody already."""
    found = {e.path for e in Store.open(settings).ledger(Viewer.of())}
    for source in look(settings.corpus).files:
        values = load_values(source.path)
        around = decided(values, read_around(source.access, source.misnamed))
        if labelled(values, around)[0] == "公開" and not source.key.endswith(".yaml"):
            found.add(source.key)
    return found


def contents(settings: Settings) -> set[bytes]:
    """Every document, in the corpus or in the trash."""
    files = [source.path for source in look(settings.corpus).files if source.key.endswith(".md")]
    files += [trash.file_of(settings.corpus, one) for one in trash.contents(settings.corpus)]
    return {file.read_bytes() for file in files}


def interruptions(stored: Settings, folder: Path, name: str) -> Iterator[tuple[str, Settings]]:
    n = 0
    while True:
        n += 1
        settings = copied(stored, folder)
        code = in_child(lambda s=settings: ACTIONS[name](s), killed_at(n))  # type: ignore[misc]
        yield f"killed at call {n}", settings
        if code != 9:
            assert code == 0
            assert n > 3
            break
    for size in (0, 1, 100, 10_000, 40_000):
        settings = copied(stored, folder)
        in_child(lambda s=settings: ACTIONS[name](s), full_at(size))  # type: ignore[misc]
        yield f"full at {size}", settings


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_nothing_is_lost_or_seen_by_more(stored: Settings, tmp_path: Path, name: str) -> None:
    before = contents(stored)
    for when, settings in interruptions(stored, tmp_path / "run", name):
        assert seen_by_all(settings) <= {"open.md"}, when
        assert before <= contents(settings), when
        with suppress(DxkbError, FileNotFoundError):  # done, or to be explained
            ACTIONS[name](settings)
        assert name not in DONE or (settings.corpus / DONE[name]).exists(), when
        assert seen_by_all(settings) <= {"open.md"}, when
        assert before <= contents(settings), when
