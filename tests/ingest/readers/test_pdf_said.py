"""What a PDF says beside its text: fields, comments, titles, outline, page labels, attachments."""

from __future__ import annotations

import io

import pypdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from kb.base.messages import render
from tests.ingest.readers.test_pdf import extract
from tests.support.pdfs import build, lines


def test_filled_fields_and_comments_are_read() -> None:
    def form(canvas: Canvas) -> None:
        canvas.drawString(60, 780, "申請書の様式である。")
        canvas.acroForm.textfield(name="shimei", tooltip="Name", value="Taka Taro", x=60, y=700)
        canvas.acroForm.textfield(name="empty", tooltip="Empty", value="", x=60, y=660)
        for i, way in enumerate(("paper", "online")):
            canvas.acroForm.radio(
                name="way", tooltip="Way", value=way, selected=bool(i), x=60 + 30 * i, y=560
            )
        canvas.acroForm.checkbox(name="yes", tooltip="Agreed", checked=True, x=60, y=520)
        canvas.acroForm.checkbox(name="no", tooltip="Refused", checked=False, x=90, y=520)
        canvas.textAnnotation("See page 3", Rect=[60, 600, 90, 630])

    texts = [block.text for block in extract(build(form)).pages[0].blocks]
    assert sorted(texts[1:]) == [
        "注釈：See page 3",
        "記入欄「Agreed」：✓",
        "記入欄「Name」：Taka Taro",
        "記入欄「Way」：online",
    ]


def test_printed_page_numbers_that_differ_are_told() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(build(*[lines("本文のページ。")] * 4)))
    writer.set_page_label(0, 1, "/r")
    writer.set_page_label(2, 3, "/D")
    out = io.BytesIO()
    writer.write(out)
    (warning,) = map(render, extract(out.getvalue()).warnings)
    assert "1ページ目は「i」" in warning


def test_title_outline_and_attachments_are_told() -> None:
    writer = pypdf.PdfWriter(
        clone_from=io.BytesIO(build(lines("本文。" * 5), lines("次の頁。" * 5)))
    )
    writer.add_metadata({"/Title": "事例集"})
    writer.add_outline_item(title="第二章", page_number=1)
    writer.add_attachment("別紙.csv", b"a,b")
    out = io.BytesIO()
    writer.write(out)
    found = extract(out.getvalue())
    assert found.front_matter["document_title"] == "事例集"
    assert found.front_matter["outline"] == [[1, "第二章", 2]]
    assert "別紙.csv" in render(found.warnings[0])


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_title_in_bytes_of_another_code_is_read(encoding: str) -> None:
    info = b"<</Title (" + "議員勉強会の資料".encode(encoding).replace(b"\\", b"\\\\") + b")>>"
    content = build(lines("本文。" * 5), pageCompression=0)
    start = content.index(b"/Title (")
    end = content.index(b"\n", start)
    found = extract(content[:start] + info[2:-2].ljust(end - start) + content[end:])
    assert found.front_matter["document_title"] == "議員勉強会の資料"


@pytest.mark.parametrize(
    "title", ["Microsoft Word - 原稿.doc", "資料.pdf", "無題", "", "   ", "20240401"]
)
def test_titles_that_mean_nothing_are_dropped(title: str) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(build(lines("本文。" * 5))))
    writer.add_metadata({"/Title": title})
    out = io.BytesIO()
    writer.write(out)
    assert "document_title" not in extract(out.getvalue()).front_matter
