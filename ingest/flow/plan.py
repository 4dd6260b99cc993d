"""What there is to do about the files of the corpus: what is new or changed, the same, or gone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from ingest.flow.sources import SourceFile
from kb.base.errors import CorpusError
from kb.storage.sidecar import SUFFIX as SIDECAR_SUFFIX
from kb.storage.writer import KnownFile


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
        source.problem is None and not source.key.endswith(SIDECAR_SUFFIX) for source in found
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
