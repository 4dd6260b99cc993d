"""Encodings and notes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.flow.reading import read_here
from ingest.readers import read, supported_suffixes
from ingest.readers.notes.text import decode
from ingest.split.sections import whole_title
from kb.base.errors import ReadError
from kb.base.messages import render

SHORT = "予防接種の案内"
LONG = "窓口の混雑を減らすため、電子申請と予約のしくみを取り入れた。職員の負担も減った。"


@pytest.mark.parametrize("text", [SHORT, LONG, LONG * 20])
@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b""),
        ("utf-8-sig", b""),
        ("utf-16", b""),
        ("utf-16-be", b"\xfe\xff"),
        ("cp932", b""),
        ("euc_jp", b""),
        ("iso2022_jp", b""),
    ],
)
def test_encodings_are_told_apart(text: str, encoding: str, bom: bytes) -> None:
    decoded = decode(bom + text.encode(encoding))
    assert decoded.text == text
    assert decoded.warnings == ()


@given(
    st.text(
        alphabet="あいうえおかきくけこ予防接種窓口申請住民職員役場電子化推進、。ーアイウエオ",
        min_size=12,
        max_size=60,
    )
)
def test_japanese_survives_either_old_encoding(text: str) -> None:
    assert decode(text.encode("cp932")).text == text
    assert decode(text.encode("euc_jp")).text == text


EIGHT = "窓口を電子化する"  # eight letters, as short as a memo gets
FORTY = "申請書を書かずに済むよう、受付の端末で読み取った住所を転記する仕組みに改めました。"[:40]
MIXED = "～㈱Ⅲ住民票 R6年度 RPA①で月30時間→5時間ｱﾌﾟﾘ㈱も導入"


@pytest.mark.parametrize("text", [EIGHT, FORTY, "カタカナ", "見積書\n1,200円\n"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jis_2004", "iso2022_jp_ext"]
)
def test_short_notes_are_read_in_every_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


def test_windows_letters_are_read() -> None:
    assert decode(MIXED.encode("cp932")).text == MIXED


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(encoding: str) -> None:
    text = EIGHT + "\r\n" + FORTY + " RPA"
    assert decode(text.encode(encoding)).text == text.replace("\r\n", "\n")


def test_marks_that_old_standards_lack_are_read_in_every_encoding() -> None:
    text = "①書かない窓口　Ⅲ期　㈱ﾃﾞｼﾞﾀﾙ"
    euc = text.encode("euc_jis_2004")
    assert decode(euc).text == text
    seven = b"".join(
        b"\x1b(I" + bytes([euc[i + 1] & 0x7F]) if euc[i] == 0x8E else b"\x1b$B" + bytes([euc[i] & 0x7F, euc[i + 1] & 0x7F])
        for i in range(0, len(euc), 2)
    )  # fmt: skip
    assert decode(seven + b"\x1b(B 2024").text == text + " 2024"


def test_what_old_systems_leave_at_the_end_is_no_text() -> None:
    assert decode(FORTY.encode("cp932") + b"\x1a").text == FORTY
    assert decode(FORTY.encode() + b"\0\0").text == FORTY
    assert decode(FORTY.encode("utf-32")).text == FORTY


def test_the_whole_file_decides() -> None:
    content = b"title: memo\n" * 20_000 + FORTY.encode("euc_jp")
    assert decode(content).text.endswith(FORTY)


def test_bad_bytes_are_told_with_their_place() -> None:
    decoded = decode((LONG + "\n").encode("utf-8") * 3 + b"\xff\xfe" + LONG.encode("utf-8"))
    assert LONG in decoded.text
    place = 3 * len((LONG + "\n").encode("utf-8")) + 1
    assert render(decoded.warnings[0]).startswith(
        f"4行目（{place}バイト目）、4行目（{place + 1}バイト目）に"
    )


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ((LONG + "\n").encode("cp932") * 9 + b"\xfd" + LONG.encode("cp932"), "10行目（730バイト目）"),
        ("\ufeffあ\nい".encode("utf-16-le") + b"\x00\xd8" + LONG.encode("utf-16-le"), "2行目（9バイト目）"),
    ],
)  # fmt: skip
def test_places_count_from_the_file_s_start(content: bytes, place: str) -> None:
    assert place in render(decode(content).warnings[0])


def test_only_the_first_of_many_bad_bytes_are_named() -> None:
    warning = render(decode((LONG + "\n").encode() * 40 + b"\xff" * 40).warnings[0])
    assert warning.count("バイト目") == 5
    assert "ほか" in warning


@pytest.mark.parametrize("content", [bytes(range(256)) * 4, b"\x00\x01\x02" * 100])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(ReadError) as refused:
        decode(content)
    assert refused.value.code == "encoding"


def test_line_ends_are_unified() -> None:
    assert decode(b"a\r\nb\rc\n").text == "a\nb\nc\n"


# -- notes -----------------------------------------------------------------------------------------


def note(text: str, name: str = "a.md"):  # type: ignore[no-untyped-def]
    return read(Path(name), text.encode("utf-8"))


def test_front_matter_and_headings() -> None:
    found = note(
        '---\ntitle: "題: 副題"\nyear: 2024\ntools: [LINE, kintone]\nwhen: 2024-04-01\n---\n## 取組\n\n本文。\n'
    )
    assert found.front_matter == {
        "title": "題: 副題",
        "year": "2024",
        "tools": ["LINE", "kintone"],
        "when": "2024-04-01",
    }
    assert [(b.text, b.level) for b in found.pages[0].blocks] == [("取組", 2), ("本文。", 0)]
    assert found.note
    assert found.pages[0].number is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: [a\n---\n本文", "行目"),
        ("---\ntitle: a\nyear: : 1\n---\n本文", "3行目"),
        ("---\n- a\n- b\n---\n本文", "2行目"),
        ("---\ntitle: a\n\n本文だけが続く", "終わりの「---」"),
    ],
)
def test_broken_front_matter_names_the_line(text: str, line: str) -> None:
    with pytest.raises(ReadError) as refused:
        note(text)
    assert refused.value.code == "front_matter"
    assert line in refused.value.message()


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert "本文" in note("---\n本文\n---\n続き").pages[0].text
    assert "本文" in note("---\n\n---\n本文").pages[0].text


@pytest.mark.parametrize("text", ["   \n\n", "---\ntitle: a\n---\n\n", "<!-- まだ書いていない -->"])
def test_a_note_without_a_body_is_empty(text: str) -> None:
    with pytest.raises(ReadError) as refused:
        note(text)
    assert refused.value.code == "empty"


def test_markdown_becomes_plain_text() -> None:
    found = note(
        "# 題\n\n窓口を**改めた**。詳しくは[こちら](https://example.jp/)。\n続きの行。\n\n"
        "- 一つ\n- 二つ\n1. 三つ\n\n> 引用\n\n| 年 | 件 |\n|---|---|\n| 2020 | 5 |\n\n```\ncode\n```\n<b>太字</b>\n"
    )
    blocks = found.pages[0].blocks
    assert [b.text for b in blocks if b.kind == "line"] == [
        "題", "窓口を改めた。詳しくはこちら。続きの行。", "・一つ", "・二つ", "1. 三つ", "引用", "code", "太字",
    ]  # fmt: skip
    assert [b.cells for b in blocks if b.kind == "row"] == [("年", "件"), ("2020", "5")]
    assert found.front_matter["title"] == "題"


def test_plain_text_headings() -> None:
    found = note("【背景】\n人手が足りない。\n■取組\n申請を電子化した。\n", "a.txt")
    assert [(b.text, b.level) for b in found.pages[0].blocks] == [
        ("背景", 2), ("人手が足りない。", 0), ("取組", 2), ("申請を電子化した。", 0),
    ]  # fmt: skip


@given(st.text(max_size=120))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        note(text)
    except ReadError as error:
        assert error.message()  # noqa: PT017
    except UnicodeEncodeError:
        pass


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("a.md", b"", "empty"), ("a.mp3", b"ID3", "unsupported"), ("a", b"x", "unsupported")],
)
def test_what_cannot_be_read_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(ReadError) as refused:
        read(Path(name), content)
    assert refused.value.code == code


def test_the_type_is_told_by_content() -> None:
    from tests.support.pdfs import build, lines

    assert read(Path("a.txt"), build(lines("予防接種の予約を受け付ける。"))).reader == "pdf"
    assert ".pdf" in supported_suffixes()


@pytest.mark.parametrize(
    ("name", "head"),
    [("a.txt", "取扱注意\n\n"), ("a.txt", "（庁内限り）\n"), ("a.md", "# 取扱注意\n\n# ")],
)
def test_a_stamp_is_no_title(name: str, head: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(f"{head}豊岡市の見守りセンサー\n\n見守りにセンサーを入れた。\n", "utf-8")
    assert whole_title(read_here(path, None)) == "豊岡市の見守りセンサー"
