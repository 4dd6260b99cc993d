"""From the corpus folder to the store: everything accounted for, nothing lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.flow.pipeline import ingest
from ingest.flow.prepare import default_title
from ingest.flow.report import IngestReport
from ingest.flow.sources import Settled, look
from kb.base.config import Settings
from kb.base.errors import CorpusError, LockedError
from kb.base.messages import render
from kb.base.types import Viewer
from kb.ranking.search import Searcher
from kb.storage.store import Store
from kb.storage.writer import open_writer
from tests.support.pdfs import build, lines
from tests.support.samples import note, town_notes

OWNER = Viewer.owner()


def outcome(report: IngestReport) -> dict[str, tuple[str, str | None]]:
    return {file.path: (file.status, file.reason_code) for file in report.files}


def titles(settings: Settings) -> set[str]:
    store = Store.open(settings)
    return {case.title for case in store.cases_by_no(range(500), OWNER).values()}


def test_a_dropped_note_is_found(settings: Settings) -> None:
    town_notes(settings.corpus)
    report = ingest(settings)
    assert (report.found, report.count("indexed")) == (4, 4)
    (best, *_) = Searcher(settings, Store.open(settings)).search("予防接種の予約").results
    assert best.case.path == "taka.md"
    assert (best.case.code, best.case.population, best.case.year) == ("283657", 19284, 2024)


def test_a_second_run_reads_nothing(settings: Settings) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    generation = Store.open(settings).generation()
    seen: list[str] = []
    report = ingest(settings, lambda done, total, path: seen.append(path))
    assert report.count("unchanged") == 4
    assert [path for path in seen if path] == []
    assert Store.open(settings).generation() == generation
    assert sum(file.cases for file in report.files) == 4


def test_new_changed_moved_and_removed(settings: Settings) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    before = {c.path: c.id for c in Store.open(settings).cases_by_no(range(50), OWNER).values()}
    note(settings.corpus, "taka.md", "## 取組\n\n母子手帳アプリを使う。", title="母子手帳アプリ")
    note(settings.corpus, "new.md", "## 取組\n\n避難所の受付を電子化した。", title="避難所の受付")
    (settings.corpus / "2023").mkdir()
    shutil.move(settings.corpus / "toyooka.md", settings.corpus / "2023" / "豊岡.md")
    (settings.corpus / "ina.md").unlink()
    report = ingest(settings)
    assert outcome(report) == {
        "2023/豊岡.md": ("indexed", "moved"),
        "kaga.md": ("unchanged", None),
        "new.md": ("indexed", None),
        "taka.md": ("indexed", None),
        "ina.md": ("removed", None),
    }
    after = {c.path: c.id for c in Store.open(settings).cases_by_no(range(50), OWNER).values()}
    assert after["2023/豊岡.md"] == before["toyooka.md"]
    assert after["taka.md"] == before["taka.md"]
    assert titles(settings) == {
        "母子手帳アプリ",
        "避難所の受付",
        "ドローンで荷物を届ける",
        "行政手続の電子申請",
    }


def test_a_touched_file_is_not_read_again(settings: Settings) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    os.utime(settings.corpus / "taka.md", (1, 1))
    assert outcome(ingest(settings))["taka.md"] == ("unchanged", None)


def test_the_same_bytes_twice_are_one_document(settings: Settings) -> None:
    path = note(settings.corpus, "a.md", "## 取組\n\n本文。", title="一つ")
    shutil.copy(path, settings.corpus / "b.md")
    report = ingest(settings)
    assert outcome(report)["b.md"] == ("indexed", "duplicate")
    assert Store.open(settings).counts(OWNER)["documents"] == 1
    path.unlink()
    assert outcome(ingest(settings)) == {"a.md": ("removed", None), "b.md": ("unchanged", None)}
    assert titles(settings) == {"一つ"}


def test_bad_files_are_named_and_the_rest_goes_on(settings: Settings) -> None:
    town_notes(settings.corpus)
    (settings.corpus / "空.md").write_bytes(b"")
    (settings.corpus / "壊れた.pdf").write_bytes(b"%PDF-1.7\nnothing of the kind")
    (settings.corpus / "音声.mp3").write_bytes(b"ID3\x03" + bytes(200))
    note(settings.corpus, "題.md", "x").write_text("---\ntitle: [a\n---\n本文\n", encoding="utf-8")
    (settings.corpus / "taka.md.yaml").write_text("title: [a", encoding="utf-8")
    report = ingest(settings)
    found = outcome(report)
    assert found["空.md"] == ("failed", "empty")
    assert found["壊れた.pdf"] == ("failed", "damaged")
    assert found["音声.mp3"] == ("skipped", "unsupported")
    assert found["題.md"] == ("failed", "front_matter")
    assert found["taka.md"] == ("failed", "sidecar")
    assert report.count("indexed") == 3
    assert report.found == sum(
        report.count(s) for s in ("indexed", "unchanged", "skipped", "failed")
    )
    assert all(f.reason for f in report.files if f.status in ("failed", "skipped"))
    again = ingest(settings, retry=False)
    assert outcome(again)["空.md"] == ("failed", "empty")


def test_the_sidecar_says_what_the_document_does_not(settings: Settings) -> None:
    note(settings.corpus, "a.md", "## 取組\n\n本文です。", title="題")
    ingest(settings)
    (settings.corpus / "a.md.yaml").write_text(
        "title: 付属の題\nmunicipality: 多可町\nvisibility: 庁内\n", encoding="utf-8"
    )
    assert outcome(ingest(settings))["a.md"] == ("indexed", None)
    (case,) = Store.open(settings).cases_of(code="283657", viewer=OWNER)
    assert (case.title, case.visibility) == ("付属の題", "庁内")
    assert Store.open(settings).cases_of(code="283657", viewer=Viewer.of()) == ()


def test_a_sidecar_left_behind_follows_its_document(settings: Settings) -> None:
    note(settings.corpus, "a.md", "## 取組\n\n本文です。", title="題")
    (settings.corpus / "a.md.yaml").write_text(
        "title: 付属の題\nvisibility: 庁内\n", encoding="utf-8"
    )
    ingest(settings)
    (settings.corpus / "2024").mkdir()
    (settings.corpus / "a.md").rename(settings.corpus / "2024" / "別名.md")
    assert outcome(ingest(settings)) == {"2024/別名.md": ("indexed", "moved")}
    assert titles(settings) == {"付属の題"}
    assert (settings.corpus / "2024" / "別名.md.yaml").is_file()
    assert Store.open(settings).counts(Viewer.of())["documents"] == 0
    assert ingest(settings).count("unchanged") == 1


def test_a_document_whose_sidecar_cannot_follow_is_not_made_public(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may write anywhere, so a corpus that is read-only is played."""
    note(settings.corpus, "a.md", "## 取組\n\n本文です。", title="題")
    (settings.corpus / "a.md.yaml").write_text("visibility: 庁内\n", encoding="utf-8")
    note(settings.corpus, "other.md", "## 取組\n\n別の本文です。", title="別の題")
    ingest(settings)
    (settings.corpus / "a.md").rename(settings.corpus / "b.md")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "read-only")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        found = outcome(ingest(settings))
    assert found["b.md"] == ("failed", "sidecar_left")
    assert Store.open(settings).counts(Viewer.of())["documents"] == 1
    assert outcome(ingest(settings))["b.md"] == ("indexed", "moved")
    assert Store.open(settings).counts(Viewer.of())["documents"] == 1


def test_a_note_that_breaks_keeps_its_last_good_content(settings: Settings) -> None:
    path = note(settings.corpus, "a.md", "## 取組\n\n本文です。", title="題")
    ingest(settings)
    path.write_text("---\ntitle: [a\n---\n", encoding="utf-8")
    (file,) = ingest(settings).files
    assert (file.status, file.reason_code, file.cases) == ("failed", "front_matter", 1)
    assert file.reason is not None
    assert "検索できる" in render(file.reason)
    assert "Line 2" in render(file.reason, "en")
    assert "can still be searched" in render(file.reason, "en")
    assert titles(settings) == {"題"}


def test_an_emptied_corpus_stops_and_keeps_the_index(settings: Settings) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    shutil.rmtree(settings.corpus)
    with pytest.raises(CorpusError):
        ingest(settings)
    settings.corpus.mkdir()
    with pytest.raises(CorpusError, match="空です"):
        ingest(settings)
    assert len(titles(settings)) == 4


def test_views_that_cannot_be_kept_are_built_among_the_temporary_files(settings: Settings) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    shutil.rmtree(settings.views)
    settings.views.write_text("no folder")
    assert (
        Searcher(settings, Store.open(settings)).search("予防接種").results[0].case.path
        == "taka.md"
    )


def test_an_empty_corpus_at_the_start_is_no_error(settings: Settings) -> None:
    assert ingest(settings).found == 0
    searcher = Searcher(settings, Store.open(settings))
    assert searcher.ready()
    answer = searcher.search("予防接種")
    assert (answer.total, answer.weak) == (0, True)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
def test_a_file_without_permission_is_reported(settings: Settings) -> None:
    town_notes(settings.corpus)
    if os.geteuid() == 0:  # root may read all: a file that opens but cannot be read
        (settings.corpus / "gone.md").symlink_to("/proc/self/mem")
        assert outcome(ingest(settings))["gone.md"] == ("skipped", "link")
        return
    (settings.corpus / "taka.md").chmod(0)
    assert outcome(ingest(settings))["taka.md"] == ("failed", "permission")


def test_a_file_that_vanishes_between_scan_and_read_is_reported(settings: Settings) -> None:
    town_notes(settings.corpus)

    def vanish(done: int, total: int, path: str) -> None:
        if done == 0:
            (settings.corpus / "taka.md").unlink()

    report = ingest(settings, vanish)
    assert outcome(report)["taka.md"] == ("failed", "vanished")
    assert report.count("indexed") == 3


def test_a_moved_file_keeps_its_case_though_the_share_goes_away_meanwhile(
    settings: Settings,
) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    before = {c.title: c.id for c in Store.open(settings).cases_by_no(range(50), OWNER).values()}
    (settings.corpus / "toyooka.md").rename(settings.corpus / "moved.md")
    away = settings.corpus.with_name("away")

    def unmount(done: int, total: int, path: str) -> None:
        if settings.corpus.exists():
            settings.corpus.rename(away)

    assert outcome(ingest(settings, unmount))["moved.md"] == ("failed", "vanished")
    away.rename(settings.corpus)
    assert outcome(ingest(settings))["moved.md"] == ("indexed", "moved")
    after = {c.title: c.id for c in Store.open(settings).cases_by_no(range(50), OWNER).values()}
    assert after == before


def test_a_file_that_changes_while_it_is_read_is_read_again(settings: Settings) -> None:
    first, second = settings.corpus / "a.pdf", settings.corpus / "b.pdf"
    settings.corpus.mkdir(exist_ok=True)
    first.write_bytes(build(lines("窓口の予約を受け付ける。")))
    second.write_bytes(build(lines("古い内容の資料である。")))

    def rewrite(done: int, total: int, path: str) -> None:
        if path == "b.pdf":
            second.write_bytes(build(lines("新しい内容の資料に書き換えた。")))

    report = ingest(settings, rewrite)
    assert report.count("indexed") == 2
    store = Store.open(settings)
    cases = store.cases_by_no(sorted(store.all_case_nos()), Viewer.owner()).values()
    (case,) = [c for c in cases if c.path == "b.pdf"]
    assert "新しい内容" in case.sections[0].text
    assert ingest(settings).count("unchanged") == 2


def test_a_file_that_never_rests_waits_for_the_next_look(settings: Settings) -> None:
    path = settings.corpus / "log.md"
    note(settings.corpus, "log.md", "書き込み中の記録。")
    waiting = ingest(
        settings, settled=Settled(look(settings.corpus), frozenset({"log.md"}), frozenset())
    )
    assert (waiting.found, waiting.count("indexed")) == (0, 0)
    assert ingest(settings).count("indexed") == 1
    assert path.is_file()


def test_temporary_files_are_counted_as_ignored(settings: Settings) -> None:
    town_notes(settings.corpus)
    for name in ("~$計画.docx", "copy.tmp", "Thumbs.db", ".DS_Store", ".hidden/secret.md"):
        path = settings.corpus / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    report = ingest(settings)
    assert (report.found, report.ignored) == (4, 5)
    assert Store.open(settings).ignored() == 5


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuses such names")
def test_names_of_every_kind_are_taken(settings: Settings) -> None:
    settings.corpus.mkdir(exist_ok=True)
    names = [
        "か\u3099ぎ.md", "全角　ＡＢＣ.md", "a#b%20c?.md", "絵文字😀.md", "x" * 240 + ".md",
        " 空白 .md", "two\nlines.md",
    ]  # fmt: skip
    for number, name in enumerate(names):
        (settings.corpus / name).write_text(f"{number}番目の資料の本文。", encoding="utf-8")
    raw = os.fsencode(settings.corpus) + b"/\xff\xfe.md"
    Path(os.fsdecode(raw)).write_text("読めない名前の資料。", encoding="utf-8")
    report = ingest(settings)
    assert report.count("indexed") == len(names) + 1, report.files
    assert "\u304cぎ.md" in {file.path for file in report.files}
    assert len({file.path for file in report.files}) == len(names) + 1
    assert ingest(settings).count("unchanged") == len(names) + 1


def test_two_ingests_at_once_are_refused(settings: Settings) -> None:
    town_notes(settings.corpus)
    with open_writer(settings), pytest.raises(LockedError, match="プロセス"):
        ingest(settings)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("point", [1, 7, 18, "views"])
def test_killed_at_any_moment_nothing_is_lost(settings: Settings, point: int | str) -> None:
    """A first ingest of 20 notes is good; then 20 more come and the process is killed midway."""
    for i in range(20):
        note(
            settings.corpus,
            f"a{i:02}.md",
            f"## 取組\n\n第{i}の事例で窓口を改める。",
            title=f"先の事例{i}",
        )
    ingest(settings)
    for i in range(20):
        note(
            settings.corpus,
            f"b{i:02}.md",
            f"## 取組\n\n第{i}の事例で申請を改める。",
            title=f"後の事例{i}",
        )
    process = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(settings.data), str(settings.corpus), str(point)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "now"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    kept = titles(settings)
    assert {f"先の事例{i}" for i in range(20)} <= kept
    assert Searcher(settings, Store.open(settings)).search("先の事例3").results
    report = ingest(settings)
    assert report.count("failed") == 0
    assert len(titles(settings)) == 40
    leftovers = [p for p in settings.views.iterdir() if p.name.startswith("building-")]
    assert len(leftovers) <= 1


_KILLED = """
import sys, time
from pathlib import Path
from kb.base.config import Settings
import ingest.flow.pipeline as pipeline
point = sys.argv[3]
def wait():
    print("now", flush=True)
    time.sleep(600)
if point == "views":
    import kb.index.views
    build = kb.index.views.dense.build
    def slow(folder, vectors):
        folder.mkdir(parents=True)
        wait()
    kb.index.views.dense.build = slow
def progress(done, total, path):
    if point != "views" and done == int(point):
        wait()
pipeline.ingest(Settings(data=Path(sys.argv[1]), corpus=Path(sys.argv[2])), progress)
"""


def test_a_full_disk_is_explained(settings: Settings) -> None:
    """SQLite's own limit on pages is a full disk without filling one."""
    town_notes(settings.corpus)
    ingest(settings)
    note(settings.corpus, "big.md", "## 取組\n\n" + "電子申請を広げた。" * 20_000, title="大きい")
    from kb.base.errors import StoreError

    with open_writer(settings) as writer:
        pages = writer.connection.execute("PRAGMA page_count").fetchone()[0]
        writer.connection.execute(f"PRAGMA max_page_count = {pages}")
        from ingest.flow.pipeline import _Step
        from ingest.flow.reading import ReadAhead
        from ingest.flow.sources import look
        from kb.language.encoder import load_encoder

        (big,) = [source for source in look(settings.corpus).files if source.key == "big.md"]
        with ReadAhead() as ahead:
            step = _Step(writer, load_encoder(settings.model), ahead, set())
            with pytest.raises(StoreError, match="空き"):
                step.take(step.begin(big))
    assert len(titles(settings)) == 4


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no time of every change")
def test_a_change_is_seen_whatever_the_file_says_of_its_time(settings: Settings) -> None:
    path = note(settings.corpus, "a.md", "## 取組\n\n本文一。", title="題")
    os.utime(path, (2e9, 2e9))
    ingest(settings)
    path.write_bytes(path.read_bytes().replace("本文一".encode(), "本文二".encode()))
    os.utime(path, (2e9, 2e9))
    assert outcome(ingest(settings))["a.md"] == ("indexed", None)


def test_another_model_is_swapped_in_and_back(settings: Settings, tmp_path: Path) -> None:
    from kb.base.errors import ModelMismatchError
    from kb.storage.reembed import reembed

    town_notes(settings.corpus)
    ingest(settings)
    other_model = tmp_path / "model"
    shutil.copytree(settings.model, other_model)
    config = other_model / "config_sentence_transformers.json"
    config.write_text(config.read_text("utf-8").replace("dxkb-static", "another-static"), "utf-8")
    other = replace(settings, model=str(other_model))
    with pytest.raises(ModelMismatchError, match="--reembed"):
        Searcher(other, Store.open(other)).search("予防接種")
    done: list[int] = []
    reembed(other, lambda n, total, _: done.append(total))
    assert done[0] >= 8
    assert Searcher(other, Store.open(other)).search("予防接種").results[0].case.path == "taka.md"
    done.clear()
    reembed(settings, lambda n, total, _: done.append(total))
    assert done == [0]
    assert (
        Searcher(settings, Store.open(settings)).search("予防接種").results[0].case.path
        == "taka.md"
    )


def case_ids(settings: Settings) -> set[str]:
    store = Store.open(settings)
    found = store.cases_by_no(sorted(store.all_case_nos()), Viewer.owner())
    assert len(found) == 2
    return {case.id for case in found.values()}


def test_a_new_way_of_reading_reads_everything_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = tmp_path / "corpus"
    note(corpus, "a.md", "窓口の待ち時間を短くした。", title="窓口")
    note(corpus, "b.md", "申請を電子化した。", title="申請")
    settings = Settings(data=tmp_path / "data", corpus=corpus)
    with monkeypatch.context() as before:
        for module in ("ingest.flow.sources.READING", "ingest.flow.pipeline.READING"):
            before.setattr(module, 1)
        assert ingest(settings).count("indexed") == 2
        assert ingest(settings).count("unchanged") == 2
    ids = case_ids(settings)
    assert ingest(settings).count("indexed") == 2
    assert case_ids(settings) == ids
    assert ingest(settings).count("unchanged") == 2


def test_a_document_is_found_by_the_name_of_its_file(settings: Settings) -> None:
    words = "窓口の混雑を減らすため、予約をフォームで受け付けている。"
    for name in ("令和7年度要求資料_白鷺.md", "b.md"):
        (settings.corpus / name).write_text(f"# 窓口の予約\n\n{words}{name[0]}", encoding="utf-8")
    ingest(settings)
    (best, *_) = Searcher(settings, Store.open(settings)).search("白鷺").results
    assert best.case.path == "令和7年度要求資料_白鷺.md"


@pytest.mark.parametrize(
    ("name", "title"),
    [("視察 0123456789abcdef0123456789abcdef.md", "視察"), ("a_b.md", "a b"), ("0123456789abcdef0123456789abcdef.md", "0123456789abcdef0123456789abcdef")],
)  # fmt: skip
def test_titles_from_file_names(name: str, title: str) -> None:
    assert default_title(Path(name)) == title
