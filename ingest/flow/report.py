"""What an ingest tells of every file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from kb.base.config import Settings
from kb.base.types import FileReport, Status, Viewer
from kb.storage.store import Store

_COUNTED = ("pages", "cases", "chunks", "warnings")


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of every file, in the order of their paths, removed ones last; of the watch, only
    that of files that had changed: ``same`` is how many had not."""

    files: tuple[FileReport, ...]
    seconds: float
    ignored: int = 0
    same: int = 0

    def count(self, status: Status) -> int:
        """Number of files with this status."""
        return sum(file.status == status for file in self.files)

    @property
    def found(self) -> int:
        """Number of files in the corpus."""
        return self.same + len(self.files) - self.count("removed")

    def followed_by(self, later: IngestReport) -> IngestReport:
        """What became of the files in two runs; the ``later`` took up what was recognised."""
        files = {f.path: f for f in self.files}
        files |= {f.path: f for f in later.files if f.status != "unchanged" or f.path not in files}
        return IngestReport(tuple(files.values()), self.seconds + later.seconds, later.ignored)


def with_counts(
    settings: Settings, reports: Sequence[FileReport], *, some: bool
) -> list[FileReport]:
    """The reports with pages, cases, chunks and warnings as they stand in the ledger; a file that
    failed before and was left alone keeps its reason. ``some``: they are not of the whole ledger."""
    paths = [report.path for report in reports] if some else None
    ledger = {e.path: e for e in Store.open(settings).ledger(Viewer.owner(), paths)}
    counted = []
    for report in reports:
        entry = ledger[report.path]
        if report.status == "unchanged" and entry.status in ("skipped", "failed"):
            report = FileReport(report.path, entry.status, entry.reason, entry.reason_code)
        told: dict[str, Any] = {n: getattr(entry, n) for n in _COUNTED}
        counted.append(replace(report, **told))
    return counted
