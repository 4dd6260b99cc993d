"""How good is the search: nDCG and recall over judged queries."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kb.base.errors import UsageError
from kb.base.types import Mode, Viewer
from kb.ranking.search import Searcher


@dataclass(frozen=True, slots=True)
class Judged:
    """A query with graded answers: ``relevant`` maps a path or case id to its grade (gain)."""

    id: str
    query: str
    relevant: Mapping[str, float]
    kind: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One query's ranking (key, score), best first, and its figures: ``precision`` is the share of the
    documents said to answer that are judged relevant, ``coverage`` the share of those judged relevant that are said to
    answer; both 0 where nothing is."""

    id: str
    kind: str
    lang: str
    ranking: tuple[tuple[str, float], ...]
    ndcg: float
    recall: float
    weak: bool
    precision: float = 0.0
    coverage: float = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over ``n`` queries; ``weak`` is the share answered as "nothing good", ``precision`` and
    ``coverage`` tell how right it is what is said to answer (:class:`Outcome`)."""

    n: int
    ndcg: float
    recall: float
    weak: float
    precision: float = 0.0
    coverage: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """Figures in all, by kind and by language, at cut ``k``."""

    k: int
    overall: Figures
    by_kind: dict[str, Figures] = field(default_factory=dict)
    by_lang: dict[str, Figures] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()


def load_queries(path: Path) -> tuple[Judged, ...]:
    """Judged queries from a JSONL file. Raises UsageError naming file and line."""
    queries = []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("usage.queries_unreadable", path=path, error=error) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            relevant = {str(k): float(v) for k, v in row.get("relevant", {}).items()}
            queries.append(
                Judged(
                    str(row["id"]),
                    str(row["query"]),
                    relevant,
                    row.get("kind") or "",
                    row.get("lang") or "",
                )
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError("usage.queries_line", path=path, number=number) from error
    if not queries:
        raise UsageError("usage.queries_none", path=path)
    return tuple(queries)


def evaluate(
    searcher: Searcher, queries: Sequence[Judged], *, k: int = 10, mode: Mode = "hybrid"
) -> Report:
    """Searches for every query and compares the rankings with the judgements."""
    outcomes = tuple(_judge(searcher, query, k, mode) for query in queries)
    return Report(
        k,
        _figures(outcomes),
        {
            kind: _figures([o for o in outcomes if o.kind == kind])
            for kind in _distinct(o.kind for o in outcomes)
        },
        {
            lang: _figures([o for o in outcomes if o.lang == lang])
            for lang in _distinct(o.lang for o in outcomes)
        },
        outcomes,
    )


def ndcg(ranking: Sequence[str], relevant: Mapping[str, float], k: int) -> float:
    """nDCG@k: the grade is the gain, the discount log2(rank + 1), the ideal is over all relevant.

    After Järvelin and Kekäläinen (2002), "Cumulated gain-based evaluation of IR techniques".
    """
    gain = sum(relevant.get(key, 0.0) / math.log2(i + 2) for i, key in enumerate(ranking[:k]))
    ideal = sum(
        grade / math.log2(i + 2)
        for i, grade in enumerate(sorted(relevant.values(), reverse=True)[:k])
    )
    return gain / ideal if ideal else 0.0


def recall(ranking: Sequence[str], relevant: Mapping[str, float], k: int) -> float:
    """Share of the relevant documents among the first ``k``."""
    wanted = {key for key, grade in relevant.items() if grade > 0}
    return len(wanted & set(ranking[:k])) / len(wanted) if wanted else 0.0


def _judge(searcher: Searcher, query: Judged, k: int, mode: Mode) -> Outcome:
    """A document counts once, at its best rank, under the key its judgement uses."""
    found = searcher.rank(query.query, mode=mode, viewer=Viewer.owner())
    ranking: dict[str, float] = {}
    answers: dict[str, None] = {}
    for scored in found.scored:
        case = found.cases[scored.case_no]
        key = case.id if case.id in query.relevant else case.path
        ranking.setdefault(key, scored.score)
        if scored.case_no in found.answers:
            answers[key] = None
    ordered = list(ranking)
    right = sum(query.relevant.get(key, 0.0) > 0 for key in answers)
    return Outcome(
        query.id,
        query.kind,
        query.lang,
        tuple(ranking.items()),
        ndcg(ordered, query.relevant, k),
        recall(ordered, query.relevant, k),
        found.weak,
        right / len(answers) if answers else 0.0,
        recall(list(answers), query.relevant, len(answers)),
    )


def _figures(outcomes: Sequence[Outcome]) -> Figures:
    n = len(outcomes) or 1
    return Figures(
        len(outcomes),
        sum(o.ndcg for o in outcomes) / n,
        sum(o.recall for o in outcomes) / n,
        sum(o.weak for o in outcomes) / n,
        sum(o.precision for o in outcomes) / n,
        sum(o.coverage for o in outcomes) / n,
    )


def _distinct(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]
