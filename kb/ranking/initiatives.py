"""One initiative, one answer: the note, the deck's case, the scan and the press release of one thing.

Cases of different documents are of one initiative where the municipality is the same and either their
texts are nearly the same or the sentence model reads nearly the same in all of both. Judged by hand over
the shipped corpus (tests/ranking/data/initiatives.tsv): the same ones have a likeness of 0.94 and more,
different ones of one town stay under 0.93. Cases of two municipalities are never one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from kb.base.types import Case
from kb.index.dense import DenseView

SAME = 0.929
"""Likeness of all passages, each with the nearest of the other case, from which two are one."""

_WELL_READ = 0.9  # quality below which a scan stands behind what says the same


def folded(
    order: Sequence[int],
    cases: Mapping[int, Case],
    sentences: DenseView,
    near: Collection[tuple[int, int]],
    answers: Collection[int],
) -> dict[int, tuple[int, ...]]:
    """The first case of each initiative in ``order``, with the others of it. In front stands one that
    answers and was read well, else the one that comes first. ``near`` are pairs of nearly the same
    text."""
    leaders: dict[int, list[int]] = {}
    of_town: defaultdict[str, list[int]] = defaultdict(list)
    for no in order:
        code = cases[no].code
        same = next(
            (one for one in of_town[code] if _is_same(one, no, cases, sentences, near)), None
        )
        if code and same is not None:
            leaders[same].append(no)
            continue
        leaders[no] = []
        of_town[code].append(no)
    return dict(_best_first([no, *others], cases, answers) for no, others in leaders.items())


def _best_first(
    nos: list[int], cases: Mapping[int, Case], answers: Collection[int]
) -> tuple[int, tuple[int, ...]]:
    first, *others = sorted(
        nos, key=lambda no: (no not in answers, cases[no].quality < _WELL_READ, nos.index(no))
    )
    return first, tuple(others)


def _is_same(
    one: int,
    other: int,
    cases: Mapping[int, Case],
    sentences: DenseView,
    near: Collection[tuple[int, int]],
) -> bool:
    if cases[one].document_id == cases[other].document_id:
        return False
    return (one, other) in near or sentences.likeness(one, other, SAME) >= SAME
