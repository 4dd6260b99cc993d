"""What lies in the corpus folder, and what has changed since the last look."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb.base.errors import CorpusError
from kb.documents.around import is_access, misnamed, strays
from kb.documents.shelf import GUIDE, SHELF
from kb.storage.sidecar import SUFFIX as SIDECAR_SUFFIX
from kb.storage.sidecar import sidecar_path
from kb.storage.writer import KnownFile

READING = 9
"""Raised when documents are read, split or described differently: a new version of the product
reads everything once more. 1 (never noted) was before the period of a case was read, 2 before lists,
ticked choices and the notes of other tools were, 3 before variants of kanji were one character, 4 before
merged cells stood once and struck-out text was left out, 6 before the ministries' tables were figures,
7 before budgets, limits and comparisons of years were no facts of a case, 8 before lists of few words a row were."""

_IGNORED_NAMES = frozenset({"thumbs.db", ".ds_store", "desktop.ini"})
_IGNORED_SUFFIXES = (".tmp", ".part", ".partial", ".download", ".crdownload", ".swp", ".bak~", "~")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file found. ``key`` is its path relative to the corpus, '/'-separated and NFC; ``sidecar``
    is the same of its sidecar, "size:mtime_ns", or ""; ``problem`` a reason code when it cannot be opened.
    ``access`` says who may see its folder, ``misnamed`` are files that look like its sidecar, and
    ``around`` is "size:mtime_ns" of both."""

    key: str
    path: Path
    size: int
    mtime_ns: int
    sidecar: str
    problem: str | None = None
    access: Path | None = None
    misnamed: tuple[Path, ...] = ()
    around: str = ""

    @property
    def beside(self) -> str:
        """What the ledger compares of all that is said beside the file."""
        return self.sidecar + self.around

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
    """What the last of two looks has ``seen``, and what they do not agree on: keys of files that are
    ``moving``, new or not alike in both, which may still be being copied; and of those that are
    ``leaving``, gone since the first, which may be on their way to another folder."""

    seen: Listing
    moving: frozenset[str]
    leaving: frozenset[str]


def look(corpus: Path) -> Listing:
    """What lies in the corpus. Links are listed, never followed.

    Raises CorpusError when the folder is missing or cannot be read.
    """
    return Looker(corpus).look()


class Looker:
    """Looks at a corpus again and again: a folder in which nothing has changed is not listed anew, and
    where nothing has changed at all, the listing is the very same."""

    def __init__(self, corpus: Path) -> None:
        self._corpus = corpus
        self._folders: dict[Path, _Folder] = {}
        self._last: Listing | None = None

    def look(self) -> Listing:
        """As :func:`look`."""
        corpus = self._corpus
        if not corpus.is_dir():
            raise CorpusError("store.corpus_missing", corpus=corpus)
        before, self._folders = self._folders, {}
        found: dict[str, SourceFile] = {}
        ignored = 0
        try:
            for source in self._walk(corpus, before):
                if source is None:
                    ignored += 1
                    continue
                key = source.key
                while key in found:  # two spellings of one name (NFC and NFD) side by side
                    key += "~"
                found[key] = source if key == source.key else replace(source, key=key)
        except OSError as error:
            told = error.strerror
            raise CorpusError("store.corpus_unreadable", corpus=corpus, error=told) from error
        last = self._last
        if last is None or before != self._folders:
            last = Listing(tuple(found[key] for key in sorted(found)), ignored)
        self._last = last
        return last

    def _walk(
        self, folder: Path, before: Mapping[Path, _Folder], above: Path | None = None
    ) -> Iterator[SourceFile | None]:
        """Every file below ``folder``; None for one that is ignored. ``above``: what counts for the
        folder where it says nothing itself."""
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
        access = next((Path(entry.path) for entry in entries if is_access(entry.name)), above)
        names = frozenset(entry.name for entry in entries)
        mark, known = _mark(entries, access), before.get(folder)
        if known is None or mark is None or known.mark != mark:
            known = _Folder(mark, tuple(_files(folder, entries, self._corpus, access)))
        self._folders[folder] = known
        yield from known.files
        for entry in entries:
            if entry.is_symlink() or not entry.is_dir() or is_ignored(entry.name):
                continue
            if _is_beside(entry.name, names, is_root=folder == self._corpus):
                continue
            path = Path(entry.path)
            try:
                yield from self._walk(path, before, access)
            except OSError:
                yield _source(path, self._corpus, frozenset(), "folder")


@dataclass(frozen=True, slots=True)
class _Folder:
    """What lies in a folder, without those in it; ``mark`` changes when it does. None: it was changed
    under the look."""

    mark: object
    files: tuple[SourceFile | None, ...]


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


def refreshed(source: SourceFile) -> SourceFile:
    """The file as it is now; its ``problem`` is "vanished" when it is gone."""
    try:
        now = source.path.lstat()
    except OSError:
        return replace(source, problem="vanished")
    return replace(source, size=now.st_size, mtime_ns=changed_at(now))


def fingerprint(digest: bytes, sidecar: bytes, around: bytes = b"") -> str:
    """What makes two files the same document: the ``digest`` of their bytes, their sidecars' bytes and
    what is said ``around`` them, read in one way."""
    read = READING.to_bytes(4, "big") + len(digest).to_bytes(4, "big")
    parted = len(sidecar).to_bytes(4, "big") + around if around else b""
    return hashlib.sha256(read + digest + sidecar + parted).hexdigest()


def is_ignored(name: str) -> bool:
    """True for lock files, half-copied files and what operating systems leave lying about."""
    lower = name.lower()
    return (
        name.startswith(("~$", ".")) or lower in _IGNORED_NAMES or lower.endswith(_IGNORED_SUFFIXES)
    )


def _mark(entries: Sequence[os.DirEntry[str]], access: Path | None) -> object:
    """Names, kinds, sizes and times of the entries of a folder, and of what says who may see it."""
    try:
        told = tuple(
            (entry.name, about.st_mode, about.st_size, changed_at(about))
            for entry in entries
            for about in (entry.stat(follow_symlinks=False),)
            if not stat.S_ISDIR(about.st_mode)
        )
        folders = tuple(e.name for e in entries if e.is_dir(follow_symlinks=False))
        about = access.lstat() if access else None
    except OSError:
        return None
    return told, folders, access, about and (about.st_size, changed_at(about))


def _files(
    folder: Path, entries: Sequence[os.DirEntry[str]], corpus: Path, access: Path | None
) -> Iterator[SourceFile | None]:
    """The files in a folder; None for one that is ignored."""
    names = frozenset(entry.name for entry in entries)
    among = strays(names)
    for entry in entries:
        if _is_beside(entry.name, names, is_root=folder == corpus):
            continue
        if is_ignored(entry.name):
            yield None
            continue
        problem = "link" if entry.is_symlink() else None
        if problem or not entry.is_dir():
            yield _around(_source(Path(entry.path), corpus, names, problem), access, among)


def _around(
    source: SourceFile, access: Path | None, among: Mapping[str, tuple[str, ...]]
) -> SourceFile:
    if not access and not among:
        return source
    others = tuple(source.path.with_name(name) for name in misnamed(source.path.name, among))
    if not access and not others:
        return source
    stamps = []
    for path in (*others, *([access] if access else ())):
        try:
            own = path.lstat()
            stamps.append(f";{own.st_size}:{changed_at(own)}")
        except OSError:  # it has gone since: the next look tells
            stamps.append(";")
    return replace(source, access=access, misnamed=others, around="".join(stamps))


def _is_beside(name: str, names: Collection[str], *, is_root: bool) -> bool:
    """True for what is no document but says something of others."""
    if is_access(name) or (is_root and name in (GUIDE, SHELF)):
        return True
    return name.endswith(SIDECAR_SUFFIX) and name.removesuffix(SIDECAR_SUFFIX) in names


def _source(path: Path, corpus: Path, names: Collection[str], problem: str | None) -> SourceFile:
    size = mtime = 0
    sidecar = ""
    try:
        own = path.lstat()
        size, mtime = own.st_size, changed_at(own)
        if not stat.S_ISREG(own.st_mode):
            problem = problem or "special"
        if path.name + SIDECAR_SUFFIX in names:
            beside = sidecar_path(path).lstat()
            sidecar = f"{beside.st_size}:{changed_at(beside)}"
            if not stat.S_ISREG(beside.st_mode):
                problem = problem or "sidecar_link"
    except OSError:
        problem = problem or "vanished"
    return SourceFile(_key(path, corpus), path, size, mtime, sidecar, problem)


def changed_at(of: os.stat_result) -> int:
    """When a file was changed, in nanoseconds. Where the system notes every change (ctime), a time of change that was
    set back hides none; on Windows that is the time it was made."""
    return of.st_mtime_ns if sys.platform == "win32" else of.st_ctime_ns


def _key(path: Path, corpus: Path) -> str:
    below = os.fspath(path).removeprefix(os.fspath(corpus)).lstrip(os.sep)
    spelled = below.replace(os.sep, "/")
    readable = spelled.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return unicodedata.normalize("NFC", readable)


def _is_same(source: SourceFile, known: KnownFile | None, retry: bool) -> bool:
    if known is None or source.problem is not None:
        return False
    seen = (source.size, source.mtime_ns, source.beside)
    if (known.size, known.mtime_ns, known.sidecar) != seen:
        return False
    return known.status in ("indexed", "unchanged") or not retry
