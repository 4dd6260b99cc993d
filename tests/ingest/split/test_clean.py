"""What cleaning takes away, joins and leaves alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.page import Block, Page
from ingest.readers import read
from ingest.split.clean import clean
from kb.language.text import fold_text
from tests.support.pdfs import build, lines


def cleaned(*pages: Callable[[Canvas], None]) -> list[list[str]]:
    found = clean(read(Path("資料.pdf"), build(*pages)).pages)
    return [[block.text for block in page.blocks] for page in found]


def test_running_heads_and_page_numbers_go() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            lines("令和6年度 DX推進計画", top=815)(canvas)
            lines(f"{number}番目の本文は、それぞれの頁で違う。", top=600)(canvas)
            lines(f"第2章　{number + 3} / 40", top=30, left=290)(canvas)

        return draw

    assert cleaned(*(page(n) for n in range(1, 6))) == [
        [f"{n}番目の本文は、それぞれの頁で違う。"] for n in range(1, 6)
    ]


def test_a_slide_s_title_and_rows_stay_however_often_they_come() -> None:
    title = Block("取組の状況", size=24.0, box=(50, 30, 300, 54))
    row = Block("区分\t額", "row", ("区分", "額"), box=(50, 40, 300, 60), table=0)
    body = Block("本文は頁ごとに違う。", size=11.0, box=(50, 300, 300, 311))
    pages = tuple(Page(n, (title, row, body, body, body), (595.0, 842.0)) for n in range(1, 5))
    for page in clean(pages):
        assert [block.text for block in page.blocks[:2]] == ["取組の状況", "区分\t額"]


@pytest.mark.parametrize(
    "foot",
    [
        "効果：一件の時間が{n}0分から5分になった",  # the content of a label
        "職員の残業が減り、相談に回せる時間が増えた。",  # the same sentence on every page
        "➡ 年間{n}00時間の削減",  # a figure that is no page number
    ],
)
def test_what_the_cases_of_a_deck_say_at_the_foot_is_never_dropped(foot: str) -> None:
    pages = tuple(
        Page(n, (Block(foot.format(n=7 - n), size=11.0, box=(50, 560, 300, 571)),), (842.0, 595.0))
        for n in range(1, 7)
    )
    assert [page.text for page in clean(pages)] == [foot.format(n=7 - n) for n in range(1, 7)]


@pytest.mark.parametrize(
    "owned",
    ["© 2025 松本市", "©松本市 DX推進課", "ⓒ 2025", "(c) 2025 Matsumoto City", "(C)Copyright 松本市", "Copyright (C) 松本市 All rights reserved."],
)  # fmt: skip
def test_whose_a_page_is_says_nothing(owned: str) -> None:
    assert cleaned(lines("予約をアプリで受ける。", owned)) == [["予約をアプリで受ける。"]]


@pytest.mark.parametrize(
    "said",
    ["(c) 申請書を電子化した", "(C)案を採った", "copyrights の扱いを職員に教えた", "© の付いた図を使わないことを申し合わせ、全職員に知らせた。"],
)  # fmt: skip
def test_what_only_begins_like_it_is_said(said: str) -> None:
    assert cleaned(lines("予約をアプリで受ける。", said)) == [["予約をアプリで受ける。", said]]


def test_torn_lines_are_joined_and_bullets_are_not() -> None:
    text = (
        "窓口の混雑を減らすために電子申請を取り入れ、来庁しなくても手続が済",
        "むようにした。",
        "・待ち時間が減った",
        "・職員の残業が減った",
    )
    assert cleaned(lines(*text)) == [[text[0] + text[1], text[2], text[3]]]


@pytest.mark.parametrize("step", [14, 18, 28])
def test_paragraphs_are_joined_at_any_line_spacing(step: float) -> None:
    text = (
        "　開会に当たり、提案いたしました議案の説明に先立ちまして、令和六",
        "年度に向けた市政運営について、所信の一端と主要施策を申し上げ、皆",
        "様の御理解と御協力を賜りたいと存じます。",
        "　感染症につきましては、国内での発生から約二年が経過いたしました。",
        "市民の皆様の御尽力に、深く感謝申し上げます。",
    )
    first = "".join(text[:3]).strip()
    assert cleaned(lines(*text, step=step)) == [[first, text[3].strip(), text[4]]]


@pytest.mark.parametrize(
    "after",
    [
        "①電子申請の導入",
        "第２条 この要綱は",
        "※対象は市民",
        "【効果】件数",
        "（１）予約の受付",
        "1. 概要",
    ],
)
def test_what_begins_a_new_item_is_never_joined(after: str) -> None:
    before = "窓口の混雑を減らすために電子申請を取り入れ、来庁しなくても手続が"
    assert len(cleaned(lines(before, after))[0]) == 2


def test_a_short_line_is_no_torn_paragraph() -> None:
    text = (
        "これは段落の一行目で、右の端まで文字が続いているので折り返されて",
        "いるが、ここで終わる文",
        "次の見出し",
        "ここからは別の段落で、右の端まで文字が続いているので折り返されて",
        "いる文",
    )
    assert cleaned(lines(*text)) == [[text[0] + text[1], text[2], text[3] + text[4]]]


def test_a_joined_paragraph_takes_up_all_its_lines() -> None:
    text = ("窓口の混雑を減らすために電子申請を取り入れ、来庁しなくても手続が済", "むようにした。")
    (page,) = clean(read(Path("資料.pdf"), build(lines(*text))).pages)
    box = page.blocks[0].box
    assert box is not None
    assert box[3] - box[1] > 20
    assert box[2] > 400


@pytest.mark.parametrize(
    ("torn", "whole"),
    [
        ("総 務 部 で 取 り 組 み ま し た 。", "総務部で取り組みました。"),
        ("兵庫県 企画部 デジタル戦略課", "兵庫県 企画部 デジタル戦略課"),
        (
            "令和 ７ 年 １ ０ 月 ３ １ 日午後 ２ 時 ２ ０ 分頃",
            "令和７年１０月３１日午後２時２０分頃",
        ),
        ("これにより、 高知市で行う。", "これにより、高知市で行う。"),
        ("１ はじめに", "１ はじめに"),
        ("合計 １２，０００ ３，０００", "合計 １２，０００ ３，０００"),
        ("Wi-Fi 環境 の整備", "Wi-Fi 環境 の整備"),
    ],
)
def test_only_torn_words_are_closed_up(torn: str, whole: str) -> None:
    (page,) = clean((Page(1, (Block(torn, box=(0, 0, 50, 12)),), (500, 800)),))
    assert page.blocks[0].text == whole


def test_cells_are_closed_up_and_rows_stay_rows() -> None:
    row = Block("課 題\t甲", kind="row", cells=("課 題", "甲"), table=0)
    (page,) = clean((Page(1, (Block("見出し", box=(0, 0, 50, 12)), row), (500, 800)),))
    assert page.blocks[1].cells == ("課題", "甲")
    assert page.blocks[1].kind == "row"


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("lo_writer", 0.9),
        ("chromium_plain", 0.9),
        ("rl_unijis", 0.9),
        ("chromium_two", 0.75),  # a paragraph that the end of a page cuts counts as two torn ones
        ("weasy_two", 0.75),
    ],
)
def test_paragraphs_of_every_producer_are_whole(shared: Path, name: str, least: float) -> None:
    def dense(text: str) -> str:
        return re.sub(r"\s", "", fold_text(text))

    made = shared / "documents" / "made"
    true = {dense(line) for line in (made / "gt.txt").read_text("utf-8").splitlines()}
    found = {
        dense(block.text)
        for page in clean(read(made / f"{name}.pdf").pages)
        for block in page.blocks
        if block.kind == "line" and len(block.text) > 40
    }
    assert len(found & true) >= least * len(found) > 0
