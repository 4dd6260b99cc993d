"""Notes and conversations as other tools write them: their signs are no text."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.describe.cases import cases
from ingest.page import Extract
from ingest.readers import read


def _read(tmp_path: Path, text: str, name: str = "note.md") -> Extract:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read(path)


def _lines(extract: Extract) -> list[str]:
    return [block.text for page in extract.pages for block in page.blocks]


OBSIDIAN = """---
tags: [窓口]
aliases: [待たない窓口]
---
# 待たない窓口

> [!note] まとめ
> [[三田市#情報課|三田市]]の窓口は[[予約]]制になった。

%%
担当者への質問：単価はいくらか
%%

- 待ち時間:: 5分 ^wait
- [担当:: 市民課] が進めた。

==順番待ち==がなくなった。#窓口/予約 `= this.year`

![[番号札.jpg]] ![写真](attachments/a.png)

```dataview
LIST FROM #窓口
```

```tasks
not done
```

```python
print("残す")
```
"""


def test_obsidian(tmp_path: Path) -> None:
    extract = _read(tmp_path, OBSIDIAN)
    text = "\n".join(_lines(extract))
    assert "三田市の窓口は予約制になった。" in text
    assert "待ち時間：5分" in text
    assert "市民課 が進めた" in text
    assert "順番待ちがなくなった。" in text
    assert 'print("残す")' in text
    for sign in (
        "[[",
        "]]",
        "==",
        "%%",
        "単価",
        "[!",
        "dataview",
        "LIST",
        "not done",
        "番号札",
        "a.png",
        "^wait",
        "this.year",
    ):
        assert sign not in text, sign


NOTION = """# 書かない窓口の視察メモ

自治体: 北海道北見市
年度: 2016
ステータス: 実装
タグ: 窓口, BPR
作成日時: 2023年5月1日 10:00
Last edited by: 山田

<aside>
💡 職員が聞き取り、申請書を作る。

</aside>

住民は名前を書くだけで済む。\x20\x20
担当課は市民課である。
"""


def test_notion(tmp_path: Path) -> None:
    extract = _read(tmp_path, NOTION, "書かない窓口の視察メモ 0123456789abcdef0123456789abcdef.md")
    lines = _lines(extract)
    assert "自治体：北海道北見市" in lines
    assert "タグ：窓口, BPR" in lines
    assert not [line for line in lines if "作成日時" in line or "山田" in line or "aside" in line]
    assert "住民は名前を書くだけで済む。\n担当課は市民課である。" in lines
    (case,), _ = cases(extract)
    assert (case.title, case.municipality, case.year, case.status) == (
        "書かない窓口の視察メモ", "北見市", 2016, "実装",
    )  # fmt: skip


def test_joplin(tmp_path: Path) -> None:
    told = (
        "予約の記録\n\n予約をアプリで受け付ける。\n\n![図.png](:/0123456789abcdef0123456789abcdef)\n\n"
        "id: 0123456789abcdef0123456789abcdef\nparent_id: abc\ncreated_time: 2023-05-01T01:02:03.000Z\nmarkup_language: 1\ntype_: 1"
    )
    assert _lines(_read(tmp_path, told)) == ["予約の記録", "予約をアプリで受け付ける。"]


def test_tables_of_html_keep_their_cells(tmp_path: Path) -> None:
    told = "# 比較\n\n前の文。\n<table><tr><th>市</th><th>取組</th></tr>\n<tr><td>三木市</td><td>予約&nbsp;と<br>受付</td></tr></table>\n後の文。"
    extract = _read(tmp_path, told)
    rows = [block.cells for block in extract.pages[0].blocks if block.kind == "row"]
    assert rows == [("市", "取組"), ("三木市", "予約 と\n受付")]
    assert _lines(extract)[-1] == "後の文。"


def test_unclosed_table_stays_text(tmp_path: Path) -> None:
    assert "三木市" in "".join(_lines(_read(tmp_path, "本文。\n<table><tr><td>三木市</td></tr>")))


LINE = """[LINE] DX推進グループのトーク履歴
保存日時：2024/05/01 10:00

2024/04/30(火)
10:32\t田中\t予約のアプリは4月から動いています。
10:33\t佐藤\t[スタンプ]
10:35\t佐藤\t"電話は
減りました"
10:36\t田中が佐々木を招待しました。
"""
SLACK = """田中 太郎  10:32 AM
予約のアプリは4月から動いています。
2 件の返信
佐藤  10:35 AM
電話は減りました。
(編集済み)
田中 太郎  10:40 AM
窓口も空きました。
"""
TEAMS = """[2024/04/30 10:32] 田中 太郎
予約のアプリは4月から動いています。
[2024/04/30 10:35] 佐藤
電話は減りました。
[2024/04/30 10:40] 田中 太郎
窓口も空きました。
"""
ZOOM = "10:32:01 From 田中 to Everyone : 予約のアプリは動いています。\n10:33:00 From 佐藤 : 電話は減りました。\n10:34:09 From 田中 : 窓口も空きました。\n"


@pytest.mark.parametrize("told", [LINE, SLACK, TEAMS, ZOOM], ids=["line", "slack", "teams", "zoom"])
def test_conversations_are_who_said_what(told: str, tmp_path: Path) -> None:
    extract = _read(tmp_path, told, "chat.txt")
    text = "\n".join(_lines(extract))
    assert "田中" in text
    assert "予約のアプリは" in text
    assert "減りました" in text
    for sign in (
        "10:3",
        "スタンプ",
        "招待",
        "編集済み",
        "件の返信",
        "2024",
        "保存日時",
        "Everyone",
    ):
        assert sign not in text, sign
    (case,), _ = cases(extract)
    assert case.year is None


def test_the_name_of_a_conversation_is_its_title(tmp_path: Path) -> None:
    (case,), _ = cases(_read(tmp_path, LINE, "chat.txt"))
    assert case.title == "DX推進グループのトーク履歴"


def test_times_in_a_note_make_no_conversation(tmp_path: Path) -> None:
    told = "時間割\n\n9:00 受付\n10:00 開会\n11:00 発表：窓口の予約"
    assert "9:00 受付" in "\n".join(_lines(_read(tmp_path, told, "note.txt")))


@pytest.mark.parametrize(
    ("told", "kept", "gone"),
    [
        ("達成率は120%%だった。\n次の年は130%%だった。", ["120%%だった。次の年は130%%だった。"], ""),
        ("前%%ひみつ%%後", ["前後"], "ひみつ"),
        ("前\n\n%%\nひみつの\n行\n%%\n\n後", ["前", "後"], "ひみつ"),
        ("[10:30] 集合：市役所前\n[11:00] 見学：配送センター\n[12:00] 昼食：道の駅", ["[10:30] 集合：市役所前"], ""),
        ("公開日：令和6年4月1日\n作成者：情報政策課", ["公開日：令和6年4月1日", "作成者：情報政策課"], ""),
        ("- 印刷\n- 共有\n- 保存", ["・印刷", "・共有", "・保存"], ""),
    ],
)  # fmt: skip
def test_what_looks_like_a_tool_and_is_text_stays(
    told: str, kept: list[str], gone: str, tmp_path: Path
) -> None:
    text = "\n".join(_lines(_read(tmp_path, f"# 視察の記録\n\n{told}\n")))
    assert [part for part in kept if part not in text] == []
    assert not gone or gone not in text


def test_a_section_that_wrote_a_note_is_named_and_a_person_is_not(tmp_path: Path) -> None:
    lines = _lines(_read(tmp_path, "# 窓口\n作成者: 情報政策課\n分野: 窓口\n\n本文。\n"))
    assert "作成者：情報政策課" in lines
    assert "山田" not in "".join(
        _lines(_read(tmp_path, "# 窓口\n作成者: 山田\n分野: 窓口\n\n本文。\n"))
    )
