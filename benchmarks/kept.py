"""What each commit's search found, kept as JSON, and two of them compared."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.retrieval_sets import RetrievalSet
from kb.evaluation.figures import Report, ndcg
from kb.evaluation.significance import compare_runs

FOLDER = Path(__file__).parent / "results"
FIGURES = FOLDER / "figures.json"
_FOLDS = 5


def of(name: str, commit: str) -> Path:
    """Where the results of a set are kept for a commit."""
    return FOLDER / f"{name}-{commit}.json"


def keep(chosen: RetrievalSet, report: Report) -> Path:
    """Writes figures and the first ten of every query to ``results/SET-COMMIT.json``, the figures alone
    to ``results/figures.json``, too, which may go where a set's questions may not."""
    FOLDER.mkdir(exist_ok=True)
    path = of(chosen.name, commit())
    told = {
        "set": chosen.name,
        "commit": commit(),
        "overall": asdict(report.overall),
        "by_kind": {kind: asdict(figures) for kind, figures in report.by_kind.items()},
        "found": {o.id: [key for key, _ in o.ranking[: report.k]] for o in report.outcomes},
    }
    _write(path, told)
    known = json.loads(FIGURES.read_text("utf-8")) if FIGURES.is_file() else {}
    numbers = {"overall": told["overall"], "by_kind": told["by_kind"]}
    _write(FIGURES, known | {commit(): known.get(commit(), {}) | {chosen.name: numbers}})
    return path


def _write(path: Path, told: object) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def compare(chosen: RetrievalSet, report: Report, commit: str) -> None:
    """Prints the gain over what ``commit`` found: mean, 95 % of the resampled means, and by folds."""
    old: dict[str, list[str]] = json.loads(of(chosen.name, commit).read_text("utf-8"))["found"]
    told = compare_runs(chosen.queries, report, old)
    for name, gain in (("nDCG@10", told.ndcg), ("Recall@10", told.recall)):
        print(
            f"  {name} {gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}] p {gain.p:.3f} against {commit}"
        )
    relevant = {query.id: query.relevant for query in chosen.queries}
    gains = [
        o.ndcg - ndcg(old[o.id], relevant[o.id], report.k) for o in report.outcomes if o.id in old
    ]
    folds = [float(np.mean(gains[i::_FOLDS])) for i in range(_FOLDS) if gains[i::_FOLDS]]
    print("  by folds " + " ".join(f"{gain:+.4f}" for gain in folds))


def commit() -> str:
    """The commit that is checked out, shortly."""
    told = subprocess.run(
        ["git", "rev-parse", "--short=9", "HEAD"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()
