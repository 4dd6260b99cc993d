"""Vertical pages with horizontal heads, feet and page numbers, and pages given letter by letter."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.readers import read
from ingest.split.clean import clean

BODY = "豊岡市は山間部の集落へ医薬品を届ける実証をした。片道は約十分で、雨の日は飛ばない。残りは市が負担した。"
HEAD, FOOT = "官報号外第1204号", "令和6年10月1日火曜日"


def text_of(path: Path) -> str:
    return "\n".join(page.text for page in clean(read(path).pages))


def test_letters_set_one_by_one_in_columns_with_head_and_number(tmp_path: Path) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(595, 842))
    canvas.setFont("HeiseiMin-W3", 12)
    canvas.drawString(60, 800, HEAD)
    for at, letter in enumerate(BODY):
        canvas.drawString(520 - 22 * (at // 18), 740 - 14 * (at % 18), letter)
    canvas.drawCentredString(297, 420, "- 57 -")
    canvas.save()
    text = text_of(tmp_path / "a.pdf")
    assert BODY in "".join(text.split())
    assert HEAD in text
    assert "57" not in text


@pytest.mark.parametrize("foot", ["57", FOOT])
def test_a_vertical_page_of_chromium(tmp_path: Path, foot: str) -> None:
    page, out = tmp_path / "a.html", tmp_path / "a.pdf"
    page.write_text(
        "<!doctype html><meta charset=utf-8><style>@page{margin:15mm}body{margin:0}"
        ".v{writing-mode:vertical-rl;height:200mm;font:12pt 'Noto Serif CJK JP'}</style>"
        f"<p>{HEAD}</p><div class=v><p>{BODY}</p><p>{BODY}</p></div><p style='text-align:center'>{foot}</p>",
        encoding="utf-8",
    )
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    subprocess.run(
        [*command, f"--print-to-pdf={out}", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=120,
    )
    text = text_of(out)
    assert "".join(text.split()).count(BODY) == 2
    assert HEAD in text
    assert (foot in text) == (foot == FOOT)
    assert [line for line in text.splitlines() if len(line.strip()) == 1] == []
