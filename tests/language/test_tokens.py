"""One tokeniser for index, query and vectors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.language.tokens import readings, search_terms, stem_english, tokenize


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("スマート申請フォームの事例", ("スマート", "申請", "フォーム", "事例")),
        ("多可町の予防接種", ("多可", "町", "予防", "接種")),
        ("東京都", ("東京", "都")),
        ("申し込む", ("申し込む",)),
        ("書かない窓口", ("書く", "窓口")),
        ("ＬＩＮＥで予約", ("line", "予約")),
        ("examples of smart application forms", ("example", "smart", "application", "form")),
        ("30分→5分", ("30", "分", "5", "分")),
        ("、。・", ()),
        ("", ()),
    ],
)
def test_search_terms(text: str, terms: tuple[str, ...]) -> None:
    assert search_terms(tokenize(text)) == terms


def test_spelling_variants_meet() -> None:
    assert search_terms(tokenize("手続きのデジタル化")) == search_terms(
        tokenize("手続のデジタル化")
    )
    assert search_terms(tokenize("ﾃﾞｼﾞﾀﾙ")) == search_terms(tokenize("デジタル"))


def test_an_unknown_word_is_found_by_its_parts() -> None:
    terms = search_terms(tokenize("ヌルポガッスル"))
    assert len(terms) > 1
    assert set(terms) & {"ヌル", "ルポ", "ガッ"}


def test_loanwords_bring_their_english_and_their_reading() -> None:
    found = readings(tokenize("申請フォームのクラウド"))
    assert "form" in found
    assert "cloud" in found
    assert "しんせい" in found


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("forms", "form"),
        ("cities", "city"),
        ("boxes", "box"),
        ("city's", "city"),
        ("bus", "bus"),
        ("access", "access"),
        ("5g", "5g"),
        ("analysis", "analysis"),
    ],
)
def test_english_plurals_meet_their_singular(word: str, stem: str) -> None:
    assert stem_english(word) == stem


@given(st.text(max_size=60))
def test_tokens_slice_back_to_the_text(text: str) -> None:
    before = 0
    for token in tokenize(text):
        assert before <= token.start < token.end <= len(text)
        before = token.start


def test_several_threads_read_as_one_does() -> None:
    texts = [
        f"{place}は窓口での書類を減らした。" * 60
        for place in ("豊岡市", "宍粟市", "丹波市", "養父市")
    ] * 15
    alone = [search_terms(tokenize(text)) for text in texts]
    with ThreadPoolExecutor(4) as threads:
        for _ in range(4):
            assert list(threads.map(lambda text: search_terms(tokenize(text)), texts)) == alone
