"""Background work on a server is shared by any number of workers, each text read once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from ingest.flow import sentences
from ingest.flow.sentences import embed_waiting
from kb.base.config import Settings
from kb.storage import sentence_vectors
from kb.storage.database import connect
from kb.storage.sentence_vectors import SentencePassage, claimed, key_of, put_vectors
from kb.storage.writer import open_writer
from tests.ingest.flow.test_sentences import Letters
from tests.storage.test_store import document, put
from tests.support.postgresql import on_server


@pytest.fixture
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Twenty documents of one passage each, whose sentence vectors wait."""
    monkeypatch.setattr(Settings, "reads_sentences", True)
    monkeypatch.setattr(sentences, "BATCH", 3)
    with on_server(settings) as given:
        with open_writer(given) as writer:
            for i in range(20):
                new = document(f"題{i}")
                (case,) = new.cases
                key = key_of(f"題{i}\n題{i}")
                passages = (SentencePassage(0, 0, len(f"題{i}"), key),)
                put(writer, f"{i}.md", replace(new, cases=(replace(case, sentences=passages),)))
        yield given


def test_what_one_has_claimed_no_other_gets_until_it_dies(server: Settings) -> None:
    with closing(connect(server.place)) as one, closing(connect(server.place)) as two:
        with claimed(one, 12) as mine, claimed(two, 12) as theirs:
            assert (len(mine), len(theirs)) == (12, 8)
            assert not {text.key for text in mine} & {text.key for text in theirs}
        with pytest.raises(KeyError), claimed(one, 12):
            raise KeyError  # it fails with its batch at hand
        with claimed(two, 30) as all_of_them:
            assert len(all_of_them) == 20


def test_what_another_finished_while_one_looked_is_not_claimed(
    server: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the query for what waits had begun before the other was done, and found its rows free after."""
    with closing(connect(server.place)) as one, closing(connect(server.place)) as two:
        with claimed(two, 12) as theirs:
            put_vectors(two, [text.key for text in theirs], np.ones((12, 4), np.float32))
        answers = [theirs]
        now = sentence_vectors._waiting
        monkeypatch.setattr(
            sentence_vectors,
            "_waiting",
            lambda *args: answers.pop() if answers else now(*args),
        )
        with claimed(one, 12) as mine:
            assert len(mine) == 8
            assert not {t.key for t in mine} & {t.key for t in theirs}
        answers.append(theirs[:3] + mine)
        with claimed(one, 12) as again:
            assert again == mine


def test_three_workers_read_each_text_once(server: Settings) -> None:
    models = [Letters() for _ in range(3)]
    with ThreadPoolExecutor(3) as threads:
        done = list(threads.map(lambda model: embed_waiting(server, encoder=model), models))
    read = [text for model in models for text in model.read]
    assert sorted(read) == sorted(f"題{i}\n題{i}" for i in range(20))
    assert max(state.done for state in done) == 20
    assert np.isfinite(Letters().encode_queries(read)).all()
