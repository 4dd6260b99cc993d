"""One file read and cleaned, notes here and everything else in a worker process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ingest.clean import clean
from ingest.page import Extract
from ingest.readers import read
from ingest.readers.kind import is_note
from ingest.readers.worker import read_in_worker


def read_cleaned(path: Path, content: bytes | None = None, password: str | None = None) -> Extract:
    """The pages of a file, without running heads and broken lines.

    Raises ReadError with a reason code.
    """
    content = path.read_bytes() if content is None else content
    if is_note(path, content):
        return read(path, content, password)
    extract = read_in_worker(path, password=password)
    return extract if extract.note else replace(extract, pages=clean(extract.pages))
