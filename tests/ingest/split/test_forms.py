"""Forms as town halls fill them in: one case a form, with its town, title and parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from ingest.describe.cases import cases
from ingest.readers import read
from ingest.split.clean import clean
from kb.base.types import CaseDraft
from tests.support.merged_tables import converted
from tests.support.pages import deck, line

FORMS = (
    ("朝来市", "書かない窓口", "職員が聞き取って申請書を作る方式に改めた。", "待ち時間が八分になった。"),
    ("養父市", "谷を越えるドローン配送", "山の集落へ荷物を運ぶ実証を重ねた。", "片道が十分になった。"),
    ("香美町", "予約制バスの運行", "電話とアプリで予約を受けるバスに替えた。", "利用者が二割増えた。"),
)  # fmt: skip
Form = tuple[str, str, str, str]


def drafts(path: Path) -> tuple[CaseDraft, ...]:
    extract = read(path)
    front = {"default_title": path.stem} | extract.front_matter
    return cases(
        type(extract)(extract.reader, clean(extract.pages), front, extract.note, extract.warnings)
    )[0]


def fill(sheet: Worksheet, form: Form, top: int = 1, title: str = "取組調査票") -> int:
    """A form with merged values from row ``top``; the row below it."""
    town, name, done, effect = form
    sheet.cell(top, 1, title)
    sheet.merge_cells(start_row=top, start_column=1, end_row=top, end_column=8)
    for at, (label, value) in enumerate(
        (("市町村名", town), ("取組名", name), ("取組内容", done), ("効果", effect)), top + 1
    ):
        sheet.cell(at, 1, label)
        sheet.merge_cells(start_row=at, start_column=1, end_row=at, end_column=2)
        sheet.cell(at, 3, value)
        sheet.merge_cells(start_row=at, start_column=3, end_row=at, end_column=8)
    return top + 5


def is_right(found: Sequence[CaseDraft], forms: Sequence[Form]) -> None:
    assert [draft.municipality for draft in found] == [form[0] for form in forms]
    for draft, (_, name, done, effect) in zip(found, forms, strict=True):
        assert name in draft.title
        roles = {section.role: section.text for section in draft.sections}
        assert done in roles["取組"]
        assert effect in roles["効果"]


@pytest.mark.parametrize("gap", [0, 2])
def test_several_forms_on_one_sheet(tmp_path: Path, gap: int) -> None:
    made = openpyxl.Workbook()
    top = 1
    for form in FORMS:
        top = fill(made.active, form, top) + gap
    made.save(tmp_path / "a.xlsx")
    is_right(drafts(tmp_path / "a.xlsx"), FORMS)


@pytest.mark.parametrize(
    "names",
    [("Sheet1", "Sheet2", "Sheet3"), ("朝来", "養父", "香美"), ("様式１", "様式２", "様式３")],
)
def test_a_form_on_each_sheet(tmp_path: Path, names: tuple[str, ...]) -> None:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, form in zip(names, FORMS, strict=True):
        fill(made.create_sheet(name), form)
    made.save(tmp_path / "a.xlsx")
    is_right(drafts(tmp_path / "a.xlsx"), FORMS)


def test_several_forms_of_one_town(tmp_path: Path) -> None:
    forms = [("朝来市", *form[1:]) for form in FORMS]
    made = openpyxl.Workbook()
    made.remove(made.active)
    for at, form in enumerate(forms, 1):
        fill(made.create_sheet(f"Sheet{at}"), form)
    made.save(tmp_path / "a.xlsx")
    is_right(drafts(tmp_path / "a.xlsx"), forms)


def test_a_form_that_a_sheet_with_its_guide_precedes(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active.title = "記入要領"
    made.active.append(
        ["黄色い欄にすべて記入し、期日までに提出してください。記入例は次のとおりです。"]
    )
    fill(made.create_sheet("様式"), FORMS[0])
    made.save(tmp_path / "a.xlsx")
    found = [draft for draft in drafts(tmp_path / "a.xlsx") if draft.municipality]
    is_right(found, FORMS[:1])


def letters(sheet: Worksheet, row: int, column: int, text: str, step: int = 1) -> None:
    for at, letter in enumerate(text):
        sheet.cell(row, column + at * step, letter)


def test_one_letter_a_cell_with_numbers_and_a_block(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    letters(sheet, 1, 1, "団体名")
    letters(sheet, 1, 7, "香美町")
    letters(sheet, 2, 1, "事業名")
    letters(sheet, 2, 7, "予約制バスの運行")
    letters(sheet, 3, 1, "電話")
    letters(sheet, 3, 7, "0796361111")
    letters(sheet, 4, 1, "効果", step=2)
    sheet["A5"] = "利用者が二割増えた。通院の人が多い。"
    sheet.merge_cells("A5:T8")
    made.save(tmp_path / "a.xlsx")
    (found,) = drafts(tmp_path / "a.xlsx")
    assert (found.municipality, "予約制バスの運行" in found.title) == ("香美町", True)
    text = "\n".join(section.text for section in found.sections)
    assert "電話：0796361111" in text
    assert [s.role for s in found.sections if "利用者が二割増えた" in s.text] == ["効果"]


def test_marks_and_weekdays_in_narrow_columns_are_no_words(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for row in (
        list("日月火水木金土"),
        [1, 2, 3, 4, 5, 6, 7],
        [8, 9, 10, 11, 12, 13, 14],
        ["休", "", "○", "", "○", "", "休"],
    ):
        made.active.append(row)
    made.save(tmp_path / "a.xlsx")
    rows = [block.cells for block in read(tmp_path / "a.xlsx").pages[0].blocks if block.cells]
    assert rows[0] == tuple("日月火水木金土")


def test_a_label_set_downwards_and_labels_that_hold_a_towns_name(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    fill(sheet, FORMS[0])
    for row, label, text in (
        (6, "取\n組\n体\n制", "三人の班で進めた。"),
        (7, "町の概要", "山に囲まれている。"),
        (8, "市川", ""),
    ):
        sheet.cell(row, 1, label)
        sheet.cell(row, 3, text)
    made.save(tmp_path / "a.xlsx")
    (found,) = drafts(tmp_path / "a.xlsx")
    assert found.municipality == "朝来市"
    assert "取組体制" in [section.heading for section in found.sections]


def test_cells_that_nobody_filled_hide_no_label(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for row in (
        ["市町村名", None, None, "香美町", None, "担当課", None, "総務課"],
        ["取組名", None, None, "予約制バスの運行"],
        ["課題", None, None, "便数が減り、通院に半日かかっていた。"],
        ["備考", None, None, None],
        ["取組内容"],
        [None, "電話とアプリで予約を受けるバスに替えた。"],
    ):
        made.active.append(row)
    made.save(tmp_path / "a.xlsx")
    (found,) = drafts(tmp_path / "a.xlsx")
    assert (found.municipality, "予約制バスの運行" in found.title) == ("香美町", True)
    roles = {s.role: s.text for s in found.sections}
    assert "便数が減り" in roles["背景・課題"]
    assert "予約を受けるバス" in roles["取組"]


def test_a_form_of_opendocument(tmp_path: Path) -> None:
    """Written by hand as flat XML, as old systems export it."""
    town, name, done, effect = FORMS[1]
    rows = "".join(
        f"<table:table-row><table:table-cell><text:p>{label}</text:p></table:table-cell>"
        f'<table:table-cell table:number-columns-spanned="3"><text:p>{value}</text:p></table:table-cell>'
        '<table:covered-table-cell table:number-columns-repeated="2"/></table:table-row>'
        for label, value in (
            ("市町村名", town),
            ("取組名", name),
            ("取組内容", done),
            ("効果", effect),
        )
    )
    source = tmp_path / "form.fods"
    source.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><office:document '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body>'
        f'<office:spreadsheet><table:table table:name="様式">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document>",
        encoding="utf-8",
    )
    (out,) = converted(
        [source], "xlsx:Calc MS Excel 2007 XML", tmp_path / "out", tmp_path / "profile"
    )
    is_right(drafts(out), FORMS[1:2])


def test_forms_below_each_other_in_word(tmp_path: Path) -> None:
    made = docx.Document()
    for town, name, done, effect in FORMS:
        made.add_heading("取組調査票", 1)
        table = made.add_table(0, 4)
        for label, value in (
            ("市町村名", town),
            ("取組名", name),
            ("取組内容", done),
            ("効果", effect),
        ):
            row = table.add_row().cells
            row[0].text = label
            row[1].merge(row[3]).text = value
    made.save(str(tmp_path / "a.docx"))
    is_right(drafts(tmp_path / "a.docx"), FORMS)


def test_a_case_of_a_list_names_its_sheet_and_row(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active.title = "調査結果"
    made.active.append(["県内の取組"])
    made.active.append([])
    made.active.append(["市町村名", "取組名", "取組内容", "事業費（千円）"])
    for town, name, done, _ in FORMS:
        made.active.append([town, name, done, 4200])
    made.save(tmp_path / "list.xlsx")
    found = drafts(tmp_path / "list.xlsx")
    assert ["調査結果" in draft.source_title for draft in found] == [True] * 3
    assert [f"{row}行目" in draft.source_title for row, draft in enumerate(found, 4)] == [True] * 3
    assert all("4,200千円" in "".join(s.text for s in draft.sections) for draft in found)


@pytest.mark.parametrize("below", ["令和７年度市民満足度調査結果報告書", "デジタル化推進計画"])
@pytest.mark.parametrize("size", [28, 22])
def test_the_town_above_a_covers_title_is_whose_it_is(below: str, size: int) -> None:
    cover = [
        replace(line(text, size=height), box=(100.0, top, 500.0, top + height))
        for text, top, height in (("高松市", 200.0, 28), (below, 300.0, size))
    ]
    body = [
        line("待ち時間は平均で二十分から八分に縮まり、利用者の九割が満足と答えた。")
        for _ in range(4)
    ]
    (found,) = cases(deck(cover, body))[0]
    assert (found.title, found.municipality) == (below, "高松市")
