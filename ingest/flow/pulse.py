"""Whether anything in the corpus folder has changed, told at a small part of the cost of a look."""

from __future__ import annotations

import os
from pathlib import Path

from ingest.flow.sources import changed_at


def pulse(corpus: Path) -> int:
    """Another number once a file or folder below ``corpus`` has come, gone, or changed its size or time.
    Links are not followed."""
    total, folders = 0, [os.fspath(corpus)]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    about = entry.stat(follow_symlinks=False)
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                        total += hash(entry.path)
                    else:
                        total += hash((entry.path, about.st_size, changed_at(about)))
        except OSError as error:  # closed, or gone under the look
            total += hash((folder, error.errno))
    return total
