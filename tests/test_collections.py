"""Collections become their cases, whoever made the file."""

from __future__ import annotations

from pathlib import Path

from benchmarks.splitting import SIZES, measured, rates
from tests.collections_made import MAKERS


def test_collections_of_ten_producers_become_their_cases(tmp_path: Path) -> None:
    splits = []
    for number, maker in enumerate(MAKERS):
        n, seed = SIZES[number % len(SIZES)]
        folder = tmp_path / maker.__name__
        folder.mkdir()
        splits.append(measured(maker, folder, n, seed))
    precision, recall = rates(splits)
    assert min(precision, recall) >= 0.95, splits
    assert len({split.name for split in splits}) == 10
