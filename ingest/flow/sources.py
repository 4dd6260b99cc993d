"""What lies in the corpus folder, and what has changed since the last look."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kb.base.errors import CorpusError
from kb.storage.sidecar import SUFFIX as SIDECAR_SUFFIX
from kb.storage.sidecar import sidecar_path
from kb.storage.writer import KnownFile

READING = 6
"""Raised when documents are read, split or described differently: a new version of the product
reads everything once more. 1 (never noted) was before the period of a case was read, 2 before lists,
ticked choices and the notes of other tools were, 3 before variants of kanji were one character, 4 before
merged cells stood once and struck-out text was left out."""

_IGNORED_NAMES = frozenset({"thumbs.db", ".ds_store", "desktop.ini"})
_IGNORED_SUFFIXES = (".tmp", ".part", ".partial", ".download", ".crdownload", ".swp", ".bak~", "~")
_GUIDE = "README.md"  # the corpus's own guide, at its root, is no case


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file found. ``key`` is its path relative to the corpus, '/'-separated and NFC; ``sidecar``
    is the same of its sidecar, "size:mtime_ns", or ""; ``problem`` a reason code when it cannot be opened."""

    key: str
    path: Path
    size: int
    mtime_ns: int
    sidecar: str
    problem: str | None = None

    @property
    def sidecar_path(self) -> Path:
        """Where this file's sidecar lies, if there is one."""
        return sidecar_path(self.path)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do: ``fresh`` files are new or changed, ``same`` untouched, ``gone`` no longer there."""

    fresh: tuple[SourceFile, ...]
    same: tuple[SourceFile, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in the corpus: ``files`` by key, and how many lock files and the like were
    ``ignored``."""

    files: tuple[SourceFile, ...]
    ignored: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What two looks agree on: ``files`` that are alike in both, and the keys that were there at the
    ``earlier`` one. What is not alike is still being copied; what was there may be on its way to
    another folder."""

    files: frozenset[SourceFile]
    earlier: frozenset[str]


def look(corpus: Path) -> Listing:
    """What lies in the corpus. Links are listed, never followed.

    Raises CorpusError when the folder is missing or cannot be read.
    """
    if not corpus.is_dir():
        raise CorpusError("store.corpus_missing", corpus=corpus)
    found: dict[str, SourceFile] = {}
    ignored = 0
    try:
        for source in _walk(corpus, corpus):
            if source is None:
                ignored += 1
                continue
            key = source.key
            while key in found:  # two spellings of one name (NFC and NFD) side by side
                key += "~"
            found[key] = replace(source, key=key)
    except OSError as error:
        raise CorpusError("store.corpus_unreadable", corpus=corpus, error=error.strerror) from error
    return Listing(tuple(found[key] for key in sorted(found)), ignored)


def outdated(known: Mapping[str, KnownFile]) -> dict[str, KnownFile]:
    """The ledger of files that were read in an earlier way: none of them is the same any more."""
    return {key: replace(file, size=-1) for key, file in known.items()}


def plan(found: tuple[SourceFile, ...], known: Mapping[str, KnownFile], *, retry: bool) -> Plan:
    """Compares what was found with the ledger. With ``retry`` files that failed before are fresh.

    Raises CorpusError when nothing (or sidecars alone, as after a restore) is found where documents used
    to be: an unmounted share must not empty the index.
    """
    indexed = [file for file in known.values() if file.document_no is not None]
    if indexed and not any(
        source.problem is None and not source.key.endswith(SIDECAR_SUFFIX) for source in found
    ):
        raise CorpusError("store.corpus_empty", n=len(indexed))
    same = tuple(s for s in found if _is_same(s, known.get(s.key), retry))
    kept = {s.key for s in same}
    closed = tuple(s.key + "/" for s in found if s.problem == "folder")
    present = {s.key for s in found}
    gone = tuple(k for k in known if k not in present and not k.startswith(closed))
    return Plan(tuple(s for s in found if s.key not in kept), same, gone)


def refreshed(source: SourceFile) -> SourceFile:
    """The file as it is now; its ``problem`` is "vanished" when it is gone."""
    try:
        now = source.path.lstat()
    except OSError:
        return replace(source, problem="vanished")
    return replace(source, size=now.st_size, mtime_ns=_stamp(now))


def fingerprint(digest: bytes, sidecar: bytes) -> str:
    """What makes two files the same document: the ``digest`` of their bytes and their sidecars' bytes,
    read in one way."""
    read = READING.to_bytes(4, "big") + len(digest).to_bytes(4, "big")
    return hashlib.sha256(read + digest + sidecar).hexdigest()


def is_ignored(name: str) -> bool:
    """True for lock files, half-copied files and what operating systems leave lying about."""
    lower = name.lower()
    return (
        name.startswith(("~$", ".")) or lower in _IGNORED_NAMES or lower.endswith(_IGNORED_SUFFIXES)
    )


def _walk(folder: Path, corpus: Path) -> Iterator[SourceFile | None]:
    """Every file below ``folder``; None for one that is ignored."""
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    names = {entry.name for entry in entries}
    for entry in entries:
        path = Path(entry.path)
        if _is_sidecar(entry.name, names):
            continue
        if is_ignored(entry.name):
            yield None
            continue
        if folder == corpus and entry.name == _GUIDE:
            continue
        if entry.is_symlink():
            yield _source(path, corpus, names, "link")
        elif entry.is_dir():
            try:
                yield from _walk(path, corpus)
            except OSError:
                yield _source(path, corpus, names, "folder")
        else:
            yield _source(path, corpus, names, None)


def _is_sidecar(name: str, names: set[str]) -> bool:
    return name.endswith(SIDECAR_SUFFIX) and name.removesuffix(SIDECAR_SUFFIX) in names


def _source(path: Path, corpus: Path, names: set[str], problem: str | None) -> SourceFile:
    size = mtime = 0
    sidecar = ""
    try:
        own = path.lstat()
        size, mtime = own.st_size, _stamp(own)
        if not stat.S_ISREG(own.st_mode):
            problem = problem or "special"
        if path.name + SIDECAR_SUFFIX in names:
            beside = sidecar_path(path).lstat()
            sidecar = f"{beside.st_size}:{_stamp(beside)}"
            if not stat.S_ISREG(beside.st_mode):
                problem = problem or "sidecar_link"
    except OSError:
        problem = problem or "vanished"
    return SourceFile(_key(path, corpus), path, size, mtime, sidecar, problem)


def _stamp(of: os.stat_result) -> int:
    """When a file was changed. Where the system notes every change (ctime), a time of change that was
    set back hides none; on Windows that is the time it was made."""
    return of.st_mtime_ns if sys.platform == "win32" else of.st_ctime_ns


def _key(path: Path, corpus: Path) -> str:
    spelled = path.relative_to(corpus).as_posix()
    readable = spelled.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return unicodedata.normalize("NFC", readable)


def _is_same(source: SourceFile, known: KnownFile | None, retry: bool) -> bool:
    if known is None or source.problem is not None:
        return False
    if (known.size, known.mtime_ns, known.sidecar) != (
        source.size,
        source.mtime_ns,
        source.sidecar,
    ):
        return False
    return known.status in ("indexed", "unchanged") or not retry
