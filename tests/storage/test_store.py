"""The store: one truth, one viewer's view, one writer."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from dxkb.main import main
from kb.base.config import Settings
from kb.base.errors import LockedError, ModelMismatchError, NotFoundError, SchemaError, StoreError
from kb.base.messages import message, render
from kb.base.types import CaseDraft, Chunk, Filters, PageQuality, Section, Viewer
from kb.storage.database import connect, schema_version
from kb.storage.store import Store
from kb.storage.writer import FileState, NewCase, NewDocument, Terms, Writer, open_writer

OWNER = Viewer.owner()


def document(title: str, visibility: str = "公開", **values: object) -> NewDocument:
    text = f"{title}の本文。"
    sections = (Section("取組", "取組", text, 3),)
    draft = CaseDraft(title=title, sections=sections, population=17781, **values)  # type: ignore[arg-type]
    case = NewCase(
        draft,
        chunks=(Chunk(0, 0, len(text), 3, text),),
        terms=Terms((title, "本文"), ()),
        vectors=np.array([[0.6, 0.8]], dtype=np.float32),
        title_vector=np.array([1.0, 0.0], dtype=np.float32),
    )
    return NewDocument("note", (PageQuality(None, 1.0),), visibility, (), (case,))


def state(path: str, fingerprint: str | None = None) -> FileState:
    return FileState(path, path.encode(), 1, 2, "", "00", fingerprint or f"print of {path}")


def put(writer: Writer, path: str, new: NewDocument) -> None:
    writer.use_model("test", 2)
    writer.put(state(path), new)


def _failed(path: str, why: str) -> FileState:
    return FileState(
        path, path.encode(), 9, 9, "", "", "", "failed", message("name.said", text=why), why
    )


def test_what_is_written_is_read_back(either: Settings) -> None:
    with open_writer(either) as writer:
        put(
            writer,
            "a.md",
            document("予防接種", municipality="多可町", code="283657", year=2024, pages=(3, 3)),
        )
    store = Store.open(either)
    (case,) = store.cases_of(code="283657", viewer=OWNER)
    assert (case.title, case.year, case.pages, case.population) == ("予防接種", 2024, (3, 3), 17781)
    assert case.sections[0].text == "予防接種の本文。"
    assert store.case(case.id, OWNER) == case
    assert store.counts(OWNER) == {"documents": 1, "cases": 1, "chunks": 1}
    vectors = store.all_vectors("test")
    assert vectors.chunks.tolist() == pytest.approx(np.array([[0.6, 0.8]]))
    raw = connect(either.place).execute("SELECT vector FROM chunk_vectors").fetchone()[0]
    assert raw == np.array([0.6, 0.8], dtype="<f4").tobytes()


def test_the_generation_grows_with_every_change(either: Settings) -> None:
    with open_writer(either) as writer:
        store = Store.open(either)
        before = store.generation()
        put(writer, "a.md", document("A"))
        middle = store.generation()
        writer.remove("a.md")
        assert before < middle < store.generation()


def test_readers_never_see_more_than_they_may(either: Settings) -> None:
    with open_writer(either) as writer:
        put(writer, "open.md", document("公開の事例", field="申請"))
        put(
            writer, "office.md", document("庁内の事例", "庁内", field="窓口", municipality="秘密町")
        )
        put(writer, "group.md", document("班の事例", "DX班"))
    store = Store.open(either)
    public, office, group = Viewer.of(), Viewer.of("庁内"), Viewer.of("DX班")
    (secret,) = [c for c in store.cases_by_no([1, 2, 3], OWNER).values() if c.visibility == "庁内"]
    assert store.counts(public)["cases"] == 1
    assert store.counts(office)["chunks"] == 2
    assert "窓口" not in store.facet_values(public)["field"]
    assert "秘密町" not in json.dumps(store.facet_values(group), ensure_ascii=False)
    assert [e.path for e in store.ledger(public)] == ["open.md"]
    assert len(store.case_nos(Filters(), public) or ()) == 1
    assert store.case_nos(Filters(), OWNER) is None
    assert store.cases([secret.id], public) == ()
    with pytest.raises(NotFoundError):
        store.case(secret.id, group)
    with pytest.raises(NotFoundError):
        store.document_path(secret.document_id, public)
    with pytest.raises(NotFoundError):
        store.page_quality(secret.document_id, public)
    assert store.document_path(secret.document_id, office) == "office.md"


def test_totals_follow_every_change_and_every_viewer(either: Settings) -> None:
    with open_writer(either) as writer:
        put(writer, "open.md", document("公開の事例", field="申請"))
    store = Store.open(either)
    assert store.counts(OWNER)["cases"] == store.counts(Viewer.of())["cases"] == 1
    with open_writer(either) as writer:
        put(writer, "office.md", document("庁内の事例", "庁内", field="窓口"))
    assert store.counts(OWNER)["cases"] == 2
    assert store.counts(Viewer.of())["cases"] == 1
    assert store.facet_values(OWNER)["field"] == {"申請": 1, "窓口": 1}
    with open_writer(either) as writer:
        writer.remove("open.md")
    assert store.facet_values(OWNER)["field"] == {"窓口": 1}
    assert store.facet_values(Viewer.of())["field"] == {}


def test_a_changed_document_keeps_its_address(either: Settings) -> None:
    with open_writer(either) as writer:
        put(writer, "a.md", document("旧"))
        first = Store.open(either).cases_by_no([1], OWNER)[1].id
        writer.put(state("a.md", "other"), document("新"))
        (case,) = list(Store.open(either).cases_by_no(range(10), OWNER).values())
        assert (case.id, case.title) == (first, "新")


def test_a_move_keeps_everything(either: Settings) -> None:
    with open_writer(either) as writer:
        put(writer, "a.md", document("A"))
        store = Store.open(either)
        before = store.cases_by_no([1], OWNER)[1]
        writer.move("a.md", state("sub/b.md", "print of a.md"))
        after = store.cases_by_no([1], OWNER)[1]
        assert (after.id, after.path) == (before.id, "sub/b.md")
        assert [e.path for e in store.ledger(OWNER)] == ["sub/b.md"]


def test_two_places_of_one_document(either: Settings) -> None:
    with open_writer(either) as writer:
        put(writer, "b.md", document("A"))
        number = writer.document_with("print of b.md")
        assert number is not None
        writer.link(state("a.md", "print of b.md"), number)
        store = Store.open(either)
        assert store.counts(OWNER)["documents"] == 1
        assert store.cases_by_no([1], OWNER)[1].path == "a.md"
        writer.remove("a.md")
        assert store.cases_by_no([1], OWNER)[1].path == "b.md"
        writer.remove("b.md")
        assert store.counts(OWNER) == {"documents": 0, "cases": 0, "chunks": 0}


def test_a_document_that_fails_later_keeps_its_last_good_content(either: Settings) -> None:
    with open_writer(either) as writer:
        put(writer, "a.md", document("A"))
        writer.fail(_failed("a.md", "damaged"), None)
    store = Store.open(either)
    (entry,) = store.ledger(OWNER)
    assert (entry.status, entry.reason_code, entry.cases) == ("failed", "damaged", 1)


def test_a_file_that_never_could_be_read_is_not_public(either: Settings) -> None:
    with open_writer(either) as writer:
        writer.fail(_failed("人事.pdf", "password"), None)
    store = Store.open(either)
    assert store.ledger(Viewer.of()) == ()
    assert len(store.ledger(OWNER)) == 1


def test_filters_narrow_the_cases(either: Settings) -> None:
    with open_writer(either) as writer:
        put(
            writer,
            "a.md",
            document("A", field="申請", year=2020, code="172065", municipality="加賀市"),
        )
        put(writer, "b.md", document("B", field="窓口", year=2024, prefecture="兵庫県"))
        put(writer, "c.md", document("C", municipality="府中市", ambiguous=True))
    store = Store.open(either)

    def titles(filters: Filters) -> list[str]:
        nos = store.case_nos(filters, OWNER)
        assert nos is not None
        return sorted(case.title for case in store.cases_by_no(sorted(nos), OWNER).values())

    assert titles(Filters(fields=("申請",))) == ["A"]
    assert titles(Filters(year_from=2021)) == ["B"]
    assert titles(Filters(year_to=2023)) == ["A"]
    assert titles(Filters(prefectures=("兵庫県",))) == ["B"]
    assert titles(Filters(municipalities=("172065",))) == ["A"]
    assert titles(Filters(municipalities=("132063", "府中市"))) == ["C"]
    assert titles(Filters(population_to=20000)) == ["A", "B", "C"]
    assert titles(Filters(population_from=20000)) == []
    assert titles(Filters(population_from=10000)) == ["A", "B", "C"]


def test_one_writer_at_a_time_and_its_name_is_told(settings: Settings) -> None:
    with open_writer(settings):
        code = (
            "import sys; from pathlib import Path; from kb.base.config import Settings\n"
            "from kb.storage.writer import open_writer; from kb.base.errors import LockedError\n"
            "try:\n  open_writer(Settings(data=Path(sys.argv[1]))).__enter__()\n"
            "except LockedError as e: print(e.message('en'))"
        )
        told = subprocess.run(
            [sys.executable, "-c", code, str(settings.data)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    import os

    assert f"process {os.getpid()}" in told
    with open_writer(settings):  # free again
        pass


def test_vectors_of_another_model_are_refused(either: Settings) -> None:
    with open_writer(either) as writer:
        put(writer, "a.md", document("A"))
        with pytest.raises(ModelMismatchError) as told:
            writer.use_model("another", 2)
    assert "--reembed" in told.value.message()
    assert "test" in told.value.message()


def test_a_newer_schema_is_refused_with_a_remedy(settings: Settings) -> None:
    with open_writer(settings):
        pass
    with sqlite3.connect(settings.database) as raw:
        raw.execute(f"PRAGMA user_version = {schema_version() + 1}")
    raw.close()
    with pytest.raises(SchemaError, match="更新"):
        Store.open(settings)


def test_a_missing_store_says_what_to_run(settings: Settings) -> None:
    with pytest.raises(StoreError, match="dxkb ingest"):
        Store.open(settings)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
def test_a_data_folder_that_cannot_be_written_is_read(settings: Settings) -> None:
    """Root may write anywhere: then as somebody else, where that user may look."""
    with open_writer(settings) as writer:
        writer.looked_through(3)
    folder = Path(tempfile.mkdtemp())
    shutil.copy(settings.database, folder)
    folder.chmod(0o555)
    is_root = os.geteuid() == 0
    try:
        if is_root:
            os.seteuid(65534)
        assert Store.open(Settings(data=folder, corpus=settings.corpus)).ignored() == 3
    finally:
        if is_root:
            os.seteuid(0)
        shutil.rmtree(folder)


def test_a_damaged_store_says_so(settings: Settings) -> None:
    settings.data.mkdir()
    settings.database.write_bytes(b"this is no database, but it is long enough to look at" * 40)
    with pytest.raises(StoreError, match=r"dxkb\.sqlite3"):
        Store.open(settings)


def test_wal_and_foreign_keys_are_on(settings: Settings) -> None:
    with open_writer(settings) as writer:
        assert writer.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert writer.connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_a_failed_transaction_leaves_nothing(either: Settings, tmp_path: Path) -> None:
    broken = document("A")
    (case,) = broken.cases
    torn = NewDocument(
        "note", broken.pages, "公開", (),
        (case, NewCase(case.draft, case.chunks, case.terms, np.zeros((2, 2), np.float32), case.title_vector)),
    )  # fmt: skip
    with open_writer(either) as writer:
        writer.use_model("test", 2)
        with pytest.raises(ValueError, match=r"shorter|longer"):
            writer.put(state("a.md"), torn)
        assert Store.open(either).counts(OWNER) == {"documents": 0, "cases": 0, "chunks": 0}


def test_locked_error_is_a_store_error() -> None:
    assert issubclass(LockedError, StoreError)


def test_what_an_older_version_said_stays_readable(tmp_path: Path) -> None:
    """A store of schema 3 kept sentences; they are told as they were, in either language."""
    script = (Path(__file__).parent / "stores" / "schema_3.sql").read_text(encoding="utf-8")
    settings = Settings(data=tmp_path)
    connection = sqlite3.connect(settings.database)
    connection.executescript(script)
    said = "前の版が「そのまま」書いた理由です。"
    connection.execute("UPDATE files SET reason = ?, reason_code = 'duplicate'", (said,))
    connection.execute("UPDATE documents SET warnings = ?", (json.dumps([said, "二つめ。"]),))
    connection.commit()
    connection.close()
    with open_writer(settings):
        pass
    ledger = Store.open(settings).ledger(Viewer.owner())
    assert ledger
    for entry in ledger:
        assert entry.reason is not None
        assert render(entry.reason) == render(entry.reason, "en") == said
        assert [render(told) for told in entry.warnings] == [said, "二つめ。"]


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
def test_the_data_folder_is_its_owners_only(settings: Settings) -> None:
    """Made so, and one of an older version made so; whatever the umask of whoever runs the command."""
    (settings.corpus / "a.md").write_text(
        "---\ntitle: a\n---\n## 取組\n\n申請。\n", encoding="utf-8"
    )
    before = os.umask(0)
    try:
        settings.data.mkdir(mode=0o755)
        assert main(["ingest", str(settings.corpus), "--data", str(settings.data)]) == 0
    finally:
        os.umask(before)
    assert settings.data.stat().st_mode & 0o777 == 0o700
    loose = [p for p in settings.data.rglob("*") if p.is_file() and p.stat().st_mode & 0o077]
    assert not loose


def test_each_thread_that_reads_keeps_little_of_the_file(settings: Settings) -> None:
    with open_writer(settings):
        pass
    with closing(connect(settings.database)) as connection:
        assert -500 <= connection.execute("PRAGMA cache_size").fetchone()[0] < 0  # KiB


def test_the_numbers_of_all_cases_are_those_of_now_and_of_who_asks(either: Settings) -> None:
    with open_writer(either) as writer:
        put(writer, "open.md", document("公開の事例"))
        put(writer, "office.md", document("庁内の事例", "庁内"))
        store = Store.open(either)
        assert (len(store.all_case_nos()), len(store.all_case_nos(Viewer.of()))) == (2, 1)
        put(writer, "more.md", document("次の事例"))
        assert (len(store.all_case_nos()), len(store.all_case_nos(Viewer.of()))) == (3, 2)
        writer.remove("office.md")
        assert store.all_case_nos() == store.all_case_nos(Viewer.of())
        assert store.case_nos(Filters(), Viewer.of()) == store.all_case_nos()
