"""Sentence vectors follow in the background: resumable, kept by their words, forgotten with them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from ingest.flow import sentences
from ingest.flow.pipeline import ingest
from ingest.flow.sentences import SentenceKeeper, embed_waiting
from kb.base.config import Settings
from kb.base.errors import DxkbError
from kb.storage.database import Connection, connect
from kb.storage.sentence_vectors import Among, key_of
from kb.storage.store import Store

NOTE = "---\ntitle: {title}\nmunicipality: 多可町\nprefecture: 兵庫県\n---\n## 取組\n\n{body}\n"


class Letters:
    """A model that counts letters; remembers what it was given to read."""

    dimension = 64

    def __init__(self, model_id: str = "letters") -> None:
        self.model_id = model_id
        self.read: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.read += texts
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for i, text in enumerate(texts):
            for letter in text:
                found[i, ord(letter) % self.dimension] += 1
        return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture
def settings(either: Settings) -> Settings:
    return either


@pytest.fixture(autouse=True)
def read_whatever_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settings, "reads_sentences", True)


def note(settings: Settings, name: str, body: str, title: str = "窓口の予約") -> None:
    (settings.corpus / name).write_text(NOTE.format(title=title, body=body), encoding="utf-8")


def test_every_passage_gets_its_vector_once(settings: Settings) -> None:
    note(settings, "a.md", "申請をオンラインで受け付ける。")
    note(settings, "b.md", "申請をオンラインで受け付ける。\n\n## 効果\n\n来庁が減った。")
    ingest(settings)
    model = Letters()
    done = embed_waiting(settings, encoder=model)
    assert done.done == done.total == 5
    title = "窓口の予約"
    assert sorted(model.read) == [
        title, f"{title}\n来庁が減った。", f"{title}\n申請をオンラインで受け付ける。",
    ]  # fmt: skip
    embed_waiting(settings, encoder=model)
    assert len(model.read) == 3


def test_what_was_read_stays_when_a_document_is_read_again(settings: Settings) -> None:
    note(settings, "a.md", "はじめの文である。\n\n## 効果\n\n待ち時間が半分になった。")
    ingest(settings)
    model = Letters()
    embed_waiting(settings, encoder=model)
    note(settings, "a.md", "直した文である。\n\n## 効果\n\n待ち時間が半分になった。")
    ingest(settings)
    model.read.clear()
    embed_waiting(settings, encoder=model)
    assert model.read == ["窓口の予約\n直した文である。"]


def test_an_interrupted_reading_goes_on_where_it_stopped(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentences, "BATCH", 3)
    for i in range(4):
        note(settings, f"{i}.md", f"{i}番目の取組である。", f"題{i}")
    ingest(settings)
    stop, first = threading.Event(), Letters()
    state = embed_waiting(settings, encoder=first, stop=stop, progress=lambda _: stop.set())
    assert (state.done, state.total, len(first.read)) == (3, 8, 3)
    second = Letters()
    assert embed_waiting(settings, encoder=second).done == 8
    assert not set(first.read) & set(second.read)


def test_the_newest_document_comes_first(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentences, "BATCH", 2)
    note(settings, "old.md", "古い資料である。", "古い")
    ingest(settings)
    note(settings, "new.md", "新しい資料である。", "新しい")
    ingest(settings)
    model = Letters()
    embed_waiting(settings, encoder=model)
    assert model.read[:2] == ["新しい", "新しい\n新しい資料である。"]


def test_a_deleted_document_leaves_no_vector(settings: Settings) -> None:
    note(settings, "a.md", "残る文である。", "残る")
    note(settings, "b.md", "消える文である。", "消える")
    ingest(settings)
    embed_waiting(settings, encoder=Letters())
    (settings.corpus / "b.md").unlink()
    ingest(settings)
    embed_waiting(settings, encoder=Letters())
    connection = connect(settings.place)
    assert connection.execute("SELECT count(*) FROM sentence_vectors").fetchone()[0] == 2
    connection.close()


def test_vectors_of_another_model_are_made_anew(settings: Settings) -> None:
    note(settings, "a.md", "申請を受け付ける。")
    ingest(settings)
    embed_waiting(settings, encoder=Letters("one"))
    other = Letters("two")
    assert embed_waiting(settings, encoder=other).done == 2
    assert len(other.read) == 2


def test_the_leg_can_be_switched_off(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settings, "reads_sentences", False)
    note(settings, "a.md", "申請を受け付ける。")
    ingest(settings)
    model = Letters()
    assert embed_waiting(settings, encoder=model).total == 2
    assert model.read == []
    keeper = SentenceKeeper(settings, lambda error: None)
    keeper._embed(threading.Event())
    assert keeper.progress.done == keeper.progress.total, "no page says that it is being read"


def test_a_folder_without_a_store_is_told(over_a_file: Settings) -> None:
    with pytest.raises(DxkbError):
        embed_waiting(replace(over_a_file, data=over_a_file.data / "none"), encoder=Letters())


def test_the_view_holds_what_has_been_read(settings: Settings) -> None:
    note(settings, "a.md", "申請を受け付ける。")
    ingest(settings)
    assert len(Store.open(settings).sentence_vectors().case_nos) == 0
    embed_waiting(settings, encoder=Letters())
    found = Store.open(settings).sentence_vectors()
    assert found.chunks.shape == found.titles.shape == (1, 64)
    assert np.allclose(np.linalg.norm(found.chunks, axis=1), 1, atol=1e-3)


def test_after_a_change_only_what_came_is_looked_through(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Letters()
    monkeypatch.setattr(sentences, "SentenceEncoder", lambda: model)
    note(settings, "a.md", "残る文である。", "残る")
    note(settings, "b.md", "消える文である。", "消える")
    ingest(settings)
    keeper, go_on = SentenceKeeper(settings, lambda error: None), threading.Event()
    keeper._embed(go_on)
    assert (keeper.progress.done, keeper.progress.total) == (4, 4)
    with closing(connect(settings.place)) as connection:
        connection.execute("DELETE FROM sentence_vectors WHERE key = ?", [key_of("残る")])
    model.read.clear()
    (settings.corpus / "b.md").unlink()
    note(settings, "c.md", "来た文である。", "来た")
    ingest(settings)
    keeper._embed(go_on)
    came = ["来た", "来た\n来た文である。"]
    assert model.read == (came if settings.server is None else [*came, "残る"])
    with closing(connect(settings.place)) as connection:
        rows = connection.execute("SELECT key FROM sentence_vectors").fetchall()
    assert key_of("消える") not in {bytes(row["key"]) for row in rows}
    monkeypatch.setattr(sentences, "_LOOKED_THROUGH", -1.0)
    keeper._embed(go_on)
    assert sorted(model.read) == sorted([*came, "残る"])


def test_batches_go_on_where_the_last_one_was(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentences, "BATCH", 2)
    for i in range(4):
        note(settings, f"{i}.md", f"{i}番目の取組である。", f"題{i}")
    ingest(settings)
    asked, told = list[int](), list[int]()
    take = sentences.claimed

    def noted(connection: Connection, most: int, among: Among) -> AbstractContextManager[Any]:
        asked.append(among.newest)
        return take(connection, most, among)

    monkeypatch.setattr(sentences, "claimed", noted)
    embed_waiting(settings, encoder=Letters(), progress=lambda state: told.append(state.done))
    assert asked[1:5] == sorted(asked[1:5], reverse=True)
    assert asked[0] == asked[5] > asked[1] > asked[4]
    assert told == [2, 4, 6, 8]
