"""The ministries' tables are told by their heads, wherever those stand, and become figures of municipalities.

The files are made here in the shapes in which 総務省 and デジタル庁 publish them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from ingest.describe.cases import cases
from ingest.describe.lists.official import official
from ingest.flow.pipeline import ingest
from ingest.readers import read
from kb.base.config import Settings
from kb.base.types import Filters, OfficialFigure, Viewer
from kb.places.gazetteer import load_gazetteer
from kb.storage.store import Store

Rows = Sequence[Sequence[object]]
TOWNS = ("多可町", "神河町", "市川町", "香美町")
FINANCE: Rows = (  # 全市町村の主要財政指標
    ("全市町村の主要財政指標（令和5年度）",),
    (),
    ("団体コード", "都道府県名", "団体名", "財政力指数", "経常収支比率\n（％）", "実質公債費比率\n（％）", "将来負担比率\n（％）", "ラスパイレス\n指数"),
    ("283657", "兵庫県", "多可町", 0.33, 93.1, 9.8, "-", 95.6),
    ("284467", "兵庫県", "神河町", 0.31, 90.2, 10.4, 21.7, 94.0),
    ("284424", "兵庫県", "市川町", 0.41, 95.0, 11.0, "－", 96.1),
    ("285854", "兵庫県", "香美町", 0.21, 94.4, 12.2, 88.0, 95.0),
    ("", "兵庫県計", "", 0.6, 93.0, 5.0, 40.0, 99.0),
)  # fmt: skip


def book(path: Path, rows: Rows, merged: Sequence[str] = (), title: str = "Sheet1") -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    made.save(path)
    return path


def figures(path: Path) -> dict[tuple[str, str], OfficialFigure]:
    found, _ = official(read(path, None))
    names = {place.code: place.name for place in load_gazetteer().places()}
    return {(names[one.code], one.name): one for one in found}


def test_finance_is_told_by_heads_with_year_and_row(tmp_path: Path) -> None:
    found = figures(book(tmp_path / "a.xlsx", FINANCE))
    assert {town for town, _ in found} == set(TOWNS)
    one = found["多可町", "財政力指数"]
    assert (one.value, one.number, one.year, one.row) == ("0.33", 0.33, 2023, 4)
    assert found["多可町", "経常収支比率"].value == "93.1%"
    assert ("多可町", "将来負担比率") not in found, "a dash is no figure"


def test_the_order_of_columns_says_nothing(tmp_path: Path) -> None:
    order = (4, 2, 7, 1, 3, 0, 6, 5)
    moved = [FINANCE[0], *([row[i] for i in order] for row in FINANCE[2:-1])]
    plain = figures(book(tmp_path / "a.xlsx", FINANCE))
    turned = figures(book(tmp_path / "b.xlsx", moved))
    assert {k: v.value for k, v in turned.items()} == {k: v.value for k, v in plain.items()}


def test_the_tables_of_settled_accounts_name_the_class(tmp_path: Path) -> None:
    rows = (
        ("令和４年度市町村別決算状況調",),
        ("都道府県名", "市町村名", "団体コード", "市町村類型", "住民基本台帳人口\n（人）", "財政力指数"),
        ("兵庫県", "多可町", 283657, "町村Ⅳ－２", "19,000", "0.34"),
        ("", "神河町", 284467, "町村Ⅲ－１", "10,700", "0.32"),
        ("", "香美町", 285854, "町村Ⅳ－１", "16,100", "0.22"),
        ("北海道", "札幌市", 11002, "政令指定都市", "1,950,000", "0.72"),
    )  # fmt: skip
    found = figures(book(tmp_path / "a.xlsx", rows))
    assert found["多可町", "類似団体区分"].value == "町村Ⅳ－２"
    assert found["神河町", "財政力指数"].year == 2022
    assert found["札幌市", "財政力指数"].number == 0.72, "a code lost its leading nought"


def test_a_head_in_two_rows_tells_by_its_group(tmp_path: Path) -> None:
    rows = (
        ("DX・情報化推進体制（市区町村）　令和6年4月1日現在",),
        ("都道府県名", "市区町村名", "CIOの任命", "", "外部デジタル人材の活用", "", "DX推進担当課室等の職員数（人）"),
        ("", "", "任命している", "任命予定", "有無", "人数", ""),
        ("兵庫県", "多可町", "○", "", "", "", 3),
        ("兵庫県", "神河町", "", "○", "○", 2, 2),
        ("兵庫県", "市川町", "○", "", "○", 1, "1"),
    )  # fmt: skip
    merged = ("C2:D2", "E2:F2", "A2:A3", "B2:B3", "G2:G3")
    found = figures(book(tmp_path / "a.xlsx", rows, merged))
    assert found["多可町", "DX担当職員数"].value == "3人"
    assert found["多可町", "CIOの任命"].met is True
    assert found["神河町", "CIOの任命"].met is False, "only planned"
    assert found["神河町", "外部デジタル人材"].met is True
    assert found["神河町", "外部デジタル人材"].year == 2024


def test_the_list_of_the_digital_agency(tmp_path: Path) -> None:
    text = (
        "年度,団体コード,都道府県名,市区町村名,全体方針の策定,AIの導入状況,RPAの導入状況,よく使う32手続のオンライン申請率\n"
        "2023,283657,兵庫県,多可町,策定している,導入済み,未導入,45.2%\n"
        "2023,284467,兵庫県,神河町,検討中,未導入,導入済み,12.0%\n"
        "2023,284424,兵庫県,市川町,策定していない,導入済み,導入済み,30.5%\n"
    )
    (tmp_path / "自治体DX推進状況_2023年度.csv").write_text(text, encoding="utf-8-sig")
    found = figures(tmp_path / "自治体DX推進状況_2023年度.csv")
    assert [found[t, "AIの導入"].met for t in TOWNS[:3]] == [True, False, True]
    assert found["神河町", "DXの全体方針"].met is False
    assert found["神河町", "オンライン申請率"].number == 12.0
    assert found["神河町", "オンライン申請率"].year == 2023


def test_what_is_left_of_a_table_is_at_no_stage(tmp_path: Path) -> None:
    rows = (
        ("自治体DXの推進状況　実装済みの団体",),
        ("都道府県名", "市区町村名", "AIの導入状況", "RPAの導入状況"),
        *(("兵庫県", town, "導入済み", "未導入") for town in TOWNS),
    )
    (left,) = cases(read(book(tmp_path / "a.xlsx", rows), None))[0]
    assert (left.status, [e for e in left.evidence if e.name == "status"]) == ("不明", [])


def test_prefectures_between_sums_notes_and_full_width_digits(tmp_path: Path) -> None:
    rows = (
        ("令和５年度　全市町村の主要財政指標",),
        ("", "", "", "", "（単位：％）"),
        ("団体コード", "都道府県名", "団　体　名", "財政力指数", "経常収支比率"),
        ("",),
        ("280003", "兵庫県", "", "0.63", "96.2"),
        ("283657", "兵庫県", "多可町", "０．３３", "９３．１"),
        ("284467", "兵庫県", "神河町", "0.31", "－"),
        ("284424", "兵庫県", "市川町", "0.41", "…"),
        ("", "兵庫県　市町平均", "", "0.6", "93.0"),
        ("290009", "奈良県", "", "0.43", "94"),
        ("", "", "全国市町村平均", "0.49", "92.2"),
        ("（注１）　財政力指数は、令和３年度から令和５年度までの３か年の平均値である。",),
        ("（注２）　「－」は算定されない団体である。",),
    )
    merged = [f"{column}3:{column}4" for column in "ABCDE"]
    table = read(book(tmp_path / "000901234.xlsx", rows, merged), None)
    found, left = official(table)
    told = [(one.code, one.number, one.row) for one in found]
    assert told == [
        ("283657", 0.33, 6), ("283657", 93.1, 6), ("284467", 0.31, 7), ("284424", 0.41, 8),
    ]  # fmt: skip
    assert {one.year for one in found} == {2023}
    assert not any("兵庫県" in block.text for page in left.pages for block in page.blocks)
    assert official(replace(table, reader="legacy"))[0] == found, "as .xls it says the same"


def test_heads_in_three_rows_with_units_beneath(tmp_path: Path) -> None:
    rows = (
        ("第３表　市町村別決算状況調（令和４年度）",),
        ("都道府県", "団体コード", "団体名", "市町村類型", "歳入", "", "財政指標", ""),
        ("", "", "", "", "歳入総額", "うち地方税", "財政力指数", "経常収支比率"),
        ("", "", "", "", "千円", "千円", "", "％"),
        ("兵庫県", "28365", "多可町", "Ⅳ－２", "14,233,221", "2,333,111", "0.34", "92.0"),
        ("", "28446", "神河町", "Ⅲ－１", "10,233,221", "1,333,111", "0.32", "91.0"),
        ("", "", "町村計", "", "24,466,442", "3,666,222", "", ""),
        ("奈良県", "29453", "東吉野村", "Ⅰ－０", "2,233,221", "133,111", "0.12", "88.0"),
    )
    found = figures(book(tmp_path / "a.xlsx", rows, ("E2:F2", "G2:H2")))
    assert found["多可町", "経常収支比率"].value == "92.0%"
    assert found["神河町", "類似団体区分"].value == "Ⅲ－１"
    assert found["東吉野村", "財政力指数"].row == 8
    assert len(found) == 9, "what is in thousand yen is none of the figures that are shown"


def test_numbered_heads_and_the_list_in_shift_jis(tmp_path: Path) -> None:
    rows = (
        ("自治体DX・情報化推進概要（令和５年度）",),
        ("都道府県名", "団体コード", "市区町村名", "１－１　全体方針", "", "１－３　DX・情報化を推進するための職員数（人）"),
        ("", "", "", "策定済み", "未策定", ""),
        ("兵庫県", "283657", "多可町", "○", "", "２"),
        ("兵庫県", "284467", "神河町", "", "○", "１"),
        ("奈良県", "294535", "東吉野村", "○", "", "１２"),
        ("合計", "", "", "2", "1", "15"),
        ("※　令和５年４月１日現在。",),
    )  # fmt: skip
    found = figures(book(tmp_path / "a.xlsx", rows, ("D2:E2", "F2:F3")))
    assert found["東吉野村", "DX担当職員数"].value == "12人"
    assert [found[t, "DXの全体方針"].met for t in ("多可町", "神河町")] == [True, False]
    text = (
        "自治体DXの取組に関するダッシュボード,,,\r\n時点,2024年4月1日,,\r\n"
        "地方公共団体コード,都道府県,市区町村,書かない窓口の導入状況,オンライン申請率（%）\r\n"
        "28365,兵庫県,多可町,未導入,３５．２\r\n28446,兵庫県,神河町,導入済,41.0\r\n"
        "28481,兵庫県,上郡町,導入予定,20.0\r\n28000,兵庫県,,,79.0\r\n"
    )
    (tmp_path / "b.csv").write_bytes(text.encode("cp932"))
    found = figures(tmp_path / "b.csv")
    assert found["神河町", "書かない窓口"].met is True
    one = found["多可町", "オンライン申請率"]
    assert (one.value, one.number, one.year) == ("35.2%", 35.2, 2024)


@pytest.mark.parametrize(
    "rows",
    [
        (  # answers of a question that nobody here knows
            ("市区町村名", "AIの導入", "RPAの導入"),
            *((town, i + 1, 4 - i) for i, town in enumerate(TOWNS)),
        ),
        (  # a list of cases
            ("市町村名", "取組名", "概要", "財政力指数"),
            *((town, "書かない窓口の導入", "窓口で住所を何度も書かずに済むよう、聞き取りで申請書を作る。", "0.3") for town in TOWNS),
        ),
        (("市町村名", "コンビニ交付"), *((town, "○") for town in TOWNS)),  # what cases are made of
        (("店名", "財政力指数"), ("多可商店", "0.3"), ("神河商店", "0.2"), ("市川商店", "0.1")),
    ],
)  # fmt: skip
def test_other_tables_are_none_of_these(tmp_path: Path, rows: Rows) -> None:
    path = book(tmp_path / "a.xlsx", rows)
    found, left = official(read(path, None))
    assert found == ()
    assert left == read(path, None)


def test_namesakes_are_told_apart_or_left_out(tmp_path: Path) -> None:
    rows = (
        ("都道府県名", "団体名", "財政力指数"),
        ("東京都", "府中市", 1.2),
        ("広島県", "府中市", 0.5),
        ("", "竹原市", 0.6),
        ("", "三原市", 0.7),
    )
    found, _ = official(read(book(tmp_path / "a.xlsx", rows), None))
    assert [(one.code[:2], one.number) for one in found] == [
        ("13", 1.2),
        ("34", 0.5),
        ("34", 0.6),
        ("34", 0.7),
    ]


def test_they_are_stored_seen_by_whom_they_are_for_and_gone_with_their_file(
    settings: Settings,
) -> None:
    path = book(settings.corpus / "主要財政指標.xlsx", FINANCE)
    path.with_name(path.name + ".yaml").write_text("visibility: 庁内\n", encoding="utf-8")
    ingest(settings, progress=None)
    store = Store.open(settings)
    owner = Viewer.owner()
    assert store.counts(owner)["cases"] == 1, (
        "the table is found as a document, its rows are no cases"
    )
    assert len(store.official_figures(owner)) == 18
    assert store.official_figures(owner)[0].path == "主要財政指標.xlsx"
    assert store.official_figures(Viewer.of("県内")) == ()
    assert not store.case_nos(Filters(municipalities=("多可町",)), owner)
    path.unlink()
    (settings.corpus / "b.md").write_text("# 窓口\n\n窓口を変えた。\n", encoding="utf-8")
    ingest(settings, progress=None)
    assert store.official_figures(owner) == ()
