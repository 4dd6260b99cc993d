"""Collections in many shapes: where each case begins and ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.page import Block, Extract
from ingest.split.plates import plate
from ingest.split.sections import split
from kb.places.gazetteer import load_gazetteer
from tests.support.pages import deck, flow, head, line, row, title

TOWNS = ("松本市", "飯田市", "佐久市", "茅野市")
THEMES = ("会議録", "予約", "わな", "受付")
BODY = "下書きを作り、職員が確かめる。"
COVER = [title("取組集", 30), line("事務局の資料である。")]


def _each(*blocks: str) -> list[list[Block]]:
    """A page per town: the first text as its title, then lines and the body."""
    pages = []
    for i, (town, theme) in enumerate(zip(TOWNS, THEMES, strict=True), 1):
        first, *rest = [text.format(i=i, town=town, theme=theme) for text in blocks]
        pages.append([title(first), *(line(text, 12, True) for text in rest), line(BODY)])
    return pages


SHAPES: dict[str, tuple[Extract, list[str], list[int | None]]] = {
    "subject in the middle": (
        deck(COVER, *_each("AIで{theme}を変えた{town}の取組")),
        [f"AIで{theme}を変えた{town}の取組" for town, theme in zip(TOWNS, THEMES, strict=True)],
        [2, 3, 4, 5],
    ),
    "prefecture and name in brackets": (
        deck(*_each("【長野県 {town}】{theme}を変える")),
        [f"{theme}を変える（{town}）" for town, theme in zip(TOWNS, THEMES, strict=True)],
        [1, 2, 3, 4],
    ),
    "name under the title": (
        deck(COVER, *_each("{theme}を変える", "長野県{town}")),
        [f"{theme}を変える（{town}）" for town, theme in zip(TOWNS, THEMES, strict=True)],
        [2, 3, 4, 5],
    ),
    "titles of many sizes": (
        deck(
            COVER,
            *[[title(f"{t}：{x}を変える", s), line(BODY)] for t, x, s in zip(TOWNS, THEMES, (24, 20, 17, 14), strict=True)],
        ),
        [f"{theme}を変える（{town}）" for town, theme in zip(TOWNS, THEMES, strict=True)],
        [2, 3, 4, 5],
    ),
    "nothing known of the print": (
        deck(*[[Block(f"{t} {x}を変える"), Block(BODY)] for t, x in zip(TOWNS, THEMES, strict=True)]),
        [f"{theme}を変える（{town}）" for town, theme in zip(TOWNS, THEMES, strict=True)],
        [1, 2, 3, 4],
    ),
    "bold numbered lines on one page": (
        deck(COVER, [title("各市の取組"), *[b for i, t in enumerate(TOWNS, 1) for b in (line(f"({i}) {t}", bold=True), line(BODY))]]),
        list(TOWNS),
        [2, 2, 2, 2],
    ),
    "headings of a word processor, chapters between": (
        flow(
            head("はじめに", 1), line(BODY),
            head("北信", 1), *[b for t in TOWNS[:2] for b in (head(t, 2), head("課題", 3), line(BODY))],
            head("南信", 1), *[b for t in TOWNS[2:] for b in (head(t, 2), head("効果", 3), line(BODY))],
            head("おわりに", 1), line(BODY),
        ),
        list(TOWNS),
        [None] * 4,
    ),
    "contents that look like the headings": (
        flow(
            head("目次", 1), *[line(f"{t}の取組\t{i}") for i, t in enumerate(TOWNS)],
            *[b for t in TOWNS for b in (head(f"{t}の取組", 1), line(BODY))],
        ),
        [f"{town}の取組" for town in TOWNS],
        [None] * 4,
    ),
    "prefecture and name in cells of their own": (
        deck(*[[title(f"{x}を変える"), row("都道府県名", "長野県", "市町村名", t), row("取組概要", BODY)] for t, x in zip(TOWNS, THEMES, strict=True)]),
        [f"{theme}を変える（{town}）" for town, theme in zip(TOWNS, THEMES, strict=True)],
        [1, 2, 3, 4],
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_its_four_cases(shape: str) -> None:
    extract, titles, pages = SHAPES[shape]
    found = [draft for draft in split(extract) if draft.municipality]
    assert [draft.municipality for draft in found] == list(TOWNS)
    assert [draft.title for draft in found] == titles
    assert [draft.pages and draft.pages[0] for draft in found] == pages
    assert all(BODY in draft.sections[-1].text for draft in found)


def test_second_page_with_a_title_of_its_own_stays_and_a_strange_one_leaves() -> None:
    pages = [
        page
        for i, town in enumerate(TOWNS, 1)
        for page in ([title(f"{i}. {town}：会議録"), line(BODY)], [title("取組の効果"), line(BODY)])
    ]
    drafts = split(deck(COVER, *pages, [title("来年度の進め方"), line(BODY)]))
    assert [draft.pages for draft in drafts] == [(1, 1), (2, 3), (4, 5), (6, 7), (8, 9), (10, 10)]
    assert (drafts[-1].title, drafts[-1].municipality) == ("来年度の進め方", "")


def test_case_without_a_municipality_among_numbered_ones() -> None:
    drafts = split(
        deck(
            [title("① 松本市・塩尻市：共同利用"), line(BODY)],
            [title("② 飯田市：予約"), line(BODY)],
            [title("③ 上伊那広域連合：RPA"), line(BODY)],
            [title("④ 佐久市：受付"), line(BODY)],
        )
    )
    assert [draft.title for draft in drafts] == [
        "松本市・塩尻市：共同利用", "予約（飯田市）", "上伊那広域連合：RPA", "受付（佐久市）",
    ]  # fmt: skip
    assert [draft.municipality for draft in drafts] == ["松本市", "飯田市", "", "佐久市"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("松本市", "松本市"),
        ("― 長野県松本市 ―", "松本市"),
        ("【松本市】（長野県）", "松本市"),
        ("松本市　企画政策課", "松本市"),
        ("松本市（人口 241,145人）", "松本市"),
        ("01長野県松本市", "松本市"),
        ("松本市の予約", ""),
        ("松本市・飯田市", ""),
        ("長野県", ""),
        ("図1 松本市の人口", ""),
    ],
)
def test_a_plate_is_no_more_than_a_name(text: str, name: str) -> None:
    assert plate(text, load_gazetteer()) == name


def test_members_under_titles_are_no_plates() -> None:
    pages = [[title(f"{theme}部会"), *map(line, TOWNS), line(BODY)] for theme in THEMES]
    assert len(split(deck(*pages))) == 1


def test_a_case_of_two_slides_stays_whole_when_a_plate_stands_on_both() -> None:
    pages = [
        [title(text), line(BODY), line(town, 9)]
        for town, theme in zip(TOWNS, THEMES, strict=True)
        for text in (f"{theme}を変える", "効果")
    ]
    assert [draft.pages for draft in split(deck(*pages))] == [(1, 2), (3, 4), (5, 6), (7, 8)]


def test_the_frame_above_the_names_bears_its_own_title() -> None:
    towns = [b for town in TOWNS for b in (line(town, bold=True), line(BODY))]
    (frame, *found) = split(flow(line("県内の取組"), line("各市から聞いた。"), *towns))
    assert (frame.title, frame.municipality) == ("県内の取組", "")
    assert [draft.municipality for draft in found] == list(TOWNS)


def test_english_titles() -> None:
    drafts = split(
        deck(*[[title(f"Case {i}: {name} City"), line("AI drafts the minutes.")] for i, name in enumerate(("Matsumoto", "Iida"), 1)])
    )  # fmt: skip
    assert [draft.municipality for draft in drafts] == ["松本市", "飯田市"]


def test_list_of_members_is_no_collection() -> None:
    (draft,) = split(
        deck([title("参加団体"), *[line(town) for town in TOWNS]], [title("目的"), line(BODY)])
    )
    assert draft.sections[0].text.split("\n") == list(TOWNS)


_BLOCKS = st.one_of(
    st.sampled_from([title(f"{i} {town}：取組") for i, town in enumerate(TOWNS, 1)]),
    st.sampled_from([title("目的"), title("まとめ"), line("【課題】"), line("(1) 体制", bold=True), head("効果", 2)]),
    st.sampled_from([row("課題", "残業。"), row("団体名", "松本市"), row("", "続き。"), row("a", "b", "c")]),
    st.integers(0, 99).map(lambda n: line(f"本文{n}を記す。")),
)  # fmt: skip


@given(st.lists(st.lists(_BLOCKS, max_size=6), max_size=6))
def test_no_text_is_lost_and_pages_stay_in_order(pages: list[list[Block]]) -> None:
    drafts = split(deck(*pages))
    told = "\n".join(section.text for draft in drafts for section in draft.sections)
    for block in (block for page in pages for block in page):
        if block.text.startswith("本文"):
            assert block.text in told
    numbers = [s.page for draft in drafts for s in draft.sections if s.page is not None]
    assert numbers == sorted(numbers)
    for draft in drafts:
        assert draft.title.strip()
        assert draft.pages is not None
        assert all(draft.pages[0] <= (s.page or 0) <= draft.pages[1] for s in draft.sections)
