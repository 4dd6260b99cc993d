"""From the corpus folder to the store: every file found is accounted for."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from ingest.prepare import default_title, prepare, sidecar_values, visibility_of
from ingest.reading import read_cleaned
from ingest.reasons import explain
from ingest.sources import SourceFile, fingerprint, plan, scan
from kb.config import Settings
from kb.encoder import Encoder, load_encoder
from kb.errors import ReadError
from kb.store import Store
from kb.types import FileReport, Reader, Status
from kb.views import ViewKeeper
from kb.writer import FileState, KnownFile, Writer, open_writer

_SKIPPED = frozenset({"unsupported", "link", "libreoffice"})
"""Reasons for which nothing is wrong with the file."""

Progress = Callable[[int, int, str], None]
"""Called with (files done, files to do, path of the file at hand)."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of every file, in the order of their paths; removed ones last."""

    files: tuple[FileReport, ...]
    seconds: float

    def count(self, status: Status) -> int:
        """Number of files with this status."""
        return sum(file.status == status for file in self.files)

    @property
    def found(self) -> int:
        """Number of files in the corpus."""
        return len(self.files) - self.count("removed")


def ingest(
    settings: Settings,
    progress: Progress | None = None,
    *,
    retry: bool = True,
    encoder: Encoder | None = None,
) -> IngestReport:
    """Brings the store up to date with the corpus and builds the search views.

    With ``retry`` files that failed before are read again though they did not change. Raises
    CorpusError, LockedError, StoreError, ModelError, ModelMismatchError; a single file's trouble is
    in the report instead.
    """
    started = time.perf_counter()
    found = scan(settings.corpus)
    with open_writer(settings) as writer:
        work = plan(found, writer.known_files(), retry=retry)
        reports = [FileReport(source.key, "unchanged") for source in work.same]
        if work.fresh:
            encoder = encoder or load_encoder(settings.model)
            writer.use_model(encoder.model_id, encoder.dimension)
            step = _Step(writer, encoder, set(work.gone))
            for i, source in enumerate(work.fresh):
                if progress:
                    progress(i, len(work.fresh), source.key)
                reports.append(step.take(source))
            gone = step.gone
        else:
            gone = set(work.gone)
        if progress:
            progress(len(work.fresh), len(work.fresh), "")
        removed = [_remove(writer, path) for path in sorted(gone)]
        writer.looked_through()
        ViewKeeper(settings, Store.open(settings)).refresh()
    reports = _with_counts(settings, reports)
    return IngestReport(
        (*sorted(reports, key=lambda report: report.path), *removed), time.perf_counter() - started
    )


class _Step:
    """Takes one fresh file after the other; ``gone`` shrinks as moved files turn up again."""

    def __init__(self, writer: Writer, encoder: Encoder, gone: set[str]) -> None:
        self._writer = writer
        self._encoder = encoder
        self._known = writer.known_files()
        self.gone = gone

    def take(self, source: SourceFile) -> FileReport:
        """Reads and stores one file; whatever goes wrong becomes its report."""
        state = FileState(
            source.key,
            os.fsencode(source.path),
            source.size,
            source.mtime_ns,
            source.sidecar,
            "",
            "",
        )
        visibility = None
        try:
            if source.problem:
                raise explain(source.problem, source.key)
            content, sidecar = _contents(source)
            state = _fingerprinted(state, content, sidecar)
            report = self._without_reading(state)
            if report:
                return report
            values = sidecar_values(sidecar, source.sidecar_path.name)
            visibility = visibility_of(values) if values.get("visibility") else None
            self._read(source, state, content, values)
        except ReadError as error:
            return self._refuse(state, error, visibility)
        return FileReport(state.path, "indexed")

    def _without_reading(self, state: FileState) -> FileReport | None:
        """A touched, moved or duplicate file needs no reading."""
        known = self._known.get(state.path)
        if known and known.fingerprint == state.fingerprint and known.document_no is not None:
            self._writer.link(state, known.document_no)
            return FileReport(state.path, "unchanged")
        moved = [k for k in self.gone if self._known[k].fingerprint == state.fingerprint]
        if moved and known is None:
            self.gone.discard(moved[0])
            self._writer.move(moved[0], state)
            return FileReport(state.path, "indexed", f"「{moved[0]}」から移動しました。", "moved")
        twin = self._writer.document_with(state.fingerprint)
        if twin is None:
            return None
        reason = explain("duplicate", state.path)
        state = replace(state, reason=reason.ja, reason_code=reason.code)
        self._writer.link(state, twin)
        return FileReport(state.path, "indexed", reason.ja, reason.code)

    def _read(
        self, source: SourceFile, state: FileState, content: bytes, values: dict[str, object]
    ) -> None:
        password = values.pop("password", None) or values.pop(".password", None)
        extract = read_cleaned(source.path, content, str(password) if password else None)
        front = {"default_title": default_title(source.path)} | extract.front_matter | values
        document = prepare(replace(extract, front_matter=front), self._encoder)
        self._writer.put(state, document)

    def _refuse(self, state: FileState, error: ReadError, visibility: str | None) -> FileReport:
        status: Status = "skipped" if error.code in _SKIPPED else "failed"
        known: KnownFile | None = self._known.get(state.path)
        ja = error.ja
        if known is not None and known.document_no is not None:
            ja += "（前回読み取れた内容は、検索できるまま残しています。）"
        self._writer.fail(
            replace(state, status=status, reason=ja, reason_code=error.code), visibility
        )
        return FileReport(state.path, status, ja, error.code)


def _contents(source: SourceFile) -> tuple[bytes, bytes]:
    try:
        content = source.path.read_bytes()
        sidecar = source.sidecar_path.read_bytes() if source.sidecar else b""
    except FileNotFoundError:
        raise explain("vanished", source.key) from None
    except PermissionError:
        raise explain("permission", source.key) from None
    except OSError as error:
        raise explain("unreadable", f"{source.key}: {error.strerror}") from error
    return content, sidecar


def _fingerprinted(state: FileState, content: bytes, sidecar: bytes) -> FileState:
    return replace(
        state,
        sha256=hashlib.sha256(content).hexdigest(),
        fingerprint=fingerprint(content, sidecar),
    )


def _remove(writer: Writer, path: str) -> FileReport:
    writer.remove(path)
    return FileReport(path, "removed")


def _with_counts(settings: Settings, reports: list[FileReport]) -> list[FileReport]:
    """The reports with pages, cases, chunks and warnings as they stand in the ledger; a file that
    failed before and was left alone keeps its reason."""
    ledger = {e.path: e for e in Store.open(settings).ledger(Reader.owner())}
    counted = []
    for report in reports:
        entry = ledger[report.path]
        if report.status == "unchanged" and entry.status in ("skipped", "failed"):
            report = FileReport(report.path, entry.status, entry.reason, entry.reason_code)
        counted.append(
            replace(
                report,
                pages=entry.pages,
                cases=entry.cases,
                chunks=entry.chunks,
                warnings=entry.warnings,
            )
        )
    return counted
