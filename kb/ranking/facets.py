"""Counts over a result set, to narrow it down by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kb.base.filters import COUNTED
from kb.base.types import Case
from kb.places.gazetteer import population_band


def facets(initiatives: Sequence[Sequence[Case]]) -> dict[str, dict[str, int]]:
    """How many initiatives, each of one or more cases, there are by each thing that results are counted
    by, most frequent first."""
    found: dict[str, dict[str, int]] = {}
    for name in COUNTED:
        counts = Counter(
            str(value)
            for cases in initiatives
            for value in {getattr(c, name) for c in cases}
            if value
        )
        found[name] = dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    return found


def bands(initiatives: Sequence[Sequence[Case]]) -> dict[str, int]:
    """How many there are by band of population, smallest first; a prefecture has none."""
    towns = (cases[0] for cases in initiatives if cases[0].municipality != cases[0].prefecture)
    sizes = sorted(case.population for case in towns if case.population)
    return dict(Counter(population_band(size) for size in sizes))
