"""The hidden folder in the corpus for what belongs to its documents but is none: it is on the same file
system, so that a document moves there in one step, and it is kept wherever the corpus is kept."""

from __future__ import annotations

import threading
from pathlib import Path

from kb.base.files import private_folder

SHELF = ".dxkb"
"""Name of the folder; nothing in it is ever taken in."""

GUIDE = "README.md"
"""The corpus's own guide, at its root, is no document."""

changing = threading.RLock()
"""Held while files of the corpus change places: two people may do so at once."""


def shelf(corpus: Path, *parts: str) -> Path:
    """A folder on the shelf, made for its owner only when it is not there. Raises OSError."""
    folder = corpus / SHELF
    for part in ("", *parts):
        folder = folder / part
        private_folder(folder)
    return folder
