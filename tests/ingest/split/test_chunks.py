"""Passages are spans of their sections and together cover them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.split.chunks import LONGEST, READ_AT_ONCE, chunks, reading_spans, windows
from kb.base.types import CaseDraft, Section

_JAPANESE = "課題取組窓口の申請をオンラインで受け付ける。、・①②「」（）\n 　！？abc12."


def _draft(*texts: str) -> CaseDraft:
    sections = tuple(Section("取組", "取組", text, i) for i, text in enumerate(texts, 1))
    return CaseDraft("題", sections)


def test_two_sentences_with_the_next_window_one_further() -> None:
    text = "".join(
        f"{word}の手続きを窓口と電話とインターネットで受け付け、職員が内容を確かめる。"
        for word in "甲乙丙丁"
    )
    a, b, c, d = (part + "。" for part in text.split("。")[:4])
    assert [text[s:e] for s, e in windows(text)] == [a + b, b + c, c + d]


def test_short_section_is_one_passage() -> None:
    assert windows("紙だった。電子にした。早くなった。") == ((0, 17),)


def test_bullets_count_as_sentences() -> None:
    bullets = [
        f"{n}職員が申請の内容を確かめてから担当の課へ回し、結果を知らせる手順とした" for n in "①②③④"
    ]
    text = "\n".join(bullets)
    assert next(text[s:e] for s, e in windows(text)) == "\n".join(bullets[:2])
    inline = " ".join("・" + bullet[1:] for bullet in bullets)
    assert len(windows(inline)) == 3


def test_long_sentence_is_cut_at_a_comma() -> None:
    text = "申請を受け付けて、" * 100 + "終わる。"
    found = [text[s:e] for s, e in windows(text)]
    assert len(found) > 2
    assert all(len(passage) <= 2 * LONGEST for passage in found)
    assert all(passage.endswith(("、", "。")) for passage in found)


def test_text_without_any_comma_is_cut_all_the_same() -> None:
    assert all(e - s <= 2 * LONGEST for s, e in windows("あ" * 5000))


def test_chunks_name_their_section_and_page() -> None:
    found = chunks(_draft("一つ目。", "  ", "二つ目。三つ目。"))
    assert [(c.section, c.page, c.text) for c in found] == [
        (0, 1, "一つ目。"),
        (2, 3, "二つ目。三つ目。"),
    ]


@given(st.lists(st.text(alphabet=_JAPANESE, max_size=400), max_size=4))
def test_spans_slice_back_and_cover_every_character(texts: list[str]) -> None:
    draft = _draft(*texts)
    covered: list[set[int]] = [set() for _ in texts]
    for chunk in chunks(draft):
        section = draft.sections[chunk.section]
        assert chunk.text == section.text[chunk.start : chunk.end]
        assert chunk.text == chunk.text.strip() != ""
        assert len(chunk.text) <= 2 * LONGEST + 2
        assert chunk.page == section.page
        covered[chunk.section].update(range(chunk.start, chunk.end))
    for text, seen in zip(texts, covered, strict=True):
        assert {i for i, char in enumerate(text) if not char.isspace()} <= seen


@given(st.text(max_size=700))
def test_any_text_is_covered(text: str) -> None:
    seen = {i for start, end in windows(text) for i in range(start, end)}
    assert {i for i, char in enumerate(text) if not char.isspace()} <= seen


def test_the_sentence_model_reads_whole_sentences_each_once() -> None:
    text = "窓口に並ばずに済む。" * 50 + "終わり。"
    spans = reading_spans(text)
    assert "".join(text[a:b] for a, b in spans) == text
    assert all(b - a <= READ_AT_ONCE and text[a:b].endswith("。") for a, b in spans)
    assert len(spans) == 3


def test_a_long_sentence_is_read_in_pieces_and_a_blank_text_not_at_all() -> None:
    long = "あ" * 700
    assert [text for a, b in reading_spans(long) for text in [long[a:b]]] == [
        "あ" * 300,
        "あ" * 300,
        "あ" * 100,
    ]
    assert reading_spans(" \n　") == ()
