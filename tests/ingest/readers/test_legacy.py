"""Old formats, converted by a real LibreOffice; and what happens where there is none."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ingest.flow.inspect import inspect
from ingest.flow.pipeline import ingest
from ingest.readers import legacy, read
from ingest.readers.legacy import find_office, target_of
from ingest.readers.legacy_locks import is_locked
from kb.base.config import Settings
from kb.base.errors import ReadError
from tests.ingest.readers.test_kind import ole
from tests.paths import ROOT
from tests.support.words import zipped

OFFICE = find_office()
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")


def made(folder: Path, name: str, content: bytes, to: str) -> Path:
    """A file of an old format, made by LibreOffice from a new one."""
    assert OFFICE
    source = folder / name
    source.write_bytes(content)
    profile = (folder / "profile").as_uri()
    subprocess.run(
        [str(OFFICE), f"-env:UserInstallation={profile}", "--headless", "--convert-to", to,
         "--outdir", str(folder), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return source.with_suffix(f".{to}")


def sheet() -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    page = book.active
    assert page is not None
    page.append(["団体名", "取組"])
    page.append(["多可町", "予防接種の予約"])
    page.append(["豊岡市", "荷物のドローン配送"])
    book.save(out)
    return out.getvalue()


def deck() -> bytes:
    from pptx import Presentation

    show, out = Presentation(), io.BytesIO()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "窓口の改善"
    slide.placeholders[1].text = "予約を始めた"
    show.save(out)
    return out.getvalue()


def letter() -> bytes:
    from docx import Document

    paper, out = Document(), io.BytesIO()
    paper.add_paragraph("窓口の待ち時間を減らした。")
    cells = paper.add_table(1, 2).rows[0].cells
    cells[0].text, cells[1].text = "課題", "窓口が混む"
    paper.add_paragraph("以上")
    paper.save(out)
    return out.getvalue()


LETTER = letter()


@needs_office
@pytest.mark.parametrize(
    ("name", "content", "to", "expected"),
    [
        ("letter.docx", LETTER, "doc", ["窓口の待ち時間を減らした。", "課題\t窓口が混む"]),
        ("letter.docx", LETTER, "odt", ["窓口の待ち時間を減らした。", "課題\t窓口が混む"]),
        ("book.xlsx", sheet(), "xls", ["予防接種の予約", "荷物のドローン配送"]),
        ("show.pptx", deck(), "ppt", ["窓口の改善", "予約を始めた"]),
    ],
    ids=["doc", "odt", "xls", "ppt"],
)
def test_old_files_are_read_like_new_ones(
    tmp_path: Path, name: str, content: bytes, to: str, expected: list[str]
) -> None:
    found = read(made(tmp_path, name, content, to))
    assert found.reader == "legacy"
    text = "\n".join(page.text for page in found.pages)
    assert [part for part in expected if part not in text] == []
    assert not is_locked((tmp_path / name).with_suffix(f".{to}").read_bytes())


@needs_office
def test_an_old_file_goes_through_the_worker_under_its_limits(tmp_path: Path) -> None:
    path = made(tmp_path, "letter.docx", LETTER, "rtf").rename(tmp_path / "古い 様式#1.rtf")
    shown = inspect(path)
    assert shown["reader"] == "legacy"
    assert "窓口が混む" in str(shown["cases"])


@needs_office
def test_what_libreoffice_cannot_open_says_so() -> None:
    for name, code in (("a.doc", "damaged"), ("a.jtd", "unsupported")):
        with pytest.raises(ReadError) as refused:
            read(Path(name), ole("WordDocument") + bytes(5000))
        assert refused.value.code == code
        assert "保存し直して" in refused.value.message()


@pytest.fixture
def without_office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A computer on which LibreOffice lies nowhere."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(legacy, "_PLACES", ())


@pytest.mark.usefixtures("without_office")
def test_without_libreoffice_an_old_file_says_what_to_do() -> None:
    assert find_office() is None
    with pytest.raises(ReadError) as refused:
        read(Path("a.doc"), ole("WordDocument"))
    assert refused.value.code == "libreoffice"
    assert "インストール" in refused.value.message()


def test_without_libreoffice_an_old_file_is_skipped_and_read_once_it_is_there(
    tmp_path: Path,
) -> None:
    """In a process of its own, because the worker has the surroundings of the one that starts it."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "古い.doc").write_bytes(ole("WordDocument"))
    script = (
        "import sys\nfrom pathlib import Path\nfrom ingest.readers import legacy\n"
        "from ingest.flow.pipeline import ingest\nfrom kb.base.config import Settings\n"
        "legacy._PLACES = ()\nimport ingest.flow.reading as reading\n"
        "reading.Workers.call = lambda self, target, *file: reading.term_here(*file)\n"
        "report = ingest(Settings(Path(sys.argv[2]), Path(sys.argv[1])))\n"
        "print([(f.status, f.reason_code) for f in report.files], report.found)\n"
    )
    environment = os.environ | {"PATH": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(corpus), str(tmp_path / "data")],
        check=True, capture_output=True, text=True, env=environment, encoding="utf-8",
        cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.strip() == "[('skipped', 'libreoffice')] 1"


@needs_office
@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_a_conversion_that_hangs_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive = tmp_path / "alive"
    hanging = tmp_path / "soffice"
    hanging.write_text(f"#!/bin/sh\n(sleep 3; touch {alive}) &\nsleep 60\n", encoding="utf-8")
    hanging.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep + os.environ["PATH"])
    monkeypatch.setattr(legacy, "SECONDS", 0.5)
    with pytest.raises(ReadError) as refused:
        read(Path("a.doc"), ole("WordDocument"))
    assert refused.value.code == "timeout"
    import time

    time.sleep(3.5)
    assert not alive.exists()


# -- which format, and whether it is locked ---------------------------------------------------------

ODF = "application/vnd.oasis.opendocument."


@pytest.mark.parametrize(
    ("content", "suffix", "target"),
    [
        (ole("WordDocument"), ".doc", "docx"),
        (ole("WordDocument", "Workbook"), ".doc", "docx"),
        (ole("Workbook"), ".doc", "xlsx"),
        (ole("Book"), ".xls", "xlsx"),
        (ole("PowerPoint Document", "Workbook"), ".ppt", "pptx"),
        (ole("DocumentText"), ".jtd", "docx"),
        (zipped({"mimetype": ODF + "text"}), ".odt", "docx"),
        (zipped({"mimetype": ODF + "spreadsheet"}), ".x", "xlsx"),
        (zipped({"mimetype": ODF + "presentation"}), ".odp", "pptx"),
        (zipped({"xl/workbook.bin": ""}), ".xlsb", "xlsx"),
        (b"{\\rtf1", ".rtf", "docx"),
        (b'<?xml?><?mso-application progid="Excel.Sheet"?>', ".xml", "xlsx"),
    ],
)  # fmt: skip
def test_what_an_old_file_becomes(content: bytes, suffix: str, target: str) -> None:
    assert target_of(content, suffix) == target


def encrypted_flag(content: bytes) -> bytes:
    """A Word 97 file with fEncrypted set in its FIB."""
    at = next(i for i in range(512, len(content), 64) if content[i : i + 2] == b"\xec\xa5")
    flags = int.from_bytes(content[at + 10 : at + 12], "little") | 0x0100
    return content[: at + 10] + flags.to_bytes(2, "little") + content[at + 12 :]


@needs_office
def test_a_word_file_with_a_password_says_so(tmp_path: Path) -> None:
    content = made(tmp_path, "letter.docx", LETTER, "doc").read_bytes()
    with pytest.raises(ReadError) as refused:
        read(Path("a.doc"), encrypted_flag(content))
    assert refused.value.code == "password"


@pytest.mark.parametrize(
    ("inside", "locked"),
    [
        (b"\x09\x08\x10\x00".ljust(20, b"\0") + b"\x2f\x00\x36\x00", True),
        (b"\x09\x08\x10\x00".ljust(20, b"\0") + b"\xe1\x00\x02\x00", False),
        (b"\x00\x00\xf6\x0f" + bytes(4) + bytes.fromhex("14000000dfc4d1f3"), True),
        (b"\x00\x00\xf6\x0f" + bytes(4) + bytes.fromhex("140000005fc091e3"), False),
    ],
    ids=["xls", "open xls", "ppt", "open ppt"],
)
def test_passwords_of_sheets_and_slides(inside: bytes, locked: bool) -> None:
    assert is_locked(ole("Workbook").ljust(1024, b"\0") + inside) is locked


def test_passwords_of_open_documents() -> None:
    manifest = "<manifest:encryption-data/>"
    members = {"mimetype": ODF + "text", "META-INF/manifest.xml": manifest}
    with pytest.raises(ReadError) as refused:
        read(Path("a.odt"), zipped(members))
    assert refused.value.code == "password"
    assert not is_locked(zipped({"mimetype": ODF + "text"}))
    with zipfile.ZipFile(io.BytesIO(zipped(members))) as archive:
        assert archive.namelist()[0] == "mimetype"


def test_a_report_counts_a_skipped_file(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.zip").write_bytes(zipped({"a.txt": "x"}))
    (corpus / "b.docx").write_bytes(LETTER)
    report = ingest(Settings(data=tmp_path / "data", corpus=corpus))
    assert [(f.status, f.reason_code) for f in report.files] == [
        ("skipped", "unsupported"), ("indexed", None),
    ]  # fmt: skip
