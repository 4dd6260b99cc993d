"""What lies in the corpus and what has changed."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.flow.plan import plan
from ingest.flow.sources import fingerprint, is_ignored, look
from kb.base.errors import CorpusError
from kb.base.files import read_regular
from kb.storage.writer import KnownFile


def known(
    path: str, size: int = 1, mtime: int = 1, status: str = "indexed", document: int | None = 1
) -> KnownFile:
    return KnownFile(path, size, mtime, "", "", "", status, document)  # type: ignore[arg-type]


def test_keys_are_nfc_and_slash_separated(tmp_path: Path) -> None:
    folder = tmp_path / "第１回"
    folder.mkdir()
    (folder / unicodedata.normalize("NFD", "ガイド.md")).write_text("x", encoding="utf-8")
    (tmp_path / "100% #1 😀.txt").write_text("x", encoding="utf-8")
    assert [source.key for source in look(tmp_path).files] == ["100% #1 😀.txt", "第１回/ガイド.md"]


def test_keys_do_not_depend_on_how_the_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corpus" / "a").mkdir(parents=True)
    (tmp_path / "corpus" / "a" / "b.md").write_text("x", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "corpus")
    for named in (".", "../corpus", str(tmp_path / "corpus")):
        assert [source.key for source in look(Path(named)).files] == ["a/b.md"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux file names are bytes")
def test_a_name_that_is_no_utf8_is_still_listed(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode("資料".encode("cp932") + b".md")).write_text("x", encoding="utf-8")
    (source,) = look(tmp_path).files
    source.key.encode("utf-8")
    assert source.path.read_text(encoding="utf-8") == "x"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps both spellings")
def test_two_spellings_of_one_name_are_two_files(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        (tmp_path / unicodedata.normalize(form, "ガ.md")).write_text(form, encoding="utf-8")  # type: ignore[arg-type]
    assert [source.key for source in look(tmp_path).files] == ["ガ.md", "ガ.md~"]


@pytest.mark.parametrize(
    "name", ["~$資料.docx", "写し.tmp", "Thumbs.db", ".DS_Store", ".hidden.md", "x.part"]
)
def test_what_systems_leave_lying_about_is_ignored(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x", encoding="utf-8")
    assert is_ignored(name)
    assert look(tmp_path).files == ()


def test_sidecars_and_the_guide_are_no_documents(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("x", encoding="utf-8")
    (tmp_path / "a.pdf.yaml").write_text("title: A", encoding="utf-8")
    (tmp_path / "README.md").write_text("guide", encoding="utf-8")
    (tmp_path / "alone.yaml").write_text("x: 1", encoding="utf-8")
    found = {source.key: source for source in look(tmp_path).files}
    assert sorted(found) == ["a.pdf", "alone.yaml"]
    assert found["a.pdf"].sidecar.startswith("8:")


def test_links_are_listed_but_never_followed(tmp_path: Path) -> None:
    corpus, outside = tmp_path / "corpus", tmp_path / "outside"
    corpus.mkdir()
    outside.mkdir()
    (outside / "secret.md").write_text("x", encoding="utf-8")
    try:
        (corpus / "link").symlink_to(outside, target_is_directory=True)
    except OSError:
        pytest.skip("no right to make links")
    assert [(s.key, s.problem) for s in look(corpus).files] == [("link", "link")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipes_and_linked_sidecars_are_listed_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    os.mkfifo(tmp_path / "a.md.yaml")
    (tmp_path / "b.md.yaml").symlink_to("/etc/hosts")
    assert [(s.key, s.problem) for s in look(tmp_path).files] == [
        ("a.md", "sidecar_link"), ("b.md", "sidecar_link"), ("pipe.pdf", "special"),
    ]  # fmt: skip
    with pytest.raises(OSError, match="regular"):
        read_regular(tmp_path / "pipe.pdf")
    with pytest.raises(OSError, match="symbolic"):
        read_regular(tmp_path / "b.md.yaml")


def test_a_missing_root_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="共有フォルダ"):
        look(tmp_path / "none")


def test_an_empty_root_never_empties_the_index(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="1件"):
        plan(look(tmp_path).files, {"a.md": known("a.md")}, retry=True)
    assert plan((), {}, retry=True).fresh == ()


def test_new_changed_gone_and_unchanged(tmp_path: Path) -> None:
    for name in ("same.md", "changed.md", "new.md", "failed.md"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    found = look(tmp_path).files
    now = {s.key: s for s in found}
    ledger = {
        "same.md": known("same.md", now["same.md"].size, now["same.md"].mtime_ns),
        "changed.md": known("changed.md", 1, 1),
        "gone.md": known("gone.md"),
        "failed.md": known(
            "failed.md", now["failed.md"].size, now["failed.md"].mtime_ns, "failed", None
        ),
    }
    work = plan(found, ledger, retry=False)
    assert [s.key for s in work.fresh] == ["changed.md", "new.md"]
    assert [s.key for s in work.same] == ["failed.md", "same.md"]
    assert work.gone == ("gone.md",)
    assert "failed.md" in [s.key for s in plan(found, ledger, retry=True).fresh]


def test_files_in_a_folder_that_cannot_be_opened_are_not_gone(tmp_path: Path) -> None:
    (tmp_path / "open.md").write_text("x", encoding="utf-8")
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "a.md").write_text("x", encoding="utf-8")
    found = tuple(s for s in look(tmp_path).files if s.key == "open.md")
    from dataclasses import replace

    shut = replace(found[0], key="closed", problem="folder")
    work = plan((*found, shut), {"closed/a.md": known("closed/a.md")}, retry=True)
    assert work.gone == ()


def test_the_fingerprint_tells_content_and_sidecar_apart() -> None:
    assert fingerprint(b"a", b"") == fingerprint(b"a", b"")
    assert (
        len(
            {
                fingerprint(b"a", b""),
                fingerprint(b"", b"a"),
                fingerprint(b"b", b""),
                fingerprint(b"a", b"x"),
            }
        )
        == 4
    )


@given(
    st.binary(max_size=20), st.binary(max_size=20), st.binary(max_size=20), st.binary(max_size=20)
)
def test_different_pairs_have_different_fingerprints(
    a: bytes, b: bytes, c: bytes, d: bytes
) -> None:
    assert (fingerprint(a, b) == fingerprint(c, d)) == ((a, b) == (c, d))
