"""The primary dies under load: no document that was committed is lost, and all go on by themselves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from kb.base.config import Server, Settings
from kb.base.errors import StoreError
from kb.base.types import Viewer
from kb.storage.postgresql.pool import close_pool
from kb.storage.store import Store
from kb.storage.writer import open_writer
from tests.storage.test_store import document, put
from tests.support.postgresql import Cluster
from tests.support.waiting import PATIENCE, until

OWNER = Viewer.owner()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    yield made
    made.close()


def test_the_standby_takes_over_and_nothing_committed_is_lost(
    settings: Settings, cluster: Cluster
) -> None:
    server = Server(cluster.url)
    given = replace(settings, server=server)
    committed: list[str] = []
    enough = threading.Event()

    def write() -> None:
        while len(committed) < 30:
            with suppress(StoreError), open_writer(given) as writer:
                while len(committed) < 30:
                    put(writer, f"{len(committed)}.md", document(f"題{len(committed)}"))
                    committed.append(f"{len(committed)}.md")
                    if len(committed) == 10:
                        enough.set()

    with open_writer(given):
        pass
    store = Store.open(given)
    writing = threading.Thread(target=write, daemon=True)
    writing.start()
    assert enough.wait(PATIENCE)
    cluster.kill_primary()
    before = tuple(committed)
    cluster.promote()

    # the very store that was open before
    until(lambda: store.counts(OWNER)["documents"] >= len(before), StoreError)
    assert {e.path for e in store.ledger(OWNER)} >= set(before)
    writing.join(PATIENCE)
    assert sorted(e.path for e in store.ledger(OWNER)) == sorted(committed)
    assert len(committed) == 30
    close_pool(server)
