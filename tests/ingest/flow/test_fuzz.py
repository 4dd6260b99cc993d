"""Broken files are read or refused with a reason, in bounded time and memory, and cost no other file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.fuzz import REASONS, originals, outcomes
from tests.support.mutations import mutants


@pytest.mark.parametrize("seed", [1, 2])
def test_broken_files_are_survived(shared: Path, tmp_path: Path, seed: int) -> None:
    files = list(mutants(originals(shared), 84, seed))
    assert len({content for _, content in files}) > 75
    found = outcomes(files, tmp_path)
    assert len(found) == len(files)
    told = Counter(outcome.code for outcome in found)
    assert set(told) <= REASONS, told
    assert told["read"] > 10
    assert len(told) >= 3
    assert all(outcome.explained for outcome in found)


def test_the_same_seed_breaks_alike(shared: Path) -> None:
    once = list(mutants(originals(shared), 30, 5))
    assert once == list(mutants(originals(shared), 30, 5))
    assert once != list(mutants(originals(shared), 30, 6))
