"""Titles that are suggested: read once, again where they have changed, and shown to whom they may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kb.base.config import Settings
from kb.base.types import OFFICE, Viewer
from kb.storage.store import Store
from kb.storage.writer import open_writer
from tests.storage.test_store import document, put
from web.pages.suggest import KnownTitles

OWNER, PUBLIC = Viewer.owner(), Viewer.of()


class Watched(Store):
    """Counts the titles that are read."""

    read = 0

    def titles(self, nos: Sequence[int], viewer: Viewer) -> Any:
        self.read += len(nos)
        return super().titles(nos, viewer)


def test_a_change_costs_the_titles_that_changed(settings: Settings) -> None:
    with open_writer(settings) as writer:
        for n in range(20):
            put(writer, f"{n}.md", document(f"題{n}"))
    store, known = Watched.open(settings), KnownTitles()

    def told(viewer: Viewer = OWNER) -> set[str]:
        return {title.suggestion.text for title in known.of(store, viewer)}

    every = {f"題{n}" for n in range(20)}
    assert told() == told(PUBLIC) == every
    assert store.read == 20
    with open_writer(settings) as writer:
        put(writer, "3.md", document("改めた題"))
    assert told() == told(PUBLIC) == every - {"題3"} | {"改めた題"}
    assert store.read == 21
    with open_writer(settings) as writer:
        writer.hold("3.md", OFFICE)
        writer.remove("4.md")
    assert told(PUBLIC) == every - {"題3", "題4"}
    assert told() == told(Viewer.of(OFFICE)) == every - {"題3", "題4"} | {"改めた題"}


def test_a_secret_that_got_the_number_of_what_was_public_stays_one(settings: Settings) -> None:
    with open_writer(settings) as writer:
        put(writer, "a.md", document("公開の題"))
    store, known = Store.open(settings), KnownTitles()
    before = store.all_case_nos(PUBLIC)
    with open_writer(settings) as writer:
        put(writer, "a.md", document("庁内の題", OFFICE))
    assert store.all_case_nos(OWNER) == before
    known.of(store, OWNER)
    store.all_case_nos = lambda viewer: before  # type: ignore[method-assign,misc,assignment]
    assert known.of(store, PUBLIC) == []
    assert [title.suggestion.text for title in known.of(store, OWNER)] == ["庁内の題"]
