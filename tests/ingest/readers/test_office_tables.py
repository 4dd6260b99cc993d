"""PowerPoint, Excel and CSV: real files made by python-pptx and openpyxl, read back."""

from __future__ import annotations

import copy
import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm, Pt

from ingest.page import Extract
from ingest.readers import read
from ingest.readers.excel.sheet import MOST_ROWS
from ingest.readers.excel.values import BUILT_IN, shown
from kb.base.errors import ReadError
from kb.base.messages import render


def texts(extract: Extract) -> list[str]:
    return [block.text for page in extract.pages for block in page.blocks]


def deck(path: Path) -> Path:
    """Three slides: text out of order in a group, a merged table with a chart, a hidden one."""
    made = Presentation()
    made.core_properties.title = "地域DXの取組"
    first = made.slides.add_slide(made.slide_layouts[5])
    first.shapes.title.text = "多可町の\v予防接種"
    low = first.shapes.add_textbox(Cm(2), Cm(15), Cm(10), Cm(2))
    low.text_frame.text = "下の段"
    group = first.shapes.add_group_shape()
    for x, words in ((14, "右の箱"), (2, "左の箱")):
        box = group.shapes.add_textbox(Cm(x), Cm(6), Cm(8), Cm(2))
        box.text_frame.text = words
        box.text_frame.paragraphs[0].runs[0].font.size = Pt(14)
        box.text_frame.paragraphs[0].runs[0].font.bold = True
    first.notes_slide.notes_text_frame.text = "口頭で補足する"
    second = made.slides.add_slide(made.slide_layouts[6])
    table = second.shapes.add_table(3, 2, Cm(2), Cm(2), Cm(20), Cm(5)).table
    for at, words in (
        ((0, 0), "課題"),
        ((0, 1), "窓口が混む"),
        ((1, 1), "人手が足りない"),
        ((2, 0), "合計"),
    ):
        table.cell(*at).text = words
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(2, 0).merge(table.cell(2, 1))
    numbers = CategoryChartData()
    numbers.categories = ["令和5年度", "令和6年度"]
    numbers.add_series("申請件数", (120, 345.5))
    chart = second.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(2), Cm(10), Cm(12), Cm(6), numbers
    )
    chart.chart.has_title = True
    chart.chart.chart_title.text_frame.text = "件数の推移"
    hidden = made.slides.add_slide(made.slide_layouts[5])
    hidden.shapes.title.text = "予備のスライド"
    hidden.element.set("show", "0")
    made.save(str(path))
    return path


def test_slides_are_pages_in_reading_order(tmp_path: Path) -> None:
    extract = read(deck(tmp_path / "deck.pptx"))
    assert extract.reader == "pptx"
    assert extract.front_matter["document_title"] == "地域DXの取組"
    assert [page.number for page in extract.pages] == [1, 2, 3]
    assert extract.pages[0].size == (720.0, 540.0)
    first = extract.pages[0].blocks
    assert [b.text for b in first] == [
        "多可町の 予防接種", "左の箱", "右の箱", "下の段", "【発表者ノート】", "口頭で補足する",
    ]  # fmt: skip
    assert first[0].level == 1
    assert (first[1].size, first[1].bold) == (14.0, True)
    assert first[1].box is not None
    assert first[1].box[0] == pytest.approx(2 * 28.35, abs=1)


def test_tables_and_charts_are_rows(tmp_path: Path) -> None:
    second = read(deck(tmp_path / "deck.pptx")).pages[1].blocks
    rows = [b.cells for b in second if b.kind == "row"]
    assert rows == [
        ("課題", "窓口が混む"), ("", "人手が足りない"),
        ("", "申請件数"), ("令和5年度", "120"), ("令和6年度", "345.5"),
    ]  # fmt: skip
    assert {b.table for b in second if b.kind == "row"} == {0, 1}
    assert "合計" in [b.text for b in second]
    assert "件数の推移" in [b.text for b in second]


def test_a_shape_in_two_renderings_is_read_once(tmp_path: Path) -> None:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    box = slide.shapes.add_textbox(Cm(2), Cm(2), Cm(8), Cm(2))
    box.text_frame.text = "数式の入った箱"
    wrapped = etree.fromstring(
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        "<mc:Choice/><mc:Fallback/></mc:AlternateContent>"
    )
    tree = box._element.getparent()
    wrapped[1].append(copy.deepcopy(box._element))
    wrapped[0].append(box._element)
    tree.append(wrapped)
    made.save(tmp_path / "a.pptx")
    assert texts(read(tmp_path / "a.pptx")) == ["数式の入った箱"]


def test_hidden_slides_are_read_and_named(tmp_path: Path) -> None:
    extract = read(deck(tmp_path / "deck.pptx"))
    assert "予備のスライド" in texts(extract)
    assert any("非表示のスライド（3枚目）" in warning for warning in map(render, extract.warnings))


def test_the_real_deck_keeps_labels_with_their_content(shared: Path) -> None:
    extract = read(shared / "documents" / "made" / "lo_impress.pptx")
    assert len(extract.pages) == 10
    cells = [b.cells for b in extract.pages[3].blocks if b.kind == "row"]
    assert [c[0] for c in cells][:3] == ["課題", "伴走支援内容", "これまでの取組"]


@pytest.mark.parametrize("suffix", [".pptx", ".xlsx"])
def test_nothing_inside_is_said_so(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"empty{suffix}"
    if suffix == ".pptx":
        made = Presentation()
        made.slides.add_slide(made.slide_layouts[6])
        made.save(str(path))
    else:
        openpyxl.Workbook().save(path)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "empty"


def book(path: Path, rows: int = 45) -> Path:
    """A title over a table with a header of two merged rows, a gap, a second table."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "取組一覧"
    sheet["A1"] = "市の取組"
    sheet.append(["団体名", "取組", None, "費用", "割合", "開始日"])
    sheet.append([None, "名称", "内容", None, None, None])
    for i in range(rows):
        sheet.append(
            [
                "多可町",
                f"取組{i}",
                "窓口の予約を受け付ける。",
                1234567 + i,
                0.25,
                dt.date(2024, 4, 1),
            ]
        )
    for row in sheet.iter_rows(min_row=4, min_col=4, max_col=5):
        row[0].number_format, row[1].number_format = "#,##0", "0.0%"
    for area in ("A1:F1", "B2:C2", "A2:A3", "D2:D3", "E2:E3", "F2:F3"):
        sheet.merge_cells(area)
    below = rows + 6
    sheet.cell(below, 1, "備考")
    sheet.cell(below, 2, "=1+2")
    hidden = made.create_sheet("内部")
    hidden["B2"] = "控え"
    hidden.sheet_state = "hidden"
    made.save(path)
    return path


def test_sheets_are_pages_and_every_text_of_a_merged_header_stands_once(tmp_path: Path) -> None:
    extract = read(book(tmp_path / "book.xlsx"))
    first = extract.pages[0].blocks
    assert [b.text for b in first[:2]] == ["取組一覧", "市の取組"]
    assert first[2].cells == ("団体名", "取組", "費用", "割合", "開始日")
    assert [(s.column, s.across) for s in first[2].spans] == [
        (0, 1),
        (1, 2),
        (3, 1),
        (4, 1),
        (5, 1),
    ]
    assert first[3].cells == ("", "名称", "内容", "", "", "")
    assert [s.above for s in first[3].spans] == ["団体名", "", "", "費用", "割合", "開始日"]
    assert first[4].cells == (
        "多可町", "取組0", "窓口の予約を受け付ける。", "1,234,567", "25.0%", "2024年4月1日",
    )  # fmt: skip
    assert [b.row for b in first[1:5]] == [1, 2, 3, 4]
    assert "".join(texts(extract)).count("団体名") == 1
    assert "備考" in "".join(texts(extract))


def test_what_cannot_be_seen_or_counted_is_named(tmp_path: Path) -> None:
    extract = read(book(tmp_path / "book.xlsx"))
    assert "控え" in texts(extract)
    assert any("内部" in warning for warning in map(render, extract.warnings))
    assert any(
        "1個" in warning and "保存し直す" in warning for warning in map(render, extract.warnings)
    )


def with_text_box(content: bytes, words: str) -> bytes:
    """The book with a text box on its first sheet, in two renderings as Excel writes it."""
    box = f"<xdr:sp><xdr:txBody><a:p><a:r><a:t>{words}</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
    drawing = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><xdr:twoCellAnchor>'
        f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></xdr:twoCellAnchor></xdr:wsDr>"
    )
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships'
        '/drawing" Target="../drawings/drawing9.xml"/></Relationships>'
    )
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/drawings/drawing9.xml", drawing)
        archive.writestr("xl/worksheets/_rels/sheet1.xml.rels", rels)
    return out.getvalue()


def test_text_boxes_on_a_sheet_are_read_once(tmp_path: Path) -> None:
    content = book(tmp_path / "book.xlsx", 2).read_bytes()
    extract = read(Path("book.xlsx"), with_text_box(content, "申請は窓口まで"))
    assert [b.text for b in extract.pages[0].blocks].count("申請は窓口まで") == 1


def test_a_book_is_read_whatever_its_styles_and_charts(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active["A1"] = "本文"
    made.active["A1"].comment = openpyxl.comments.Comment("確認中", "総務課")
    made.create_chartsheet("空のグラフ")
    path = tmp_path / "chart.xlsx"
    made.save(path)
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():  # a fill that says nothing, which libraries stumble over
            new.writestr(name, old.read(name).replace(b"<patternFill", b"<unknownFill"))
    extract = read(path, out.getvalue())
    assert "本文" in texts(extract)
    assert any("コメント（1件）" in warning for warning in map(render, extract.warnings))


def test_a_short_table_of_words_has_no_header_of_two_rows(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for row in (["見出し", "内容"], ["見える", "あ"], ["別の行", "いろは"]):
        made.active.append(row)
    made.save(tmp_path / "a.xlsx")
    rows = [b.cells for b in read(tmp_path / "a.xlsx").pages[0].blocks if b.kind == "row"]
    assert rows == [("見出し", "内容"), ("見える", "あ"), ("別の行", "いろは")]


def test_a_very_long_sheet_is_read_up_to_the_limit(tmp_path: Path) -> None:
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet("長い表")
    for i in range(MOST_ROWS + 5):
        sheet.append([f"行{i}", "値"])
    path = tmp_path / "long.xlsx"
    made.save(path)
    extract = read(path)
    assert any("長い表" in w and f"{MOST_ROWS:,}行" in w for w in map(render, extract.warnings))
    assert f"行{MOST_ROWS + 1}\t値" not in texts(extract)


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (1234.5, "#,##0", "1,235"), (1234.5, "#,##0.00", "1,234.50"), (0.125, "0%", "13%"),
        (0.125, "0.0%", "12.5%"), (3.0, "General", "3"), (0.1 + 0.2, "", "0.3"), (12, '0"件"', "12件"),
        (1234567, '"約"#,##0,"千円"', "約1,235千円"), (-1500, '#,##0;"△"#,##0', "△1,500"),
        (-1500, "#,##0_ ;[Red]\\-#,##0\\ ", "-1,500"), (98000, "[$¥-411]#,##0", "¥98,000"),
        (7, "00000", "00007"), (2.5, "0.##", "2.5"), (2, "0.##", "2"), (12345678901234, "", "12345678901234"),
        (0, '0;-0;"なし"', "なし"), (45383, "yyyy/m/d", "2024年4月1日"), (45383, BUILT_IN[28], "令和6年4月1日"),
        (43586, "ggge年m月d日", "令和元年5月1日"), (43585, BUILT_IN[57], "平成31年4月30日"),
        (45383, 'yyyy"年"m"月"', "2024年4月"), (45383.5625, "yyyy/m/d h:mm", "2024年4月1日 13時30分"),
        (0.354166667, "h:mm", "8時30分"), (1.128472222, "[h]:mm", "27時間05分"), (59, "m/d/yy", "1900年2月28日"),
        (1e12, "yyyy/m/d", "1000000000000"),
    ],
)  # fmt: skip
def test_values_are_shown_as_excel_shows_them(value: float, form: str, text: str) -> None:
    assert shown(value, form) == text


def test_days_may_be_counted_from_1904() -> None:
    assert shown(43921, "yyyy/m/d", from_1904=True) == "2024年4月1日"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_any_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "list.csv"
    rows = ["団体名 取組 年度", '多可町 "予防接種の予約を\nアプリで受け付ける" 2024']
    path.write_bytes("\n".join(r.replace(" ", delimiter) for r in rows).encode(encoding))
    found = [b.cells for b in read(path).pages[0].blocks]
    assert found == [
        ("団体名", "取組", "年度"), ("多可町", "予防接種の予約を\nアプリで受け付ける", "2024"),
    ]  # fmt: skip


def test_csv_says_its_delimiter_and_keeps_tabs_out_of_cells(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('sep=;\n団体名;取組,費用\n多可町;"予約\tと受付"\n', encoding="utf-8")
    (page,) = read(path).pages
    assert [b.cells for b in page.blocks] == [("団体名", "取組,費用"), ("多可町", "予約 と受付")]
    assert all(b.text == "\t".join(b.cells) for b in page.blocks)


def test_a_quote_that_swallows_the_rest_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('団体名,取組\n多可町,"予約\n南国市,窓口\n', encoding="utf-8")
    assert any("2行目" in warning for warning in map(render, read(path).warnings))


def test_an_unclosed_quote_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text('a,b\n"' + "x" * 200_000, encoding="utf-8")
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "damaged"
    assert "引用符" in caught.value.message()


def _flip(content: bytes, rng: random.Random) -> bytes:
    broken = bytearray(content)
    for _ in range(rng.randint(1, 30)):
        broken[rng.randrange(len(broken))] = rng.randrange(256)
    return bytes(broken)


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(1, len(content))]


def _rewritten(content: bytes, rng: random.Random) -> bytes:
    """A sound archive with one part's bytes damaged, so that the damage reaches the parser."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        chosen = rng.choice(names)
        for name in names:
            data = old.read(name)
            new.writestr(name, rng.choice((_flip, _cut))(data, rng) if name == chosen else data)
    return out.getvalue()


_OUTCOMES = {"read", "damaged", "empty", "ocr", "too_large", "password", "unsupported"}


def _outcome(path: Path, content: bytes) -> str:
    """``read``, or the code of a refusal that says something to people."""
    try:
        return "read" if read(path, content).pages else "nothing"
    except ReadError as error:
        return error.code if error.message() and error.message("en") else "silent"


@pytest.mark.parametrize("maker", [deck, book], ids=["pptx", "xlsx"])
def test_damaged_files_are_read_or_refused_with_a_reason(
    tmp_path: Path, maker: Callable[[Path], Path]
) -> None:
    path = maker(tmp_path / ("a.pptx" if maker is deck else "a.xlsx"))
    content = path.read_bytes()
    rng = random.Random(20261123)
    for _ in range(60):
        broken = rng.choice((_flip, _cut, _rewritten, _rewritten))(content, rng)
        assert _outcome(path, broken) in _OUTCOMES


def test_a_sheet_with_endless_merged_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "merged.xlsx"
    made = openpyxl.Workbook()
    made.active["A1"] = "題"
    made.active.merge_cells("A1:B2")
    made.save(path)
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"A1:B2", b"A1:XFD1048576"))
    with pytest.raises(ReadError) as caught:
        read(path, out.getvalue())
    assert caught.value.code == "too_large"
