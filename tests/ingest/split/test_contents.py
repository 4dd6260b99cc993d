"""A table of contents names the cases and is none; what stands below it is said."""

from __future__ import annotations

import pytest

from ingest.split.sections import split
from kb.base.types import CaseDraft
from tests.support.pages import deck, line, title

CASES = (
    [title("1 松本市の取組"), line("会議録をAIで作る。")],
    [title("2 飯田市の取組"), line("予約をアプリで受ける。")],
    [title("3 佐久市の取組"), line("受付をカードで行う。")],
)
TOWNS = ["松本市", "飯田市", "佐久市"]
LISTED = tuple(f"{n} {town}の取組 ……… {n + 1}" for n, town in enumerate(TOWNS, 1))


@pytest.mark.parametrize("above", ["目次", "目　次", "もくじ", "CONTENTS", "Index", ""])
@pytest.mark.parametrize(
    "dots", ["……… ", "‥‥‥‥ p.", "........ ", "．．．．ｐ", "・・・・・ P ", "_____ "]
)
def test_contents_at_the_beginning_are_no_case(above: str, dots: str) -> None:
    listed = [line(one.replace("……… ", dots)) for one in LISTED]
    drafts = split(deck([*([title(above)] if above else []), *listed], *CASES))
    assert [draft.municipality for draft in drafts] == TOWNS
    assert not any(town in _said(drafts[0]) for town in TOWNS[1:])


def test_what_stands_below_the_contents_is_kept() -> None:
    below = line("この事例集は、長野県内の市町村から聞き取った取組を県がまとめたものである。")
    frame, *drafts = split(deck([title("目次"), *map(line, LISTED), below], *CASES))
    assert [draft.municipality for draft in drafts] == TOWNS
    assert below.text in _said(frame)


def test_two_lines_that_end_in_a_number_are_no_contents() -> None:
    """Fewer than three may be anything: 「申請件数 …… 120」."""
    said = [line("申請件数 ……… 120"), line("来庁者数 ……… 45")]
    frame, *_ = split(deck([title("目次"), *said], *CASES))
    assert "申請件数" in _said(frame)


def test_below_the_contents_on_their_page_headings_are_headings_again() -> None:
    said = line("職員の残業が減った。")
    (draft,) = split(deck([title("取組集", 28), *map(line, LISTED), title("効果"), said]))
    assert ("効果", "効果", said.text) in [(s.role, s.heading, s.text) for s in draft.sections]


def _said(draft: CaseDraft) -> str:
    return " ".join(f"{section.heading} {section.text}" for section in draft.sections)
