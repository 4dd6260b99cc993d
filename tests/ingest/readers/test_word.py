"""Word: every visible word, once, where it belongs; nothing that is deleted or hidden."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from ingest.page import Block, Extract
from ingest.readers import read
from kb.base.messages import render
from tests.paths import SHARED
from tests.support.words import p, r, tbl, word

DOCUMENTS = SHARED / "documents"


def extract(content: bytes, name: str = "a.docx") -> Extract:
    return read(Path(name), content)


def blocks(body: str, **parts: str) -> list[Block]:
    return [
        b for page in extract(word(body, pages=None, core="", **parts)).pages for b in page.blocks
    ]


def texts(body: str, **parts: str) -> list[str]:
    return [block.text for block in blocks(body, **parts)]


BOX = "<w:txbxContent><w:p><w:r><w:t>枠の中</w:t></w:r></w:p></w:txbxContent>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (p("窓口の改善"), ["窓口の改善"]),
        ("<w:p><w:r><w:t>住民</w:t></w:r><w:r><w:t>課</w:t></w:r></w:p>", ["住民課"]),
        (f'<w:p><w:ins w:id="1">{r("加えた")}</w:ins>{r("文")}</w:p>', ["加えた文"]),
        ('<w:p><w:del w:id="1"><w:r><w:delText>消した</w:delText></w:r></w:del>' + r("文") + "</w:p>", ["文"]),
        (f'<w:p><w:moveFrom w:id="1">{r("元の場所")}</w:moveFrom>{r("文")}</w:p>', ["文"]),
        (f'<w:p><w:moveTo w:id="1">{r("移した先")}</w:moveTo></w:p>', ["移した先"]),
        (
            "<w:p><w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>なんこく</w:t></w:r></w:rt><w:rubyBase>"
            "<w:r><w:t>南国</w:t></w:r></w:rubyBase></w:ruby></w:r>" + r("市") + "</w:p>",
            ["南国市"],
        ),
        (f"<w:p><w:sdt><w:sdtPr/><w:sdtContent>{r('選んだ値')}</w:sdtContent></w:sdt></w:p>", ["選んだ値"]),
        (f"<w:sdt><w:sdtContent>{p('まとめて囲む')}</w:sdtContent></w:sdt>", ["まとめて囲む"]),
        (f"<w:customXml>{p('独自の要素')}</w:customXml>", ["独自の要素"]),
        (f'<w:p><w:smartTag>{r("兵庫県")}</w:smartTag><w:hyperlink r:id="x">{r("詳しく")}</w:hyperlink></w:p>', ["兵庫県詳しく"]),
        (p("見えない", "", "<w:vanish/>") + p("見える", "", '<w:vanish w:val="0"/>'), ["見える"]),
        ("<w:p><w:r><w:t>一行目</w:t><w:br/><w:t>二行目</w:t></w:r></w:p>", ["一行目", "二行目"]),
        ("<w:p><w:r><w:t>課題</w:t><w:tab/><w:t>紙が多い</w:t></w:r></w:p>", ["課題　紙が多い"]),
        ('<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>済み</w:t></w:r></w:p>', ["☑済み"]),
        ('<w:p><w:r><w:sym w:font="外字" w:char="F123"/><w:t>済み</w:t></w:r></w:p>', ["済み"]),
        ("<w:p><m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath></w:p>", ["a+b"]),
        (f"<w:p>{r('本文')}<w:r><w:pict><v:textbox>{BOX}</v:textbox></w:pict></w:r></w:p>", ["本文", "枠の中"]),
        ('<w:p><w:r><w:pict><v:shape><v:textpath string="飾り文字"/></v:shape></w:pict></w:r></w:p>', ["飾り文字"]),
        (
            f"<w:p><w:r><mc:AlternateContent><mc:Choice><wps:txbx>{BOX}</wps:txbx></mc:Choice>"
            f"<mc:Fallback><w:pict><v:textbox>{BOX}</v:textbox></w:pict></mc:Fallback>"
            "</mc:AlternateContent></w:r></w:p>",
            ["枠の中"],
        ),
    ],
)  # fmt: skip
def test_what_is_printed_is_read_once(body: str, expected: list[str]) -> None:
    assert texts(body) == expected


def test_a_content_control_that_nobody_filled_in_says_nothing() -> None:
    prompt = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    inline, around = prompt.format(r("日付を選択")), prompt.format(p("本文を入力"))
    assert texts(f"<w:p>{r('開始日')}{inline}</w:p>{around}") == ["開始日"]


def field(code: str, result: str | None) -> str:
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    shown = "" if result is None else '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + r(result)
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{code}</w:instrText></w:r>{shown}{end}"
    )


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (field('HYPERLINK "https://example.jp"', "案内") + r("を見る"), ["案内を見る"]),
        (field("IF " + field("MERGEFIELD x", "内側") + " = 1", "結果"), ["結果"]),
        (field(r" EQ \* jc2 \* hps10 \o\ad(\s\up 9(なんこく),南国)", None) + r("市"), ["南国市"]),
        (field(r"eq \o\ac(○,印)", None), ["印"]),
        (f'<w:fldSimple w:instr="PAGE">{r("3")}</w:fldSimple>', ["3"]),
        ('<w:r><w:fldChar w:fldCharType="end"/></w:r>' + r("始まりのない終わり"), ["始まりのない終わり"]),
    ],
)  # fmt: skip
def test_fields_show_their_result_not_their_code(inside: str, expected: list[str]) -> None:
    assert texts(f"<w:p>{inside}</w:p>") == expected


def test_a_field_that_is_never_closed_swallows_nothing() -> None:
    open_field = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>'
    assert texts(open_field + p("次の段落")) == ["次の段落"]


def test_notes_stand_after_their_paragraph_and_comments_nowhere() -> None:
    notes = (
        f'<w:footnote w:id="0" w:type="separator">{p("線")}</w:footnote>'
        f'<w:footnote w:id="2">{p("脚注の文")}</w:footnote>'
    )
    body = f'<w:p>{r("本文")}<w:r><w:footnoteReference w:id="2"/></w:r></w:p>' + p("次の段落")
    ends = f'<w:endnote w:id="2">{p("呼ばれない文末脚注")}</w:endnote>'
    comments = f'<w:comment w:id="0">{p("コメント")}</w:comment>'
    found = extract(word(body, footnotes=notes, endnotes=ends, comments=comments))
    assert [b.text for b in found.pages[0].blocks] == ["本文", "脚注の文", "次の段落"]
    assert [w for w in map(render, found.warnings) if "コメント（1件）" in w]


def test_running_heads_stand_once_at_the_end_without_page_numbers() -> None:
    found = texts(
        p("本文"), header1=p("南国市"), header2=p("南国市"), footer1=p("- 3 ページ -") + p("企画課")
    )
    assert found == ["本文", "南国市", "企画課"]


STYLES = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="21"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/>'
    '<w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="32"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="x"><w:name w:val="独自"/><w:basedOn w:val="1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="見出し 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="t"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="11"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:type="character" w:styleId="h"><w:name w:val="hide"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="l1"><w:basedOn w:val="l2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="l2"><w:basedOn w:val="l1"/></w:style>'
)


def styled(text: str, style: str) -> str:
    return p(text, f'<w:pStyle w:val="{style}"/>')


def test_levels_sizes_and_bold_come_from_the_styles() -> None:
    body = (
        styled("表題", "t") + styled("章", "1") + styled("独自の章", "x") + styled("節", "2")
        + p("直接", '<w:outlineLvl w:val="2"/>') + p("本文", '<w:outlineLvl w:val="9"/>')
        + styled("輪になった様式", "l1") + p("隠れた", "", '<w:rStyle w:val="h"/>')
    )  # fmt: skip
    found = [(b.text, b.level, b.size, b.bold) for b in blocks(body, styles=STYLES)]
    assert found == [
        ("表題", 1, 10.5, False), ("章", 1, 16.0, True), ("独自の章", 1, 16.0, True),
        ("節", 2, 10.5, False), ("直接", 3, 10.5, False), ("本文", 0, 10.5, False),
        ("輪になった様式", 0, 10.5, False),
    ]  # fmt: skip


def test_a_long_paragraph_is_no_heading_whatever_its_level() -> None:
    assert blocks(styled("あ" * 300, "1"), styles=STYLES)[0].level == 0


NUMBERING = "".join(
    f'<w:abstractNum w:abstractNumId="{key}">{levels}</w:abstractNum>'
    for key, levels in {
        "0": '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="第%1章"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>',
        "1": '<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="&#xF06C;"/></w:lvl>',
        "2": '<w:lvl w:ilvl="0"><w:numFmt w:val="decimalEnclosedCircle"/><w:lvlText w:val="%1"/></w:lvl>',
    }.items()
) + "".join(
    f'<w:num w:numId="{key}"><w:abstractNumId w:val="{base}"/>{extra}</w:num>'
    for key, base, extra in (
        ("1", "0", ""), ("2", "1", ""), ("3", "2", ""), ("9", "77", ""),
        ("4", "0", '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'),
    )
)  # fmt: skip


def numbered(text: str, key: str, level: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{key}"/></w:numPr>')


def test_numbers_are_printed_as_word_prints_them() -> None:
    body = (
        numbered("総則", "1") + numbered("目的", "1", 1) + numbered("定義", "1", 1)
        + numbered("推進", "1") + numbered("体制", "1", 1) + numbered("点", "2")
        + numbered("丸", "3") + numbered("続き", "4") + numbered("ない", "0") + numbered("壊れた", "9")
        + numbered("深い", "1", 8)
    )  # fmt: skip
    assert texts(body, numbering=NUMBERING) == [
        "第1章　総則", "1.1 目的", "1.2 定義", "第2章　推進", "2.1 体制", "・点", "①　丸",
        "第5章　続き", "ない", "壊れた", "深い",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "form", "spelled"),
    [
        (3, "decimalFullWidth", "３"), (3, "decimalZero", "03"), (21, "decimalEnclosedCircle", "21"),
        (2, "aiueoFullWidth", "イ"), (3, "iroha", "ハ"), (27, "lowerLetter", "aa"), (2, "upperLetter", "B"),
        (14, "lowerRoman", "xiv"), (9, "upperRoman", "IX"), (12, "japaneseCounting", "十二"),
        (30, "chineseCounting", "三十"), (105, "ideographDigital", "一〇五"), (7, "thaiNumbers", "7"),
    ],
)  # fmt: skip
def test_number_formats(number: int, form: str, spelled: str) -> None:
    from ingest.readers.word.numbers import spell

    assert spell(number, form) == spelled


def test_rows_keep_label_and_content() -> None:
    found = blocks(tbl(("課題", "窓口が混む"), ("取組", "予約を始めた")) + tbl(("a", "b")))
    assert [(b.kind, b.cells, b.table) for b in found] == [
        ("row", ("課題", "窓口が混む"), 0), ("row", ("取組", "予約を始めた"), 0), ("row", ("a", "b"), 1),
    ]  # fmt: skip


DOWN = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>'
GOES_ON = "<w:tcPr><w:vMerge/></w:tcPr>"
WIDE = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'


def test_merged_cells_stand_once_and_are_known_where_they_reach() -> None:
    table = tbl(
        (WIDE + p("費用"), "備考"),
        (DOWN + p("初期"), "端末", "10台"),
        (GOES_ON + "<w:p/>", "設定", "委託"),
        ('<w:tcPr><w:gridSpan w:val="3"/></w:tcPr>' + p("合計は別紙") + p("のとおり"),),
    )
    found = blocks(table)
    assert [b.cells or b.text for b in found] == [
        ("費用", "備考"), ("初期", "端末", "10台"), ("", "設定", "委託"), "合計は別紙", "のとおり",
    ]  # fmt: skip
    assert [s.above for s in found[2].spans] == ["初期", "", ""]
    assert {b.table for b in found} == {0}


def test_tables_in_cells_are_read_and_frames_are_no_tables() -> None:
    inner = tbl(("内1", "内2"))
    assert [b.cells for b in blocks(tbl(("外", inner + p("続き"))))] == [("外", "内1　内2\n続き")]
    framed = blocks(tbl((styled("枠の見出し", "1") + inner,)), styles=STYLES)
    assert [(b.text, b.level, b.table) for b in framed] == [
        ("枠の見出し", 1, None),
        ("内1\t内2", 0, 0),
    ]


def test_rows_in_content_controls_are_read_and_deleted_rows_are_not() -> None:
    row = "<w:tr><w:tc>{0}</w:tc><w:tc>{1}</w:tc></w:tr>"
    table = (
        f"<w:tbl><w:sdt><w:sdtContent>{row.format(p('a'), p('b'))}</w:sdtContent></w:sdt>"
        + row.format(p("c"), p("d")).replace("<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>")
        + "</w:tbl>"
    )
    assert texts(table) == ["a\tb"]


def test_empty_columns_stay_out_and_empty_contents_stay_in() -> None:
    found = blocks(tbl(("課題", "", "混む"), ("効果", "", ""), ("", "", "続き")))
    assert [b.cells or b.text for b in found] == [("課題", "混む"), "効果", ("", "続き")]


def test_charts_and_diagrams_are_read() -> None:
    body = (
        '<w:p><w:r><w:drawing><c:chart r:id="chart1"/></w:drawing></w:r>'
        '<w:r><w:drawing><dgm:relIds r:dm="diagram1"/></w:drawing></w:r></w:p>'
    )
    value = "<c:{0}><c:pt><c:v>{1}</c:v></c:pt><c:pt><c:v>{2}</c:v></c:pt></c:{0}>"
    chart = (
        "<c:title><a:p><a:r><a:t>申請件数</a:t></a:r></a:p></c:title><c:ser><c:tx><c:v>電子</c:v></c:tx>"
        + value.format("cat", "R5", "R6") + value.format("val", 10, 30) + "</c:ser>"
    )  # fmt: skip
    diagram = "<dgm:pt><dgm:t><a:p><a:r><a:t>受付から</a:t></a:r><a:r><a:t>交付</a:t></a:r></a:p></dgm:t></dgm:pt>"
    assert texts(body, chart1=chart, diagram1=diagram) == [
        "申請件数", "電子", "R5　10", "R6　30", "受付から交付",
    ]  # fmt: skip


# -- pages -----------------------------------------------------------------------------------------

RENDERED = "<w:r><w:lastRenderedPageBreak/></w:r>"
HARD = '<w:r><w:br w:type="page"/></w:r>'
THREE = p("一") + f"<w:p>{RENDERED}{r('二')}</w:p><w:p>{HARD}</w:p><w:p>{RENDERED}{r('三')}</w:p>"


def test_pages_are_numbered_when_word_counted_as_many() -> None:
    pages = extract(word(THREE + tbl(("a", "b")), pages=3)).pages
    assert [(page.number, page.text) for page in pages] == [(1, "一"), (2, "二"), (3, "三\na\tb")]
    assert pages[2].blocks[1].table == 0


@pytest.mark.parametrize(("body", "pages"), [(THREE, 4), (THREE, None), (p("短い"), 1)])
def test_pages_are_not_numbered_when_that_is_not_certain(body: str, pages: int | None) -> None:
    assert {page.number for page in extract(word(body, pages=pages)).pages} == {None}


def test_the_table_of_contents_stands_apart() -> None:
    toc = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{p('目次')}{styled('1 はじめに　3', '11')}</w:sdtContent></w:sdt>"
    )
    pages = extract(word(p("題") + toc + p("本文"), styles=STYLES)).pages
    assert [page.text for page in pages] == ["題", "目次\n1 はじめに　3", "本文"]


def test_what_the_file_says_about_itself() -> None:
    core = "<dc:title>{}</dc:title><dcterms:created>2024-05-01T00:00:00Z</dcterms:created>"
    said = extract(word(p("本文"), core=core.format("推進方針"))).front_matter
    assert said == {"document_title": "推進方針", "created": "2024-05-01"}
    assert (
        "document_title"
        not in extract(word(p("本文"), core=core.format("文書1.docx"))).front_matter
    )


# -- real files ------------------------------------------------------------------------------------

real = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the shared documents are not here")


@real
@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("docx/*.docx")), ids=lambda path: path.stem)
def test_real_files_lose_no_text_and_double_none(path: Path) -> None:
    """Against the paragraphs' own text, which these files, without changes and boxes, show whole."""
    found = extract(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("word/document.xml").decode()
    xml = re.sub(r"<mc:Fallback>.*?</mc:Fallback>|<w:del .*?</w:del>", "", xml, flags=re.DOTALL)
    pieces = re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml)
    stated = Counter("".join("".join(pieces).split()))
    read_out = Counter("".join("".join(page.text for page in found.pages).split()))
    missing = sum((stated - read_out).values())
    assert missing == 0
    assert {block.level for page in found.pages for block in page.blocks} >= {0, 1, 2}


@real
def test_a_writer_file_equals_its_true_text() -> None:
    found = extract((DOCUMENTS / "made/lo_writer.docx").read_bytes())
    true = (DOCUMENTS / "made/gt.txt").read_text(encoding="utf-8")
    one = Counter("".join("".join(page.text for page in found.pages).split()))
    two = Counter("".join(true.split()))
    assert 2 * (one & two).total() >= 0.995 * (one.total() + two.total())
