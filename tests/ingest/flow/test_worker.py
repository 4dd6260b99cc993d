"""A reader that hangs, dies or eats memory costs that file only."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.flow.pipeline import ingest
from ingest.flow.worker import Limits, Workers
from ingest.page import Extract
from kb.base.config import Settings
from kb.base.errors import ReadError
from tests.support.pdfs import build, lines


def come(path: Path) -> str:
    return "here"


def hang(path: Path, password: str | None = None) -> Extract:
    time.sleep(60)
    raise AssertionError


def spin(path: Path, password: str | None = None) -> Extract:
    while True:
        pass


def wait_its_turn(path: Path) -> str:
    time.sleep(3)  # as on a computer that is busy with other things
    return "done"


def die(path: Path, password: str | None = None) -> Extract:
    os._exit(3)


def eat(path: Path, password: str | None = None) -> Extract:
    return Extract("x", (), {"x": bytearray(8 * 2**30)})


def stumble(path: Path, password: str | None = None) -> Extract:
    raise KeyError("no such thing")


def refuse(path: Path, password: str | None = None) -> Extract:
    raise ReadError("read.password")


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("die", "crash"),
        ("stumble", "unreadable"),
        ("refuse", "password"),
        ("hang", "timeout"),
        ("spin", "timeout"),
    ],
)
def test_trouble_stays_with_its_file(tmp_path: Path, target: str, code: str) -> None:
    path = tmp_path / "good.pdf"
    path.write_bytes(build(lines("予防接種の予約を受け付ける。")))
    with Workers(1) as workers:
        workers.call("tests.ingest.flow.test_worker:come", path)  # what is imported takes its time
        seconds = 1.0 if code == "timeout" else None  # the others may wait for their turn
        with pytest.raises(ReadError) as told:
            workers.call(f"tests.ingest.flow.test_worker:{target}", path, seconds=seconds)
        assert told.value.code == code
        assert "予防接種" in workers.call("ingest.readers:read", path).pages[0].text


def test_time_that_others_take_is_not_the_files(tmp_path: Path) -> None:
    with Workers(1) as workers:
        workers.call("tests.ingest.flow.test_worker:come", tmp_path / "a")
        found = workers.call(
            "tests.ingest.flow.test_worker:wait_its_turn", tmp_path / "a", seconds=2.0
        )
    assert found == "done"


def fill(path: Path, password: str | None = None) -> int:
    """Takes much memory once and tells which process did it."""
    assert len(bytearray(900 * 2**20)) > 0
    return os.getpid()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell")
def test_a_worker_that_grew_is_replaced(tmp_path: Path) -> None:
    with Workers(1, Limits(memory_mib=1700)) as workers:
        first = workers.call("tests.ingest.flow.test_worker:fill", tmp_path)
        assert workers.call("tests.ingest.flow.test_worker:fill", tmp_path) != first


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot bound a process this way")
def test_a_worker_is_not_worn_by_what_its_parent_holds() -> None:
    held = bytearray(b"x" * (400 << 20))
    with Workers(1, Limits(30.0, 700)) as workers:
        one, other = (workers.call("os:getpid") for _ in range(2))
    assert one == other, len(held)


def test_memory_is_bounded(tmp_path: Path) -> None:
    with Workers(1, Limits(memory_mib=1500)) as workers, pytest.raises(ReadError) as told:
        workers.call("tests.ingest.flow.test_worker:eat", tmp_path / "x")
    assert told.value.code == "memory"


def test_reading_a_note_needs_no_heavy_library(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("## 取組\n\n本文。", encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from ingest.readers import read; read(Path(sys.argv[1]));"
        "assert not {'torch', 'faiss', 'pypdfium2', 'pypdf', 'fugashi'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)


def test_a_process_that_serves_does_not_load_what_workers_describe_with() -> None:
    code = (
        "import sys, dxkb.serving; from ingest.flow import inspect;"
        "print([m for m in sys.modules if m.startswith(('ingest.describe', 'ingest.readers.notes.', 'onnxruntime'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_crash_is_tried_again_when_asked_and_after_a_restart(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.corpus / "a.md").write_text("# 題\n\n宍粟市の本文です。", encoding="utf-8")
    real, crashes = Workers.call, [True]

    def once(
        self: Workers, target: str, *arguments: object, seconds: float | None = None
    ) -> object:
        if crashes:
            target = f"tests.ingest.flow.test_worker:{'die' if crashes.pop() else ''}"
            arguments = arguments[:2]
        return real(self, target, *arguments, seconds=seconds)

    monkeypatch.setattr(Workers, "call", once)
    assert [(f.status, f.reason_code) for f in ingest(settings).files] == [("failed", "crash")]
    assert ingest(settings, retry=False).count("indexed") == 0  # while it is watched
    assert ingest(settings).count("indexed") == 1  # 再試行, and a start
