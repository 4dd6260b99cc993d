"""A landscape deck with ruled tables of label and content, by reportlab."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from tests.support.decks.content import Told

_FONT = "HeiseiKakuGo-W5"


def ruled_deck(path: Path, cases: Sequence[Told], cover: Sequence[str]) -> Path:
    """Cover, an overview that lists the cases, a page or two for each case, a page of references."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    story: list[Any] = [_paragraph(cover[0], 28), Spacer(1, 40)]
    story += [_paragraph(line, 14) for line in cover[1:]]
    story += [PageBreak(), _paragraph("取組自治体の一覧", 20), Spacer(1, 12), _overview(cases)]
    for number, case in enumerate(cases, 1):
        title = f"事例{number}　{case.municipality}　{case.theme}"
        turn = case.turn or len(case.rows)
        story += [PageBreak(), _paragraph(title, 20), Spacer(1, 12), _table(case.rows[:turn])]
        if case.turn:
            story += [PageBreak(), _paragraph(f"{title}（続き）", 20), Spacer(1, 12)]
            story.append(_table(case.rows[turn:]))
    story += [PageBreak(), _paragraph("参考資料", 20), Spacer(1, 12)]
    story.append(_paragraph("国の手引きと各団体の公開資料をもとに作成した。", 11))
    SimpleDocTemplate(str(path), pagesize=landscape(A4)).build(story)
    return path


def _overview(cases: Sequence[Told]) -> Table:
    rows = [["番号", "団体", "取組"]]
    rows += [[str(i), case.municipality, case.theme] for i, case in enumerate(cases, 1)]
    return _ruled([[_paragraph(cell, 11) for cell in row] for row in rows], [50, 120, 500])


def _table(rows: Sequence[tuple[str, str]]) -> Table:
    return _ruled([[_paragraph(a, 11), _paragraph(b, 11)] for a, b in rows], [120, 560])


def _ruled(rows: list[list[Paragraph]], widths: list[int]) -> Table:
    return Table(rows, colWidths=widths, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.grey)])


def _paragraph(text: str, size: int) -> Paragraph:
    style = ParagraphStyle("p", fontName=_FONT, fontSize=size, leading=size * 1.4, wordWrap="CJK")
    return Paragraph(text, style)
