"""A list of initiatives with one case in each row."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from ingest.describe.cases import cases
from ingest.readers import read
from kb.base.types import CaseDraft
from tests.support.pages import deck, title
from tests.support.pages import row as cells

HEADER = [
    "No.",
    "都道府県",
    "市町村名",
    "事業名",
    "分野",
    "導入年度",
    "背景・課題",
    "取組内容",
    "効果",
    "段階",
    "ツール",
]
ROWS = [
    [1, "兵庫県", "多可町", "予防接種の予約アプリ", "保健福祉", "令和6年度", "予診票が紙だった。",
     "予約をスマートフォンで受け付ける。", "電話が月に200件減った。", "実装", "母子手帳アプリ"],
    [2, "静岡県", "清水町", "公園の申請フォーム", "申請", "R4", "来庁が必要だった。",
     "許可の申請を24時間受け付ける。", "申請の時間が半分になった。", "実証", "フォーム作成、LINE"],
    [3, "北海道", "清水町", "ごみ分別の案内", "住民サービス", 2023, "問合せが多かった。",
     "チャットで分別を答える。", "", "計画", ""],
]  # fmt: skip


def workbook(path: Path, *, header: list[str] = HEADER, preface: str = "") -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "事例一覧"
    if preface:
        sheet.append([preface])
        sheet.append([])
    sheet.append(header)
    for row in ROWS:
        sheet.append(row)
    made.save(path)
    return path


def drafts(path: Path) -> tuple[CaseDraft, ...]:
    return cases(read(path))[0]


def test_every_row_is_a_case_with_its_sections(tmp_path: Path) -> None:
    found = drafts(workbook(tmp_path / "list.xlsx"))
    assert [d.title for d in found] == [
        "予防接種の予約アプリ",
        "公園の申請フォーム",
        "ごみ分別の案内",
    ]
    first = found[0]
    assert {s.role: s.text for s in first.sections if s.role != "概要"} == {
        "背景・課題": "予診票が紙だった。",
        "取組": "予約をスマートフォンで受け付ける。",
        "効果": "電話が月に200件減った。",
    }
    assert first.pages == (1, 1)


def test_what_a_row_states_is_kept_with_its_evidence(tmp_path: Path) -> None:
    first, second, third = drafts(workbook(tmp_path / "list.xlsx"))
    assert (first.municipality, first.code) == ("多可町", "283657")
    assert (first.field, first.year, first.status, first.tools) == (
        "保健福祉", 2024, "実装", ("母子手帳アプリ",),
    )  # fmt: skip
    assert first.field_source == "given"
    assert {"field", "year", "status", "tools", "municipality"} <= {e.name for e in first.evidence}
    assert (second.prefecture, second.year, second.tools) == (
        "静岡県",
        2022,
        ("フォーム作成", "LINE"),
    )
    assert (third.prefecture, third.status) == ("北海道", "計画")


def test_words_beside_the_list_stay_findable(tmp_path: Path) -> None:
    preface = "この一覧は、県内外の市町村が公開している資料をもとに、担当者が毎年度まとめているものである。実施前に必ず原典を確かめること。"
    found = drafts(workbook(tmp_path / "list.xlsx", preface=preface))
    assert len(found) == 4
    assert any(preface in section.text for section in found[-1].sections)


def test_a_csv_of_cases(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "自治体名,取組,効果\n多可町,予防接種の予約をアプリで受け付け、紙の予診票をなくした。,電話が減った。\n"
        "豊岡市,山あいの集落へドローンで荷物を運ぶ実証を重ねた。,配送の時間が半分になった。\n",
        encoding="utf-8",
    )
    found = drafts(path)
    assert [d.municipality for d in found] == ["多可町", "豊岡市"]
    assert found[0].title == "予防接種の予約をアプリで受け付け、紙の予診票をなくした（多可町）"
    assert found[0].pages is None


@pytest.mark.parametrize(
    "rows",
    [
        [["市町村名", "人口", "面積"], ["多可町", 18000, 185], ["豊岡市", 73000, 697]],
        [["項目", "4月", "5月"], ["申請件数", 120, 130], ["窓口件数", 300, 280]],
        [["団体名", "取組"], ["多可町", "予防接種"], ["豊岡市", "配送"], ["加西市", "教育"]],
    ],
    ids=["figures", "months", "names"],
)
def test_other_tables_stay_one_case(tmp_path: Path, rows: list[list[object]]) -> None:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    path = tmp_path / "table.xlsx"
    made.save(path)
    assert len(drafts(path)) == 1


def test_a_row_that_names_nothing_goes_on_with_the_one_above(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for row in (
        ["市町村名", "取組内容"], ["多可町", "予防接種の予約をアプリで受け付ける。"],
        [None, "予診票もアプリで書ける。"], ["豊岡市", "ドローンで荷物を運ぶ実証を続けている。"],
    ):  # fmt: skip
        made.active.append(row)
    path = tmp_path / "list.xlsx"
    made.save(path)
    first, second = drafts(path)
    assert "予診票もアプリで書ける。" in first.sections[-1].text
    assert second.municipality == "豊岡市"


def test_the_items_of_a_budget_are_no_cases() -> None:
    items = [
        cells(f"事業{i}", "100", "国の補助を受けて施設の工事と備品の購入を行うための経費である。")
        for i in range(6)
    ]
    header = cells("事業名", "補正額", "概要")
    assert len(cases(deck([title("3月補正予算"), header, *items]))[0]) == 1


def test_a_row_cut_by_the_end_of_a_page_stays_one_case() -> None:
    header = cells("市町村", "取組名", "課題", "内容")
    long = "申請のたびに窓口まで来てもらう必要があり、負担になっていた。"
    pages = (
        [
            header,
            cells("多可町", "予約", long, long),
            cells("佐用町", "ごみ分別", "問合せが", long),
        ],
        [cells("", "の案内", "多かった。", ""), cells("神河町", "受付", long, long)],
    )
    found = cases(deck(*pages))[0]
    assert [(d.title, d.municipality, d.pages) for d in found] == [
        ("予約", "多可町", (1, 1)), ("ごみ分別の案内", "佐用町", (1, 2)), ("受付", "神河町", (2, 2)),
    ]  # fmt: skip
    assert "問合せが多かった。" in [section.text for section in found[1].sections]
