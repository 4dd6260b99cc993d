"""How right the facts read from labelled documents are: ``python -m benchmarks.facts``.

Prints, for every file of ``tests/ingest/describe/labelled`` (and for the real notes and papers of ``../shared`` that
``shared.txt`` labels), facts labelled and stated, precision and recall, then the same for every kind of fact.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.search_quality import ROOT
from tests.ingest.describe.test_labelled import (
    DECIDING,
    GUESSED,
    KINDS,
    Tally,
    labelled,
    of_shared,
    tally,
)

_PLAIN = ("before.txt", "after.txt", "last.txt")
_DECIDING = ("deciding.txt", "deciding_after.txt")


def main() -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder:
        for names, kinds in ((_PLAIN, KINDS), (_DECIDING, DECIDING)):
            for name in names:
                _tell(name, tally(labelled(name), Path(folder)), kinds)
            together = tally([d for name in names for d in labelled(name)], Path(folder))
            _tell("together", together, kinds)
            print(together.table((*kinds, GUESSED)))
    _tell("shared.txt", of_shared(ROOT.parent / "shared"), DECIDING)


def _tell(name: str, told: Tally, kinds: tuple[str, ...]) -> None:
    labels, stated, right, found = (
        sum(counts[kind] for kind in kinds)
        for counts in (told.labelled, told.stated, told.right, told.found)
    )
    print(
        f"{name:20} {labels:4} labelled  {stated:4} stated  precision {right / stated:.3f}  "
        f"recall {found / labels:.3f}"
    )


if __name__ == "__main__":
    main()
