"""PDFs as they come: tables, damage, passwords, pictures."""

from __future__ import annotations

import difflib
import io
import re
from pathlib import Path

import pypdf
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.clean import clean
from ingest.page import Block, Extract, Page
from ingest.readers import read
from kb.errors import ReadError
from kb.text import fold_text
from tests.pdfs import build, cid_font, lines, ruled


def extract(content: bytes, password: str | None = None) -> Extract:
    return read(Path("資料.pdf"), content, password)


def cells(found: Extract) -> list[tuple[str, ...]]:
    return [block.cells for page in found.pages for block in page.blocks if block.kind == "row"]


@pytest.mark.parametrize("font", [None, "cid"])
def test_text_is_read_with_its_place(font: str | None) -> None:
    content = build(
        lines("予防接種の予約", "住民の声を聞いた。"), font=cid_font() if font else None
    )
    (page,) = extract(content).pages
    assert [block.text for block in page.blocks] == ["予防接種の予約", "住民の声を聞いた。"]
    first, second = (block.box for block in page.blocks)
    assert first is not None
    assert second is not None
    assert 50 < first[0] < 70
    assert first[1] < second[1]
    assert page.quality == 1.0
    assert 9 < page.blocks[0].size < 16


def test_a_ruled_table_becomes_rows_of_whole_cells() -> None:
    content = build(
        ruled(
            [
                ["課題", "①職員が足りない\n②住民に届かない"],
                ["取組", "電子申請を始め、窓口を改\nめた。"],
            ],
            [100, 300],
        )
    )
    assert cells(extract(content)) == [
        ("課題", "①職員が足りない\n②住民に届かない"),
        ("取組", "電子申請を始め、窓口を改めた。"),
    ]


def test_text_beside_a_table_stays_outside() -> None:
    def draw(canvas: Canvas) -> None:
        lines("表の前の文", top=800)(canvas)
        ruled([["課題", "甲"], ["効果", "乙"]], [100, 200])(canvas)
        lines("表の後の文", top=600)(canvas)

    (page,) = extract(build(draw)).pages
    assert [block.text for block in page.blocks] == [
        "表の前の文",
        "課題\t甲",
        "効果\t乙",
        "表の後の文",
    ]


def test_a_merged_cell_stands_in_every_row_it_spans() -> None:
    def draw(canvas: Canvas) -> None:
        for y in (700, 660, 620):
            canvas.line(160 if y == 660 else 60, y, 400, y)
        for x in (60, 160, 400):
            canvas.line(x, 700, x, 620)
        for x, y, text in (
            (64, 655, "効果"),
            (164, 680, "時間が減った"),
            (164, 640, "費用が減った"),
        ):
            canvas.drawString(x, y, text)

    assert cells(extract(build(draw))) == [("効果", "時間が減った"), ("効果", "費用が減った")]


def test_drawings_that_are_no_table_make_no_rows() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(50, 500, 400, 300)
        canvas.line(50, 450, 450, 450)
        lines("枠で囲んだ文章です。", "続きの文章です。")(canvas)

    assert cells(extract(build(draw))) == []


def test_a_password_is_asked_for_and_opens() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(build(lines("庁内限りの資料です。秘密の話。"))))
    writer.encrypt("himitsu", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(ReadError) as refused:
        extract(out.getvalue())
    assert refused.value.code == "password"
    assert ".yaml" in refused.value.ja
    with pytest.raises(ReadError, match="違います"):
        extract(out.getvalue(), "wrong")
    assert "秘密の話" in extract(out.getvalue(), "himitsu").pages[0].text


def test_a_pdf_without_pages_is_empty() -> None:
    out = io.BytesIO()
    pypdf.PdfWriter().write(out)
    with pytest.raises(ReadError) as refused:
        extract(out.getvalue())
    assert refused.value.code in ("empty", "damaged")


@pytest.mark.parametrize("cut", [20, 300, 2000])
def test_a_truncated_pdf_is_damaged_or_repaired(cut: int) -> None:
    content = build(lines("予防接種の予約をアプリで受け付ける。"))
    try:
        assert extract(content[:-cut]).pages
    except ReadError as error:
        assert error.code in ("damaged", "empty", "ocr")  # noqa: PT017


def test_a_file_that_only_claims_to_be_pdf() -> None:
    with pytest.raises(ReadError) as refused:
        extract(b"<html>login required</html>")
    assert refused.value.code == "damaged"


def picture(canvas: Canvas) -> None:
    from PIL import Image

    canvas.drawImage(ImageReader(Image.new("RGB", (60, 60), "gray")), 100, 300, 300, 300)


def test_pictures_without_text_need_ocr() -> None:
    with pytest.raises(ReadError) as refused:
        extract(build(picture, picture))
    assert refused.value.code == "ocr"
    found = extract(build(lines("一枚目には文字がある。"), picture))
    assert found.pages[1].quality == 0.0
    assert "2ページ" in found.warnings[0]


def test_a_blank_page_is_no_trouble() -> None:
    found = extract(build(lines("一枚目には文字がある。"), lambda canvas: None))
    assert found.warnings == ()
    assert [page.quality for page in found.pages] == [1.0, 1.0]


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
    assert "別紙.csv" in found.warnings[0]


@pytest.mark.parametrize(
    "title", ["Microsoft Word - 原稿.doc", "資料.pdf", "無題", "", "   ", "20240401"]
)
def test_titles_that_mean_nothing_are_dropped(title: str) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(build(lines("本文。" * 5))))
    writer.add_metadata({"/Title": title})
    out = io.BytesIO()
    writer.write(out)
    assert "document_title" not in extract(out.getvalue()).front_matter


def test_rows_of_the_seed_deck_are_whole(shared: Path) -> None:
    path = shared / "seed" / "hyogo_chiiki_dx_r6.pdf"
    page = read(path).pages[9]
    rows = {block.cells[0]: block.cells[1] for block in page.blocks if block.kind == "row"}
    assert list(rows) == [
        "課題", "伴走支援内容", "これまでの取組", "見えてきた課題", "有効と思われる支援", "県による支援の状況",
    ]  # fmt: skip
    assert rows["課題"].startswith("①予防接種業務のDX推進")
    assert rows["課題"].endswith("サービスを提供")
    assert "スマート申請フォーム等の他自治体の実装事例の情報提供" in rows["有効と思われる支援"]


def f1(found: str, true: str) -> float:
    """Character F1 over the folded texts without spaces, by longest matching blocks."""
    a, b = (re.sub(r"\s", "", fold_text(text)) for text in (found, true))
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    return 2 * same / (len(a) + len(b))


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("rl_90ms-RKSJ-H.pdf", "gt_90ms-RKSJ-H.txt"),
        ("rl_EUC-H.pdf", "gt_EUC-H.txt"),
        ("chromium_radkx.pdf", "gt_radkx.txt"),
    ],
)
def test_difficult_fonts_are_read(shared: Path, name: str, truth: str) -> None:
    made = shared / "documents" / "made"
    found = "\n".join(page.text for page in read(made / name).pages)
    assert f1(found, (made / truth).read_text("utf-8")) >= 0.99


@pytest.mark.parametrize(
    ("name", "code"),
    [("enc_user_aes256.pdf", "password"), ("scan_300.pdf", "ocr"), ("broken_trunc.pdf", "damaged")],
)
def test_what_cannot_be_read_says_why(shared: Path, name: str, code: str) -> None:
    with pytest.raises(ReadError) as refused:
        read(shared / "documents" / "made" / name)
    assert refused.value.code == code


@pytest.mark.parametrize("name", ["enc_owner_aes256.pdf", "enc_owner_rc4.pdf", "broken_xref.pdf"])
def test_what_can_be_opened_is_read(shared: Path, name: str) -> None:
    assert len(read(shared / "documents" / "made" / name).pages) == 10


# -- cleaning --------------------------------------------------------------------------------------


def test_running_heads_and_page_numbers_go() -> None:
    def page(number: int):  # type: ignore[no-untyped-def]
        def draw(canvas: Canvas) -> None:
            lines("令和6年度 DX推進計画", top=815)(canvas)
            lines(f"{number}番目の本文は、それぞれの頁で違う。", top=600)(canvas)
            lines(f"- {number} -", top=30, left=290)(canvas)

        return draw

    cleaned = clean(extract(build(*(page(n) for n in range(1, 6)))).pages)
    assert [p.text for p in cleaned] == [
        f"{n}番目の本文は、それぞれの頁で違う。" for n in range(1, 6)
    ]


def test_torn_lines_are_joined_and_bullets_are_not() -> None:
    text = (
        "窓口の混雑を減らすために電子申請を取り入れ、来庁しなくても手続が済",
        "むようにした。",
        "・待ち時間が減った",
        "・職員の残業が減った",
    )
    (page,) = clean(extract(build(lines(*text))).pages)
    assert [block.text for block in page.blocks] == [text[0] + text[1], text[2], text[3]]


def test_spaced_out_words_are_closed_up() -> None:
    (page,) = clean(
        extract(
            build(lines("総 務 部 で 取 り 組 み ま し た 。", "兵庫県 企画部 デジタル戦略課"))
        ).pages
    )
    assert page.blocks[0].text == "総務部で取り組みました。"
    assert page.blocks[1].text == "兵庫県 企画部 デジタル戦略課"


def test_cleaning_leaves_rows_and_short_documents_alone() -> None:
    row = Block("課 題\t甲", kind="row", cells=("課 題", "甲"), table=0)
    (page,) = clean((Page(1, (Block("見出し", box=(0, 0, 50, 12)), row), (500, 800)),))
    assert page.blocks[0].text == "見出し"
    assert page.blocks[1].cells == ("課題", "甲")
