"""Two runs compared: what is a difference and what is luck."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.base.errors import UsageError
from kb.evaluation.figures import Figures, Judged, Outcome, Report
from kb.evaluation.significance import compare_runs, load_run

QUERIES = tuple(Judged(str(i), f"q{i}", {"right": 2.0}) for i in range(20))


def _report(right_at: dict[str, int]) -> Report:
    from kb.evaluation.figures import ndcg, recall

    outcomes = []
    for query in QUERIES:
        keys = [f"other{i}" for i in range(10)]
        keys[right_at.get(query.id, 0)] = "right"
        ranking = tuple((key, 1.0) for key in keys)
        outcomes.append(
            Outcome(
                query.id, "", "", ranking,
                ndcg(keys, query.relevant, 10), recall(keys, query.relevant, 10), False,
            )
        )  # fmt: skip
    return Report(10, Figures(20, 0, 0, 0), outcomes=tuple(outcomes))


def _rankings(report: Report) -> dict[str, tuple[str, ...]]:
    return {o.id: tuple(key for key, _ in o.ranking) for o in report.outcomes}


def test_a_run_does_not_differ_from_itself() -> None:
    report = _report({})
    compared = compare_runs(QUERIES, report, _rankings(report))
    assert (compared.better, compared.worse) == (0, 0)
    assert compared.ndcg.p == 1.0


def test_one_better_query_of_twenty_may_be_luck() -> None:
    compared = compare_runs(QUERIES, _report({}), _rankings(_report({"3": 5})))
    assert compared.better == 1
    assert compared.ndcg.mean > 0
    assert compared.ndcg.p > 0.05


def test_many_better_queries_are_no_luck() -> None:
    worse = _report({str(i): 5 for i in range(12)})
    compared = compare_runs(QUERIES, _report({}), _rankings(worse))
    assert compared.ndcg.low > 0
    assert compared.ndcg.p < 0.01
    assert compared.recall.mean == 0


def test_only_queries_of_both_runs_count() -> None:
    older = {"0": ("right",), "1": ("right",), "99": ("right",)}
    assert compare_runs(QUERIES, _report({}), older).n == 2
    with pytest.raises(UsageError, match="同じ質問"):
        compare_runs(QUERIES, _report({}), {"99": ("right",)})


def test_a_run_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(json.dumps({"id": 1, "ranking": [["a.md", 2.5], ["b.md", 1]]}) + "\n\n")
    assert load_run(path) == {"1": ("a.md", "b.md")}


@pytest.mark.parametrize("line", ["{}", "no json", '{"id": 1, "ranking": [1]}'])
def test_a_line_that_is_no_run_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(f'{{"id": 1, "ranking": []}}\n{line}\n')
    with pytest.raises(UsageError, match="2行目"):
        load_run(path)


def test_a_missing_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.jsonl"):
        load_run(tmp_path / "none.jsonl")
