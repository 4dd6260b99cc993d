"""Collections become their cases, whoever made the file, and nothing else is taken apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.splitting import SIZES, measured, rates
from ingest.describe.cases import cases
from ingest.flow.reading import read_cleaned
from tests.support.collections_made import MAKERS
from tests.support.collections_more import MORE
from tests.support.no_collections import NONE


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


@pytest.mark.parametrize("maker", MORE, ids=lambda maker: maker.__name__)
def test_a_collection_of_any_shape_becomes_its_cases(maker: Callable, tmp_path: Path) -> None:  # type: ignore[type-arg]
    split = measured(maker, tmp_path, *SIZES[0])
    assert (split.right, split.found, split.named) == (split.told, split.told, split.told)


@pytest.mark.parametrize("maker", NONE, ids=lambda maker: maker.__name__)
def test_a_document_that_names_many_towns_stays_one_case(
    maker: Callable[[Path], Path], tmp_path: Path
) -> None:
    assert len(cases(read_cleaned(maker(tmp_path)))[0]) == 1
