"""Counts over a result set, to narrow it down by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kb.base.filters import COUNTED
from kb.base.types import Case
from kb.places.gazetteer import population_band


def facets(cases: Sequence[Case]) -> dict[str, dict[str, int]]:
    """How many cases there are by each thing that results are counted by, most frequent first."""
    found: dict[str, dict[str, int]] = {}
    for name in COUNTED:
        counts = Counter(str(value) for case in cases if (value := getattr(case, name)))
        found[name] = dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    return found


def bands(cases: Sequence[Case]) -> dict[str, int]:
    """How many cases there are by band of population, smallest first; a prefecture has none."""
    towns = (case for case in cases if case.municipality != case.prefecture)
    sizes = sorted(case.population for case in towns if case.population)
    return dict(Counter(population_band(size) for size in sizes))
