"""Views that are brought up to date answer as views that are built whole, and write only what is new."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.base.config import Settings
from kb.base.types import OFFICE, CaseDraft, Chunk, PageQuality, Section, Viewer
from kb.index import building, dense, sentences
from kb.index.damage import damaged_views
from kb.index.views import ViewKeeper, Views
from kb.ranking.candidates import named_document
from kb.storage.feed import changes
from kb.storage.feed.contents import Vectors
from kb.storage.sentence_vectors import SentencePassage, put_vectors
from kb.storage.store import Store
from kb.storage.writer import FileState, NewCase, NewDocument, Terms, Writer, open_writer

OWNER = Viewer.owner()
D = 8
WORDS = [f"語{n}" for n in range(60)]


@pytest.fixture(autouse=True)
def never_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "WHOLE", 0)
    monkeypatch.setattr(building, "AT_ONCE", 7)
    monkeypatch.setattr(building, "_CHANGED", 1.0)
    monkeypatch.setattr(sentences, "WHOLE", 0)
    monkeypatch.setattr(sentences, "PATIENCE", 0.0)


def unit(random: np.random.Generator, n: int) -> np.ndarray:
    rows = random.normal(size=(n, D)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def document(seed: int) -> NewDocument:
    """One or two cases of 20 to 60 words, the frequent ones in most of them."""
    random = np.random.default_rng(seed)
    cases = []
    for at in range(1 + seed % 2):
        picked = random.zipf(1.4, int(random.integers(20, 60))) % len(WORDS)
        passages = int(random.integers(1, 5))
        text = "文。" * passages
        chunks = tuple(Chunk(0, 2 * i, 2 * i + 2, None, "文。") for i in range(passages))
        keys = [seed.to_bytes(4, "big") + bytes([at, i]) for i in range(passages + 1)]
        read = tuple(SentencePassage(i - 1, 0, 1, key) for i, key in enumerate(keys))
        draft = CaseDraft(title=f"題{seed}", sections=(Section("取組", "取組", text, None),))
        terms = Terms(tuple(WORDS[i] for i in picked), (f"よみ{seed % 7}",))
        vectors, title = unit(random, passages), unit(random, 1)[0]
        cases.append(NewCase(draft, chunks, terms, vectors, title, read))
    return NewDocument("note", (PageQuality(None, 1.0),), "公開", (), tuple(cases))


def put(writer: Writer, name: int, seed: int) -> None:
    path = f"{name}.md"
    state = FileState(path, path.encode(), 1, 2, "", "00", f"print of {seed}")
    new = document(seed)
    writer.put(state, new)
    keys = [passage.key for case in new.cases for passage in case.sentences]
    if seed % 3:
        put_vectors(writer.connection, keys, unit(np.random.default_rng(seed + 9000), len(keys)))


@pytest.fixture
def filled(settings: Settings) -> Settings:
    with open_writer(settings) as writer:
        writer.use_model("test", D)
        for name in range(40):
            put(writer, name, name)
    keeper(settings).refresh()
    return settings


def keeper(settings: Settings) -> ViewKeeper:
    return ViewKeeper(settings, Store.open(settings))


def changed(settings: Settings) -> Iterator[None]:
    """A corpus that is changed in every way, one step after the other."""
    steps = [
        (3, 100),
        (40, 101),
        (None, 7),
        (3, 102),
        (3, 3),
        (None, 40),
        (5, 103),
        (41, 7),
        (6, 1000),
    ]
    for n, (name, seed) in enumerate(steps * 2):
        with open_writer(settings) as writer:
            if name is None:
                writer.remove(f"{seed}.md")
            else:
                put(writer, name, seed + 5000 * (n // len(steps)))
        yield


def built_whole(settings: Settings, folder: Path) -> Views:
    """The views that another folder with the same database gets."""
    folder.mkdir()
    shutil.copy2(settings.database, folder)
    for log in settings.data.glob(f"{settings.database.name}-*"):
        shutil.copy2(log, folder)
    return keeper(replace(settings, data=folder)).refresh()


def test_every_leg_answers_as_if_built_whole(filled: Settings, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    kept = keeper(filled)
    for step, _ in enumerate(changed(filled)):
        views, whole = kept.refresh(), built_whole(filled, tmp_path / f"whole{step}")
        assert len(views.lexical) == len(whole.lexical)
        for query in unit(random, 3):
            for leg, other in ((views.dense, whole.dense), (views.sentences, whole.sentences)):
                assert len(leg) == len(other)
                everything = other.top(query, 99, None)
                assert leg.top(query, 99, None) == pytest.approx(everything, abs=1e-6)
                assert [*leg.top(query, 99, None)] == [*everything]
                some = [*everything][::3]
                assert leg.top(query, 5, some) == pytest.approx(other.top(query, 5, some))
                assert leg.scores(query, some) == pytest.approx(other.scores(query, some))
                told = dict(other.passages(query, some[0]))
                assert dict(leg.passages(query, some[0])) == pytest.approx(told)
                assert leg.alike(some[1]) == pytest.approx(other.alike(some[1]), abs=1e-5)
                assert leg.standing(query, some[2]) == pytest.approx(other.standing(query, some[2]))
        for terms in ({WORDS[1]: 1.0, WORDS[40]: 0.5}, {"よみ3": 1.0, WORDS[2]: 1.0}):
            found = whole.lexical.top(terms, 99, None, readings=0.4)
            assert views.lexical.top(terms, 99, None, readings=0.4) == pytest.approx(
                found, rel=0.02
            )
        assert views.lexical.frequency(WORDS[3]) == whole.lexical.frequency(WORDS[3])
    assert len(views.dense.parts) > 1 or len(views.sentences.parts) > 1


def test_views_are_built_without_all_that_is_stored_in_memory(
    filled: Settings, tmp_path: Path
) -> None:
    class Watched(Store):
        def all_vectors(self, model_id: str, cases: Collection[int] | None = None) -> Vectors:
            asked.append(cases)
            return super().all_vectors(model_id, cases)

    asked: list[Collection[int] | None] = []
    built = building.whole(tmp_path, Watched.open(filled))
    assert {len(cases or ()) for cases in asked[:-1]} == {7}
    assert len(dense.open_view(built / building.DENSE)) == len(keeper(filled).views().dense)


def test_a_word_that_only_an_edited_case_says_weighs_as_much_as_before(filled: Settings) -> None:
    kept, store = keeper(filled), Store.open(filled)
    new = document(1)
    told = replace(new.cases[0], terms=Terms((*new.cases[0].terms.body, "だけ"), ()))
    scores = []
    for n in range(6):
        with open_writer(filled) as writer:
            state = FileState("1.md", b"1.md", 1, 2, "", "00", f"edition {n}")
            writer.put(state, replace(new, cases=(told,)))
        scores += kept.refresh().lexical.top({"だけ": 1.0}, 1, None).values()
    assert store.generation() > 40
    assert scores == pytest.approx([scores[0]] * 6, rel=0.01)


def test_a_document_goes_by_the_name_that_it_has_now(filled: Settings, tmp_path: Path) -> None:
    kept, store, public = keeper(filled), Store.open(filled), Viewer.of()
    ids = {
        case.path: case.id for case in store.cases_by_no([*store.all_case_nos()], OWNER).values()
    }

    def state(path: str, seed: int) -> FileState:
        return FileState(path, path.encode(), 1, 2, "", "00", f"print of {seed}")

    def found(name: str, viewer: Viewer = OWNER) -> set[str]:
        nos = named_document(store, name, viewer, kept.refresh())
        return {case.id for case in store.cases_by_no(sorted(nos), viewer).values()}

    with open_writer(filled) as writer:
        writer.move("2.md", state("部/令和５年度 Report.md", 2))
    assert found("令和5年度Report.md") == found("部/令和５年度") == {ids["2.md"]}
    with open_writer(filled) as writer:  # another place of the same, which is shown first
        writer.link(state("0/twin2.md", 2), writer.document_with("print of 2") or 0)
    assert found("0/twin2.md") == {ids["2.md"]}
    assert found("令和5年度Report.md") == set()
    with open_writer(filled) as writer:
        writer.remove("0/twin2.md")
        new = document(4)
        told = replace(
            new.cases[0], draft=replace(new.cases[0].draft, source_title="町の事例集 髙島")
        )
        writer.put(state("4.md", 5004), replace(new, cases=(told,)))
    assert found("令和5年度Report.md") == {ids["2.md"]}
    assert found("町の事例集髙島") == found("事例集 高島4.md") == {ids["4.md"]}
    assert kept.refresh().lexical.called("md") == built_whole(
        filled, tmp_path / "whole"
    ).lexical.called("md")
    with open_writer(filled) as writer:
        writer.hold("4.md", OFFICE)
    assert found("町の事例集髙島", public) == set()
    assert found("町の事例集髙島") == {ids["4.md"]}
    with open_writer(filled) as writer:
        writer.remove("4.md")
    assert found("町の事例集髙島") == set()


def test_what_has_not_changed_is_shared(filled: Settings) -> None:
    def inodes() -> dict[int, int]:
        files = (path for path in filled.views.rglob("*") if path.is_file())
        return {about.st_ino: about.st_size for about in map(os.stat, files)}

    before = inodes()
    with open_writer(filled) as writer:
        put(writer, 3, 100)
    keeper(filled).refresh()
    shared = inodes().keys() & before.keys()
    assert len(shared) >= 10
    assert sum(before[at] for at in shared) > sum(before.values()) / 2
    assert damaged_views(filled) == ()


def test_from_damaged_views_nothing_is_taken(filled: Settings, tmp_path: Path) -> None:
    rows = next(filled.views.glob("*/dense/*.rows.npy"))
    rows.write_bytes(rows.read_bytes()[:-4] + b"\0\0\0\0")
    with open_writer(filled) as writer:
        put(writer, 3, 100)
    views, whole = keeper(filled).refresh(), built_whole(filled, tmp_path / "whole")
    query = unit(np.random.default_rng(2), 1)[0]
    assert views.dense.top(query, 99, None) == pytest.approx(whole.dense.top(query, 99, None))
    assert len(views.dense.parts) == 1
    assert damaged_views(filled) == ()


def test_what_nobody_remembers_is_built_whole(
    filled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "KEPT", 2)
    store = Store.open(filled)
    with open_writer(filled) as writer:
        before = store.generation()
        for name in range(3):
            put(writer, name, 200 + name)
        assert store.changed_cases(before) is None
        assert store.changed_cases(before + 1) is not None
    views = keeper(filled).refresh()
    assert len(views.dense.parts) == 1
    with open_writer(filled) as writer:
        writer.switch_model("test")
    assert store.changed_cases(store.generation() - 1) is None
    assert store.changed_cases(store.generation()) == frozenset()
