"""Pages that are pictures are read by tesseract where it is installed, and say so."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
from rapidfuzz.distance import LCSseq

from ingest.flow.reading import read_cleaned
from ingest.readers import ocr
from kb.base.errors import ReadError
from kb.base.messages import render
from kb.language.text import fold_text
from tests.ingest.readers.test_pdf import picture
from tests.support.pdfs import build, lines

needs_tesseract = pytest.mark.skipif(ocr.find_tesseract() is None, reason="no tesseract with jpn")


def f1(found: str, true: str) -> float:
    a, b = (re.sub(r"\s", "", fold_text(text)) for text in (found, true))
    return 2 * LCSseq.similarity(a, b) / (len(a) + len(b))


@needs_tesseract
@pytest.mark.parametrize("name", ["scan_200_noisy.pdf", "scan_300.pdf"])
def test_scans_are_read(shared: Path, name: str) -> None:
    made = shared / "documents" / "made"
    found = read_cleaned(made / name)
    text = "\n".join(page.text for page in found.pages)
    assert f1(text, (made / "gt.txt").read_text("utf-8")) >= 0.95
    assert all(page.ocr and page.quality > 0.8 for page in found.pages)
    assert all(block.box for page in found.pages for block in page.blocks)
    assert "OCR" in render(found.warnings[-1])


@needs_tesseract
@pytest.mark.parametrize("degrees", [90, 180])
def test_a_scan_that_lies_on_its_side_is_read(tmp_path: Path, degrees: int) -> None:
    words = ["書かない窓口の取組について", "待ち時間を三十分から五分に短縮しました。"] * 3
    document = pypdfium2.PdfDocument(build(lines(*words, step=40)))
    scan = document[0].render(scale=200 / 72).to_pil().rotate(degrees, expand=True)
    document.close()
    path = tmp_path / "scan.pdf"
    scan.save(path, resolution=200)
    found = read_cleaned(path)
    assert f1("\n".join(page.text for page in found.pages), "\n".join(words)) >= 0.9
    assert found.pages[0].ocr


def test_without_tesseract_the_pages_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(ocr, "_PLACES", ())
    some, none = tmp_path / "some.pdf", tmp_path / "none.pdf"
    some.write_bytes(build(lines("一枚目には文字があるので読める。"), *[picture] * 3))
    none.write_bytes(build(picture, picture))
    found = read_cleaned(some)
    assert "一枚目" in found.pages[0].text
    assert "p.2–4 を読めません" in render(found.warnings[-1])
    with pytest.raises(ReadError) as refused:
        read_cleaned(none)
    assert refused.value.code == "ocr"
    assert "インストール" in refused.value.message()


@needs_tesseract
def test_where_ocr_found_nothing_nobody_is_told_to_install_it(tmp_path: Path) -> None:
    path = tmp_path / "blank.pdf"
    path.write_bytes(build(picture))
    with pytest.raises(ReadError) as refused:
        read_cleaned(path)
    assert refused.value.code == "ocr_nothing"
    assert "スキャン" in refused.value.message()
    assert "OCR found no text" in refused.value.message("en")
    assert not re.search(
        "インストール|nstall", refused.value.message() + refused.value.message("en")
    )
