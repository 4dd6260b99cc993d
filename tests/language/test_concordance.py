"""Where the words of a text stand."""

from __future__ import annotations

import zlib

import pytest

from kb.language.concordance import concordance, packed, unpacked

PARTS = ("書かない窓口", "申請 フォームで予約する。窓口へ行かない", "窓口の予約")


def test_words_are_found_by_term_and_by_the_foreign_word_they_stem_from() -> None:
    words = concordance(PARTS)
    said = [words.text[words.starts[no] : words.ends[no]] for no in words.of("窓口")]
    assert said == ["窓口"] * 3
    (form,) = words.of("form")
    assert words.text[words.starts[form] : words.ends[form]] == "フォーム"
    assert not words.says("form")
    assert words.says("窓口")


def test_the_words_of_a_part_are_those_that_begin_in_it() -> None:
    words = concordance(PARTS)
    base, end = words.bases[2], words.bases[3]
    assert [words.words[no] for no in words.within(base, end)] == ["窓口", "予約"]


def test_a_phrase_stands_in_a_row_over_a_space_but_over_no_border() -> None:
    words = concordance(PARTS)
    assert len([*words.rows(("申請", "フォーム"))]) == 1
    assert not [*words.rows(("フォーム", "予約"))]  # で stands between
    assert not [*concordance(("申請", "フォーム")).rows(("申請", "フォーム"))]
    assert not [*words.rows(())]


def test_what_is_denied_is_told_with_the_place_of_the_negation() -> None:
    words = concordance(PARTS)
    denied = {words.words[no]: words.text[at : at + 2] for no, at in words.denials.items()}
    assert denied["書く"] == "ない"
    assert "窓口" not in denied


def test_an_unknown_word_is_found_by_its_pieces_too() -> None:
    words = concordance(("ニシワキッチン",))
    assert words.says("ニシワキッチン") == (len(words.words) == 1)
    assert concordance(("",)).words == ()


def test_it_is_the_same_packed_and_unpacked() -> None:
    for parts in (PARTS, ("", "㍿の申請\n\nフォーム"), ("",)):
        words = concordance(parts)
        again = unpacked(parts, packed(words))
        assert (again.starts, again.ends, again.words) == (words.starts, words.ends, words.words)
        assert (again.pieces, again.origins, again.denials) == (
            words.pieces, words.origins, words.denials,
        )  # fmt: skip


def test_what_is_no_concordance_or_one_of_a_longer_text_is_refused() -> None:
    for data in (
        b"",
        b"no zip",
        zlib.compress(b"[]"),
        zlib.compress(b"3"),
        packed(concordance(PARTS)),
    ):
        with pytest.raises(ValueError, match=r"concordance|text|unpack"):
            unpacked(("短い",), data)
