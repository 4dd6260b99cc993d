"""Forms and lists with merged cells, in the formats of many producers.

A table is rows of cells ``(text, down, across)``; the same table is made by openpyxl, python-docx,
python-pptx, a web page written by hand, Chromium (PDF) and LibreOffice (Excel, Word and PDF from the
web page).
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
import openpyxl
from pptx import Presentation
from pptx.util import Cm

Cell = tuple[str, int, int]


@dataclass(frozen=True)
class Sample:
    """A table below a heading and what is right: a case for each of ``towns`` with one of
    ``titles``, ``said`` for texts with the role of the section that they stand in."""

    name: str
    heading: str
    rows: tuple[tuple[Cell, ...], ...]
    towns: tuple[str, ...]
    titles: tuple[str, ...]
    said: tuple[tuple[str, str], ...]


def _one(*texts: str) -> tuple[Cell, ...]:
    return tuple((text, 1, 1) for text in texts)


DONE = "職員が聞き取って申請書を作る方式に改め、来た人は署名だけをする。"
QUICK, LIKED = "二十分から八分になった。", "九割の人が満足と答えた。"
SAMPLES = (
    Sample(
        "values_right", "デジタル化取組調査票",
        (
            (("市町村名", 1, 1), ("朝来市", 1, 3)), (("取組名", 1, 1), ("書かない窓口", 1, 3)),
            (("取組の内容", 1, 1), (DONE, 1, 3)), (("効果", 1, 1), (QUICK, 1, 3)),
            _one("担当課", "市民課", "電話", "079-672-0000"),
        ),
        ("朝来市",), ("書かない窓口",), ((DONE, "取組"), (QUICK, "効果")),
    ),
    Sample(
        "two_labels", "先進事例調書",
        (
            _one("団体名", "香美町", "担当課", "総務課"),
            _one("事業名", "予約制バスの運行", "開始年度", "令和5年度"),
            (("課題", 1, 1), ("便数が減り、通院に半日かかっていた。", 1, 3)),
            (("取組内容", 1, 1), ("電話とアプリで予約を受けるバスに替えた。", 1, 3)),
        ),
        ("香美町",), ("予約制バスの運行",),
        (("便数が減り、通院に半日かかっていた。", "背景・課題"), ("電話とアプリで予約を受けるバスに替えた。", "取組")),
    ),
    Sample(
        "blocks_under", "ＤＸ推進状況報告様式",
        (
            (("自治体名", 1, 1), ("養父市", 1, 1), ("取組名", 1, 1), ("谷を越えるドローン配送", 1, 1)),
            (("取組の概要", 1, 4),), (("山の向こうの集落へ、薬と食料をドローンで運ぶ実証を重ねた。", 1, 4),),
            (("取組の効果", 1, 4),), (("片道一時間の道のりが十分になった。", 1, 4),),
        ),
        ("養父市",), ("谷を越えるドローン配送",),
        (("山の向こうの集落へ、薬と食料をドローンで運ぶ実証を重ねた。", "概要"), ("片道一時間の道のりが十分になった。", "効果")),
    ),
    Sample(
        "label_down", "取組事例個票",
        (
            (("実施団体", 1, 2), ("豊岡市", 1, 2)), (("取組名", 1, 2), ("窓口の順番を知らせる案内", 1, 2)),
            (("効果", 3, 1), ("待ち時間", 1, 1), (QUICK, 1, 2)),
            (("満足度", 1, 1), (LIKED, 1, 2)), (("職員", 1, 1), ("残業が月に三十時間減った。", 1, 2)),
            (("費用", 2, 1), ("初期", 1, 1), ("端末と設定に二百万円をかけた。", 1, 2)),
            (("毎年", 1, 1), ("利用料として四十万円を払う。", 1, 2)),
        ),
        ("豊岡市",), ("窓口の順番を知らせる案内",),
        ((QUICK, "効果"), (LIKED, "効果"), ("残業が月に三十時間減った。", "効果"), ("利用料として四十万円を払う。", "費用")),
    ),
    Sample(
        "list_below_two_heads", "県内の取組一覧",
        (
            (("都道府県", 2, 1), ("市町村名", 2, 1), ("取組", 1, 2), ("効果", 2, 1)),
            _one("取組名", "取組内容"),
            (("兵庫県", 2, 1), *_one("朝来市", "書かない窓口", DONE, QUICK)),
            _one("養父市", "ドローン配送", "谷を越えて荷物を運ぶ実証を重ねている。", "片道が十分になった。"),
            (("静岡県", 1, 1), *_one("清水町", "公園の申請フォーム", "許可の申請を二十四時間いつでも受け付ける。", LIKED)),
        ),
        ("朝来市", "養父市", "清水町"), ("書かない窓口", "ドローン配送", "公園の申請フォーム"),
        ((DONE, "取組"), ("片道が十分になった。", "効果"), (LIKED, "効果")),
    ),
)  # fmt: skip


def placed(sample: Sample) -> Iterator[tuple[int, int, Cell]]:
    """(row, column, cell) of a table, 0-based."""
    taken: set[tuple[int, int]] = set()
    for at, cells in enumerate(sample.rows):
        column = 0
        for cell in cells:
            while (at, column) in taken:
                column += 1
            taken |= {(at + i, column + j) for i in range(cell[1]) for j in range(cell[2])}
            yield at, column, cell


def _width(sample: Sample) -> int:
    return max(column + cell[2] for _, column, cell in placed(sample))


def web(sample: Sample, folder: Path) -> Path:
    rows = "".join(
        "<tr>" + "".join(f"<td rowspan={d} colspan={a}>{t}</td>" for t, d, a in row) + "</tr>"
        for row in sample.rows
    )
    style = "table{border-collapse:collapse}td{border:1px solid #000;padding:4px}h1{font-size:20pt}"
    path = folder / f"{sample.name}.html"
    path.write_text(
        f"<!doctype html><meta charset=utf-8><title>{sample.heading}</title><style>{style}</style>"
        f"<body><h1>{sample.heading}</h1><table>{rows}</table></body>",
        encoding="utf-8",
    )
    return path


def excel(sample: Sample, folder: Path) -> Path:
    """On a grid three columns wide, as forms are laid out."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.cell(1, 1, sample.heading)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=3 * _width(sample))
    for at, column, (text, down, across) in placed(sample):
        row, left = at + 3, 3 * column + 1
        sheet.cell(row, left, text)
        sheet.merge_cells(
            start_row=row,
            start_column=left,
            end_row=row + down - 1,
            end_column=left + 3 * across - 1,
        )
    path = folder / f"{sample.name}.xlsx"
    made.save(path)
    return path


def word(sample: Sample, folder: Path) -> Path:
    made = docx.Document()
    made.add_heading(sample.heading, 1)
    table = made.add_table(len(sample.rows), _width(sample))
    table.style = "Table Grid"
    for at, column, (text, down, across) in placed(sample):
        cell = table.cell(at, column)
        if down * across > 1:
            cell = cell.merge(table.cell(at + down - 1, column + across - 1))
        cell.text = text
    path = folder / f"{sample.name}.docx"
    made.save(str(path))
    return path


def slides(sample: Sample, folder: Path) -> Path:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = sample.heading
    frame = slide.shapes.add_table(len(sample.rows), _width(sample), Cm(1), Cm(5), Cm(22), Cm(8))
    for at, column, (text, down, across) in placed(sample):
        cell = frame.table.cell(at, column)
        if down * across > 1:
            cell.merge(frame.table.cell(at + down - 1, column + across - 1))
        cell.text = text
    path = folder / f"{sample.name}.pptx"
    made.save(str(path))
    return path


def printed(page: Path, folder: Path) -> Path:
    """A web page as PDF, by Chromium."""
    browser = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    out = folder / f"{page.stem}.pdf"
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    command += [f"--print-to-pdf={out}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return out


def converted(sources: list[Path], kind: str, folder: Path, profile: Path) -> list[Path]:
    """Files that LibreOffice makes of others; ``kind`` is a format, with its filter where needed."""
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    if kind == "xlsx":
        command.append("--infilter=HTML (StarCalc)")
    if str(sources[0]).endswith(".fods"):
        command = command[:3]
    command += ["--convert-to", kind, "--outdir", str(folder), *map(str, sources)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return [folder / f"{source.stem}.{kind.partition(':')[0]}" for source in sources]
