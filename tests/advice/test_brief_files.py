"""The brief as Word and Excel files: opened again, converted, compared byte by byte."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from docx import Document
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from dxkb.main import main
from kb.advice.brief import Brief, listed, sources
from kb.advice.brief_excel import excel
from kb.advice.brief_file import brief_file
from kb.advice.brief_word import word
from kb.base.config import Settings
from kb.base.errors import UsageError
from kb.base.types import Section, Viewer
from kb.storage.store import Store
from tests.advice.test_brief import BRIEF, NOTE, TAKA, ids  # noqa: F401

OTHER = replace(TAKA, id="other", path="b.pdf", title="窓口の見直し", municipality="佐用町",
                code="285013", population=15_863, year=2023, field="窓口", source_title="")  # fmt: skip
FOUR = Brief(
    (TAKA, OTHER, NOTE, replace(OTHER, id="last", title="四つ目")),
    "多可町への助言",
    "二つの町を訪ねるとよい。\n理由は次のとおり。",
    {"taka": "まず見学を。"},
)


def chosen_ids(world: Settings) -> list[str]:
    store, owner = Store.open(world), Viewer.owner()
    return [
        c.id
        for e in store.ledger(owner)
        for c in store.cases_of(document_id=e.document_id, viewer=owner)
    ]


def paragraphs(data: bytes) -> list[tuple[str, str]]:
    """(style, text) of every paragraph outside tables."""
    document = Document(io.BytesIO(data))
    return [(p.style.name, p.text) for p in document.paragraphs]


def as_pdf(data: bytes, suffix: str, folder: Path) -> list[str]:
    """Text of the pages that LibreOffice makes of a file."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "LibreOffice is needed: .ci/run installs it"
    file = folder / f"brief{suffix}"
    file.write_bytes(data)
    subprocess.run(
        [office, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
         "--convert-to", "pdf", "--outdir", str(folder), str(file)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with pypdfium2.PdfDocument(folder / "brief.pdf") as pdf:
        return [page.get_textpage().get_text_bounded() for page in pdf]


# -- Word -------------------------------------------------------------------------------------------


def test_the_word_brief_has_a_heading_for_every_part() -> None:
    found = paragraphs(word(FOUR))
    assert ("Title", "多可町への助言") in found
    heads = [text for style, text in found if style == "Heading 1"]
    assert heads == [
        "所見", "取り上げた事例", "1. 保健福祉DX（多可町）", "2. 窓口の見直し", "3. 覚え書き",
        "4. 四つ目", "出典",
    ]  # fmt: skip
    assert ("Normal", "まず見学を。") in found
    assert ("Normal", "理由は次のとおり。") in found


def test_every_quoted_line_of_the_word_brief_has_its_number() -> None:
    found = paragraphs(word(FOUR))
    quoted = [text for style, text in found if style == "List Bullet"]
    assert len(quoted) == 3 * 3 + 1
    used = {int(re.search(r" \[(\d+)\]$", text)[1]) for text in quoted}  # type: ignore[index]
    said = {int(m[1]) for _, text in found if (m := re.match(r"\[(\d+)\] ", text))}
    assert used <= said == {source.number for source in listed(sources(FOUR.cases))}


def test_the_table_of_the_word_brief_names_every_case() -> None:
    table = Document(io.BytesIO(word(FOUR))).tables[0]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["", "事例", "自治体", "人口", "分野", "年度", "段階"]
    assert rows[1] == ["1", TAKA.title, "兵庫県多可町", "19,284人", "保健福祉", "2024年度", "計画"]
    assert rows[3] == ["3", "覚え書き", "", "", "保健福祉", "", ""]
    assert table.rows[0]._tr.trPr.xpath("w:tblHeader")


def test_words_in_japanese_have_a_japanese_font() -> None:
    document = Document(io.BytesIO(word(FOUR)))
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        fonts = document.styles[name].element.rPr.rFonts
        assert not [key for key in fonts.attrib if key.lower().endswith("theme")]
        assert set(fonts.attrib.values()) == {"游ゴシック"}


def test_a_word_brief_of_office_documents_says_so_on_every_page() -> None:
    document = Document(io.BytesIO(word(FOUR)))
    assert document.sections[0].header.paragraphs[0].text == "取扱注意"
    assert any("庁内の資料からの引用" in p.text for p in document.paragraphs)
    public = Document(io.BytesIO(word(Brief((TAKA,)))))
    assert public.sections[0].header.paragraphs[0].text == ""


def test_libreoffice_shows_the_word_brief_on_a4(tmp_path: Path) -> None:
    pages = as_pdf(word(FOUR), ".docx", tmp_path)
    text = "".join(pages)
    for part in ("多可町への助言", "取り上げた事例", "四つ目", "まず見学を。", "事業の概要 p.10"):
        assert part in text
    assert f"1 / {len(pages)}" in pages[0]
    with pypdfium2.PdfDocument(tmp_path / "brief.pdf") as pdf:
        assert [round(side) for side in pdf[0].get_size()] == [595, 842]


# -- Excel ------------------------------------------------------------------------------------------


def test_the_workbook_has_a_row_for_each_case_in_typed_columns() -> None:
    book = openpyxl.load_workbook(io.BytesIO(excel(FOUR)))
    assert book.sheetnames == ["事例", "出典", "事実", "所見"]
    sheet = book["事例"]
    rows = list(sheet.iter_rows(values_only=True))
    table = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [row["No"] for row in table] == [1, 2, 3, 4]
    assert table[0]["人口"] == 19_284
    assert table[0]["年度"] == 2024
    assert table[0]["開始ページ"] == 10
    assert table[2]["人口"] is None
    assert table[0]["取組"] == "助言を受けた [4]\n調査をした [4]"
    assert table[0]["所見"] == "まず見学を。"
    assert [row["公開範囲"] for row in table] == ["公開", "公開", "庁内", "公開"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == sheet.dimensions
    places = list(book["出典"].iter_rows(min_row=2, values_only=True))
    assert [place[0] for place in places] == list(range(1, len(places) + 1))
    assert (4, "事業の概要", 10, TAKA.path, TAKA.source_url) in places


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(1)"])
def test_no_cell_of_the_workbook_is_a_formula(text: str) -> None:
    brief = Brief((replace(TAKA, title=text, tools=(text,), sections=()),), text, text)
    book = openpyxl.load_workbook(io.BytesIO(excel(brief)))
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type in "sn" for cell in row)
    assert book["事例"]["B2"].value == text
    assert book["事例"]["B2"].quotePrefix


def test_the_longest_cell_is_cut_and_says_so() -> None:
    long = replace(TAKA, sections=(Section("取組", "", "字" * 50_000, 10),))
    book = openpyxl.load_workbook(io.BytesIO(excel(Brief((long,)))))
    heads = {cell.value: cell.column for cell in book["事例"][1]}
    value = book["事例"].cell(2, heads["取組"]).value
    assert len(value) <= 32_767
    assert value.endswith("…（続きは出典をご覧ください）")


def test_libreoffice_opens_the_workbook(tmp_path: Path) -> None:
    text = "".join(as_pdf(excel(FOUR), ".xlsx", tmp_path))
    assert "四つ目" in text
    assert "19,284" in text


# -- both -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["docx", "xlsx", "md"])
def test_the_same_brief_is_the_same_file(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = brief_file(FOUR, kind).data
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 2, 3, 4, 5, 6, 0, 1, 0))
    assert brief_file(FOUR, kind).data == first


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(), max_size=60))
def test_any_text_can_be_written(text: str) -> None:
    case = replace(TAKA, title=text, source_title=text, sections=(Section("取組", "", text, 10),))
    brief = Brief((case,), text, text, {case.id: text})
    Document(io.BytesIO(word(brief)))
    openpyxl.load_workbook(io.BytesIO(excel(brief)))


def test_another_kind_is_refused() -> None:
    with pytest.raises(UsageError, match=r"\.docx"):
        brief_file(BRIEF, "pdf")


@pytest.mark.parametrize("kind", ["docx", "xlsx", "md"])
def test_the_page_gives_the_file_under_its_title(
    client: FlaskClient,
    ids: list[str],  # noqa: F811
    kind: str,
) -> None:
    data = {"case": ids[:4], "title": '多可町/助言: "案"', "remark": "見学を。"}
    answer = client.post(f"/compare/brief.{kind}", data=data)
    assert answer.status_code == 200
    name = "%E5%A4%9A%E5%8F%AF%E7%94%BA_%E5%8A%A9%E8%A8%80_ _%E6%A1%88_".replace(" ", "%20")
    assert f"{name}.{kind}" in answer.headers["Content-Disposition"]
    assert len(answer.data) > 500
    assert client.post("/compare/brief.pdf", data=data).status_code == 400


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".md", ".DOCX"])
def test_the_command_writes_the_brief(
    world: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    suffix: str,
) -> None:
    chosen = chosen_ids(world)[:3]
    out = tmp_path / f"資料{suffix}"
    arguments = ["brief", *chosen, "-o", str(out), "--data", str(world.data), "--lang", "ja"]
    assert main(arguments) == 0
    assert "3件の事例を" in capsys.readouterr().out
    assert out.stat().st_size > 500


def test_the_command_explains_what_it_cannot_write(
    world: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chosen = chosen_ids(world)[0]
    base = ["brief", "--data", str(world.data), "--lang", "ja"]
    assert main([*base, chosen, "-o", str(tmp_path / "a.pdf")]) == 2
    assert "Word（.docx）" in capsys.readouterr().err
    assert main([*base, "nothing", "-o", str(tmp_path / "a.docx")]) == 1
    assert main([*base, chosen, "-o", str(tmp_path / "no" / "a.docx")]) == 1
    assert "書き込めません" in capsys.readouterr().err
