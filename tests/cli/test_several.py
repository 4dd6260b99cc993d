"""Several processes over one store: one keeps the corpus, each finds what it takes in."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from urllib.parse import quote
from urllib.request import urlopen

import psutil
import pytest

from kb.base.config import Settings
from kb.storage.store import Store
from kb.storage.writer import open_writer
from tests.support.samples import note, town_notes
from tests.support.waiting import PATIENCE, until


@contextmanager
def serving(settings: Settings, *more: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of `dxkb serve`, and its process."""
    env = os.environ | {"DXKB_DATABASE": settings.server.url if settings.server else ""}
    command = [sys.executable, "-m", "dxkb", "serve", "--port", "0", "--data", str(settings.data)]
    with subprocess.Popen(
        [*command, "--corpus", str(settings.corpus), *more], env=env | {"DXKB_SENTENCES": "0"},
        stderr=subprocess.PIPE, encoding="utf-8",
    ) as server:  # fmt: skip
        assert server.stderr is not None
        line = next((line for line in server.stderr if "http://" in line), "")
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, "the server did not start"
        threading.Thread(target=server.stderr.read, daemon=True).start()
        try:
            yield found.group(), server
        finally:
            server.send_signal(signal.SIGTERM)


def finds(address: str, question: str, path: str) -> bool:
    """Whether it does; False while it starts or another takes over."""
    asked = f"{address}/api/v1/search?q={quote(question)}"
    with suppress(OSError), urlopen(asked, timeout=PATIENCE) as answer:
        return path in answer.read().decode()
    return False


def health(address: str) -> str:
    with urlopen(f"{address}/healthz", timeout=PATIENCE) as answer:
        return str(json.load(answer)["status"])


def test_what_comes_in_at_one_is_found_at_the_other(either: Settings) -> None:
    """Over a PostgreSQL server each has a data folder of its own, over a file they share it. When the
    one that keeps the corpus is killed, the other takes over."""
    town_notes(either.corpus)
    other = replace(either, data=either.data.with_name("other")) if either.server else either
    with open_writer(either):
        pass
    with ExitStack() as stack:
        one, keeper = stack.enter_context(serving(either))
        until(lambda: bool(Store.open(either).last_ingest()))
        two, _ = stack.enter_context(serving(other))
        until(lambda: finds(two, "予防接種", "taka.md"))
        note(either.corpus, "new.md", "## 取組\n\n獣害対策のわなを見張る。", title="わなの見張り")
        until(lambda: finds(one, "わなの見張り", "new.md") and finds(two, "わなの見張り", "new.md"))
        until(lambda: health(one) == health(two) == "ok", OSError)
        keeper.kill()
        note(either.corpus, "more.md", "## 取組\n\n図書館の本を自宅に届ける。", title="図書の宅配")
        until(lambda: finds(two, "図書の宅配", "more.md"))
        until(lambda: health(two) == "ok", OSError)  # the dead one's lock may have been told before


def lives(one: psutil.Process, argument: str = "") -> bool:
    """Whether it does, and was started with this argument."""
    with suppress(psutil.NoSuchProcess):  # from one question to the next
        is_it = not argument or argument in one.cmdline()
        return is_it and bool(one.status() != psutil.STATUS_ZOMBIE)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="sockets are not handed on there")
def test_processes_share_an_address_and_end_together(settings: Settings) -> None:
    town_notes(settings.corpus)
    with open_writer(settings):
        pass
    with serving(settings, "--processes", "2") as (address, first):
        parent = psutil.Process(first.pid)

        def siblings() -> list[psutil.Process]:
            return [one for one in parent.children() if lives(one, "serve")]

        until(lambda: finds(address, "予防接種", "taka.md"))
        until(lambda: len(siblings()) == 1)
        parent.suspend()  # what is answered now, the other answers
        until(lambda: health(address) == "ok", OSError)
        assert finds(address, "予防接種", "taka.md")
        parent.resume()
        (other,) = siblings()
        other.kill()
        until(lambda: bool(siblings()) and siblings() != [other])  # another takes its place
        (other,) = siblings()
        parent.kill()
        until(lambda: not lives(other))
