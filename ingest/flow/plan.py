"""What there is to do about the files of the corpus: sidecars that were left behind follow their documents, because what
people said and who may see them stands there; then what is new or changed, the same, or gone."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.flow.sources import Listing, SourceFile, changed_at
from kb.base.errors import CorpusError
from kb.base.files import read_regular
from kb.storage.sidecar import SUFFIX, follow
from kb.storage.writer import KnownFile

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Carried:
    """What was ``seen``, with the problem ``sidecar_left`` for documents whose sidecar could not be
    moved after them; the former keys of those, which are ``kept``; the keys of the documents after
    which a sidecar was ``moved``."""

    seen: Listing
    kept: frozenset[str]
    moved: frozenset[str]


def carry(seen: Listing, known: Mapping[str, KnownFile]) -> Carried:
    """Moves sidecars that were left behind after their documents."""
    files = {source.key: source for source in seen.files}
    fresh = [s for s in seen.files if s.key not in known or known[s.key].document_no is None]
    kept, moved = set(), set()
    for orphan in seen.files:
        before = known.get(orphan.key.removesuffix(SUFFIX))
        if not orphan.key.endswith(SUFFIX) or not before or before.path in files:
            continue
        document = _moved(before, fresh)
        if document is None:
            continue
        try:
            follow(orphan.path, document.path)
            moved.add(document.key)
        except OSError as error:
            _log.warning("cannot move %s: %s", orphan.path, error)
            files[document.key] = replace(document, problem="sidecar_left")
            kept.add(before.path)
    left = tuple(files[source.key] for source in seen.files)
    return Carried(replace(seen, files=left), frozenset(kept), frozenset(moved))


def _moved(before: KnownFile, fresh: Sequence[SourceFile]) -> SourceFile | None:
    """The new file without a sidecar that holds what the known one held."""
    for source in fresh:
        if source.problem or source.sidecar or source.size != before.size:
            continue
        try:
            content = read_regular(source.path)
        except OSError:
            continue
        if before.sidecar and hashlib.sha256(content).hexdigest() == before.sha256:
            return source
    return None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do: ``fresh`` files are new or changed, ``same`` untouched, ``gone`` no longer there."""

    fresh: tuple[SourceFile, ...]
    same: tuple[SourceFile, ...]
    gone: tuple[str, ...]


def outdated(known: Mapping[str, KnownFile]) -> dict[str, KnownFile]:
    """The ledger of files that were read in an earlier way: none of them is the same any more."""
    return {key: file._replace(size=-1) for key, file in known.items()}


def plan(
    found: tuple[SourceFile, ...],
    known: Mapping[str, KnownFile],
    *,
    retry: bool,
    deleted: Callable[[], Collection[str]] = tuple,
) -> Plan:
    """Compares what was found with the ledger. With ``retry`` files that failed before are fresh.

    Raises CorpusError when nothing (or sidecars alone, as after a restore) is found where documents used
    to be that nobody ``deleted`` on the screen: an unmounted share must not empty the index.
    """
    indexed = {key for key, file in known.items() if file.document_no is not None}
    if indexed and not any(
        source.problem is None and not source.key.endswith(SUFFIX) for source in found
    ):
        indexed -= {*deleted()}
        if indexed:
            raise CorpusError("store.corpus_empty", n=len(indexed))
    same = tuple(s for s in found if _is_same(s, known.get(s.key), retry))
    kept = {s.key for s in same}
    closed = tuple(s.key + "/" for s in found if s.problem == "folder")
    present = {s.key for s in found}
    gone = tuple(k for k in known if k not in present and not k.startswith(closed))
    return Plan(tuple(s for s in found if s.key not in kept), same, gone)


def _is_same(source: SourceFile, known: KnownFile | None, retry: bool) -> bool:
    if known is None or source.problem is not None:
        return False
    seen = (source.size, source.mtime_ns, source.beside)
    if (known.size, known.mtime_ns, known.sidecar) != seen:
        return False
    return known.status in ("indexed", "unchanged") or not retry


def refreshed(source: SourceFile) -> SourceFile:
    """The file as it is now; its ``problem`` is "vanished" when it is gone."""
    try:
        now = source.path.lstat()
    except OSError:
        return replace(source, problem="vanished")
    return replace(source, size=now.st_size, mtime_ns=changed_at(now))
