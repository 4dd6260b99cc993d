"""Numbered headings of any format are no options: every text below them and they themselves are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.describe.cases import cases
from ingest.readers import read

PARTS = (
    ("1. 目的", "■ 窓口の待ち時間を短くするために、予約の仕組みを置いた。"),
    ("2. 概要", "■ 住民は前の日までに携帯電話から来庁の時刻を選ぶ。"),
    ("3. 効果", "■ 待ち時間は四十分から十分になり、苦情も減った。"),
)
LINES = tuple(text for part in PARTS for text in part)


def _docx(path: Path) -> None:
    document = Document()
    document.add_heading("三木市の窓口予約", 1)
    for text in LINES:
        document.add_paragraph(text)
    document.save(str(path))


def _xlsx(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for text in ("三木市の窓口予約", *LINES):
        sheet.append([text])
    book.save(path)


def _pdf(path: Path) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    canvas = Canvas(str(path))
    canvas.setFont("HeiseiMin-W3", 12)
    for number, text in enumerate(("三木市の窓口予約", *LINES)):
        canvas.drawString(60, 760 - 30 * number, text)
    canvas.save()


def _md(path: Path) -> None:
    path.write_text("# 三木市の窓口予約\n\n" + "\n\n".join(LINES), encoding="utf-8")


def _html(path: Path) -> None:
    body = "".join(f"<p>{text}</p>" for text in LINES)
    path.write_text(f"<html><body><h1>三木市の窓口予約</h1>{body}</body></html>", encoding="utf-8")


@pytest.mark.parametrize(
    ("suffix", "make"),
    [("docx", _docx), ("xlsx", _xlsx), ("pdf", _pdf), ("md", _md), ("html", _html)],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_numbered_headings_stay(suffix: str, make: object, tmp_path: Path) -> None:
    path = tmp_path / f"note.{suffix}"
    make(path)  # type: ignore[operator]
    (case,), _ = cases(read(path))
    said = "\n".join(f"{part.heading}\n{part.text}" for part in case.sections)
    for heading, text in PARTS:
        assert heading[3:] in said
        assert text[2:] in said
