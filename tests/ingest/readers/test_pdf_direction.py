"""PDFs whose text does not run across the page: vertical writing, pages set sideways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.page import Page
from ingest.readers import read
from ingest.split.clean import clean
from tests.support.pdfs import build, japanese_font, lines

FIRST = "南国市では窓口のデジタル化を進めている。待ち時間は三十分から五分になった。"
SECOND = "職員の負担も大きく減ったという声がある。今後は他の課にも広げ、全庁で取り組む。"


def pages(content: bytes) -> tuple[Page, ...]:
    return clean(read(Path("縦書き.pdf"), content).pages)


def columns(text: str, *, right: float, top: float, letters: int = 16) -> Callable[[Canvas], None]:
    """Draws text in upright letters from top to bottom, column after column to the left."""

    def draw(canvas: Canvas) -> None:
        font = UnicodeCIDFont("HeiseiMin-W3", isVertical=True)
        pdfmetrics.registerFont(font)
        canvas.setFont(font.fontName, 12)
        for i in range(0, len(text), letters):
            canvas.drawString(right - i // letters * 20, top, text[i : i + letters])

    return draw


def test_vertical_columns_are_read_from_right_to_left_and_joined() -> None:
    (page,) = pages(build(columns(FIRST, right=500, top=780)))
    assert page.text == FIRST
    assert page.blocks[0].box is not None
    left, top, right, _ = page.blocks[0].box
    assert 450 < left < right < 520  # two columns, where they stand on the page as it is shown
    assert 50 < top < 90


def test_tiers_of_a_vertical_page_are_read_one_after_the_other() -> None:
    def draw(canvas: Canvas) -> None:
        lines("広報なんこく", top=815)(canvas)
        columns(FIRST, right=500, top=780)(canvas)
        columns(SECOND, right=500, top=400)(canvas)

    (page,) = pages(build(draw))
    assert page.text == f"広報なんこく\n{FIRST}\n{SECOND}"


@pytest.mark.parametrize("degrees", [90, -90])
def test_a_page_set_sideways_is_read_as_if_it_were_turned(degrees: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(*{90: (595, 0), -90: (0, 842)}[degrees])
        canvas.rotate(degrees)
        for i, (label, text) in enumerate(
            [("課題", "人手が足りず窓口が混む"), ("取組", "申請を電子化した"), ("効果", FIRST)]
        ):
            canvas.drawString(60, 300 - i * 24, label)
            canvas.drawString(160, 300 - i * 24, text)

    (page,) = pages(build(draw))
    assert [block.cells for block in page.blocks] == [
        ("課題", "人手が足りず窓口が混む"),
        ("取組", "申請を電子化した"),
        ("効果", FIRST),
    ]
    assert page.size is not None
    assert page.size[0] > page.size[1]


def test_a_label_in_upright_letters_does_not_turn_a_page() -> None:
    def draw(canvas: Canvas) -> None:
        columns("取組の内容", right=60, top=780)(canvas)
        canvas.setFont(japanese_font(), 11)
        lines(FIRST, SECOND, left=100)(canvas)

    (page,) = pages(build(draw))
    assert page.text.index(FIRST) < page.text.index(SECOND)


def test_the_shared_vertical_sample_is_read_from_the_right(shared: Path) -> None:
    first = read(shared / "documents/pdf/other/js_vertical.pdf").pages[0]
    assert first.text == "あいうえお\n日本語"
