"""Pages that are pictures are read by either engine, and say so; without one they are named."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pypdf
import pypdfium2
import pytest
from rapidfuzz.distance import LCSseq

from ingest.flow.reading import read_cleaned
from ingest.page import Mark
from ingest.readers.ocr import engines
from ingest.readers.ocr.engines import engine_for, find_tesseract
from ingest.readers.ocr.recognise import recognise
from ingest.readers.ocr.words import turned_back
from kb.base.errors import ReadError
from kb.base.messages import render
from kb.language.text import fold_text
from tests.ingest.readers.test_pdf import picture
from tests.support.pdfs import build, lines

TESSERACT = pytest.param(
    "tesseract",
    marks=pytest.mark.skipif(find_tesseract() is None, reason="no tesseract with jpn"),
)


def plain(text: str) -> str:
    return re.sub(r"\s", "", fold_text(text))


def scan(path: Path, *words: str, degrees: int = 0) -> Path:
    """A page of these lines as an office scanner makes it, turned against the clock."""
    document = pypdfium2.PdfDocument(build(lines(*words, step=40)))
    image = document[0].render(scale=200 / 72).to_pil().rotate(degrees, expand=True)
    document.close()
    image.save(path, resolution=200)
    return path


def first_page(path: Path, out: Path) -> Path:
    writer = pypdf.PdfWriter()
    writer.add_page(pypdf.PdfReader(path).pages[0])
    buffer = io.BytesIO()
    writer.write(buffer)
    out.write_bytes(buffer.getvalue())
    return out


@pytest.mark.parametrize(
    ("name", "engine", "least"),
    [
        ("scan_200_noisy.pdf", "rapidocr", 0.99),
        pytest.param("scan_200_noisy.pdf", *TESSERACT.values, 0.95, marks=TESSERACT.marks),
    ],
)
def test_scans_are_read(shared: Path, tmp_path: Path, name: str, engine: str, least: float) -> None:
    made = shared / "documents" / "made"
    page = recognise(first_page(made / name, tmp_path / name), None, 1, engine)
    text = plain(page.text)
    true = plain((made / "gt.txt").read_text("utf-8"))
    assert len(text) > 300
    assert LCSseq.similarity(text, true) / len(text) >= least
    assert page.ocr
    assert page.quality > 0.8
    assert all(block.box for block in page.blocks)


WORDS = ["書かない窓口の取組について", "待ち時間を三十分から五分に短縮しました。"] * 2


def test_a_scan_that_lies_on_its_side_is_read_and_its_words_are_where_they_stand(
    tmp_path: Path,
) -> None:
    page = recognise(scan(tmp_path / "scan.pdf", *WORDS, degrees=90), None, 1, "rapidocr")
    assert plain(page.text) == plain("".join(WORDS))
    first = next(word.box for word in page.words if word.text == "書")
    height, width = page.size or (0, 0)
    assert (first[0] + first[2]) / 2 / width < 0.25
    assert (first[1] + first[3]) / 2 / height > 0.75


@pytest.mark.parametrize(
    ("turn", "shown"),
    [(90, (20.0, 85.0, 40.0, 90.0)), (180, (85.0, 160.0, 90.0, 180.0)), (270, (160.0, 10.0, 180.0, 15.0))],
)  # fmt: skip
def test_marks_are_turned_back(turn: int, shown: tuple[float, float, float, float]) -> None:
    size = (100.0, 200.0)  # as it was drawn
    (mark,) = turned_back([Mark("書", (10.0, 20.0, 15.0, 40.0))], turn, size)
    assert mark.box == shown


@pytest.fixture
def without_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(engines, "_PLACES", ())
    monkeypatch.setattr(engines, "find_spec", lambda name: None)


@pytest.mark.usefixtures("without_engines")
def test_without_an_engine_the_pages_are_named(tmp_path: Path) -> None:
    assert engine_for("") is None
    some, none = tmp_path / "some.pdf", tmp_path / "none.pdf"
    some.write_bytes(build(lines("一枚目には文字があるので読める。"), *[picture] * 3))
    none.write_bytes(build(picture, picture))
    found = read_cleaned(some)
    assert "一枚目" in found.pages[0].text
    assert "p.2–4 を読めません" in render(found.warnings[-1])
    with pytest.raises(ReadError) as refused:
        read_cleaned(none)
    assert refused.value.code == "ocr"
    assert "pip install" in refused.value.message()


def test_the_engine_is_a_choice_and_another_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_tesseract", lambda: Path("tesseract"))
    assert engine_for("") == "rapidocr"
    assert engine_for("tesseract") == "tesseract"
    assert engine_for("0") is None
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    assert engine_for("") == "tesseract"


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
