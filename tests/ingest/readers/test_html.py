"""Web pages: the content with its headings and tables, not the site around it."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from ingest.page import Block, Extract
from ingest.readers import read
from kb.base.errors import ReadError

ARTICLE = """
<h1>窓口の電子申請</h1>
<p>町では令和6年度から電子申請を始めました。窓口で待つ時間が30分から5分に減りました。</p>
<h2>取組の内容</h2>
<p>予約から支払いまでを一つの画面にまとめ、職員が入力し直す手間をなくしました。</p>
<table><tr><th>課題</th><td>窓口が混む</td></tr><tr><th>効果</th><td>年間1,200時間の削減</td></tr></table>
<h2>問い合わせ</h2>
<p>企画課デジタル推進係までお願いします。</p>
"""
MENU = '<ul><li><a href="/">ホーム</a></li><li><a href="/a">くらしの便利帳</a></li><li><a href="/b">観光案内</a></li></ul>'
HEAD = "<!DOCTYPE html><html><head><meta charset=utf-8><title>窓口の電子申請｜豊中町公式サイト</title></head>"
EXPECTED = [
    "窓口の電子申請", "町では令和6年度から電子申請を始めました。窓口で待つ時間が30分から5分に減りました。",
    "取組の内容", "予約から支払いまでを一つの画面にまとめ、職員が入力し直す手間をなくしました。",
    "課題\t窓口が混む", "効果\t年間1,200時間の削減", "問い合わせ", "企画課デジタル推進係までお願いします。",
]  # fmt: skip


def extract(page: str | bytes, name: str = "a.html") -> Extract:
    return read(Path(name), page.encode() if isinstance(page, str) else page)


def blocks(body: str) -> list[Block]:
    return list(extract(f"<html><body>{body}</body></html>").pages[0].blocks)


def texts(body: str) -> list[str]:
    return [block.text for block in blocks(body)]


SITES = {
    "semantic": f"<header><p>豊中町</p><nav>{MENU}</nav></header><main>{ARTICLE}</main><aside><h2>よく見るページ</h2>{MENU}</aside><footer>〒000 豊中町役場 著作権</footer>",
    "divs": f'<div id="header"><div id="gnav">{MENU}</div></div><div class="breadcrumb">トップ &gt; くらし</div><div id="wrap"><div id="contents">{ARTICLE}</div><div id="sidebar">{MENU}</div></div><div id="footer">豊中町役場</div>',
    "layout tables": f"<table><tr><td>{MENU}</td><td>{ARTICLE}</td></tr></table>",
    "no frame": ARTICLE,
    "article": f'<div class="skip"><a href="#x">本文へ</a></div><article>{ARTICLE}</article><div class="sns-share"><a>X</a></div>',
    "unnamed": f"<div><div>{MENU}</div></div><div><div>{ARTICLE}</div></div><div>{MENU}</div>",
    "scripts": f"<script>var a='読まない';</script><style>p{{}}</style><noscript>有効にしてください</noscript><form><input value=x><button>検索</button></form><main>{ARTICLE}</main>",
    "hidden": f'<div style="display: none">見えない</div><p hidden>見えない</p><div aria-hidden="true">見えない</div>{ARTICLE}',
    "sections": f"<div id=a><section><h1>窓口の電子申請</h1></section><section>{ARTICLE.replace('<h1>窓口の電子申請</h1>', '')}</section></div>",
}  # fmt: skip


@pytest.mark.parametrize("site", SITES)
def test_the_content_is_read_whole_and_the_site_is_not(site: str) -> None:
    found = extract(f"{HEAD}<body>{SITES[site]}</body></html>")
    assert [block.text for block in found.pages[0].blocks] == EXPECTED
    assert [block.level for block in found.pages[0].blocks] == [1, 0, 2, 0, 0, 0, 2, 0]
    assert found.front_matter["document_title"] == "窓口の電子申請"
    assert found.pages[0].number is None


def test_a_page_that_leaves_its_body_tag_out_is_read() -> None:
    page = f"<!doctype html><meta charset=utf-8><title>申請</title>{SITES['semantic']}"
    assert [block.text for block in extract(page).pages[0].blocks] == texts(SITES["semantic"])


def test_a_page_of_links_keeps_them() -> None:
    links = "".join(f"<li><a href='{n}'>事例{n}　窓口の改善その{n}</a></li>" for n in range(9))
    assert len(texts(f"<h1>事例一覧</h1><ul>{links}</ul>")) == 10


def test_short_sections_beside_long_ones_are_not_lost() -> None:
    long = "<p>" + "電子申請を始めて窓口の混雑が和らぎました。" * 20 + "</p>"
    body = "".join(
        f"<div class=box><h2>見出し{n}</h2>{long if n == 2 else '<p>短い文。</p>'}</div>"
        for n in range(6)
    )
    assert texts(body).count("短い文。") == 5
    assert sum(block.level == 2 for block in blocks(body)) == 6


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>南国<ruby>市<rp>(</rp><rt>し</rt><rp>)</rp></ruby>の取組</p>", ["南国市の取組"]),
        ("<p>一行目<br>二行目</p>", ["一行目", "二行目"]),
        ("<p>折り\n返した\n  行と two\nwords</p>", ["折り返した行と two words"]),
        ("<p><b>太字</b>と<a href=x>リンク</a>の<i>文</i></p>", ["太字とリンクの文"]),
        ("<p>A&nbsp;B &amp; C&#x3000;Ｄ</p>", ["A B & C\u3000Ｄ"]),
        ("<p>残る<del>消えた</del></p>", ["残る"]),
        ("裸の文<div>箱の文</div>あとの文", ["裸の文", "箱の文", "あとの文"]),
        ("<ul><li>一つ<ul><li>内側</li></ul></li><li>・二つ</li></ul>", ["・一つ", "・内側", "・二つ"]),
        ("<ol><li>申請</li><li>交付</li></ol>", ["1. 申請", "2. 交付"]),
        ("<dl><dt>担当</dt><dd>企画課</dd><dd>総務課</dd><dt>費用</dt></dl>", ["担当\t企画課\n総務課", "費用"]),
        ("<pre>一行\n  二行</pre>", ["一行", "二行"]),
        ("<h2>見出し<br>の続き</h2>", ["見出し の続き"]),
        ("<table><caption>表1</caption><tr><td>a</td><td>b</td></tr></table>", ["表1", "a\tb"]),
        ("<table><tr><td>一つだけ</td></tr></table>", ["一つだけ"]),
        ("<table><tr><td>a</td><td></td></tr><tr><td>b</td><td>c<br>d</td></tr></table>", ["a", "b\tc\nd"]),
        ("<table><tr><th>課題</th><td>人手<table><tr><td>窓口</td><td>2人</td></tr></table></td></tr></table>", ["課題\t人手\n窓口　2人"]),
        ("<span>外<p>中</p></span>後", ["外", "中", "後"]),
        ("<p>制御\x01文字の入った文</p>", ["制御文字の入った文"]),
    ],
)  # fmt: skip
def test_what_is_shown_is_read(body: str, expected: list[str]) -> None:
    assert texts(body) == expected


def test_merged_cells_stand_once_and_are_known_where_they_reach() -> None:
    table = (
        "<table><tr><th colspan=2>費用</th><th>備考</th></tr><tr><td rowspan=2>初期</td><td>端末</td>"
        "<td>10台</td></tr><tr><td>設定</td><td rowspan=9>委託</td></tr></table>"
    )
    found = blocks(table + "<table><tr><td>x</td><td>y</td></tr></table>")
    assert [(b.cells, b.table) for b in found] == [
        (("費用", "備考"), 0), (("初期", "端末", "10台"), 0), (("", "設定", "委託"), 0), (("x", "y"), 1),
    ]  # fmt: skip
    assert [s.above for s in found[2].spans] == ["初期", "", ""]


def test_a_line_all_in_bold_is_bold() -> None:
    assert [b.bold for b in blocks("<p><b>見出しの代わり</b></p><p><b>太字</b>の文</p><p>ふつうの文</p>")] == [
        True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp", "iso2022_jp"]
)
@pytest.mark.parametrize("stated", [True, False])
def test_the_charset_is_honoured_and_else_found(encoding: str, stated: bool) -> None:
    charset = {"cp932": "Shift_JIS", "iso2022_jp": "ISO-2022-JP", "euc_jp": "EUC-JP"}.get(
        encoding, "utf-8"
    )
    meta = (
        f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if stated else ""
    )
    page = f"<html><head>{meta}</head><body><p>{EXPECTED[1]}</p></body></html>"
    assert extract(page.encode(encoding)).pages[0].text == EXPECTED[1]


@pytest.mark.parametrize("lie", ["utf-8", "us-ascii", "no-such-charset"])
def test_a_charset_that_is_not_true_is_set_aside(lie: str) -> None:
    page = f'<html><head><meta charset="{lie}"></head><body><p>{EXPECTED[1]}</p></body></html>'
    assert extract(page.encode("cp932")).pages[0].text == EXPECTED[1]


def test_the_xml_declaration_of_xhtml_counts() -> None:
    page = '<?xml version="1.0" encoding="EUC-JP"?><!DOCTYPE html><html><body><p>窓口</p></body></html>'
    assert extract(page.encode("euc_jp"), "a.xhtml").pages[0].text == "窓口"


def archive(encoding: str, charset: str) -> bytes:
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    message = MIMEMultipart("related")
    message.attach(MIMEText("<html><body><p>窓口の改善</p></body></html>", "html", encoding))
    message.attach(MIMEText("p { color: red }", "css"))
    return bytes(message).replace(encoding.encode(), charset.encode())


@pytest.mark.parametrize(("encoding", "charset"), [("utf-8", "utf-8"), ("shift_jis", "shift_jis")])
def test_a_page_saved_as_an_archive_is_read(encoding: str, charset: str) -> None:
    found = extract(archive(encoding, charset), "a.mht")
    assert found.reader == "html"
    assert found.pages[0].text == "窓口の改善"


def test_an_archive_without_a_page_is_read_as_it_is_or_refused() -> None:
    with pytest.raises(ReadError):
        extract(b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x--\n")


@pytest.mark.parametrize(
    ("title", "heading", "expected"),
    [
        ("電子申請 - 豊中町", "電子申請", "電子申請"),
        ("電子申請 | 豊中町", "別の見出し", "電子申請"),
        ("豊中町の電子申請", "", "豊中町の電子申請"),
        ("", "電子申請", None),
        ("無題", "電子申請", None),
    ],
)
def test_titles(title: str, heading: str, expected: str | None) -> None:
    page = f"<html><head><title>{title}</title></head><body><h1>{heading}</h1><p>本文です。</p></body></html>"
    assert extract(page).front_matter.get("document_title") == expected


def test_the_date_it_was_published() -> None:
    page = '<html><head><meta property="article:published_time" content="2024-05-01T09:00"></head><body>本文</body></html>'
    assert extract(page).front_matter == {"created": "2024-05-01"}


# -- what is wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (b"<html><body></body></html>", "empty"),
        (b"<html><body><nav>menu</nav></body></html>", "empty"),
        (b"<html>" + b"<div>" * 3000 + b"x", "damaged"),
        (b"<html><body>" + b"<table><tr><td>" * 500 + b"x", "damaged"),
        (b"<html>" + b" " * (33 * 2**20), "too_large"),
        (b"<html>" + bytes(range(256)) * 9, "encoding"),
    ],
    ids=["empty", "menu", "deep", "tables", "large", "binary"],
)
def test_what_cannot_be_read_says_why(page: bytes, code: str) -> None:
    with pytest.raises(ReadError) as refused:
        extract(page)
    assert refused.value.code == code
    assert refused.value.message().endswith("。")


def test_fonts_that_are_never_closed_lose_nothing() -> None:
    page = "".join(f'<font size="2"><p>第{n}段落の文。</p>' for n in range(400))
    assert len(texts(page)) == 400


def test_merged_cells_do_not_multiply_without_end() -> None:
    cell = f"<td rowspan=1000 colspan=1000>{'あ' * 99}</td>"
    table = f"<table><tr>{cell * 20}</tr>{'<tr><td>x</td></tr>' * 300}</table>"
    assert sum(len(text) for text in texts(table * 20)) < 3_000_000


def test_nothing_is_fetched_nor_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("他人の秘密", encoding="utf-8")
    page = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><body><p>本文&x;</p>'
        f'<iframe src="{secret.as_uri()}"></iframe></body></html>'
    )
    assert "秘密" not in extract(page).pages[0].text


def mutated(page: bytes, chance: random.Random) -> bytes:
    """The page with flipped bits, cut short, with tags taken out or put in again and again."""
    kind = chance.randrange(5)
    if kind == 0:
        return page[: chance.randrange(len(page))]
    if kind == 1:
        broken = bytearray(page)
        for _ in range(chance.randrange(1, 40)):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        return bytes(broken)
    tags = list(re.finditer(rb"<[^>]+>", page))
    one, other = chance.choice(tags), chance.choice(tags)
    if kind == 2:
        return page[: one.start()] + page[one.end() :]
    if kind == 3:
        return (
            page[: one.start()] + other[0] * chance.choice([1, 10, 300, 5000]) + page[one.start() :]
        )
    return page.replace(one[0], other[0])


def test_two_hundred_broken_pages_are_read_or_refused_in_words() -> None:
    chance = random.Random(5)
    sound = f"{HEAD}<body>{SITES['divs']}<dl><dt>a</dt><dd>b</dd></dl><table><tr><td rowspan=2 colspan=3>x</td></tr></table>"
    ends: Counter[str] = Counter()
    for i in range(200):
        content = mutated(sound.encode(chance.choice(["utf-8", "cp932", "utf-16"])), chance)
        try:
            ends[extract(content, f"{i}.html").reader] += 1
        except ReadError as error:
            ends[error.code] += 1
            assert error.message().endswith("。")  # noqa: PT017
    assert set(ends) <= {"html", "damaged", "encoding", "empty"}
    assert ends["html"] >= 100
