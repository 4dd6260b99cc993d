"""Collections of cases as offices make them: one text, many producers and layouts.

Every case begins and ends with a phrase of its own, so that a test can tell what went where.
"""

from __future__ import annotations

import csv
import html
import io
import random
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import docx
import openpyxl
import pptx
from pptx.util import Inches
from pptx.util import Pt as Points
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.support.pdfs import japanese_font

_PLACES = (
    "北海道士幌町 青森県五戸町 岩手県紫波町 宮城県女川町 秋田県小坂町 山形県朝日町 福島県三春町 茨城県境町 栃木県茂木町 "
    "群馬県甘楽町 埼玉県横瀬町 千葉県睦沢町 神奈川県開成町 新潟県湯沢町 富山県朝日町 石川県津幡町 福井県池田町 山梨県身延町 "
    "長野県箕輪町 岐阜県垂井町 静岡県長泉町 愛知県東浦町 三重県多気町 滋賀県竜王町 京都府与謝野町 大阪府島本町 兵庫県佐用町 "
    "奈良県三宅町 和歌山県白浜町 鳥取県琴浦町"
).split()
_SUBJECTS = (
    "予防接種の予約をスマートフォンで受け付ける", "公園の使用許可を窓口に来ずに申請できるようにする",
    "防災無線の放送を文字でも届ける", "獣害のわなの見回りを通知で減らす", "議事録を音声認識で作る",
    "学校からの欠席連絡をアプリに替える", "水道の検針を遠隔で行う", "乗合タクシーの予約を電話とアプリで受ける",
    "図書館の本の予約を夜間も受け付ける", "保育所の入所申込みをオンラインにする", "道路の傷みを写真で知らせてもらう",
    "税の証明書をコンビニで渡す", "ごみの分け方をチャットで答える", "観光客の流れを位置の記録で知る",
    "高齢者の見守りに電気の使用量を使う", "職員の勤怠を紙から替える", "契約書を電子で交わす", "空き家の情報を地図で公開する",
    "農地の見回りをドローンで行う", "健診の案内を一人ずつに合わせる",
)  # fmt: skip
_PROBLEMS = (
    "担当が一人しかおらず、電話が重なると受けきれなかった。", "紙の書類を手で打ち直していて、間違いの確認に時間がかかっていた。",
    "平日の昼間に役場へ来られない人から、不便だという声が届いていた。", "委託の費用が年々増え、見直しを求められていた。",
)  # fmt: skip
_ACTIONS = (
    "庁内の若手で班を作り、三か月かけて今の流れを書き出してから道具を選んだ。", "既にあった仕組みを設定し直し、足りないところだけを作った。",
    "近くの三つの町と共同で調達し、研修も一緒に開いた。", "一部の地区で試し、使った人の声を聞いてから全体に広げた。",
)  # fmt: skip
_EFFECTS = (
    "一件あたりの時間が十五分から四分になった。", "半年で受付の四割が新しい方法に移った。",
    "残業が月に二十時間減り、相談に回せる時間が増えた。", "苦情が減り、職員の負担の感じ方も調査で下がった。",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A case: its title, place, and (heading, text) of its parts; ``begin`` and ``end`` stand in it
    alone."""

    title: str
    place: str
    parts: tuple[tuple[str, str], ...]
    begin: str
    end: str


def told(n: int, seed: int, *, long: bool = False) -> tuple[Told, ...]:
    """``n`` cases; with ``long`` each takes more than a slide or a page."""
    rng = random.Random(seed)
    subjects = rng.sample(_SUBJECTS, len(_SUBJECTS)) * 2
    places = rng.sample(_PLACES, n)
    found = []
    for number, place in enumerate(places):
        begin, end = f"整理番号{seed}甲{number:02}。", f"照会番号{seed}乙{number:02}。"
        more = 6 if long else 1
        body = [
            " ".join(rng.choice(kind) for _ in range(more))
            for kind in (_PROBLEMS, _ACTIONS, _EFFECTS)
        ]
        parts = (
            ("背景・課題", begin + body[0]), ("取組内容", body[1]), ("効果", body[2] + end),
        )  # fmt: skip
        found.append(Told(subjects[number], place, parts, begin, end))
    return tuple(found)


def chromium_pdf(folder: Path, cases: tuple[Told, ...]) -> Path:
    """A page for each case under its heading, with a contents page, printed by Chromium."""
    rows = "".join(f"<li>{c.place}　{c.title}</li>" for c in cases)
    body = "".join(
        f"<section><h2>{c.place}　{c.title}</h2>"
        + "".join(f"<h3>{h}</h3><p>{t}</p>" for h, t in c.parts)
        + "</section>"
        for c in cases
    )
    page = (
        '<meta charset="utf-8"><style>body{font-family:"Noto Sans CJK JP"}section{break-before:page}'
        f"h2{{font-size:22px}}h3{{font-size:16px}}</style><h1>地域のデジタル事例集</h1><ol>{rows}</ol>{body}"
    )
    return print_page(folder, "chromium", page)


def print_page(folder: Path, name: str, page: str) -> Path:
    """A page printed to PDF by Chromium."""
    source, out = folder / f"{name}.html", folder / f"{name}.pdf"
    source.write_text(page, encoding="utf-8")
    browser = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    subprocess.run(
        [browser, "--headless=new", "--no-sandbox", "--no-pdf-header-footer",
         f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={out}", source.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    source.unlink()
    return out


def html_page(folder: Path, cases: tuple[Told, ...]) -> Path:
    """A web page with a heading for each case."""
    body = "".join(
        f"<h2>{i}. {html.escape(c.title)}（{c.place}）</h2>"
        + "".join(f"<h3>{h}</h3><p>{t}</p>" for h, t in c.parts)
        for i, c in enumerate(cases, 1)
    )
    out = folder / "collection.html"
    out.write_text(
        f'<!doctype html><html lang="ja"><meta charset="utf-8"><title>取組事例集</title><body><main>'
        f"<h1>取組事例集</h1><p>県内の市町村の取組をまとめました。</p>{body}</main></body></html>",
        encoding="utf-8",
    )
    return out


def word(folder: Path, cases: tuple[Told, ...], name: str = "word") -> Path:
    """Chapters of Word with a heading of the second level for each case."""
    made = docx.Document()
    made.add_heading("市町村デジタル化事例集", 0)
    made.add_paragraph("この事例集は、県内外の取組を担当課への聞き取りからまとめたものである。")
    for number, chapter in enumerate((cases[: len(cases) // 2], cases[len(cases) // 2 :]), 1):
        made.add_heading(f"第{number}章 {('住民サービス', '庁内業務')[number - 1]}", 1)
        for case in chapter:
            made.add_heading(f"{case.place}：{case.title}", 2)
            for heading, text in case.parts:
                made.add_heading(heading, 3)
                made.add_paragraph(text)
    out = folder / f"{name}.docx"
    made.save(str(out))
    return out


def word_table(folder: Path, cases: tuple[Told, ...]) -> Path:
    """Word with a table of labels for each case under its numbered heading."""
    made = docx.Document()
    made.add_paragraph("自治体の取組事例", style="Title")
    for number, case in enumerate(cases, 1):
        made.add_heading(f"事例{number} {case.title}", 1)
        table = made.add_table(rows=0, cols=2, style="Table Grid")
        for heading, text in (("団体名", case.place), *case.parts):
            cells = table.add_row().cells
            cells[0].text, cells[1].text = heading, text
    out = folder / "word_table.docx"
    made.save(str(out))
    return out


def slides(folder: Path, cases: tuple[Told, ...], name: str = "slides") -> Path:
    """A cover, then a slide for each case; every third goes on on a second slide."""
    made = pptx.Presentation()
    cover = made.slides.add_slide(made.slide_layouts[0])
    cover.shapes.title.text = "デジタル化の取組事例"
    cover.placeholders[1].text = "企画課"
    for number, case in enumerate(cases):
        split = number % 3 == 2
        groups = [case.parts[:2], case.parts[2:]] if split else [case.parts]
        for at, parts in enumerate(groups):
            slide = made.slides.add_slide(made.slide_layouts[5])
            more = f"（{at + 1}/2）" if split else ""
            slide.shapes.title.text = f"{case.place}　{case.title}{more}"
            slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size = Points(26)
            box = slide.shapes.add_textbox(Inches(0.5), Inches(2), Inches(9), Inches(5)).text_frame
            box.word_wrap = True
            for heading, text in parts:
                for line in (f"【{heading}】", text):
                    paragraph = box.add_paragraph()
                    paragraph.text = line
                    paragraph.runs[0].font.size = Points(14)
    out = folder / f"{name}.pptx"
    made.save(str(out))
    return out


def reportlab_pdf(folder: Path, cases: tuple[Told, ...]) -> Path:
    """Numbered cases that follow each other without a page break, with running heads and numbers."""
    out = folder / "reportlab.pdf"
    page, font = Canvas(str(out), pagesize=A4), japanese_font()
    y, number = 0.0, 0

    def turn() -> None:
        nonlocal y, number
        if number:
            page.showPage()
        number += 1
        page.setFont(font, 8)
        page.drawString(60, 815, "令和6年度 取組事例集")
        page.drawCentredString(297, 30, f"- {number} -")
        y = 780.0

    def line(text: str, size: float, gap: float) -> None:
        nonlocal y
        if y < 90:
            turn()
        page.setFont(font, size)
        page.drawString(60, y, text)
        y -= gap

    turn()
    for at, case in enumerate(cases, 1):
        if y < 160:
            turn()
        y -= 14
        line(f"{at}. {case.place}「{case.title}」", 15, 26)
        for heading, text in case.parts:
            line(f"■{heading}", 11, 18)
            for start in range(0, len(text), 44):
                line(text[start : start + 44], 10.5, 16)
    page.save()
    return out


def workbook(folder: Path, cases: tuple[Told, ...]) -> Path:
    """A list with a title row above, a case in each row, on two sheets."""
    made = openpyxl.Workbook()
    half = len(cases) // 2
    for name, part in (("住民向け", cases[:half]), ("庁内", cases[half:])):
        sheet = made.create_sheet(name)
        sheet.append([f"取組事例一覧（{name}）"])
        sheet.append(["番号", "市町村名", "取組名", "背景・課題", "取組内容", "効果"])
        for number, case in enumerate(part, 1):
            sheet.append([number, case.place, case.title, *(text for _, text in case.parts)])
    made.remove(made.worksheets[0])
    out = folder / "list.xlsx"
    made.save(out)
    return out


def table_csv(folder: Path, cases: tuple[Told, ...]) -> Path:
    """The same list as a CSV of a spreadsheet program in Japan."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["都道府県", "市町村名", "取組名", "課題", "取組内容", "効果"])
    for case in cases:
        cut = 3 if case.place[:3].endswith(("県", "府", "都", "道")) else 4
        rows.writerow([case.place[:cut], case.place[cut:], case.title, *(t for _, t in case.parts)])
    out = folder / "list.csv"
    out.write_bytes(text.getvalue().encode("cp932"))
    return out


def converted(path: Path, folder: Path) -> Path:
    """The file as the PDF that LibreOffice makes of it."""
    office = shutil.which("soffice") or "soffice"
    subprocess.run(
        [office, f"-env:UserInstallation={(folder / 'office').as_uri()}", "--headless",
         "--convert-to", "pdf", "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return folder / f"{path.stem}.pdf"


def _as_pdf(maker: Callable[[Path, tuple[Told, ...], str], Path]) -> Callable[..., Path]:
    def make(folder: Path, cases: tuple[Told, ...]) -> Path:
        source = maker(folder, cases, f"as_{maker.__name__}")
        out = converted(source, folder)
        source.unlink()
        return out

    make.__name__ = f"libreoffice_{maker.__name__}"
    return make


MAKERS: tuple[Callable[[Path, tuple[Told, ...]], Path], ...] = (
    chromium_pdf, html_page, word, word_table, slides, reportlab_pdf, workbook, table_csv,
    _as_pdf(word), _as_pdf(slides),
)  # fmt: skip
"""Ten producers: Chromium, HTML, python-docx twice, python-pptx, reportlab, openpyxl, CSV, LibreOffice
Writer and Impress."""
