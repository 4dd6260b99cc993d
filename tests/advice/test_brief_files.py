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
from openpyxl.worksheet.worksheet import Worksheet

from dxkb.main import main
from kb.advice.brief import Brief, listed, sources
from kb.advice.brief_excel import excel
from kb.advice.brief_file import brief_file
from kb.advice.brief_word import word
from kb.advice.quotes import Quote
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
        "所見", "先例の比較", "財政担当から問われること", "1. 保健福祉DX（多可町）", "2. 窓口の見直し", "3. 覚え書き",
        "4. 四つ目", "これから確かめること", "出典",
    ]  # fmt: skip
    assert ("Normal", "まず見学を。") in found
    assert ("Normal", "理由は次のとおり。") in found


def test_every_quote_of_the_word_brief_leads_to_its_source() -> None:
    document = Document(io.BytesIO(word(FOUR)))
    links = set(document.element.body.xpath(".//w:hyperlink/@w:anchor"))
    marks = set(document.element.body.xpath(".//w:bookmarkStart/@w:name"))
    assert links <= marks
    found = [text for _, text in paragraphs(word(FOUR))]
    said = {int(m[1]) for text in found if (m := re.match(r"\[(\d+)\] ", text))}
    assert said == {source.number for source in listed(sources(FOUR.cases))}
    assert {f"source{number}" for number in said} == {a for a in links if a.startswith("source")}
    quoted = [
        p for p in document.paragraphs if p.style.name == "List Bullet" and "：" not in p.text
    ]
    assert all(re.search(r" \[\d+\]$", p.text) for p in quoted if ": " not in p.text)


def test_the_cases_stand_side_by_side_but_for_the_municipality_itself() -> None:
    brief = replace(FOUR, code=TAKA.code, for_whom="兵庫県多可町")
    tables = Document(io.BytesIO(word(brief))).tables
    heads = [cell.text for table in tables for cell in table.rows[0].cells if cell.text]
    assert heads == ["2. 窓口の見直し", "3. 覚え書き", "4. 四つ目"]
    rows = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in tables[0].rows}
    assert rows["段階"] == ["計画 [5]", "記載なし", "計画 [5]"]
    assert rows["初めの費用"] == ["記載なし"] * 3
    assert rows["効果"][0].startswith("申請が半分に なった")
    assert tables[0].rows[0]._tr.trPr.xpath("w:tblHeader")


def test_a_brief_answers_each_question_of_a_finance_section_or_says_that_nothing_does() -> None:
    section = Section("工夫・留意点", "", "単年度の契約とした。総務省の補助を受けた。", 3)
    brief = Brief((replace(TAKA, code="", sections=(*TAKA.sections, section)),), lang="en")
    found = paragraphs(word(brief))
    at = {text: i for i, (_, text) in enumerate(found)}
    assert found[at["Can it be stopped?"] + 1][1] == "多可町: 単年度の契約とした。 [5]"
    assert found[at["What is national policy?"] + 1][1] == "多可町: 総務省の補助を受けた。 [5]"
    assert found[at["What does it cost?"] + 1][1] == "Not stated"
    section = replace(section, text="自分で各課へ紙を持って行く方式をやめた。")
    found = paragraphs(word(replace(brief, cases=(replace(TAKA, code="", sections=(section,)),))))
    at = {text: i for i, (_, text) in enumerate(found)}
    assert found[at["Can it be stopped?"] + 1][1] == "Not stated", "what it replaced was stopped"


def test_a_paper_says_for_whom_by_whom_and_what_is_lacking() -> None:
    need = (Quote("人が足りない。", 10), TAKA)
    brief = replace(
        FOUR, for_whom="兵庫県多可町", author="県 山田", day="2026-11-28", needs=(need,)
    )
    found = [text for _, text in paragraphs(word(brief))]
    assert found[1:4] == ["宛先: 兵庫県多可町", "作成: 県 山田", "日付: 2026-11-28"]
    assert found.index("目次") < found.index("先例の比較")
    assert "人が足りない。 [1]" in found
    contents = Document(io.BytesIO(word(brief))).element.body.xpath(".//w:instrText/text()")
    assert contents == [' TOC \\o "1-1" \\h ']


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
    for part in ("多可町への助言", "先例の比較", "四つ目", "まず見学を。", "事業の概要 p.10"):
        assert part in text
    assert f"1 / {len(pages)}" in pages[0]
    with pypdfium2.PdfDocument(tmp_path / "brief.pdf") as pdf:
        assert [round(side) for side in pdf[0].get_size()] == [595, 842]


# -- Excel ------------------------------------------------------------------------------------------


def sheet_rows(sheet: Worksheet) -> list[dict[str, object]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_the_workbook_compares_in_typed_columns_on_one_page_across() -> None:
    book = openpyxl.load_workbook(io.BytesIO(excel(FOUR)))
    assert book.sheetnames == [
        "比較",
        "財政の問い",
        "数字と事実",
        "引用の一覧",
        "出典の一覧",
        "所見",
    ]
    sheet = book["比較"]
    table = sheet_rows(sheet)
    assert [row["No"] for row in table] == [1, 2, 3, 4]
    assert (table[0]["人口（2020年）"], table[0]["年度"]) == (19_284, 2024)
    assert table[2]["人口（2020年）"] is None
    assert table[0]["効果"] == "申請が半分に なった [3]"
    assert table[0]["毎年の費用"] == "記載なし"
    assert table[0]["所見"] == "まず見学を。"
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
        assert sheet.auto_filter.ref == sheet.dimensions
    quotes = [row["引用"] for row in sheet_rows(book["引用の一覧"]) if row["項目"] == "取組"]
    assert quotes[:2] == ["助言を受けた", "調査をした"]
    places = list(book["出典の一覧"].iter_rows(min_row=2, values_only=True))
    assert [place[0] for place in places] == list(range(1, len(places) + 1))
    assert (4, "事業の概要 p.10", 10, TAKA.path, TAKA.source_url) in places


def test_the_comparison_can_be_read_when_printed() -> None:
    village = replace(FOUR.cases[0], id="village", population=4_965, sections=(), evidence=())
    sheet = openpyxl.load_workbook(io.BytesIO(excel(Brief((*FOUR.cases, village)))))["比較"]
    heads = {cell.value: cell for cell in sheet[1]}
    assert all(cell.alignment.wrap_text and cell.border.left.style for cell in sheet[1])
    people = sheet[heads["人口（2020年）"].column_letter]
    assert people[-1].number_format == "#,##0", "as beside it, where more than 9,999 live"
    assert sheet[heads["年度"].column_letter][1].number_format == "General"
    numbers = sheet[heads["出典番号"].column_letter]
    assert all(cell.value for cell in numbers), "a case of which nothing is compared has its source"
    widths = [sheet.column_dimensions[heads[h].column_letter].width for h in ("毎年の費用", "効果")]
    assert widths[0] < widths[1]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(1)"])
def test_no_cell_of_the_workbook_is_a_formula(text: str) -> None:
    brief = Brief((replace(TAKA, title=text, tools=(text,), sections=()),), text, text)
    book = openpyxl.load_workbook(io.BytesIO(excel(brief)))
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type in "sn" for cell in row)
    assert book["比較"]["B2"].value == text
    assert book["比較"]["B2"].quotePrefix


def test_the_longest_cell_is_cut_and_says_so() -> None:
    long = replace(TAKA, sections=(Section("取組", "", "字" * 50_000, 10),))
    book = openpyxl.load_workbook(io.BytesIO(excel(Brief((long,)))))
    rows = sheet_rows(book["引用の一覧"])
    value = str(next(row["引用"] for row in rows if row["項目"] == "取組"))
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
