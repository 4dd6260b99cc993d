"""Folding for matching, and the way back to the original."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.language.text import display, fold, fold_text, sentences

TRICKY = "かがﾞﾟ゛゜ﾊﾟ が ̈´İẞ각가\u1161⺠⻄⻑㈱①ｱ漢 \u3000\n。「」aZ9"
texts = st.text(
    alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(TRICKY)),
    max_size=40,
)


@pytest.mark.parametrize(
    ("original", "folded"),
    [
        ("ＤＸ推進", "dx推進"),
        ("た し ま し て は", "たしましては"),
        ("ﾃﾞｰﾀ利活用", "データ利活用"),
        ("市⺠の⻄⻑", "市民の西長"),
        ("⽇本", "日本"),
        ("か゛き゛", "がぎ"),
        ("Wi-Fi  と\u3000LINE", "wi-fi と line"),
        ("①窓口", "1窓口"),
        ("\ufeff申\u200b請", "申請"),
        ("  ", ""),
        ("", ""),
    ],
)
def test_folding_unites_spellings(original: str, folded: str) -> None:
    assert fold_text(original) == folded


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold_text(text)
    assert fold_text(once) == once


@given(texts)
def test_every_folded_character_knows_where_it_came_from(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    for start, end in zip(folded.starts, folded.ends, strict=True):
        assert 0 <= start < end <= len(text)
    assert list(folded.starts) == sorted(folded.starts)


@given(texts)
def test_spans_never_cut_a_combined_character(text: str) -> None:
    folded = fold(text)
    for end in folded.ends:
        assert end == len(text) or not unicodedata.combining(text[end])


def test_a_span_leads_back_to_the_original() -> None:
    text = "予 防 接 種ﾃﾞｰﾀ"
    folded = fold(text)
    start = folded.text.index("接種")
    assert text[slice(*folded.span(start, start + 2))] == "接 種"
    start = folded.text.index("デ")
    assert text[slice(*folded.span(start, start + 1))] == "ﾃﾞ"


def test_display_keeps_the_letters_and_mends_the_spacing() -> None:
    assert display("ＤＸ を 推 進 し た") == "ＤＸ を推進した"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("開始した。効果が出た。", ["開始した。", "効果が出た。"]),
        ("「始めた。」と言う。次", ["「始めた。」", "と言う。", "次"]),
        ("一行目\n・二行目\n", ["一行目", "・二行目"]),
        ("It works. We like it.", ["It works.", "We like it."]),
        ("ver. 2.0 is out", ["ver. 2.0 is out"]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[s:e] for s, e in sentences(text)] == expected


@given(texts)
def test_sentences_cover_all_that_is_not_space(text: str) -> None:
    spans = sentences(text)
    covered = "".join(text[s:e] for s, e in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
