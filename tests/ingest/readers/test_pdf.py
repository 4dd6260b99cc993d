"""PDFs as they come: tables, damage, passwords, pictures."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest
from pptx import Presentation
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.page import Extract
from ingest.readers import read
from kb.base.errors import ReadError
from kb.base.messages import render
from tests.support.pdfs import build, cid_font, lines, ruled, turned


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


def test_a_merged_cell_stands_once_and_is_known_in_every_row_it_spans() -> None:
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

    rows = [b for b in extract(build(draw)).pages[0].blocks if b.kind == "row"]
    assert [b.cells for b in rows] == [("効果", "時間が減った"), ("", "費用が減った")]
    assert rows[1].spans[0].above == "効果"


def test_an_empty_cell_keeps_its_place_among_columns() -> None:
    rows = [["市町", "取組", "費用"], ["甲市", "", "百万円"], ["乙町", "予約", "二百万円"]]
    assert cells(extract(build(ruled(rows, [80, 120, 80])))) == [tuple(row) for row in rows]


def test_a_table_open_at_its_sides_is_a_table() -> None:
    def draw(canvas: Canvas) -> None:
        for y in (700, 660, 620, 580):
            canvas.line(60, y, 400, y)
        canvas.line(160, 700, 160, 580)
        for y, label, text in ((680, "課題", "甲"), (640, "取組", "乙"), (600, "効果", "丙")):
            canvas.drawString(64, y, label)
            canvas.drawString(164, y, text)

    assert cells(extract(build(draw))) == [("課題", "甲"), ("取組", "乙"), ("効果", "丙")]


def test_tables_below_each_other_keep_their_order() -> None:
    def draw(canvas: Canvas) -> None:
        ruled([["課題", "甲"]], [100, 200], top=760)(canvas)
        ruled([["取組", "乙"]], [100, 200], top=700)(canvas)
        ruled([["効果", "丙"]], [100, 200], top=640)(canvas)

    found = extract(build(draw))
    assert cells(found) == [("課題", "甲"), ("取組", "乙"), ("効果", "丙")]
    assert [block.table for block in found.pages[0].blocks] == [0, 1, 2]


def test_a_row_that_goes_on_from_the_page_before_has_an_empty_label() -> None:
    rows = ruled([["", "前の頁からの続き"], ["効果", "来庁が減った"]], [100, 200])
    assert cells(extract(build(rows))) == [("", "前の頁からの続き"), ("効果", "来庁が減った")]


def test_headings_that_fill_their_cells_stay_apart() -> None:
    rows = [["予定額", "補正予定額", "計"], ["1", "2", "3"]]
    assert cells(extract(build(ruled(rows, [39, 61, 40])))) == [tuple(row) for row in rows]


def test_a_word_across_a_rule_stays_whole() -> None:
    def draw(canvas: Canvas) -> None:
        ruled([["年度", "令和６年度", "令和７年度"], ["全体", "", ""]], [80, 80, 80])(canvas)
        canvas.drawString(170, 700, "推進計画の進捗管理")

    assert cells(extract(build(draw)))[1] == ("全体", "推進計画の進捗管理", "")


def test_labels_beside_their_text_are_rows_without_rules() -> None:
    def draw(canvas: Canvas) -> None:
        lines("課題", "", "取組", "効果", step=20)(canvas)
        lines(
            "職員が足りず、窓口が", "混み合う。", "電子申請", "来庁が減った。", left=200, step=20
        )(canvas)

    def drawn(canvas: Canvas) -> None:  # line by line, as a word processor does
        for i, (label, text) in enumerate(
            [
                ("課題", "職員が足りず、窓口が"),
                ("", "混み合う。"),
                ("取組", "電子申請"),
                ("効果", "減った。"),
            ]
        ):
            lines(label, top=780 - 20 * i)(canvas)
            lines(text, top=780 - 20 * i, left=200)(canvas)

    assert cells(extract(build(drawn))) == [
        ("課題", "職員が足りず、窓口が混み合う。"),
        ("取組", "電子申請"),
        ("効果", "減った。"),
    ]
    assert "職員が足りず" in extract(build(draw)).pages[0].text


def test_columns_drawn_line_by_line_are_read_one_after_the_other() -> None:
    def draw(canvas: Canvas) -> None:
        for i in range(8):
            lines(f"左の段の{i}行目にある文章です", top=780 - 16 * i, left=50)(canvas)
            lines(f"右の段の{i}行目にある文章です", top=780 - 16 * i, left=310)(canvas)

    (page,) = extract(build(draw)).pages
    assert [block.text[0] for block in page.blocks] == ["左"] * 8 + ["右"] * 8


def test_words_far_apart_on_one_line_are_one_line() -> None:
    def draw(canvas: Canvas) -> None:
        lines("令和6年8月29日")(canvas)
        lines("兵庫県", left=400)(canvas)

    (page,) = extract(build(draw)).pages
    assert [block.text for block in page.blocks] == ["令和6年8月29日 兵庫県"]


def test_a_turned_page_is_seen_as_it_is_shown() -> None:
    def draw(canvas: Canvas) -> None:  # upright once the page is turned
        canvas.rotate(90)
        canvas.translate(0, -595)
        lines("横向きの頁の見出し", top=550)(canvas)
        ruled([["課題", "甲"], ["効果", "乙"]], [100, 200], top=500)(canvas)

    (page,) = extract(turned(build(draw), 90)).pages
    assert page.size is not None
    assert page.size[0] > page.size[1]
    assert [block.text for block in page.blocks] == ["横向きの頁の見出し", "課題\t甲", "効果\t乙"]
    box = page.blocks[0].box
    assert box is not None
    assert box == pytest.approx((60, 36, 157, 46), abs=4)


def test_a_cropped_page_begins_at_its_crop() -> None:
    page = extract(turned(build(lines("切り抜いた頁の見出し")), 0, crop=(50, 500, 550, 800))).pages[
        0
    ]
    assert page.size == (500, 300)
    box = page.blocks[0].box
    assert box is not None
    assert box[0] == pytest.approx(10, abs=3)
    assert box[1] == pytest.approx(11, abs=4)


def test_sizes_are_those_of_the_font() -> None:
    def draw(canvas: Canvas) -> None:
        lines("本文はこの大きさ", top=700)(canvas)
        canvas.setFont(canvas._fontname, 24)
        lines("題名", top=780)(canvas)

    assert [block.size for block in extract(build(draw)).pages[0].blocks] == [11.0, 24.0]


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
    assert "画面の「資料」で" in refused.value.message()
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
    found = extract(build(lines("一枚目には文字がある。"), picture))
    assert [page.is_readable for page in found.pages] == [True, False]


def page_tree(kids: bytes) -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1000/Kids["
        + kids
        + b"]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def test_pages_that_cannot_be_opened_are_told_and_not_recognised() -> None:
    found = extract(page_tree(b"3 0 R " * 3 + b"9 0 R 3 0 R"))
    assert [page.number for page in found.pages][:3] == [1, 2, 3]
    assert 4 not in {page.number for page in found.pages}
    assert any(
        "p.4" in warning and "開けません" in warning for warning in map(render, found.warnings)
    )
    with pytest.raises(ReadError) as refused:
        extract(page_tree(b"2 0 R " * 20))
    assert refused.value.code == "damaged"


def test_a_blank_page_is_no_trouble() -> None:
    found = extract(build(lines("一枚目には文字がある。"), lambda canvas: None))
    assert found.warnings == ()
    assert [page.quality for page in found.pages] == [1.0, 1.0]


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


@pytest.mark.parametrize(
    ("name", "code"),
    [("enc_user_aes256.pdf", "password"), ("broken_trunc.pdf", "damaged")],
)
def test_what_cannot_be_read_says_why(shared: Path, name: str, code: str) -> None:
    with pytest.raises(ReadError) as refused:
        read(shared / "documents" / "made" / name)
    assert refused.value.code == code


@pytest.mark.parametrize("name", ["enc_owner_aes256.pdf", "enc_owner_rc4.pdf", "broken_xref.pdf"])
def test_what_can_be_opened_is_read(shared: Path, name: str) -> None:
    found = read(shared / "documents" / "made" / name)
    assert len(found.pages) == 10
    assert any(
        "壊れている" in warning for warning in map(render, found.warnings)
    ) == name.startswith("broken")


def test_columns_of_the_seed_deck_stay_columns(shared: Path) -> None:
    page = read(shared / "seed" / "hyogo_chiiki_dx_r6.pdf").pages[4]
    rows = [block.cells for block in page.blocks if block.kind == "row"]
    assert rows[0] == ("地域", "取組分野", "伴走支援事業者")
    assert rows[1] == ("", "", "代表事業者", "常駐支援事業者")
    assert rows[3] == ("西宮市", "「窓口DX」で市民の利便性を向上", "", "Acall(株)")
    assert page.blocks[0].size > 1.3 * page.blocks[1].size


def test_real_papers_are_read_or_refused_for_a_reason(shared: Path) -> None:
    refused = {}
    for path in sorted((shared / "documents" / "pdf").glob("**/*.pdf")):
        try:
            if not any(page.quality > 0.9 for page in read(path).pages):
                refused[path.name] = "ocr"
        except ReadError as error:
            refused[path.name] = error.code
    assert refused == {"報告第4号（債権放棄）説明資料.pdf": "ocr"}


def test_of_many_pages_the_first_are_taken_in_and_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = build(*(lines(f"{n}枚目の取組を紹介する。") for n in range(1, 6)))
    slides = Presentation()
    for n in range(1, 6):
        slides.slides.add_slide(slides.slide_layouts[5]).shapes.title.text = f"{n}枚目の取組"
    file = io.BytesIO()
    slides.save(file)
    for reader, data, name in (
        ("pdf", content, "a.pdf"),
        ("powerpoint", file.getvalue(), "a.pptx"),
    ):
        monkeypatch.setattr(f"ingest.readers.{reader}.reader.MOST_PAGES", 3)
        found = read(Path(name), data)
        assert [page.number for page in found.pages] == [1, 2, 3]
        assert any(
            "5ページ" in render(told) and "3ページ" in render(told) for told in found.warnings
        )
