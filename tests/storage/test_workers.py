"""Background work on a server is shared by any number of workers, each text read once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from ingest.flow import recognition, sentences
from ingest.flow.recognition import RecognitionKeeper, recognise_waiting
from ingest.flow.sentences import embed_waiting
from kb.base.config import Settings
from kb.base.types import PageQuality
from kb.documents import recognised
from kb.documents.recognised import WaitingPage, claimed_pages, due_documents, put_recognised
from kb.storage import sentence_vectors
from kb.storage.database import connect
from kb.storage.sentence_vectors import SentencePassage, claimed, key_of, put_vectors
from kb.storage.writer import open_writer
from tests.ingest.flow.test_sentences import Letters
from tests.storage.test_store import document, put, state
from tests.support.postgresql import on_server
from tests.support.waiting import until


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


@pytest.fixture
def scans(server: Settings) -> Settings:
    """Two scans more, of two and of three pages that are pictures."""
    with open_writer(server) as writer:
        for name, count in (("two", 2), ("three", 3)):
            pages = tuple(PageQuality(n, 0.0) for n in range(1, count + 1))
            new = replace(document(name), reader="pdf", pages=pages)
            writer.put(replace(state(f"{name}.pdf"), sha256=name), new)
    for name in ("two", "three"):
        (server.corpus / f"{name}.pdf").write_bytes(name.encode())
    return server


def test_pages_that_one_recognises_no_other_gets_until_it_dies(scans: Settings) -> None:
    with closing(connect(scans.place)) as one, closing(connect(scans.place)) as two:
        with claimed_pages(one, 1) as mine, claimed_pages(two, 2) as theirs:
            assert [(page.sha256, page.page) for page in mine] == [("two", 1)]
            assert [(page.sha256, page.page) for page in theirs] == [("two", 2)]
            with closing(connect(scans.place)) as three, claimed_pages(three, 2) as others:
                assert [(page.sha256, page.page) for page in others] == [("three", 1), ("three", 2)]
        with pytest.raises(KeyError), claimed_pages(one, 9):
            raise KeyError  # it fails with its pages at hand
        with claimed_pages(two, 9) as all_of_one:
            assert len(all_of_one) == 2
        dead = claimed_pages(one, 9)
        dead.__enter__()
        one.raw.close()  # type: ignore[attr-defined]

        def is_free_again() -> bool:
            with claimed_pages(two, 9) as again:
                return again == all_of_one

        until(is_free_again)  # the server has to see first that it is gone


def test_a_page_that_another_finished_while_one_looked_is_not_claimed(
    scans: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(connect(scans.place)) as database:
        found = recognised._waiting(database, 9)
        put_recognised(database, found[0], "null")
        monkeypatch.setattr(recognised, "_waiting", lambda *_: found)
        with claimed_pages(database, 9) as mine:
            assert [page.page for page in mine] == [2]


def test_workers_recognise_each_page_once_and_the_last_has_it_read_again(
    scans: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[WaitingPage] = []

    def content(_workers: object, _settings: Settings, _engine: str, page: WaitingPage) -> str:
        done.append(page)
        return "null"

    monkeypatch.setattr(recognition, "_content", content)
    monkeypatch.setattr(recognition, "engine_for", lambda _: "rapidocr")
    keeper = RecognitionKeeper(scans, lambda error: None)
    assert not keeper.is_due()

    def work(_: int) -> None:
        while recognise_waiting(scans):
            pass

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(work, range(3)))
    assert len(done) == len(set(done)) == 5
    with closing(connect(scans.place)) as database:
        assert len(due_documents(database)) == 2
    assert keeper.is_due()  # though it has recognised nothing itself
    assert not keeper.is_due()


def test_who_does_not_see_a_file_leaves_it_to_the_others(
    scans: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "engine_for", lambda _: "rapidocr")
    (scans.corpus / "two.pdf").unlink()
    assert not recognise_waiting(scans)
    with closing(connect(scans.place)) as database, claimed_pages(database, 9) as left:
        assert len(left) == 2
