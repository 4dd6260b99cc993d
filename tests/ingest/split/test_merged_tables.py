"""Forms and lists with merged cells: the same cases, each text once, whoever made the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.describe.cases import cases
from ingest.page import Extract
from ingest.readers import read
from ingest.split.clean import clean
from kb.base.types import CaseDraft
from tests.support.merged_tables import (
    SAMPLES,
    Sample,
    converted,
    excel,
    printed,
    slides,
    web,
    word,
)

PRODUCERS = (
    "hand.html", "openpyxl.xlsx", "python-docx.docx", "python-pptx.pptx", "chromium.pdf",
    "libreoffice.xlsx", "libreoffice.docx", "libreoffice.pdf",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Every sample by every producer."""
    top = tmp_path_factory.mktemp("merged")
    folders = {name: top / name.partition(".")[0] for name in PRODUCERS}
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    files: dict[tuple[str, str], Path] = {}
    for sample in SAMPLES:
        page = files[sample.name, "hand.html"] = web(sample, folders["hand.html"])
        files[sample.name, "openpyxl.xlsx"] = excel(sample, folders["openpyxl.xlsx"])
        files[sample.name, "python-docx.docx"] = word(sample, folders["python-docx.docx"])
        files[sample.name, "python-pptx.pptx"] = slides(sample, folders["python-pptx.pptx"])
        files[sample.name, "chromium.pdf"] = printed(page, folders["chromium.pdf"])
    pages = [files[sample.name, "hand.html"] for sample in SAMPLES]
    words = [files[sample.name, "python-docx.docx"] for sample in SAMPLES]
    for kind, sources in (("xlsx", pages), ("docx:MS Word 2007 XML", pages), ("pdf", words)):
        out = converted(sources, kind, folders["libreoffice.pdf"], top / "profile")
        for sample, path in zip(SAMPLES, out, strict=True):
            files[sample.name, f"libreoffice.{kind.partition(':')[0]}"] = path
    return files


def opened(path: Path) -> tuple[Extract, tuple[CaseDraft, ...]]:
    extract = read(path)
    extract = Extract(
        extract.reader, clean(extract.pages), extract.front_matter, warnings=extract.warnings
    )
    return extract, cases(extract)[0]


@pytest.mark.parametrize("producer", PRODUCERS)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_merged_table_is_the_same_cases_whoever_made_it(
    made: dict[tuple[str, str], Path], sample: Sample, producer: str
) -> None:
    extract, found = opened(made[sample.name, producer])
    whole = "".join("".join(page.text.split()) for page in extract.pages)
    for row in sample.rows:
        for text, _, _ in row:
            often = sum(text in other for line in sample.rows for other, _, _ in line)
            assert whole.count(text) <= often + (text in sample.heading), text
    assert [draft.municipality for draft in found] == list(sample.towns)
    for draft, title in zip(found, sample.titles, strict=True):
        assert title in draft.title
    sections = [section for draft in found for section in draft.sections]
    for text, role in sample.said:
        holding = [s.role for s in sections if text in "".join(s.text.split())]
        assert holding == [role], text
