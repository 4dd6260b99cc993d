"""A first look at files before anybody adds them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import TimeoutError as LateError
from pathlib import Path

from ingest.flow.prepare import Termed, default_title
from ingest.flow.reading import ReadAhead
from kb.base.errors import ReadError
from kb.base.types import Glance
from kb.documents.around import Around
from kb.documents.stamped import stamped_path

SECONDS = 8.0
"""What somebody waits for all of them together; the rest is told once they are taken in."""


def glance(files: Sequence[Path], seconds: float = SECONDS) -> tuple[Glance, ...]:
    """What each file says, as far as that can be read in ``seconds``."""
    until = time.monotonic() + seconds
    with ReadAhead() as ahead:
        begun = [
            ahead.begin(path, {"default_title": default_title(path)}, around=_choosing(path))
            for path in files
        ]
        seen = []
        for reading in begun:
            try:
                seen.append(_seen(reading.result(max(0.0, until - time.monotonic()))))
            except ReadError as error:
                seen.append(Glance(is_done=True, problem=error.told))
            except LateError:
                seen.append(Glance())
        return tuple(seen)


def _choosing(path: Path) -> Around:
    """Somebody is about to say who may see it, and is shown what its name says, too."""
    return Around(marks=stamped_path(path.name), is_chosen=True)


def _seen(found: Termed) -> Glance:
    first = found.cases[0].draft
    place = first.municipality or first.prefecture
    prefecture = first.prefecture if place != first.prefecture else ""
    return Glance(
        True, found.reader, first.title, f"{prefecture}{place}", len(found.cases),
        found.visibility, warnings=found.warnings,
    )  # fmt: skip
