"""Nothing but what a question demands: words that are part of longer ones are no conditions."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.base.errors import QueryError
from kb.query import Condition, understand
from kb.query.conditions.wishes import Wishes

DATA = Path(__file__).parent / "data"
TODAY = datetime.date(2026, 1, 15)  # in the fiscal year 2025
_BOUNDED = ("size", "cost", "year")


def lines(name: str) -> list[str]:
    text = (DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def told(condition: Condition) -> str:
    """A condition as the tables write it: kind:label, or kind:from..to; - before what is left out."""
    ends = ("" if end is None else str(end) for end in (condition.low, condition.high))
    value = "..".join(ends) if condition.kind in _BOUNDED else condition.label
    return f"{'-' * condition.exclude}{condition.kind}:{value}"


def conditions(question: str) -> tuple[Condition, ...]:
    return understand(question, today=TODAY).conditions


@pytest.mark.parametrize("question", lines("near_misses.txt"))
def test_what_only_looks_like_a_condition_is_none(question: str) -> None:
    assert [told(condition) for condition in conditions(question)] == []


@pytest.mark.parametrize("line", lines("understood.txt"))
def test_what_a_question_demands(line: str) -> None:
    question, demanded = line.split("\t")
    assert sorted(map(told, conditions(question))) == sorted(demanded.split())


def test_cases_that_failed(shared: Path) -> None:
    text = (shared / "cases" / "questions" / "understanding.jsonl").read_text(encoding="utf-8")
    for row in map(json.loads, text.splitlines()):
        found = conditions(row["query"])
        if isinstance(row["conditions"], str):
            continue
        assert len(found) >= len(row["conditions"]), row["query"]
        for wanted in row["conditions"]:
            assert any(
                wanted["kind"] == one.kind
                and wanted.get("label", "") in one.label
                and wanted.get("exclude", False) == one.exclude
                and all(
                    wanted[key] == value
                    for key, value in (("from", one.low), ("to", one.high))
                    if key in wanted
                )
                for one in found
            ), row["query"]
        assert row["conditions"] or not found, row["query"]


@pytest.mark.parametrize("name", ["understood", "understood_more", "understood_desk"])
def test_what_a_clerk_who_does_not_know_the_code_expects(name: str) -> None:
    """Asked on 28 November 2026; the 町村 of the first is our 町・村. The others were written
    later, each before it was run: of the third 26 of the first 40 were right at
    first, of the 20 behind them 19; behind the first 64 of the second, 143 of 179, 45 of
    45 of the kinds mended then, 106 of 117 of others, 32 of 35 of those mended last."""
    path = Path(__file__).parents[1] / "queries" / f"{name}.jsonl"
    wrong = []
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        found = understand(row["query"], today=datetime.date(2026, 11, 28)).conditions
        told = [(c.kind, c.label.replace("・", ""), c.exclude, c.low, c.high) for c in found]
        for want in row["conditions"]:
            fits = [
                t
                for t in told
                if t[0] == want["kind"]
                and want.get("label", "") in t[1]
                and t[2] == want.get("exclude", False)
                and all(want[k] == t[i] for k, i in (("from", 3), ("to", 4)) if k in want)
            ]
            told = [t for t in told if t not in fits[:1]]
            wrong += [] if fits else [(row["query"], want)]
        wrong += [(row["query"], t) for t in told]
    assert not wrong


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        ("ドローン　人口５万人以下の町", ["人口５万人以下", "町"]),
        ("Kobe City と 多可町 を除く　窓口", ["多可町 を除く"]),
        ("窓口 -兵庫県", ["兵庫県"]),
        ("Drones outside Hyogo since 2022", ["outside Hyogo", "since 2022"]),
        ("令和5（2023）年度の防災訓練", ["令和5（2023）年度"]),
        ("㍻30年度から令和２年度まで", ["㍻30年度から令和２年度まで"]),
    ],
)
def test_conditions_say_where_they_stand(question: str, typed: list[str]) -> None:
    found = conditions(question)
    assert [condition.typed for condition in found] == typed
    for condition in found:
        assert question[condition.start : condition.end] == condition.typed


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("令和5年度以降の電子申請", "の電子申請"),
        ("人口2万人以下の町の見守り", "の町の見守り"),
        ("年度の2023年度の年度", "年度の の年度"),
        ("小さな町の事例", "小さな町の事例"),
        ("兵庫県の防災", "兵庫県の防災"),
        ("兵庫県以外の防災", "の防災"),
    ],
)
def test_years_sizes_and_exclusions_are_no_words_to_look_for(question: str, left: str) -> None:
    assert understand(question, today=TODAY).query.text == left


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("人口1万人以下の町で1件の費用", {"1", "件", "費用"}),
        ("多可町の予防接種", {"予防", "接種"}),
        ("兵庫県以外の窓口", {"窓口"}),
        ("兵庫県の事例", set()),
    ],
)
def test_words_of_a_condition_are_not_marked(question: str, marked: set[str]) -> None:
    assert set(understand(question, today=TODAY).marked.typed) == marked


def test_numbers_and_what_is_left_out_bind_and_wishes_change_that() -> None:
    question = "兵庫県以外で人口1万人以下の町の最近の窓口"
    assert [c.must for c in conditions(question) if c.kind in ("place", "size")] == [True, True]
    assert not any(c.must for c in conditions(question) if c.kind in ("kind", "year"))
    wishes = Wishes(prefer=("兵庫県",), exclude=("町",), ignored=("2022年度から",))
    place, size, kind = understand(question, wishes=wishes, today=TODAY).conditions
    assert (place.exclude, place.must) == (False, False)
    assert (size.exclude, size.must) == (False, True)
    assert (kind.exclude, kind.must) == (True, True)
    assert all(
        c.must for c in understand("兵庫県の町", wishes=Wishes(strict=True), today=TODAY).conditions
    )


@pytest.mark.parametrize(
    "question",
    [
        "人口99999999999999999999人以上の市",
        "兵庫県以外の尼崎市",
        "-兵庫県",
        "兵庫県以外",
        "人口5万人以下",
        "を除く",
        "以外",
        "「" * 250 + "兵庫県",
        " ".join(f'"語{n}"' for n in range(250)),
        "二〇二四年度" * 50,
    ],
)
def test_what_makes_little_sense_is_understood_somehow(question: str) -> None:
    assert understand(question, today=TODAY).text == question


@given(st.text(min_size=1, max_size=60))
def test_any_text_is_understood_somehow(text: str) -> None:
    try:
        question = understand(text, today=TODAY)
    except QueryError:
        return
    for condition in question.conditions:
        assert 0 <= condition.start < condition.end <= len(text)
