"""Text struck out for all to see (見え消し) is not read as said, and that there was some is told."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.enum.style import WD_STYLE_TYPE
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from pptx import Presentation
from pptx.util import Cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.page import Extract
from ingest.readers import read

OLD, NEW = "三百万円", "二百万円"
WEB = """<!doctype html><meta charset=utf-8><title>費用</title>
<style>.old{color:red;text-decoration:line-through} .under{text-decoration:underline}
td.gone b{text-decoration-line: line-through}</style>
<body><h1>費用の訂正</h1><p>導入費用は{struck}<span class=under>二百万円</span>である。次年度も続ける。</p></body>"""
STRUCK_IN_WEB = (
    f"<s>{OLD}</s>", f"<strike>{OLD}</strike>", f"<del>{OLD}</del>", f"<span class=old>{OLD}</span>",
    f"<span style='color:red; text-decoration: underline line-through'>{OLD}</span>",
)  # fmt: skip


def said(extract: Extract) -> str:
    return "".join(page.text for page in extract.pages)


def told(extract: Extract) -> bool:
    is_told = any(warning.code.startswith("warn.struck") for warning in extract.warnings)
    assert is_told == bool(extract.struck)  # what it was is shown to who asks
    return is_told


def word(path: Path, how: str) -> Path:
    made = docx.Document()
    for name, kind in (("字", WD_STYLE_TYPE.CHARACTER), ("段落", WD_STYLE_TYPE.PARAGRAPH)):
        made.styles.add_style(name, kind).font.strike = True
    made.styles.add_style("下位", WD_STYLE_TYPE.PARAGRAPH).base_style = made.styles["段落"]
    paragraph = made.add_paragraph("導入費用は")
    if how in ("段落", "下位"):
        made.add_paragraph(OLD, style=how)
    else:
        run = paragraph.add_run(OLD, style="字" if how == "字" else None)
        run.font.strike = True if how == "strike" else None
        run.font.double_strike = True if how == "double" else None
    kept = paragraph.add_run(NEW, style="字" if how == "字" else None)
    kept.font.strike = False
    kept.underline = True
    made.save(str(path))
    return path


@pytest.mark.parametrize("how", ["strike", "double", "字", "段落", "下位"])
def test_word_says_what_is_left_whichever_way_it_was_struck(tmp_path: Path, how: str) -> None:
    extract = read(word(tmp_path / "a.docx", how))
    assert OLD not in said(extract)
    assert NEW in said(extract)
    assert told(extract)
    assert extract.struck == ((None, OLD),)


def test_excel_cells_and_runs(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "費用"
    sheet.append(["市町村", "費用"])
    struck = InlineFont(strike=True)
    sheet["A2"] = "豊岡市"
    sheet["B2"] = CellRichText(TextBlock(struck, OLD), TextBlock(InlineFont(b=True), NEW))
    sheet["A3"], sheet["B3"] = "養父市", 3000
    sheet["B3"].font = Font(strike=True)
    sheet["A4"], sheet["B4"] = "朝来市", OLD
    sheet["B4"].font = Font(strike=True)
    made.save(tmp_path / "a.xlsx")
    extract = read(tmp_path / "a.xlsx")
    assert OLD not in said(extract)
    assert "3000" not in said(extract)
    assert NEW in said(extract)
    (warning,) = [w for w in extract.warnings if w.code == "warn.struck_sheet"]
    assert dict(warning.args) == {"n": 3, "title": "費用"}
    assert extract.struck == ((1, OLD), (1, "3000"), (1, OLD))


def test_powerpoint_boxes_tables_and_notes(tmp_path: Path) -> None:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    box = slide.shapes.add_textbox(Cm(2), Cm(2), Cm(10), Cm(2)).text_frame.paragraphs[0]
    cell = slide.shapes.add_table(1, 2, Cm(2), Cm(6), Cm(12), Cm(2)).table.cell(0, 1)
    notes = slide.notes_slide.notes_text_frame.paragraphs[0]
    for paragraph, kind in (
        (box, "sngStrike"),
        (cell.text_frame.paragraphs[0], "dblStrike"),
        (notes, "sngStrike"),
    ):
        old, new = paragraph.add_run(), paragraph.add_run()
        old.text, new.text = OLD, NEW
        old.font._element.set("strike", kind)
        new.font._element.set("strike", "noStrike")
    made.save(str(tmp_path / "a.pptx"))
    extract = read(tmp_path / "a.pptx")
    assert OLD not in said(extract)
    assert said(extract).count(NEW) == 3
    assert told(extract)


@pytest.mark.parametrize("struck", STRUCK_IN_WEB)
def test_web_pages_in_tags_and_styles(tmp_path: Path, struck: str) -> None:
    page = tmp_path / "a.html"
    page.write_text(WEB.replace("{struck}", struck), encoding="utf-8")
    extract = read(page)
    assert OLD not in said(extract)
    assert NEW in said(extract)
    assert told(extract)


def test_a_style_below_another_strikes_only_there(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    cells = f"<table><tr><td class=gone>旧 <b>{OLD}</b></td><td>新 <b>{NEW}</b></td></tr></table>"
    page.write_text(WEB.replace("{struck}", cells), encoding="utf-8")
    assert OLD not in said(read(page))
    assert NEW in said(read(page))


@pytest.mark.parametrize(
    "line",
    [f"費用は~~{OLD}~~{NEW}である。", f"費用は<s>{OLD}</s>{NEW}である。", f"| 費用 | ~~{OLD}~~ {NEW} |\n|--|--|",
     f"- ~~{OLD}\n  である~~ {NEW}"],
)  # fmt: skip
def test_markdown(tmp_path: Path, line: str) -> None:
    note = tmp_path / "a.md"
    note.write_text(f"# 費用\n\n{line}\n", encoding="utf-8")
    extract = read(note)
    assert OLD not in said(extract)
    assert NEW in said(extract)
    assert told(extract)


@pytest.mark.parametrize(
    "line",
    [
        "`~~三百万円~~`と書く。",
        "```\n~~三百万円~~\n```",
        "10~20人、三百万円~四百万円",
        "~~~\n三百万円\n~~~",
    ],
)
def test_code_and_ranges_of_markdown_stay(tmp_path: Path, line: str) -> None:
    note = tmp_path / "a.md"
    note.write_text(f"# 費用\n\n{line}\n", encoding="utf-8")
    assert OLD in said(read(note))
    assert not told(read(note))


def drawn(path: Path, draw: Callable[[Canvas], None]) -> Path:
    canvas = Canvas(str(path))
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    canvas.setFont("HeiseiMin-W3", 12)
    canvas.drawString(72, 700, f"導入費用は{OLD}{NEW}である。")  # OLD: x 132 to 180
    canvas.drawString(72, 670, "次年度も同じ額を見込んでいる。")
    draw(canvas)
    canvas.save()
    return path


def test_lines_drawn_through_the_text_of_a_pdf(tmp_path: Path) -> None:
    def once(canvas: Canvas) -> None:
        canvas.line(132, 704.5, 180, 704.5)

    def twice(canvas: Canvas) -> None:
        for y in (703.5, 705.5):
            canvas.rect(132, y, 48, 0.5, stroke=0, fill=1)

    for draw in (once, twice):
        extract = read(drawn(tmp_path / "a.pdf", draw))
        assert OLD not in said(extract)
        assert f"導入費用は{NEW}である。" in said(extract)
        assert told(extract)


def test_lines_under_over_and_beside_the_text_of_a_pdf_strike_nothing(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.line(132, 698, 180, 698)  # under
        canvas.line(72, 712, 400, 712)  # a table's, over
        canvas.line(72, 685, 400, 685)
        canvas.line(240, 704, 500, 704)  # a blank to fill in, behind the text
        canvas.line(30, 674, 560, 674)  # a fold across the page

    extract = read(drawn(tmp_path / "a.pdf", draw))
    assert f"導入費用は{OLD}{NEW}である。" in said(extract)
    assert "次年度も同じ額を見込んでいる。" in said(extract)
    assert not told(extract)


def test_a_page_printed_by_chromium(tmp_path: Path) -> None:
    page, out = tmp_path / "a.html", tmp_path / "a.pdf"
    page.write_text(WEB.replace("{struck}", f"<s>{OLD}</s><u>下線の語</u>"), encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={out}"]
    subprocess.run([*command, page.as_uri()], check=True, capture_output=True, timeout=120)
    extract = read(out)
    assert OLD not in said(extract)
    assert "下線の語" in said(extract)
    assert NEW in said(extract)
    assert told(extract)


@pytest.mark.parametrize("suffix", ["docx", "pdf"])
def test_a_document_written_by_libreoffice(tmp_path: Path, suffix: str) -> None:
    source = word(tmp_path / "a.docx", "strike")
    out = tmp_path / "out"
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", suffix, "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    extract = read(out / f"a.{suffix}")
    assert OLD not in said(extract)
    assert NEW in said(extract)
    assert told(extract)
