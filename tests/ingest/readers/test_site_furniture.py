"""What a site puts around its pages is no text of theirs, and a wrong label of an encoding is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.page import Extract
from ingest.readers import read

BODY = "<h1>窓口の予約</h1><p>{}</p>".format("三木市は窓口の予約をフォームで受け付けている。" * 3)


def _read(tmp_path: Path, html: str, encoding: str = "utf-8") -> Extract:
    path = tmp_path / "page.html"
    path.write_bytes(html.encode(encoding))
    return read(path)


def _text(extract: Extract) -> str:
    return "\n".join(page.text for page in extract.pages)


@pytest.mark.parametrize(
    ("around", "gone"),
    [
        (
            '<p>現在の位置：<a href="/">ホーム</a> &gt; <a href="/a">市政</a> &gt; 窓口の予約</p>',
            "ホーム",
        ),
        ('<p><a href="/">トップページ</a> › <a href="/a">くらし</a> › 窓口の予約</p>', "くらし"),
        (
            '<ol><li><a href="/">ホーム</a></li><li><a href="/a">くらしの情報</a></li></ol>',
            "くらしの情報",
        ),
        ('<a href="#main">本文へスキップします</a>', "スキップ"),
        ('<p><a href="#c">ナビゲーションを飛ばして本文へ</a></p>', "ナビゲーション"),
        ("<p>ここから本文です。</p>", "ここから"),
    ],
)
def test_what_leads_to_a_page(around: str, gone: str, tmp_path: Path) -> None:
    text = _text(_read(tmp_path, f"<html><body><div>{around}{BODY}</div></body></html>"))
    assert gone not in text
    assert text.startswith("窓口の予約\n三木市は")


@pytest.mark.parametrize(
    ("around", "gone"),
    [
        (
            "<h2>このページは役に立ちましたか</h2><p>役に立った</p><p>どちらともいえない</p><p>送信</p>",
            "役に立",
        ),
        ("<h3>この情報はお役に立ちましたか？</h3><ul><li>はい</li><li>いいえ</li></ul>", "いいえ"),
        (
            "<p>このページの情報は見つけやすかったですか？</p><p>見つけやすかった</p><p>見つけにくかった</p>",
            "見つけ",
        ),
        ("<p>更新日：2024年6月3日　ページ番号：1008123</p>", "更新日"),
        ("<p>最終更新日 令和6年6月3日</p><p>ページID 12345</p>", "ページID"),
        ("<p>2024年6月3日更新</p>", "更新"),
        (
            "<ul><li><a href='x'>Xでポスト</a></li><li><a href='f'>Facebookでシェア</a></li><li><a href='l'>LINEで送る</a></li></ul>",
            "シェア",
        ),
        ("<p>印刷する</p>", "印刷"),
        (
            "<p>PDF形式のファイルをご覧いただくには、Adobe Acrobat Readerが必要です。お持ちでない方はダウンロードしてください。</p>",
            "Adobe",
        ),
        ("<p><a href='#top'>このページの先頭へ戻る</a></p>", "先頭"),
        ("<style>.off{display:none}</style><p class='off'>下書きの文である。</p>", "下書き"),
    ],
)
def test_what_follows_a_page(around: str, gone: str, tmp_path: Path) -> None:
    after = "<h2>手続の数</h2><p>手続の数は十二である。</p>"
    text = _text(_read(tmp_path, f"<html><body><div>{BODY}{around}{after}</div></body></html>"))
    assert gone not in text
    assert text.endswith("手続の数\n手続の数は十二である。")


@pytest.mark.parametrize(
    "said",
    [
        "更新日を決めて台帳を直している。",
        "この取組は住民の役に立ちましたという声がある。",
        "予約 > 受付 > 交付の順に進む。",
        "ホームページを新しくした。",
        "LINEで送ると返事が来る。",
        "この情報は役に立ちましたかと尋ねた。",
    ],
)
def test_sentences_stay(said: str, tmp_path: Path) -> None:
    assert said in _text(
        _read(tmp_path, f"<html><body><div>{BODY}<p>{said}</p></div></body></html>")
    )


@pytest.mark.parametrize(
    ("label", "encoding", "told"),
    [
        ("iso-8859-1", "cp932", True), ("windows-1252", "cp932", True), ("utf-8", "cp932", True), ("euc-jp", "cp932", True),
        ("shift_jis", "euc_jp", True), ("iso-8859-1", "utf-8", True), ("us-ascii", "euc_jp", True), ("shift_jis", "utf-8", True),
        ("Shift_JIS", "cp932", False), ("x-sjis", "cp932", False), ("utf-8", "utf-8", False), ("EUC-JP", "euc_jp", False),
    ],
)  # fmt: skip
def test_a_wrong_label_is_told_and_the_page_read(
    label: str, encoding: str, told: bool, tmp_path: Path
) -> None:
    page = (
        f'<html><head><meta charset="{label}"><title>窓口</title></head><body>{BODY}</body></html>'
    )
    extract = _read(tmp_path, page, encoding)
    assert "三木市は窓口の予約を" in _text(extract)
    assert bool(extract.warnings) == told
    assert not told or label in str(extract.warnings[0])


def test_a_western_page_is_read_as_it_says(tmp_path: Path) -> None:
    page = '<html><head><meta charset="iso-8859-1"></head><body><p>Le café de la mairie a été rénové à l\'été.</p></body></html>'
    extract = _read(tmp_path, page, "latin-1")
    assert "café" in _text(extract)
    assert not extract.warnings


@pytest.mark.parametrize("heading", ["参考になった点", "参考になる町", "探しやすかった資料"])
def test_what_somebody_learnt_is_no_opinion_of_the_page(heading: str, tmp_path: Path) -> None:
    text = _text(
        _read(tmp_path, f"<body><div>{BODY}<h2>{heading}</h2><p>予約の仕組み</p></div></body>")
    )
    assert text.endswith(f"{heading}\n予約の仕組み")


def test_items_of_a_list_are_text_even_where_one_is_called_like_a_button(tmp_path: Path) -> None:
    listed = "<p>できること</p><ul><li>印刷</li><li>共有</li><li>控えの保存</li></ul>"
    assert "印刷" in _text(_read(tmp_path, BODY + listed))
    buttons = "<ul><li>印刷</li><li>シェア</li></ul>"
    assert "印刷" not in _text(_read(tmp_path, BODY + buttons))
