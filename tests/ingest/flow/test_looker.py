"""Looking through a folder again and again: what is asked for each time, and that nothing is missed."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.flow import sources
from ingest.flow.sources import Looker

FOLDERS, EACH = 6, 3


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of folders whose times are relied upon at once, and of whose files a part is asked for each time."""
    for number in range(FOLDERS):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        for name in "abc"[:EACH]:
            (folder / f"{name}.md").write_text(name, encoding="utf-8")
    monkeypatch.setattr(sources, "_TICK", 0)
    monkeypatch.setattr(sources, "_AT_ONCE", 1)
    tick()
    return tmp_path


def tick() -> None:
    """Until the file system's clock has gone on."""
    time.sleep(0.03)


def at_rest(corpus: Path) -> Looker:
    """One that has seen everything as it is, and has nothing to look at again."""
    looker = Looker(corpus)
    for _ in range(3):
        looker.look()
    return looker


@contextmanager
def listed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Names of the folders whose files are asked for their times meanwhile."""
    asked: list[str] = []
    mark: Callable[..., object] = sources._mark

    def noted(entries: list[os.DirEntry[str]], access: object) -> object:
        asked.extend({Path(entry.path).parent.name for entry in entries})
        return mark(entries, access)

    with monkeypatch.context() as patch:
        patch.setattr(sources, "_mark", noted)
        yield asked


def looks_until(looker: Looker, is_so: Callable[[sources.Listing], bool]) -> int:
    """After how many looks it is so: one that has seen something is followed by one that asks for that alone."""
    for number in range(1, 4 * sources._TURNS):
        if is_so(looker.look()):
            return number
    raise AssertionError("it was never seen")


def test_what_comes_goes_or_is_renamed_is_seen_at_the_next_look(corpus: Path) -> None:
    looker = at_rest(corpus)
    for number in range(FOLDERS):
        (corpus / f"{number}" / "new.md").write_text("neu", encoding="utf-8")
        (corpus / f"{number}" / "a.md").unlink()
        (corpus / f"{number}" / "b.md").rename(corpus / f"{number}" / "z.md")
    keys = {source.key for source in looker.look().files}
    assert keys == {f"{n}/{name}.md" for n in range(FOLDERS) for name in ("c", "new", "z")}


def test_a_file_that_is_written_in_place_is_seen_within_the_turns(corpus: Path) -> None:
    looker = at_rest(corpus)
    for number in range(FOLDERS):
        with (corpus / f"{number}" / "b.md").open("a", encoding="utf-8") as file:
            file.write(" more")
    within = looks_until(looker, lambda seen: sum(s.size for s in seen.files) == FOLDERS * (3 + 5))
    assert 1 < within <= 2 * sources._TURNS + 1


def test_a_file_that_is_written_again_is_seen_at_the_next_look(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_AT_ONCE", EACH)
    monkeypatch.setattr(sources, "_LATELY", 1)
    looker, path = at_rest(corpus), corpus / "3" / "b.md"
    for size in range(2, 12):
        path.write_text("x" * size, encoding="utf-8")
        within = looks_until(looker, lambda seen, n=size: any(s.size == n for s in seen.files))  # type: ignore[misc]
        assert size == 2 or within == 1
        for _ in range(size):  # at rest for a while
            looker.look()


def test_what_has_changed_is_looked_at_again_the_next_time(corpus: Path) -> None:
    """Two looks must agree that a file is whole: the second has to ask for its size."""
    looker = at_rest(corpus)
    path = corpus / "0" / "slow.md"
    for size in (1, 2, 3):
        with path.open("a", encoding="utf-8") as file:
            file.write("x")
        (found,) = [s for s in looker.look().files if s.key == "0/slow.md"]
        assert found.size == size


def test_only_a_part_of_the_files_is_asked_for_at_each_look(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looker = at_rest(corpus)
    with listed(monkeypatch) as asked:
        for _ in range(4 * sources._TURNS):
            looker.look()
    assert all(3 <= asked.count(f"{number}") <= 5 for number in range(FOLDERS))


def test_one_large_folder_has_its_turn_too(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(100):
        (corpus / f"{number}.md").write_text("x", encoding="utf-8")
    tick()
    looker = at_rest(corpus)
    with listed(monkeypatch) as asked:
        for _ in range(4 * sources._TURNS):
            looker.look()
    assert 3 <= asked.count(corpus.name) <= 5


def test_where_nothing_has_changed_the_listing_is_the_very_same(corpus: Path) -> None:
    looker = at_rest(corpus)
    first = looker.look()
    assert all(looker.look() is first for _ in range(3 * sources._TURNS))


def test_what_says_who_may_see_a_folder_is_asked_for_each_time(corpus: Path) -> None:
    (corpus / "_access.yaml").write_text("visibility: 庁内", encoding="utf-8")
    (corpus / "0" / "below").mkdir()
    (corpus / "0" / "below" / "a.md").write_text("a", encoding="utf-8")
    tick()
    looker = at_rest(corpus)
    before = {source.key: source.around for source in looker.look().files}
    with (corpus / "_access.yaml").open("a", encoding="utf-8") as file:
        file.write("\n")
    after = {source.key: source.around for source in looker.look().files}
    assert all(before.values())
    assert not set(before.items()) & set(after.items())


def test_a_folder_that_has_just_been_changed_is_not_relied_upon(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looker = at_rest(corpus)
    monkeypatch.setattr(sources, "_TICK", 60_000_000_000)
    with listed(monkeypatch) as asked:
        looker.look()
    assert {f"{number}" for number in range(FOLDERS)} <= set(asked)


def test_another_folder_in_the_place_of_one_is_seen_at_the_next_look(corpus: Path) -> None:
    looker = at_rest(corpus)
    other = corpus / "0" / "other"
    other.mkdir()
    (other / "a.md").write_text("of another length", encoding="utf-8")
    looker.look()
    (corpus / "1").rename(corpus / "0" / "old")
    other.rename(corpus / "1")
    found = {source.key: source.size for source in looker.look().files}
    assert found["1/a.md"] == len("of another length")
    assert "1/b.md" not in found
    assert "0/old/b.md" in found


def test_the_listing_and_what_changed_are_those_of_first_looks(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_TICK", 60_000_000_000)  # every folder is listed each time
    chance = random.Random(7)
    names = ["a.md", "b.md", "が.md", "か\u3099.md", "~$a.md", "a.md.yaml", "新しい.md"]
    folders = [corpus, *(corpus / f"{number}" for number in range(FOLDERS)), corpus / "0" / "in"]
    looker = Looker(corpus)
    before = looker.look()
    assert before.changed is None
    for step in range(150):
        folder = chance.choice(folders)
        path = folder / chance.choice(names)
        if step % 25 == 24 and folder != corpus:
            shutil.rmtree(folder, ignore_errors=True)
        elif path.exists() and chance.random() < 0.5:
            path.unlink()
        else:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text("x" * step, encoding="utf-8")
        now, fresh = looker.look(), sources.look(corpus)
        assert (now.files, now.ignored) == (fresh.files, fresh.ignored), step
        was, there = ({s.key: s for s in seen.files} for seen in (before, now))
        differ = {key for key in was.keys() | there.keys() if was.get(key) != there.get(key)}
        if now is not before:
            assert now.changed == {key: there.get(key) for key in differ}, step
        before = now
