"""Office files with a password are read once it is known; files of other programs say how to export them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from ingest.flow.inspect import inspect
from ingest.readers import kind_of, read
from kb.base.errors import ReadError
from tests.ingest.readers.test_kind import ole
from tests.ingest.readers.test_legacy import LETTER
from tests.support.words import p, word, zipped


def locked(content: bytes, password: str) -> bytes:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, out)
    return out.getvalue()


LOCKED = locked(LETTER, "ひみつ123")


def test_a_word_file_with_a_password_is_read_with_it(tmp_path: Path) -> None:
    (tmp_path / "方針.docx").write_bytes(LOCKED)
    (tmp_path / "方針.docx.yaml").write_text("password: ひみつ123\n", encoding="utf-8")
    shown = inspect(tmp_path / "方針.docx")
    assert shown["reader"] == "docx"
    assert "窓口の待ち時間を減らした。" in str(shown["cases"])


@pytest.mark.parametrize(
    ("content", "password", "says"),
    [
        (LOCKED, None, "画面の「資料」"),
        (LOCKED, "ちがう", "違います"),
        (ole("EncryptedPackage"), "x", "外して"),
    ],
    ids=["none", "wrong", "a lock nobody knows"],
)
def test_without_the_right_password_it_says_what_to_do(
    content: bytes, password: str | None, says: str
) -> None:
    with pytest.raises(ReadError) as refused:
        read(Path("方針.docx"), content, password)
    assert refused.value.code == "password"
    assert says in refused.value.message()


def test_a_password_that_nobody_needs_does_not_matter() -> None:
    assert read(Path("a.docx"), word(p("本文です")), "x").pages[0].text == "本文です"


@pytest.mark.parametrize(
    ("name", "content", "ja", "en"),
    [
        ("a.key", zipped({"Index/Document.iwa": ""}), "Keynoteで開き", "Export To > PowerPoint"),
        ("a.pages", zipped({"Index/Document.iwa": ""}), "Pagesで開き", "Export To > Word"),
        ("a.numbers", zipped({"Index/Document.iwa": ""}), "Numbersで開き", "Export To > Excel"),
        ("a.zip", zipped({"Index/Document.iwa": ""}), "書き出す", "Export To"),
        ("a.vsdx", zipped({"visio/document.xml": ""}), "PDF/XPS", "PDF/XPS"),
        ("a", zipped({"visio/document.xml": ""}), "PDF/XPS", "PDF/XPS"),
        ("a.xdw", b"\x60\xe0\x10", "DocuWorksで開き", "Print to PDF"),
        ("a.epub", zipped({"mimetype": "application/epub+zip"}), "calibre", "Convert books"),
        ("a.bin", zipped({"mimetype": "application/epub+zip"}), "calibre", "Convert books"),
        ("a.one", bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3"), "エクスポート", "Export >"),
    ],
)
def test_files_of_other_programs_say_how_to_export_them(
    name: str, content: bytes, ja: str, en: str
) -> None:
    with pytest.raises(ReadError) as refused:
        kind_of(Path(name), content)
    assert refused.value.code == "unsupported"
    assert ja in refused.value.message()
    assert en in refused.value.message("en")
