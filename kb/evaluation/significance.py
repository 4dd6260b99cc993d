"""Is one run really better than another, or was it luck of the queries?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.base.errors import UsageError
from kb.evaluation.figures import Judged, Report, ndcg, recall

RESAMPLES = 10_000
_SEED = 20260829  # the same two runs always give the same answer

Rankings = Mapping[str, Sequence[str]]
"""Ranked keys, best first, by query id."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of the new run minus the old one's, over the queries both answered.

    ``low`` and ``high`` bound the middle 95 % of the resampled means; ``p`` is the two-sided
    share of resamples on the other side of zero (1.0 when nothing differs)."""

    mean: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The new run against the old one over ``n`` queries; ``better`` and ``worse`` count queries
    by nDCG."""

    n: int
    ndcg: Difference
    recall: Difference
    better: int
    worse: int


def load_run(path: Path) -> dict[str, tuple[str, ...]]:
    """Rankings of a file that ``dxkb eval --run`` wrote. Raises UsageError naming the line."""
    rankings: dict[str, tuple[str, ...]] = {}
    number = 0
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):  # noqa: B007
            if line.strip():
                row = json.loads(line)
                rankings[str(row["id"])] = tuple(str(key) for key, _ in row["ranking"])
    except OSError as error:
        raise UsageError("usage.run_unreadable", path=path, error=error.strerror) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError("usage.run_line", path=path, number=number) from error
    return rankings


def compare_runs(queries: Sequence[Judged], new: Report, old: Rankings) -> Comparison:
    """Paired bootstrap of the new report against an older run, at the report's cut.

    After Sakai (2006), "Evaluating evaluation metrics based on the bootstrap". Raises UsageError
    when the two share no query.
    """
    judged = {query.id: query for query in queries}
    pairs = [(o, judged[o.id], old[o.id]) for o in new.outcomes if o.id in judged and o.id in old]
    if not pairs:
        raise UsageError("usage.runs_differ")
    gains = np.array([o.ndcg - ndcg(keys, query.relevant, new.k) for o, query, keys in pairs])
    shares = np.array([o.recall - recall(keys, query.relevant, new.k) for o, query, keys in pairs])
    return Comparison(
        len(pairs),
        _bootstrap(gains),
        _bootstrap(shares),
        int((gains > 1e-9).sum()),
        int((gains < -1e-9).sum()),
    )


def _bootstrap(differences: npt.NDArray[np.float64]) -> Difference:
    if not differences.any():
        return Difference(0.0, 0.0, 0.0, 1.0)
    rng = np.random.default_rng(_SEED)
    rows = rng.integers(0, len(differences), (RESAMPLES, len(differences)))
    means = differences[rows].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    p = 2 * min(float((means <= 0).mean()), float((means >= 0).mean()))
    return Difference(float(differences.mean()), float(low), float(high), min(1.0, p))
