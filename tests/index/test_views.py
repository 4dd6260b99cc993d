"""The two search views: exact, masked, and rebuilt whenever they are missing or behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.index import dense, lexical
from kb.storage.feed.contents import Vectors
from kb.storage.rows import BORDER, CaseTerms

CASES = [
    CaseTerms(1, "申請 フォーム 予防 接種 フォーム", "form"),
    CaseTerms(7, "ドローン 配送 説明 会", "drone"),
    CaseTerms(9, "窓口 書く 窓口", ""),
]


def test_bm25_finds_masks_and_scores_exactly(tmp_path: Path) -> None:
    lexical.build(tmp_path / "v", CASES)
    view = lexical.open_view(tmp_path / "v")
    assert len(view) == 3
    terms = {"フォーム": 1.0, "ドローン": 1.0}
    top = view.top(terms, 10, None)
    assert list(top) == [1, 7]
    assert view.top(terms, 1, None) == {1: pytest.approx(top[1])}
    assert view.top(terms, 10, {7}) == {7: pytest.approx(top[7])}
    assert view.scores(terms, [9, 7]) == {7: pytest.approx(top[7])}
    assert view.top({"drone": 1.0}, 10, None, readings=0.3).keys() == {7}
    assert view.top({"drone": 1.0}, 10, None) == {}
    assert view.top({"フォーム": 2.0}, 1, None)[1] == pytest.approx(
        2 * view.top({"フォーム": 1.0}, 1, None)[1]
    )
    assert view.frequency("フォーム") == 1
    assert view.frequency("無") == 0


def test_who_says_a_term_is_the_same_however_it_is_looked_up(tmp_path: Path) -> None:
    more = (CaseTerms(n, "窓口", "form" if n % 2 else "") for n in range(20, 420))
    cases = [*CASES, *more]  # more than are looked up one term after the other
    view = lexical.build(tmp_path / "v", cases)
    for asked in ([], [9], [1, 21, 22], [case.case_no for case in cases]):
        words = ("窓口", "form", "フォーム", "無")
        by_word, by_sound = (view.saying(words, asked, sounds=sounds) for sounds in (False, True))
        for term in words:
            said, heard = (
                {c.case_no for c in cases if term in (c.body + " " + c.readings * sounds).split()}
                for sounds in (0, 1)
            )
            assert said & {*asked} == {*by_word[term]} & {*asked}
            assert heard & {*asked} == {*by_sound[term]} & {*asked}


def test_what_is_said_to_the_letter_is_found_to_the_letter(tmp_path: Path) -> None:
    texts = {
        1: f"令和５年度の計画{BORDER}年度の\n計画　と 2023年{BORDER}", 2: f"のるーと{BORDER}令和5年 LINE\tline のる",
        3: f"2{BORDER}023{BORDER}あああ", 4: "", 5: "年度の\r計画",
    }  # fmt: skip
    lexical.build(tmp_path / "v", [CaseTerms(no, "", "", texts[no]) for no in (1, 2, 4)])
    changed = [CaseTerms(no, "", "", texts[no]) for no in (2, 3, 5)]
    lexical.change(tmp_path / "v", [2], changed)
    view = lexical.open_view(tmp_path / "v")
    parts = {no: text.split(BORDER) for no, text in texts.items()}
    words = {part[i : i + n] for of in parts.values() for part in of for n in range(2, 9)
             for i in range(len(part) - n + 1)}  # fmt: skip
    for word in (*words, "2023", "計画 と", "ああああ", "令和６年"):
        said = {no for no, of in parts.items() if any(word in part for part in of)}
        assert view.literally([word]) == said, word
    assert view.literally(["LINE", "あああ"]) == {2, 3}
    assert view.literally([]) == frozenset()


@pytest.mark.parametrize("allowed", [set(), {99}])
def test_bm25_with_nothing_allowed_finds_nothing(tmp_path: Path, allowed: set[int]) -> None:
    view = lexical.build(tmp_path / "v", CASES)
    assert view.top({"フォーム": 1.0}, 10, allowed) == {}
    assert view.top({}, 10, None) == {}
    assert view.scores({"フォーム": 1.0}, []) == {}


def vectors(n: int = 200, d: int = 16) -> Vectors:
    chunks = np.random.default_rng(1).normal(size=(n, d)).astype(np.float32)
    chunks /= np.linalg.norm(chunks, axis=1, keepdims=True)
    return Vectors(np.arange(n) + 1000, np.arange(n) // 4 + 1, chunks, np.zeros_like(chunks))


def test_the_dense_view_agrees_with_brute_force(tmp_path: Path) -> None:
    stored = vectors()
    dense.build(tmp_path, [stored])
    view = dense.open_view(tmp_path)
    query = stored.chunks[5] + stored.chunks[50]
    best = {
        case: float((stored.chunks[stored.case_nos == case] @ query).max()) for case in range(1, 51)
    }
    expected = sorted(best, key=lambda case: -best[case])
    assert list(view.top(query, 50, None)) == expected
    assert list(view.top(query, 3, {4, 5, 6})) == [c for c in expected if c in {4, 5, 6}]
    assert view.scores(query, [3, 99]) == {3: pytest.approx(best[3])}
    assert view.passages(query, 2)[0] == (1005, pytest.approx(best[2]))
    assert view.top(query, 3, set()) == {}


def test_a_dense_view_is_the_same_in_however_many_batches_it_comes(tmp_path: Path) -> None:
    stored = vectors()
    empty = Vectors(
        *(part[:0] for part in (stored.chunk_nos, stored.case_nos)),
        *[np.zeros((0, 1), np.float32)] * 2,
    )

    def some(start: int, end: int) -> Vectors:
        told = (stored.chunk_nos, stored.case_nos, stored.chunks, stored.titles)
        return Vectors(*(part[start:end] for part in told))

    view = dense.build(tmp_path / "one", [stored])
    parts = dense.build(tmp_path / "more", [empty, some(0, 80), empty, some(80, 200)])
    query = stored.chunks[5] + stored.chunks[50]
    assert parts.top(query, 50, None) == view.top(query, 50, None)
    assert parts.usual(query) == pytest.approx(view.usual(query))
    for name in ("cases", "chunks", "rows"):
        files = (tmp_path / at / f"1.{name}.npy" for at in ("one", "more"))
        assert np.array_equal(*map(np.load, files))


def test_the_title_counts_beside_the_passage(tmp_path: Path) -> None:
    unit = np.eye(2, dtype=np.float32)
    stored = Vectors(np.array([1, 2]), np.array([1, 2]), unit[[0, 0]], unit[[0, 1]])
    view = dense.build(tmp_path, [stored])
    assert view.top(unit[0], 2, None) == {1: pytest.approx(2.0), 2: pytest.approx(1.0)}


def test_views_of_nothing_answer_with_nothing(tmp_path: Path) -> None:
    empty = Vectors(
        np.zeros(0, np.int64),
        np.zeros(0, np.int64),
        np.zeros((0, 4), np.float32),
        np.zeros((0, 4), np.float32),
    )
    dense.build(tmp_path / "d", [empty])
    view = dense.open_view(tmp_path / "d")
    assert view.top(np.ones(4, np.float32), 5, None) == {}
    assert view.scores(np.ones(4, np.float32), [1]) == {}
    assert lexical.build(tmp_path / "l", []).top({"a": 1.0}, 5, None) == {}


def test_a_view_that_is_asked_in_8_bits_answers_as_the_exact_rows_do(tmp_path: Path) -> None:
    random, n, d = np.random.default_rng(2), 44_000, 192
    centres = random.normal(size=(200, d)).astype(np.float32)
    chunks = centres[random.integers(0, 200, n)] + random.normal(size=(n, d)).astype(np.float32)
    chunks /= np.linalg.norm(chunks, axis=1, keepdims=True)
    chunks[20_000:36_000] = chunks[0]  # more are the same than can be told apart
    case_nos = np.arange(n) // 4 + 1
    dense.build(tmp_path / "a", [Vectors(np.arange(n), case_nos, chunks, np.zeros_like(chunks))])
    fresh = Vectors(np.arange(n, n + 4), np.full(4, 5), chunks[-4:], np.zeros_like(chunks[-4:]))
    dense.change(tmp_path / "a", tmp_path / "b", [5, 6, 7], fresh)
    gone = [dense.open_view(tmp_path / at).parts[0].gone.tolist() for at in "ab"]
    assert gone == [[], [5, 6, 7]]
    for at, dead in (("a", set()), ("b", {6, 7})):
        view, rows = dense.open_view(tmp_path / at), chunks.copy()
        assert view.parts[0].codes is not None
        rows[16:20] = rows[-4:] if dead else rows[16:20]
        for place in (17, 25, 30_000):
            query = rows[place] + 0.2 * centres[1]
            best = np.maximum.reduceat(rows @ query, np.arange(0, n, 4))
            for allowed in (None, {*range(1, n // 4, 2)}, {*range(1, 60)}, {*range(5_001, 9_001)}):
                nos = sorted((allowed or {*range(1, n // 4 + 1)}) - dead)
                top = view.top(query, 50, allowed)
                expected = sorted(best[np.array(nos) - 1].tolist(), reverse=True)[:50]
                assert [*top.values()] == pytest.approx(expected, abs=1e-5)
                assert view.scores(query, top) == pytest.approx(top)
                assert {no: best[no - 1] for no in top} == pytest.approx(top, abs=1e-5)
        assert view.scores(query, [6, 99_999]).keys() == ({6} - dead)
    np.save(tmp_path / "a" / "1.rows.npy", chunks[:-4])
    with pytest.raises(ValueError, match=r"another view|length"):
        dense.open_view(tmp_path / "a")


def test_a_dense_view_with_a_part_missing_is_refused(tmp_path: Path) -> None:
    dense.build(tmp_path, [vectors()])
    np.save(tmp_path / "1.cases.npy", np.arange(3))
    with pytest.raises(ValueError, match="length"):
        dense.open_view(tmp_path)
