"""Workbooks and papers of the kinds that were read wrongly on 2026-11-29, made as people make them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from tests.support.words import p, word

Rows = Sequence[Sequence[str | int]]


def _book(rows: Rows, *merged: str) -> bytes:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    return _saved(made)


def _saved(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _letters(width: int) -> bytes:
    """A form with one letter a cell, each merged over ``width`` narrow columns."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for at in range(1, 60):
        sheet.column_dimensions[get_column_letter(at)].width = 1.5
    for row, (label, said) in enumerate((("市町名", "香美町"), ("取組名", "漁船の位置図")), 2):
        cells = [(2, 6, label), *((9 + i * width, width, sign) for i, sign in enumerate(said))]
        for column, across, text in cells:
            sheet.cell(row, column, text)
            sheet.merge_cells(None, row, column, row, column + across - 1)
    sheet.cell(4, 2, "取組内容")
    sheet.cell(4, 9, "船の居場所を浜に出す。")
    return _saved(made)


def units_in_a_row() -> bytes:
    return _book(
        (
            ("事業一覧（単位：百万円、人）",),
            ("市町", "事業", "", "規模", ""),
            ("", "名称", "概要", "事業費", "利用者数"),
            ("", "", "", "（百万円）", "（人）"),
            ("朝来市", "窓口の予約", "予約を電子にした。", 2, 1200),
            ("養父市", "農道の点検", "車の揺れで傷みを知る。", 15, 30),
            ("合計", "", "", 17, 1230),
        ),
        "A1:E1", "A2:A4", "B2:C2", "D2:E2",
    )  # fmt: skip


def blocks_between_blanks() -> bytes:
    told = (
        ("高砂市", "電子母子手帳", "予防接種を知らせる。"),
        ("加古川市", "河川の見張り", "水位を映す。"),
    )
    rows = [
        row
        for town, name, said in told
        for row in (("市町名", town), ("取組名", name), ("取組内容", said), (), ())
    ]
    return _book(rows)


def numbered_blocks() -> bytes:
    return _book(
        (
            ("高砂市のDX事例",), (),
            ("No.1", "電子母子手帳"), ("取組内容", "予防接種を知らせる。"), ("効果", "受診が増えた。"), (),
            ("No.2", "河川の見張り"), ("取組内容", "水位を映す。"), ("効果", "巡回が減った。"),
        )
    )  # fmt: skip


def options_in_rows() -> bytes:
    return _book(
        (
            ("市町名", "市川町", ""), ("取組名", "畑の水やり", ""),
            ("進捗状況", "検討中", ""), ("", "実証中", "☑"), ("", "本格導入", ""),
            ("取組内容", "水やりを自動でする。", ""),
        ),
        "A3:A5",
    )  # fmt: skip


def labels_above() -> bytes:
    lines = ("取組名", "宿の空きの一括表示", "取組の概要", "三十軒の宿の空きを一枚にまとめた。")
    rows = [("取組事例様式",), ("市町村名", "担当課"), ("香美町", "観光課"), *((x,) for x in lines)]
    return _book(rows, "A1:B1", *(f"A{at}:B{at}" for at in range(4, 8)))


def address_of_a_consultant() -> bytes:
    foot = p("株式会社地域計画　〒650-0001 神戸市中央区加納町1-1")
    return word(
        p("乗合の車の実証") + p("佐用町では、乗合の車を電話で呼ぶ実証をした。"), footer1=foot
    )


SHEETS: dict[str, Callable[[], bytes]] = {
    "letters_over_two.xlsx": lambda: _letters(2),
    "letters_over_three.xlsx": lambda: _letters(3),
    "units_in_a_row.xlsx": units_in_a_row,
    "blocks_between_blanks.xlsx": blocks_between_blanks,
    "numbered_blocks.xlsx": numbered_blocks,
    "options_in_rows.xlsx": options_in_rows,
    "labels_above.xlsx": labels_above,
    "address_of_a_consultant.docx": address_of_a_consultant,
}
