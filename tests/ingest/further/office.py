"""Office files as programs other than those of the other tests write them: by hand, part by part."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import xlsxwriter

from tests.support.words import p, word, zipped

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"

FORM = (
    ("市町村名", "朝来市"), ("取組名", "書かない窓口"),
    ("取組内容", "職員が聞き取って申請書を作る。"), ("効果", "待ち時間が八分になった。"),
)  # fmt: skip
LIST = (
    ("朝来市", "書かない窓口", "職員が聞き取る方式に改めた。"), ("養父市", "ドローン配送", "荷物を運ぶ実証を重ねた。"),
    ("香美町", "予約制バス", "予約を受けるバスに替えた。"),
)  # fmt: skip


def book(rows: str, *, shared: str = "", styles: str = "", after: str = "", target: str = "worksheets/sheet1.xml") -> bytes:  # fmt: skip
    """A workbook of one sheet: ``rows`` are its ``row`` elements, ``after`` what follows them."""
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="a" Type="{_R}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="s" Type="{_R}/worksheet" Target="{target}"/>'
            f'<Relationship Id="t" Type="{_R}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="y" Type="{_R}/styles" Target="styles.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_R}"><sheets><sheet name="Sheet1" sheetId="1" r:id="s"/></sheets></workbook>',
            "xl/worksheets/sheet1.xml": f"<worksheet {_MAIN}><sheetData>{rows}</sheetData>{after}</worksheet>",
            "xl/sharedStrings.xml": f"<sst {_MAIN}>{shared}</sst>",
            "xl/styles.xml": f"<styleSheet {_MAIN}>{styles or _STYLES}</styleSheet>",
        }
    )  # fmt: skip


_STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>'
    '<numFmt numFmtId="171" formatCode="#,##0&quot;千円&quot;"/></numFmts>'
    '<fonts><font><sz val="11"/></font><font><strike/><color theme="1"/></font></fonts><fills><fill/></fills><borders><border/></borders>'
    '<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs>'
)


def _inline(ref: str, text: str, style: int = 0) -> str:
    return f'<c r="{ref}" s="{style}" t="inlineStr"><is><t>{text}</t></is></c>'


def inline_form() -> bytes:
    rows = "".join(
        f'<row r="{i}">{_inline(f"A{i}", a)}{_inline(f"C{i}", b)}</row>'
        for i, (a, b) in enumerate(FORM, 2)
    )
    merged = "".join(
        f'<mergeCell ref="A{i}:B{i}"/><mergeCell ref="C{i}:H{i}"/>' for i in range(2, 6)
    )
    head = f'<row r="1">{_inline("A1", "取組調査票")}</row>'
    return book(head + rows, after=f'<mergeCells><mergeCell ref="A1:H1"/>{merged}</mergeCells>')


def phonetic_form() -> bytes:
    """Strings in runs with readings, as Excel in Japan saves what was typed."""
    texts = [text for pair in FORM for text in pair]
    shared = "".join(
        f'<si><r><t xml:space="preserve">{t[:2]}</t></r><r><rPr><b/></rPr><t xml:space="preserve">{t[2:]}</t></r>'
        f'<rPh sb="0" eb="1"><t>ヨミガナ</t></rPh><phoneticPr fontId="1"/></si>'
        for t in texts
    )
    rows = "".join(
        f'<row r="{i}"><c r="B{i}" t="s"><v>{2 * i - 2}</v></c><c r="D{i}" t="s"><v>{2 * i - 1}</v></c></row>'
        for i in range(1, 5)
    )
    return book(rows, shared=shared)


def struck_cells() -> bytes:
    run = "<si><r><rPr><strike/></rPr><t>三百万円</t></r><r><t>二百万円</t></r></si>"
    rows = (
        f'<row r="1">{_inline("A1", "市町村名")}{_inline("B1", "朝来市")}</row>'
        f'<row r="2">{_inline("A2", "取組")}{_inline("B2", "書かない窓口に改めた。")}</row>'
        f'<row r="3">{_inline("A3", "費用")}<c r="B3" t="s"><v>0</v></c></row>'
        f'<row r="4">{_inline("A4", "備考")}{_inline("B4", "五百万円の見込み", 1)}</row>'
    )
    return book(rows, shared=run)


def merged_over_hidden() -> bytes:
    rows = (
        f'<row r="1">{_inline("A1", "市町村名")}{_inline("B1", "取組名")}{_inline("C1", "取組内容")}</row>'
        f'<row r="2">{_inline("A2", "朝来市")}{_inline("B2", "書かない窓口")}{_inline("C2", "職員が聞き取る方式に改めた。")}</row>'
        f'<row r="3" hidden="1"><c r="A3"/><c r="B3"/>{_inline("C3", "窓口を一つにした。")}</row>'
        f'<row r="4">{_inline("A4", "養父市")}{_inline("B4", "ドローン配送")}{_inline("C4", "荷物を運ぶ実証を重ねた。")}</row>'
    )
    return book(
        rows, after='<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="B2:B3"/></mergeCells>'
    )


def values_of_kinds() -> bytes:
    broken = "職員が聞き取る_x000D_\n方式に改めた。"
    rows = (
        f'<row r="1">{_inline("A1", "市町村名")}<c r="B1" t="str"><f>A9&amp;"市"</f><v>朝来市</v></c></row>'
        f'<row r="2">{_inline("A2", "取組名")}{_inline("B2", "書かない窓口")}</row>'
        f'<row r="3">{_inline("A3", "開始日")}<c r="B3" s="2"><v>45413</v></c></row>'
        f'<row r="4">{_inline("A4", "費用")}<c r="B4" s="3"><v>4200</v></c></row>'
        f'<row r="5">{_inline("A5", "参照")}<c r="B5" t="e"><f>VLOOKUP(1,A:A,9)</f><v>#N/A</v></c></row>'
        f'<row r="6">{_inline("A6", "取組内容")}{_inline("B6", broken)}</row>'
    )
    return book(rows)


def without_references() -> bytes:
    """Cells and rows that do not say where they stand: each follows the one before."""
    rows = [("市町村名", "取組名", "取組内容"), *LIST]
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{t}</t></is></c>' for t in row) + "</row>"
        for row in rows
    )
    return book(cells, target="/xl/worksheets/sheet1.xml")


def writer_list() -> bytes:
    """A list with a head of two rows, by xlsxwriter."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    sheet = made.add_worksheet("一覧")
    bold = made.add_format({"bold": True, "text_wrap": True, "border": 1})
    sheet.merge_range("A1:D1", "但馬地域のDX事例一覧", bold)
    sheet.merge_range("A2:A3", "市町名", bold)
    sheet.merge_range("B2:D2", "取組", bold)
    for i, name in enumerate(("名称", "内容", "事業費（千円）"), 1):
        sheet.write(2, i, name, bold)
    money = made.add_format({"num_format": "#,##0"})
    for at, (row, cost) in enumerate(zip(LIST, (4200, 800, 12000), strict=True), 3):
        sheet.write_row(at, 0, row)
        sheet.write_number(at, 3, cost, money)
    sheet.freeze_panes(3, 0)
    sheet.autofilter("A3:D6")
    made.close()
    return out.getvalue()


def writer_forms() -> bytes:
    """A form per sheet with a cover before them, by xlsxwriter."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    cover = made.add_worksheet("表紙")
    cover.write("B5", "令和５年度 取組調査 回答集")
    for town, name, done in LIST:
        sheet = made.add_worksheet(town)
        sheet.merge_range("A1:F1", "様式１ 取組調査票", made.add_format({"align": "center"}))
        for at, (label, value) in enumerate(
            (("市町村名", town), ("取組名", name), ("取組内容", done)), 2
        ):
            sheet.write(at, 0, label)
            sheet.merge_range(at, 1, at, 5, value)
    made.close()
    return out.getvalue()


# -- Word -------------------------------------------------------------------------------------------


def _cell(text: str, *, span: int = 1, merge: str = "", inside: str = "") -> str:
    grid = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f"<w:tc><w:tcPr>{grid}{merge}</w:tcPr>{inside or p(text)}</w:tc>"


def _table(*rows: Sequence[str]) -> str:
    return (
        "<w:tbl><w:tblPr/><w:tblGrid/>"
        + "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows)
        + "</w:tbl>"
    )


def word_form() -> bytes:
    begin, go_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = [
        (_cell("取組調査票", span=4),),
        (_cell("市町村名"), _cell("朝来市"), _cell("担当課"), _cell("市民課")),
        (_cell("取組名"), _cell("書かない窓口", span=3)),
        (_cell("取組内容", merge=begin), _cell("職員が聞き取って申請書を作る。", span=3)),
        (_cell("", merge=go_on), _cell("一つの窓口で済む。", span=3)),
        (_cell("効果"), _cell("待ち時間が八分になった。", span=3)),
    ]
    return word(_table(*rows))


def _sym(char: str) -> str:
    return f'<w:r><w:sym w:font="Wingdings" w:char="{char}"/></w:r>'


def word_boxes() -> bytes:
    """Choices with the boxes of Wingdings: FE is ticked, 6F is not."""
    choices = "".join(
        _sym(char) + f"<w:r><w:t>{text}　</w:t></w:r>"
        for char, text in (("F06F", "本格導入"), ("F06F", "実証実験"), ("F0FE", "検討中"))
    )
    rows = [
        (_cell("市町村名"), _cell("小野市")),
        (_cell("取組名"), _cell("保育所の入所選考")),
        (_cell("段階"), _cell("", inside=f"<w:p>{choices}</w:p>")),
        (_cell("取組内容"), _cell("ほかの市の選び方を聞いている。")),
    ]
    return word(_table(*rows))


def word_controls() -> bytes:
    """Choices and a list to choose from as content controls."""
    w14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'

    def box(is_ticked: bool, text: str) -> str:
        value, char = (1, "☒") if is_ticked else (0, "☐")
        return (
            f'<w:sdt><w:sdtPr><w14:checkbox {w14}><w14:checked w14:val="{value}"/></w14:checkbox></w:sdtPr>'
            f"<w:sdtContent><w:r><w:t>{char}</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t>{text}　</w:t></w:r>"
        )

    empty = (
        "<w:sdt><w:sdtPr><w:showingPlcHdr/><w:dropDownList/></w:sdtPr><w:sdtContent><w:r>"
        "<w:t>アイテムを選択してください。</w:t></w:r></w:sdtContent></w:sdt>"
    )
    rows = [
        (_cell("市町村名"), _cell("上郡町")),
        (_cell("取組名"), _cell("電子回覧板")),
        (_cell("段階"), _cell("", inside=f"<w:p>{box(False, '本格導入')}{box(True, '実証中')}</w:p>")),
        (_cell("財源"), _cell("", inside=f"<w:p>{empty}</w:p>")),
        (_cell("取組内容"), _cell("回覧板を電子にする実証をした。")),
    ]  # fmt: skip
    return word(_table(*rows))


def word_struck() -> bytes:
    """Struck out directly, twice, by a style, deleted and moved."""

    def run(text: str, look: str = "") -> str:
        return f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"

    body = (
        p("朝来市 書かない窓口")
        + "<w:p>" + run("費用は三百万円。", "<w:dstrike/>") + run("費用は二百万円。") + "</w:p>"
        + "<w:p>" + run("十月に始めた。", '<w:rStyle w:val="gone"/>') + run("十二月に始めた。") + "</w:p>"
        + '<w:p><w:del w:id="1"><w:r><w:delText>五人で始めた。</w:delText></w:r></w:del>' + run("三人で始めた。") + "</w:p>"
        + '<w:p><w:moveFrom w:id="2">' + run("移した文。") + '</w:moveFrom></w:p><w:p><w:moveTo w:id="3">' + run("移した文。") + "</w:moveTo></w:p>"
        + "<w:p>" + run("下線の文。", '<w:u w:val="single"/><w:strike w:val="0"/>') + "</w:p>"
    )  # fmt: skip
    gone = '<w:style w:type="character" w:styleId="gone"><w:name w:val="取消"/><w:rPr><w:strike/></w:rPr></w:style>'
    return word(body, styles=gone)


def word_nested() -> bytes:
    inner = _table((_cell("初期"), _cell("二百万円")), (_cell("運用"), _cell("月十万円")))
    rows = [
        (_cell("市町村名"), _cell("養父市")),
        (_cell("取組名"), _cell("ドローン配送")),
        (_cell("取組内容"), _cell("荷物を運ぶ実証を重ねた。")),
        (_cell("費用"), _cell("", inside=inner + "<w:p/>")),
    ]
    return word(_table(*rows))


def word_labels() -> bytes:
    """A form without a table: labels in bold, values after a tab."""
    lines = "".join(
        f"<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{a}</w:t></w:r><w:r><w:tab/><w:t>{b}</w:t></w:r></w:p>"
        for a, b in FORM
    )
    return word(lines)


def word_upright() -> bytes:
    """A page set down the page: the text is the text."""
    return word(
        p("朝来市 書かない窓口")
        + p("職員が聞き取って申請書を作る方式に改めた。")
        + '<w:sectPr><w:textDirection w:val="tbRl"/></w:sectPr>'
    )


def hidden_column() -> bytes:
    """A column that its writer did not mean to show."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    sheet = made.add_worksheet("一覧")
    sheet.write_row(0, 0, ("市町名", "取組名", "内容", "メモ"))
    sheet.write_row(1, 0, ("加東市", "図書館の予約", "本の予約を電子にした。", "再交渉"))
    sheet.write_row(2, 0, ("小野市", "ごみ分別の案内", "ごみの分別を写真で答える。", ""))
    sheet.set_column("D:D", None, None, {"hidden": True})
    made.close()
    return out.getvalue()


def printed_around() -> bytes:
    """A mark in the header of the printed page."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    sheet = made.add_worksheet("一覧")
    sheet.set_header('&L&D&R&"MS Gothic,Bold"&12部外秘')
    sheet.write_row(0, 0, ("市町名", "取組名", "内容"))
    for at, row in enumerate(LIST[:2], 1):
        sheet.write_row(at, 0, row)
    made.close()
    return out.getvalue()


def watermark() -> bytes:
    art = (
        '<w:p><w:r><w:pict><v:shape><v:textpath string="取扱注意"/></v:shape></w:pict></w:r></w:p>'
    )
    return word(
        p("朝来市 書かない窓口") + p("職員が聞き取って申請書を作る方式に改めた。"), header1=art
    )


def two_forms() -> bytes:
    forms = (
        ("電子図書館", "家から電子書籍を借りられるようにした。"),
        ("学校の欠席連絡", "欠席の連絡をアプリで受けている。"),
    )
    tables = (_table((_cell("取組名"), _cell(a)), (_cell("概要"), _cell(b))) for a, b in forms)
    return word(p("赤穂市のＤＸ事例") + "<w:p/>".join(tables))


OFFICE: dict[str, Callable[[], bytes]] = {
    "inline_form.xlsx": inline_form,
    "phonetic_form.xlsx": phonetic_form,
    "struck_cells.xlsx": struck_cells,
    "merged_over_hidden.xlsx": merged_over_hidden,
    "values_of_kinds.xlsx": values_of_kinds,
    "without_references.xlsx": without_references,
    "writer_list.xlsx": writer_list,
    "writer_forms.xlsx": writer_forms,
    "word_form.docx": word_form,
    "word_boxes.docx": word_boxes,
    "word_controls.docx": word_controls,
    "word_struck.docx": word_struck,
    "word_nested.docx": word_nested,
    "word_labels.docx": word_labels,
    "word_upright.docx": word_upright,
    "hidden_column.xlsx": hidden_column,
    "printed_around.xlsx": printed_around,
    "watermark.docx": watermark,
    "two_forms.docx": two_forms,
}
