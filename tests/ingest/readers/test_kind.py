"""The type of a file is told by its content; its name only helps out."""

from __future__ import annotations

import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import FORMATS, kind_of, read, supported_suffixes
from ingest.readers.content import OLE
from kb.base.errors import ReadError
from kb.base.messages import is_known, render
from tests.support.words import p, word, zipped

TYPES = "[Content_Types].xml"


def ole(*streams: str) -> bytes:
    """A compound file's head and the directory entries of these streams."""
    entries = b""
    for name in streams:
        spelled = name.encode("utf-16-le")
        entries += spelled.ljust(64, b"\0") + struct.pack("<HB", len(spelled) + 2, 2) + bytes(61)
    return OLE.ljust(512, b"\0") + entries


XLSX = zipped({TYPES: "", "xl/workbook.xml": ""})
HTML = "<!DOCTYPE html><html><body>窓口</body></html>"
MHTML = (
    b"From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=x\r\n\r\n"
)


@pytest.mark.parametrize(
    ("name", "content", "reader"),
    [
        ("a.pdf", b"%PDF-1.7", "pdf"),
        ("a.pdf", b"\x00" * 500 + b"%PDF-1.7", "pdf"),
        ("a.DOCX", word(p("x")), "docx"),
        ("a.docm", word(p("x")), "docx"),
        ("a.xlsx", XLSX, "xlsx"),
        ("a.xlsm", XLSX, "xlsx"),
        ("a.pptx", zipped({TYPES: "", "ppt/presentation.xml": ""}), "pptx"),
        ("a.xlsb", zipped({TYPES: "", "xl/workbook.bin": ""}), "legacy"),
        ("a.odt", zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "legacy"),
        ("a.doc", ole("WordDocument"), "legacy"),
        ("a.xls", ole("Workbook"), "legacy"),
        ("a.jtd", ole("DocumentText"), "legacy"),
        ("a.rtf", b"{\\rtf1 x}", "legacy"),
        ("a.xml", b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w/>', "legacy"),
        ("a.html", HTML.encode(), "html"),
        ("a.htm", "窓口だけの断片".encode(), "html"),
        ("a.html", HTML.encode("utf-16"), "html"),
        ("a.html", b"\xef\xbb\xbf" + HTML.encode(), "html"),
        ("a.mht", MHTML, "html"),
        ("a.xls", b"<table><tr><td>1</td></tr></table>", "html"),
        ("a.xls", "番号\t名前\n1\t窓口\n".encode("cp932"), "csv"),
        ("a.csv", "番号,名前\n".encode("utf-16"), "csv"),
        ("a.tsv", b"a\tb\n", "csv"),
        ("a.md", "窓口".encode(), "note"),
        ("a.txt", b"On %PDF-1.4 and later", "note"),
        ("a.txt", b"PK is no archive", "note"),
    ],
)  # fmt: skip
def test_what_a_file_is(name: str, content: bytes, reader: str) -> None:
    assert kind_of(Path(name), content).format.name == reader


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", word(p("x")), "Word"),
        ("a.txt", b"%PDF-1.7", "PDF"),
        ("a.docx", XLSX, "Excel"),
        ("a.md", HTML.encode(), "HTML"),
        ("a.docx", ole("WordDocument"), "旧形式"),
    ],
)
def test_a_name_that_says_something_else_is_told(name: str, content: bytes, says: str) -> None:
    told = kind_of(Path(name), content).warning
    assert told is not None
    warning = render(told)
    assert says in warning
    assert Path(name).suffix in warning


@pytest.mark.parametrize("name", ["a.docx", "a", "a.dotx"])
def test_a_name_that_says_nothing_else_is_no_matter(name: str) -> None:
    assert kind_of(Path(name), word(p("x"))).warning is None


def test_the_warning_comes_with_the_text() -> None:
    found = read(Path("方針.pdf"), word(p("推進方針")))
    assert found.pages[0].text == "推進方針"
    assert list(map(render, found.warnings)) == [
        "名前は「.pdf」ですが、中身はWord（.docx）でした。Word（.docx）として読みました。"
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.docx", b"", "empty"),
        ("a.docx", word(p("x"))[:-30], "damaged"),
        ("a.docx", b"just text", "damaged"),
        ("a.pdf", HTML.encode(), "damaged"),
        ("a.pptx", b"\x00\x01", "damaged"),
        ("a.doc", b"\x00\x01", "damaged"),
        ("a.xlsx", b"\x00\x01", "damaged"),
        ("a.docx", ole("EncryptedPackage"), "password"),
        ("a", ole("EncryptedPackage"), "password"),
        ("a.pdf", ole("__something"), "damaged"),
        ("a.msg", ole("__something"), "damaged"),
        ("a.zip", zipped({"a.txt": "x"}), "unsupported"),
        ("a.docx", zipped({"a.txt": "x"}), "unsupported"),
        ("a.mp3", b"ID3", "unsupported"),
        ("a.epub", zipped({"mimetype": "application/epub+zip"}), "unsupported"),
        ("a.docx", zipped({f"word/{i}.xml": "" for i in range(20_001)}), "too_large"),
    ],
)  # fmt: skip
def test_what_is_refused_and_why(name: str, content: bytes, code: str) -> None:
    with pytest.raises(ReadError) as refused:
        kind_of(Path(name), content)
    assert refused.value.code == code
    assert refused.value.message().endswith("。")


@given(
    st.sampled_from([f"a{suffix}" for suffix in supported_suffixes()] + ["a", "a.bin"]),
    st.binary(max_size=300),
)
def test_any_bytes_are_a_kind_or_refused(name: str, tail: bytes) -> None:
    for head in (
        b"",
        OLE,
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\xff\xfe",
        b"<?xml ",
        b"MIME-Version: 1.0\n",
    ):
        try:
            assert kind_of(Path(name), head + tail).format
        except ReadError as error:
            assert error.message()  # noqa: PT017


def test_every_format_says_what_it_is_and_can_be_loaded() -> None:
    suffixes = supported_suffixes()
    assert len(set(suffixes)) == len(suffixes)
    for one in FORMATS:
        assert is_known(one.title.code)
        assert callable(one.load())


def test_looking_at_the_formats_imports_nothing_that_is_slow() -> None:
    slow = "pypdfium2, lxml, pptx, docx, openpyxl, trafilatura"
    code = (
        f"import sys, ingest.readers; print([m for m in '{slow}'.split(', ') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_suffix_can_be_uploaded() -> None:
    assert {".docx", ".pptx", ".xlsx", ".csv", ".html", ".doc", ".jtd", ".odt"} <= set(
        supported_suffixes()
    )


def test_a_long_head_of_a_mail_takes_no_time() -> None:
    assert kind_of(Path("a.txt"), b"a: b\n" * 200_000).format.name == "note"
    assert kind_of(Path("a.txt"), b"a:" * 200_000).format.name == "note"


def test_zip_with_a_broken_directory(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(TYPES, "x" * 100)
    content = bytearray(path.read_bytes())
    content[-10:-6] = b"\xff\xff\xff\xff"
    with pytest.raises(ReadError) as refused:
        read(path, bytes(content))
    assert refused.value.code == "damaged"
