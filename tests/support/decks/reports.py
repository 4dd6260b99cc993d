"""Reports by other producers: chapters by reportlab, a collection by Word and LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from docx import Document
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

from tests.support.decks.content import Told

_FONT = "HeiseiMin-W3"


def chaptered_report(path: Path, title: str, chapters: Sequence[tuple[str, Sequence[str]]]) -> Path:
    """A portrait report: a title, then chapters whose headings are larger than the text."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    sizes = {"title": 22, "heading": 15, "text": 10.5}
    style = {
        name: ParagraphStyle(name, fontName=_FONT, fontSize=s, leading=1.7 * s, wordWrap="CJK")
        for name, s in sizes.items()
    }
    story = [Paragraph(title, style["title"])]
    for heading, paragraphs in chapters:
        story.append(Paragraph(heading, style["heading"]))
        story += [Paragraph(text, style["text"]) for text in paragraphs]
    SimpleDocTemplate(str(path), pagesize=A4).build(story)
    return path


def word_collection(path: Path, cases: Sequence[Told]) -> Path:
    """A Word file with several cases on a page: chapters, then a heading 2 per case."""
    document = Document()
    document.add_heading("自治体DX事例集 令和5年度", 0)
    document.add_heading("第1章 事例集について", 1)
    document.add_paragraph("県内の市町村の取組を集め、これから始める団体の参考とする。")
    document.add_heading("第2章 事例", 1)
    for number, case in enumerate(cases, 1):
        document.add_heading(f"2.{number} {case.theme}（{case.municipality}）", 2)
        for label, text in case.rows:
            document.add_heading(label, 3)
            document.add_paragraph(text)
    document.add_heading("第3章 おわりに", 1)
    document.add_paragraph("事例は毎年見直し、新しい取組を加えていく。")
    document.save(str(path))
    return path


def as_pdf(path: Path) -> Path:
    """The file printed to PDF by LibreOffice, beside it. Raises FileNotFoundError without it."""
    office = shutil.which("soffice")
    if office is None:
        raise FileNotFoundError("soffice")
    profile = (path.parent / "office").as_uri()
    command = [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", str(path.parent), str(path)], check=True, capture_output=True
    )
    return path.with_suffix(".pdf")
