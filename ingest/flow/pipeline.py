"""From the corpus folder to the store: every file found is accounted for."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from ingest.flow.hold import hold_back
from ingest.flow.plan import carry, outdated, plan, refreshed
from ingest.flow.prepare import Termed, default_title, sidecar_values, with_vectors
from ingest.flow.reading import Pages, ReadAhead
from ingest.flow.recognition import pages_of
from ingest.flow.report import IngestReport, with_counts
from ingest.flow.sources import (
    READING,
    Listing,
    Settled,
    SourceFile,
    fingerprint,
    look,
)
from ingest.flow.worker import Workers
from kb.base.config import Settings
from kb.base.errors import ReadError, StoreError
from kb.base.files import read_regular, sha256_regular
from kb.base.messages import message
from kb.base.types import PUBLIC, FileReport, Status
from kb.documents.around import Around, decided, labelled, read_around
from kb.documents.history import deleted
from kb.documents.passwords import unsealed
from kb.documents.recognised import recognised
from kb.index.views import ViewKeeper
from kb.language.encoder import Encoder, load_encoder
from kb.storage.sidecar import SUFFIX as SIDECAR_SUFFIX
from kb.storage.store import Store
from kb.storage.writer import FileState, KnownFile, Writer, open_writer

_log = logging.getLogger(__name__)
_PASSWORDS = (".password", "password")  # entries of a sidecar
_OF_THE_FILE = (sqlite3.DataError, sqlite3.IntegrityError)
"""What the database says of values that it cannot hold."""
_OF_THE_LABEL = frozenset({"sidecar", "sidecar_link", "front_matter"})
"""Reasons for which it is not known any more who may see what was read before."""
_SKIPPED = frozenset({"unsupported", "link", "special", "libreoffice"})
"""Reasons for which nothing is wrong with the file."""

Progress = Callable[[int, int, str], None]
"""Called with (files done, files to do, path of the file at hand)."""


def ingest(  # noqa: PLR0913 - each by its name
    settings: Settings,
    progress: Progress | None = None,
    *,
    retry: bool = True,
    encoder: Encoder | None = None,
    settled: Settled | None = None,
    workers: Workers | None = None,
) -> IngestReport:
    """Brings the store up to date with the corpus and builds the search views.

    With ``retry`` files that failed before are read again though they did not change; of what two
    looks have not ``settled`` nothing is taken in nor forgotten. ``workers`` are lent. Raises CorpusError, LockedError, StoreError,
    ModelError, ModelMismatchError; a single file's trouble is in the report instead.
    """
    started = time.perf_counter()
    _log.info("ingest of %s begins", settings.corpus)
    seen = settled.seen if settled else look(settings.corpus)
    with open_writer(settings) as writer:
        due = _due(settings, writer, seen, retry=retry, settled=settled)
        same = () if settled else due.same
        reports = [FileReport(source.key, "unchanged") for source in same]
        taken, gone = _taken_in(writer, due, encoder, progress, workers)
        reports += taken
        removed = [_remove(writer, path) for path in sorted(gone)]
        writer.relate()
        writer.looked_through(due.ignored)
        if due.is_all:
            writer.read_as(READING)
        ViewKeeper(settings, Store.open(settings)).refresh()
    reports = with_counts(settings, reports, some=settled is not None)
    files = (*sorted(reports, key=lambda report: report.path), *removed)
    counts = Counter(file.status for file in files)
    _log.info("ingest ends after %.1f s: %s", time.perf_counter() - started, dict(counts))
    left = due.left - len(same)
    return IngestReport(files, time.perf_counter() - started, due.ignored, left)


def _taken_in(
    writer: Writer,
    due: _Due,
    encoder: Encoder | None,
    progress: Progress | None,
    workers: Workers | None,
) -> tuple[list[FileReport], frozenset[str]]:
    """What became of the fresh files, and the paths that are gone for good: some were moved."""
    reports: list[FileReport] = []
    gone = due.gone
    if due.fresh:
        encoder = encoder or load_encoder(writer.settings.model)
        writer.use_model(encoder.model_id, encoder.dimension)
        held = hold_back(writer, due.fresh, due.known)
        known = writer.known_files() if held else due.known
        with ReadAhead(workers) as ahead:
            step = _Step(writer, encoder, ahead, gone, known)
            reports += _taken(step, due.fresh, ahead.depth, progress)
        is_there = all(report.reason_code != "vanished" for report in reports)
        gone = frozenset(step.gone if is_there else ())  # what vanished may be where they are now
    if progress:
        progress(len(due.fresh), len(due.fresh), "")
    return reports, gone


@dataclass(frozen=True, slots=True)
class _Due:
    """What there is to do: files to take in, those that are the ``same``, paths that have ``gone``; how many are ``left``
    as they are.
    ``is_all`` is False where files are left for later because they have not come to rest; ``known`` is the
    ledger it was told by."""

    fresh: tuple[SourceFile, ...]
    same: tuple[SourceFile, ...]
    gone: frozenset[str]
    ignored: int
    left: int
    is_all: bool
    known: Mapping[str, KnownFile]


def _due(
    settings: Settings, writer: Writer, seen: Listing, *, retry: bool, settled: Settled | None
) -> _Due:
    """What there is to do about the corpus as ``seen``, or about the news of it; sidecars left behind are moved
    first."""
    is_read = writer.reading() == READING
    news = settled.news if settled and is_read and _holds_documents(seen) else None
    known = writer.known_files(news)
    asked = _parted(seen, news)
    rest = len(seen.files) - len(asked.files)
    carried = carry(asked, known)
    asked = _parted(look(settings.corpus), news) if carried.moved else carried.seen
    before = known if is_read else outdated(known)
    gone = partial(deleted, settings.corpus) if news is None else known.keys
    work = plan(asked.files, before, retry=retry, deleted=gone)
    moving, leaving = (settled.moving, settled.leaving) if settled else (frozenset(), frozenset())
    return _Due(
        tuple(s for s in work.fresh if s.key not in moving or s.key in carried.moved),
        work.same,
        frozenset(work.gone) - carried.kept - leaving,
        seen.ignored,
        len(work.same) + rest,
        not moving,
        known,
    )


def _holds_documents(seen: Listing) -> bool:
    """False where the folder looks like one that is not mounted."""
    return any(s.problem is None and not s.key.endswith(SIDECAR_SUFFIX) for s in seen.files)


def _parted(seen: Listing, news: frozenset[str] | None) -> Listing:
    """What of it is news (None: all) or cannot be looked into; the rest is as it was."""
    if news is None:
        return seen
    return replace(seen, files=tuple(s for s in seen.files if s.problem or s.key in news))


def looked(settings: Settings, ignored: int) -> None:
    """Notes that the corpus was looked through and nothing was new. Raises LockedError, StoreError."""
    with open_writer(settings) as writer:
        writer.looked_through(ignored)


def _taken(
    step: _Step, fresh: Sequence[SourceFile], depth: int, progress: Progress | None
) -> Iterator[FileReport]:
    """The files in order, each stored before the next; up to ``depth`` are being read meanwhile."""
    begun: deque[_Begun] = deque()
    coming = iter(fresh)
    for done in range(len(fresh)):
        if progress:
            progress(done, len(fresh), fresh[done].key)
        begun.extend(step.begin(source) for source in islice(coming, depth - len(begun)))
        yield step.take(begun.popleft())


@dataclass(frozen=True, slots=True)
class _Begun:
    """A file under way: its ``reading``, or the ``error`` that came before it; neither when it is
    known already. ``values`` are its sidecar's, ``around`` what else is said beside it."""

    source: SourceFile
    state: FileState
    around: Around = field(default_factory=Around)
    values: dict[str, object] = field(default_factory=dict)
    reading: Future[Termed] | None = None
    error: ReadError | None = None


class _Step:
    """Takes one fresh file after the other; ``gone`` shrinks as moved files turn up again, ``known`` is
    the ledger."""

    def __init__(
        self,
        writer: Writer,
        encoder: Encoder,
        ahead: ReadAhead,
        gone: Collection[str],
        known: Mapping[str, KnownFile] | None = None,
    ) -> None:
        self._writer = writer
        self._encoder = encoder
        self._ahead = ahead
        self._known = writer.known_files() if known is None else known
        self.gone = set(gone)

    def begin(self, source: SourceFile) -> _Begun:
        """Looks at the file's bytes and begins to read it, unless its content is known."""
        begun = _Begun(source, _state(source))
        try:
            if source.problem:
                raise ReadError(f"read.{source.problem}")
            digest, sidecar = _contents(source)
            around = read_around(source.access, source.misnamed, source.key)
            state = _fingerprinted(begun.state, digest, sidecar, around)
            begun = replace(begun, state=state, around=around)
            if self._is_known(begun.state):
                return begun
            return self._begun(begun, sidecar)
        except ReadError as error:
            return replace(begun, error=error)
        except Exception as error:
            return replace(begun, error=_internal(source.key, error))

    def _begun(self, begun: _Begun, sidecar: bytes) -> _Begun:
        source = begun.source
        values = sidecar_values(sidecar, source.sidecar_path.name)
        front = {k: v for k, v in values.items() if k not in _PASSWORDS}
        front = {"default_title": default_title(source.path)} | front
        around = decided(values, begun.around)
        if around != begun.around:  # its label stands there
            front.pop("visibility", None)
        begun = replace(begun, values=values, around=around)
        opens = _password(values, self._writer.settings)
        kept = recognised(self._writer.connection, begun.state.sha256)
        pages = Pages(pages_of(kept), self._writer.settings.ocr)
        return replace(begun, reading=self._ahead.begin(source.path, front, opens, around, pages))

    def take(self, begun: _Begun) -> FileReport:
        """Waits for the reading and stores the file; whatever goes wrong becomes its report."""
        try:
            if begun.error:
                raise begun.error
            if report := self._without_reading(begun.state):
                return report
            if begun.reading is None:  # its twin has gone or failed in the meantime
                return self.take(self._begun(begun, _contents(begun.source)[1]))
            found = begun.reading.result()
            if _is_changed(begun.source):
                return self._reread(begun)
            return self._store(begun, found)
        except ReadError as error:
            return self._refuse(begun, error)
        except StoreError as error:
            if not isinstance(error.__cause__, _OF_THE_FILE):
                raise  # a full disk, a lost lock: of no use to go on
            return self._refuse(begun, _internal(begun.state.path, error))
        except Exception as error:
            return self._refuse(begun, _internal(begun.state.path, error))

    def _reread(self, begun: _Begun) -> FileReport:
        """A file that was changed while it was read is read once more, as it is now."""
        source = refreshed(begun.source)
        if (again := self.begin(source)).reading is None:
            return self.take(again)
        found = again.reading.result()
        if _is_changed(source):
            raise ReadError("read.changing")
        return self._store(again, found)

    def _is_known(self, state: FileState) -> bool:
        """True when its content is that of a document, a moved file or a file before it."""
        known = self._known.get(state.path)
        if known and known.fingerprint == state.fingerprint and known.document_no is not None:
            return True
        is_moved = any(self._known[k].fingerprint == state.fingerprint for k in self.gone)
        return is_moved or self._writer.document_with(state.fingerprint) is not None

    def _without_reading(self, state: FileState) -> FileReport | None:
        """A touched, moved or duplicate file needs no reading."""
        known = self._known.get(state.path)
        if known and known.fingerprint == state.fingerprint and known.document_no is not None:
            self._writer.link(state, known.document_no)
            return FileReport(state.path, "unchanged")
        moved = [k for k in self.gone if self._known[k].fingerprint == state.fingerprint]
        if moved and (known is None or known.document_no is None):
            self.gone.discard(moved[0])
            self._writer.move(moved[0], state)
            return FileReport(state.path, "indexed", message("read.moved", path=moved[0]), "moved")
        if (twin := self._writer.document_with(state.fingerprint)) is None:
            return None
        told = message("read.duplicate")
        self._writer.link(replace(state, reason=told, reason_code="duplicate"), twin)
        return FileReport(state.path, "indexed", told, "duplicate")

    def _store(self, begun: _Begun, found: Termed) -> FileReport:
        state = begun.state
        if found.waiting:
            told = message("read.ocr_waiting", n=found.waiting)
            state = replace(state, reason=told, reason_code="ocr_waiting")
        self._writer.put(state, with_vectors(found, self._encoder))
        return FileReport(state.path, "indexed", state.reason, state.reason_code)

    def _refuse(self, begun: _Begun, error: ReadError) -> FileReport:
        state, around = begun.state, begun.around
        is_given = begun.values.get("visibility") or around.label != PUBLIC or around.marks
        label = labelled(begun.values, around)[0] if is_given else None
        status: Status = "skipped" if error.code in _SKIPPED else "failed"
        _log.warning("%s %s: %s", status, state.path, error.told.code)
        known: KnownFile | None = self._known.get(state.path)
        told = error.told
        if error.code == "ocr_nothing":
            self._writer.remove(state.path)  # it only waited for text that never came
        elif known is not None and known.document_no is not None:
            told = message("warn.kept", reason=told)
        self._writer.fail(
            replace(state, status=status, reason=told, reason_code=error.code),
            label,
            hold=error.code in _OF_THE_LABEL,
        )
        return FileReport(state.path, status, told, error.code)


def _state(source: SourceFile) -> FileState:
    raw = os.fsencode(source.path)
    return FileState(source.key, raw, source.size, source.mtime_ns, source.beside, "", "")


def _internal(path: str, error: Exception) -> ReadError:
    _log.exception("cannot take in %s", path, exc_info=error)
    return ReadError("read.internal", error=type(error).__name__)


def _password(values: Mapping[str, object], settings: Settings) -> str | None:
    given = next((values[name] for name in _PASSWORDS if values.get(name)), None)
    return unsealed(settings, str(given)) if given else None


def _is_changed(source: SourceFile) -> bool:
    now = refreshed(source)
    return now.problem is None and (now.size, now.mtime_ns) != (source.size, source.mtime_ns)


def _contents(source: SourceFile) -> tuple[bytes, bytes]:
    """The digest of the file and the bytes of its sidecar. Raises ReadError."""
    try:
        digest = sha256_regular(source.path)
        sidecar = read_regular(source.sidecar_path) if source.sidecar else b""
    except FileNotFoundError:
        raise ReadError("read.vanished") from None
    except PermissionError:
        raise ReadError("read.permission") from None
    except OSError as error:
        raise ReadError("read.unreadable", error=error.strerror) from error
    return digest, sidecar


def _fingerprinted(state: FileState, digest: bytes, sidecar: bytes, around: Around) -> FileState:
    made = fingerprint(digest, sidecar, around.seal)
    return replace(state, sha256=digest.hex(), fingerprint=made)


def _remove(writer: Writer, path: str) -> FileReport:
    writer.remove(path)
    return FileReport(path, "removed")
