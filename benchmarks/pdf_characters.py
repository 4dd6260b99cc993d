"""What is read of PDFs beside poppler's ``pdftotext``: precision and recall of the bag of characters.

usage: python -m benchmarks.pdf_characters [FOLDER]  (default: ../shared/documents)

White space and marks of lines do not count. Files that poppler cannot read, or that hold no text,
are left out, and so is the recall of pages with readings in ruby, which are no text here.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ingest.readers import read
from kb.base.errors import ReadError

FEWEST = 20
"""Characters from which a file counts as one with text."""
_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "documents"
_RUBY = "ruby"  # in the names of files whose readings poppler gives too


@dataclass(frozen=True, slots=True)
class Agreement:
    """``precision``: share of our characters that poppler has, ``recall``: of poppler's that we have;
    1 for the recall of a file with ruby."""

    path: Path
    characters: int
    precision: float
    recall: float


def agreement(path: Path) -> Agreement | None:
    """How one PDF is read; None when poppler or we get no text of it."""
    theirs = Counter("".join(poppler_text(path).split()))
    if theirs.total() < FEWEST:
        return None
    try:
        extract = read(path)
    except ReadError:
        return None
    ours = Counter("".join("".join(page.text for page in extract.pages).split()))
    same = (ours & theirs).total()
    recall = 1.0 if _RUBY in path.name else same / theirs.total()
    return Agreement(path, theirs.total(), same / max(ours.total(), 1), recall)


def poppler_text(path: Path) -> str:
    """The text that ``pdftotext`` gives, "" for nothing or a map of characters that it lacks."""
    command = ["pdftotext", "-enc", "UTF-8", str(path), "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if "language pack" in told.stderr else told.stdout


def main() -> None:
    """Prints a line for each file, the worst first."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else _FOLDER
    found = [one for path in sorted(folder.rglob("*.pdf")) if (one := agreement(path))]
    for one in sorted(found, key=lambda one: min(one.precision, one.recall)):
        print(f"{one.precision:.3f} {one.recall:.3f} {one.characters:6} {one.path.name}")
    print(f"{len(found)} files")


if __name__ == "__main__":
    main()
