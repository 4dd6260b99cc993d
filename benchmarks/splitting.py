"""How well collections are split into their cases: ``python -m benchmarks.splitting``.

Collections of known cases by ten producers and in eighteen more shapes; a found case is right when it
holds the first and the last words of exactly one, and named when it bears the title and the
municipality too. What holds no case's words (cover, contents) is the frame and not counted. Documents
that are no collection are counted apart.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.describe.cases import cases
from ingest.flow.reading import read_cleaned
from kb.base.types import CaseDraft
from kb.language.text import fold_text
from tests.support.collections_made import MAKERS, Told, told
from tests.support.collections_more import MORE
from tests.support.no_collections import NONE

SIZES = ((12, 1), (25, 2))
"""(cases, seed) of the collections of every producer."""


@dataclass(frozen=True, slots=True)
class Split:
    """``right`` of the ``found`` cases are whole and alone, ``named`` of them bear their title and
    municipality; there are ``told`` of them."""

    name: str
    told: int
    found: int
    right: int
    named: int


def measured(
    maker: Callable[[Path, tuple[Told, ...]], Path], folder: Path, n: int, seed: int
) -> Split:
    """Builds one collection and splits it."""
    expected = told(n, seed, long=maker.__name__ in ("word", "chromium_pdf") and seed == 2)
    path = maker(folder, expected)
    drafts = cases(read_cleaned(path))[0]
    held = [(_of(draft, expected), draft) for draft in drafts]
    found = [one for one, _ in held if one]
    right = {one[0] for one in found if len(one) == 1 and _is_whole(one[0], expected, held)}
    named = [
        d for one, d in held if len(one) == 1 and one[0] in right and _is_named(d, expected[one[0]])
    ]
    return Split(maker.__name__, n, len(found), len(right), len(named))


def _is_named(draft: CaseDraft, case: Told) -> bool:
    municipality = draft.municipality != "" and case.place.endswith(draft.municipality)
    return municipality and case.title in draft.title


def _of(draft: CaseDraft, expected: Sequence[Told]) -> list[int]:
    """Which of the expected cases a draft holds words of."""
    text = fold_text("\n".join(section.text for section in draft.sections))
    return [i for i, c in enumerate(expected) if _in(c.begin, text) or _in(c.end, text)]


def _is_whole(
    number: int, expected: Sequence[Told], held: Sequence[tuple[list[int], CaseDraft]]
) -> bool:
    texts = [
        fold_text("\n".join(section.text for section in draft.sections))
        for one, draft in held
        if number in one
    ]
    case = expected[number]
    return len(texts) == 1 and _in(case.begin, texts[0]) and _in(case.end, texts[0])


def _in(phrase: str, text: str) -> bool:
    """Whatever spaces a producer sets between Japanese and figures."""
    return fold_text(phrase).replace(" ", "") in text.replace(" ", "")


def main() -> None:
    """Prints a line for each collection, and precision and recall of all."""
    splits = []
    for maker in (*MAKERS, *MORE):
        for n, seed in SIZES:
            with tempfile.TemporaryDirectory() as folder:
                splits.append(measured(maker, Path(folder), n, seed))
            last = splits[-1]
            print(f"{last.name:20} {last.told:3} cases, found {last.found:3}, right {last.right:3}, "
                  f"named {last.named:3}", flush=True)  # fmt: skip
    precision, recall = rates(splits)
    print(f"precision {precision:.3f}, recall {recall:.3f} over {len(splits)} collections")
    whole = 0
    for make in NONE:
        with tempfile.TemporaryDirectory() as folder:
            whole += len(cases(read_cleaned(make(Path(folder))))[0]) == 1
    print(f"{whole} of {len(NONE)} documents that are no collection stay one case")


def rates(splits: Sequence[Split]) -> tuple[float, float]:
    """(precision, recall) over all collections together."""
    right = sum(split.right for split in splits)
    return right / max(1, sum(s.found for s in splits)), right / sum(s.told for s in splits)


if __name__ == "__main__":
    main()
