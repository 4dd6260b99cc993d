"""More shapes of collections, as offices without styles and templates make them."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pptx
from pptx.util import Inches
from pptx.util import Pt as Points
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.support.collections_made import Told, converted, print_page
from tests.support.pdfs import japanese_font

_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
Maker = Callable[[Path, tuple[Told, ...]], Path]


def number_then_title(folder: Path, cases: tuple[Told, ...]) -> Path:
    """Word without any style: 「事例１」, the title and the place, each on a line of its own."""
    made = docx.Document()
    made.add_paragraph("自治体デジタル化事例集")
    for number, case in enumerate(cases, 1):
        for text in (f"事例{str(number).translate(_FULL_WIDTH)}", case.title, case.place):
            made.add_paragraph(text)
        for heading, text in case.parts:
            made.add_paragraph(f"＜{heading}＞")
            made.add_paragraph(text)
    return _saved(made, folder / "number_then_title.docx")


def name_in_brackets(folder: Path, cases: tuple[Told, ...]) -> Path:
    """Word without any style: 【多可町】 before the title, parts as a list."""
    made = docx.Document()
    made.add_paragraph("デジタル化の取組事例集")
    for case in cases:
        made.add_paragraph(f"【{case.place}】{case.title}")
        for heading, text in case.parts:
            made.add_paragraph(f"・{heading}　{text}")
    return _saved(made, folder / "name_in_brackets.docx")


def numbers_in_numbers(folder: Path, cases: tuple[Told, ...]) -> Path:
    """A report with a chapter of cases in bold: 第２章, （１） name, ① part; chapters around it."""
    made = docx.Document()

    def bold(text: str) -> None:
        made.add_paragraph().add_run(text).bold = True

    bold("地域デジタル化推進調査報告書")
    bold("第１章　調査の目的")
    made.add_paragraph("市町村の取組を調べ、支援のあり方を考える。")
    bold("第２章　市町村の取組")
    for number, case in enumerate(cases, 1):
        bold(f"（{str(number).translate(_FULL_WIDTH)}）{case.place}")
        made.add_paragraph(f"テーマ：{case.title}")
        for sign, (heading, text) in zip("①②③", case.parts, strict=True):
            bold(f"{sign}　{heading}")
            made.add_paragraph(text)
    bold("第３章　まとめ")
    made.add_paragraph("共通する課題は人材である。" * 4)
    return _saved(made, folder / "numbers_in_numbers.docx")


def rows_as_pdf(folder: Path, cases: tuple[Told, ...]) -> Path:
    """A Word table with a case in each row, printed by LibreOffice: rows are cut by the pages."""
    made = docx.Document()
    made.add_heading("取組事例一覧", 0)
    table = made.add_table(rows=1, cols=5, style="Table Grid")
    head = ("市町村", "取組", "課題", "内容", "効果")
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        cell.text = text
    for case in cases:
        told = (case.place, case.title, *(text for _, text in case.parts))
        for cell, text in zip(table.add_row().cells, told, strict=True):
            cell.text = text
    source = _saved(made, folder / "rows.docx")
    out = converted(source, folder)
    source.unlink()
    return out


class _Pen:
    """Writes lines down the pages of a PDF."""

    def __init__(self, path: Path) -> None:
        self.canvas, self.font = Canvas(str(path), pagesize=A4), japanese_font()
        self.page = 0
        self.turn()

    def turn(self) -> None:
        if self.page:
            self.canvas.showPage()
        self.page += 1
        self.y = 780.0
        self.canvas.setFont(self.font, 8)
        self.canvas.drawCentredString(297, 25, str(self.page))

    def line(self, text: str, size: float = 10.5, x: float = 60) -> None:
        if self.y < 60:
            self.turn()
        self.canvas.setFont(self.font, size)
        self.canvas.drawString(x, self.y, text)
        self.y -= size * 1.6

    def text(self, text: str) -> None:
        for start in range(0, len(text), 44):
            self.line(text[start : start + 44])


def dotted_contents(folder: Path, cases: tuple[Told, ...]) -> Path:
    """A cover, contents with dotted leaders, then a page for each case, its place under the title."""
    out = folder / "dotted_contents.pdf"
    pen = _Pen(out)
    pen.line("市町村デジタル化先進事例集", 26)
    pen.line("令和6年11月")
    pen.turn()
    pen.line("目　次", 16)
    for number, case in enumerate(cases, 1):
        pen.line(f"{number}　{case.title}（{case.place}）{'…' * 5}{number + 2}")
    for number, case in enumerate(cases, 1):
        pen.turn()
        pen.line(f"{number}　{case.title}", 18)
        pen.line(case.place, 12)
        for heading, text in case.parts:
            pen.line(f"◆{heading}", 12)
            pen.text(text)
    pen.turn()
    pen.line("参考資料", 16)
    pen.text("国の手引きなどを参考にした。")
    pen.canvas.save()
    return out


def two_a_page(folder: Path, cases: tuple[Told, ...]) -> Path:
    """Two cases on a page: a bar with the title and, at its right end, the place; a ruled table."""
    out = folder / "two_a_page.pdf"
    pen = _Pen(out)
    pen.line("デジタル活用事例", 26)
    for number, case in enumerate(cases):
        if number % 2 == 0:
            pen.turn()
        else:
            pen.y = 400
        pen.canvas.setFont(pen.font, 9)
        pen.canvas.drawRightString(535, pen.y, case.place)
        pen.line(case.title, 13)
        pen.y -= 8
        for heading, text in case.parts:
            top = pen.y + 10
            pen.canvas.setFont(pen.font, 10)
            pen.canvas.drawString(62, pen.y, heading)
            for start in range(0, len(text), 36):
                pen.line(text[start : start + 36], 10, x=150)
            for x, width in ((55, 90), (145, 390)):
                pen.canvas.rect(x, pen.y + 4, width, top - pen.y)
            pen.y -= 12
    pen.canvas.save()
    return out


def printed(folder: Path, name: str, page: str) -> Path:
    """A page printed to PDF by Chromium, each section on a sheet of its own."""
    style = 'body{font-family:"Noto Sans CJK JP"}section{break-before:page}td,th{border:1px solid}'
    return print_page(folder, name, f'<meta charset="utf-8"><style>{style}</style>{page}')


def three_pages_each(folder: Path, cases: tuple[Told, ...]) -> Path:
    """Each case on three pages, its title and place on the first only."""
    more = f"<p>{'担当は資料を読み、ほかの町に聞き、手順を書き出した。' * 6}</p>" * 3
    body = "".join(
        f"<section><h2>{case.title}</h2><p style='text-align:right'>{case.place}</p></section>"
        + "<section>".join(f"<h3>{heading}</h3><p>{text}</p>{more}" for heading, text in case.parts)
        for case in cases
    )
    return printed(folder, "three_pages_each", f"<h1>地域のデジタル化 事例の報告</h1>{body}")


def forms(folder: Path, cases: tuple[Told, ...]) -> Path:
    """The same form on each page; what tells the cases apart stands in its rows."""
    body = "".join(
        "<section><h2>取組事例シート</h2><table>"
        + "".join(
            f"<tr><th>{label}</th><td>{text}</td></tr>"
            for label, text in (("団体名", case.place), ("取組名", case.title), *case.parts)
        )
        + "</table></section>"
        for case in cases
    )
    return printed(folder, "forms", body)


def corner_slides(folder: Path, cases: tuple[Told, ...]) -> Path:
    """Slides titled with what is done, the municipality small in a corner; an agenda before, a
    summary after."""
    made = pptx.Presentation()

    def slide(title: str, text: str) -> pptx.slide.Slide:
        new = made.slides.add_slide(made.slide_layouts[1])
        new.shapes.title.text, new.placeholders[1].text = title, text
        return new

    slide("取組の共有", "第3回研究会　令和6年10月")
    slide("本日の内容", "\n".join(f"{case.place} {case.title}" for case in cases))
    for case in cases:
        new = slide(case.title, "\n".join(f"{heading}：{text}" for heading, text in case.parts))
        corner = new.shapes.add_textbox(Inches(7.5), Inches(0.1), Inches(2.3), Inches(0.4))
        corner.text_frame.text = f"{case.place}　企画課"
        corner.text_frame.paragraphs[0].runs[0].font.size = Points(12)
    slide("まとめ", "小さく始めて広げることが大切である。")
    out = folder / "corner_slides.pptx"
    made.save(str(out))
    return out


def merged_header(folder: Path, cases: tuple[Told, ...]) -> Path:
    """A list with a title, a remark and a header of two rows with merged cells."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(["令和6年度 市町村DX取組事例一覧"])
    sheet.append(["※各市町村からの報告に基づく。金額は税込み。"])
    sheet.append([])
    sheet.append(["No", "団体", None, "取組名称", "取組の内容", None, None, "備考"])
    sheet.append([None, "都道府県", "市町村名", None, "課題", "実施内容", "成果", None])
    for cells in ("A1:H1", "A2:H2", "A4:A5", "B4:C4", "D4:D5", "E4:G4", "H4:H5"):
        sheet.merge_cells(cells)
    for number, case in enumerate(cases, 1):
        cut = 3 if case.place[:3].endswith(("県", "府", "都", "道")) else 4
        told = (case.place[:cut], case.place[cut:], case.title, *(text for _, text in case.parts))
        sheet.append([number, *told])
    out = folder / "merged_header.xlsx"
    made.save(out)
    return out


def sheet_each(folder: Path, cases: tuple[Told, ...]) -> Path:
    """A filled form on a sheet of its own for each case."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, case in enumerate(cases, 1):
        sheet = made.create_sheet(f"{number:02}{case.place}")
        for row in (
            ("取組事例調査票",),
            ("団体名", case.place),
            ("事業名", case.title),
            *case.parts,
        ):
            sheet.append(row)
    out = folder / "sheet_each.xlsx"
    made.save(out)
    return out


def towns_across(folder: Path, cases: tuple[Told, ...]) -> Path:
    """A comparison: a column for each municipality, a row for each part."""
    made = openpyxl.Workbook()
    made.active.append(["項目", *(case.place for case in cases)])
    made.active.append(["取組名", *(case.title for case in cases)])
    for at, (heading, _) in enumerate(cases[0].parts):
        made.active.append([heading, *(case.parts[at][1] for case in cases)])
    out = folder / "towns_across.xlsx"
    made.save(out)
    return out


def parts_down(folder: Path, cases: tuple[Told, ...]) -> Path:
    """A row for each part of a case, its municipality and title in merged cells."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(["市町村", "取組名", "区分", "内容"])
    for case in cases:
        first = sheet.max_row + 1
        for heading, text in case.parts:
            sheet.append([case.place, case.title, heading, text])
        for column in "AB":
            sheet.merge_cells(f"{column}{first}:{column}{sheet.max_row}")
    out = folder / "parts_down.xlsx"
    made.save(out)
    return out


def cards(folder: Path, cases: tuple[Told, ...]) -> Path:
    """Ruled cards one below the other, nothing printed between them."""
    body = "".join(
        f"<table><tr><th>事例No.</th><td>{number}</td><th>自治体名</th><td>{case.place}</td></tr>"
        f"<tr><th>取組名</th><td colspan=3>{case.title}</td></tr>"
        + "".join(f"<tr><th>{h}</th><td colspan=3>{text}</td></tr>" for h, text in case.parts)
        + "</table><br>"
        for number, case in enumerate(cases, 1)
    )
    return printed(folder, "cards", f"<h1>自治体DX事例カード</h1>{body}")


def slides_each(folder: Path, cases: tuple[Told, ...]) -> Path:
    """A slide with title and place, then a slide for each part, for each case."""
    made = pptx.Presentation()
    for case in cases:
        told = ((case.title, case.place, 0), *((heading, text, 1) for heading, text in case.parts))
        for title, text, layout in told:
            new = made.slides.add_slide(made.slide_layouts[layout])
            new.shapes.title.text, new.placeholders[1].text = title, text
    out = folder / "slides_each.pptx"
    made.save(str(out))
    return out


def four_a_slide(folder: Path, cases: tuple[Told, ...]) -> Path:
    """Four boxes on a slide, a case in each."""
    made = pptx.Presentation()
    for first in range(0, len(cases), 4):
        new = made.slides.add_slide(made.slide_layouts[5])
        new.shapes.title.text = "県内の取組"
        for at, case in enumerate(cases[first : first + 4]):
            left, top = Inches(0.2 + 4.9 * (at % 2)), Inches(1.4 + 3 * (at // 2))
            frame = new.shapes.add_textbox(left, top, Inches(4.6), Inches(2.8)).text_frame
            frame.word_wrap = True
            frame.text = case.place
            told = (case.title, *(f"{heading}：{text}" for heading, text in case.parts))
            for line in told:
                frame.add_paragraph().text = line
            for paragraph, size in zip(frame.paragraphs, (14, 12, 10, 10, 10), strict=True):
                paragraph.runs[0].font.size = Points(size)
            frame.paragraphs[0].runs[0].font.bold = True
    out = folder / "four_a_slide.pptx"
    made.save(str(out))
    return out


def contents_above(folder: Path, cases: tuple[Told, ...]) -> Path:
    """A table of contents and the first cases on one page, printed by Chromium."""
    rows = "".join(
        f"<tr><td>事例{n}</td><td>{case.place}</td><td>{case.title}</td><td>{n // 2 + 2}</td></tr>"
        for n, case in enumerate(cases, 1)
    )
    body = "".join(
        f"<h2>事例{n}　{case.place}</h2><h3>{case.title}</h3>"
        + "".join(f"<h4>{heading}</h4><p>{text}</p>" for heading, text in case.parts)
        for n, case in enumerate(cases, 1)
    )
    style = (
        "<style>body{font-size:14px}h2{font-size:17px}h3{font-size:15px}h4{font-size:14px}</style>"
    )
    page = f"{style}<h1>事例集</h1><h2>目次</h2><table>{rows}</table>{body}"
    return printed(folder, "contents_above", page)


def articles(folder: Path, cases: tuple[Told, ...]) -> Path:
    """A web page of articles with definition lists, written without its body tag."""
    body = "".join(
        f"<article><h3>{html.escape(case.title)}</h3><p><strong>{case.place}</strong></p><dl>"
        + "".join(f"<dt>{heading}</dt><dd>{text}</dd>" for heading, text in case.parts)
        + "</dl></article>"
        for case in cases
    )
    out = folder / "articles.html"
    out.write_text(
        "<!doctype html><meta charset=utf-8><title>取組紹介</title><header><nav><a href=/>ホーム</a></nav>"
        f"</header><main><h1>取組紹介</h1><h2>県内の取組</h2>{body}</main><footer>問い合わせ</footer>",
        encoding="utf-8",
    )
    return out


def _saved(made: docx.document.Document, path: Path) -> Path:
    made.save(str(path))
    return path


MORE: tuple[Maker, ...] = (
    number_then_title, name_in_brackets, numbers_in_numbers, rows_as_pdf, dotted_contents, two_a_page,
    three_pages_each, forms, corner_slides, merged_header, sheet_each, articles, towns_across, parts_down,
    cards, slides_each, four_a_slide, contents_above,
)  # fmt: skip
"""Eighteen shapes beside those of :mod:`tests.support.collections_made`."""
