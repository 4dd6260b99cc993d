"""What lies in the corpus folder, and what has changed since the last look."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path

from kb.base.errors import CorpusError
from kb.documents.around import access_among, is_access, misnamed, strays
from kb.documents.shelf import GUIDE, SHELF
from kb.storage.sidecar import SUFFIX as SIDECAR_SUFFIX
from kb.storage.sidecar import sidecar_path

READING = 11
"""Raised when documents are read, split or described differently: a new version of the product
reads everything once more. 1 (never noted) was before the period of a case was read, 2 before lists,
ticked choices and the notes of other tools were, 3 before variants of kanji were one character, 4 before
merged cells stood once and struck-out text was left out, 6 before the ministries' tables were figures,
7 before budgets, limits and comparisons of years were no facts of a case, 8 before lists of few words a row were."""

_IGNORED_NAMES = frozenset({"thumbs.db", ".ds_store", "desktop.ini"})
_IGNORED_SUFFIXES = (".tmp", ".part", ".partial", ".download", ".crdownload", ".swp", ".bak~", "~")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file found ``at`` a path. ``key`` is that relative to the corpus, '/'-separated and NFC; ``sidecar``
    is "size:mtime_ns" of its sidecar, or ""; ``problem`` a reason code when it cannot be opened.
    ``access`` says who may see its folder, ``misnamed`` are files that look like its sidecar, and
    ``around`` is "size:mtime_ns" of both."""

    key: str
    at: str
    size: int
    mtime_ns: int
    sidecar: str
    problem: str | None = None
    access: Path | None = None
    misnamed: tuple[Path, ...] = ()
    around: str = ""

    @property
    def path(self) -> Path:
        """Where it lies; not kept, which would take most of the memory."""
        return Path(self.at)

    @property
    def beside(self) -> str:
        """What the ledger compares of all that is said beside the file."""
        return self.sidecar + self.around

    @property
    def sidecar_path(self) -> Path:
        """Where its sidecar lies, if there is one."""
        return sidecar_path(self.path)


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in the corpus: ``files`` by key, and how many lock files and the like were ``ignored``. ``changed`` since
    the listing before are those that came or are not alike, and None for those that went; None where there was none."""

    files: tuple[SourceFile, ...]
    ignored: int
    changed: Mapping[str, SourceFile | None] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Settled:
    """What the last of two looks has ``seen``, and what they do not agree on: keys of files that are ``moving``,
    new or not alike in both, perhaps still being copied, or ``leaving``, gone since the first, perhaps to another
    folder. ``news`` are those not as they were when all was last taken in; None where nobody knows."""

    seen: Listing
    moving: frozenset[str]
    leaving: frozenset[str]
    news: frozenset[str] | None = None


def look(corpus: Path) -> Listing:
    """What lies in the corpus. Links are listed, never followed.

    Raises CorpusError when the folder is missing or cannot be read.
    """
    return Looker(corpus).look()


class Looker:
    """Looks at a corpus again and again. Where nothing has changed at all, the listing is the very same.

    A folder that has got or lost no file since (its own time tells) is not listed; so that files that are written in place
    are seen, too, each is listed when its turn comes. What has changed is listed the next time: it may still
    grow; that look, which takes something in, leaves the turns to the one after it.
    """

    def __init__(self, corpus: Path) -> None:
        self._corpus = corpus
        self._folders: dict[str, _Folder] = {}
        self._last: Listing | None = None
        self._due: frozenset[str] = frozenset()
        self._lately: tuple[str, ...] = ()
        self._turn = self._spared = 0
        self._is_second = False

    def look(self) -> Listing:
        """As :func:`look`."""
        corpus, before = self._corpus, self._folders
        if not corpus.is_dir():
            raise CorpusError("store.corpus_missing", corpus=corpus)
        self._folders, last, self._last = {}, self._last, None
        try:
            self._walk(os.fspath(corpus), before, None)
        except OSError as error:
            told = error.strerror
            raise CorpusError("store.corpus_unreadable", corpus=corpus, error=told) from error
        now = self._folders
        changed = {at for at, folder in now.items() if not _is_one(folder, before.get(at))}
        if last is None or changed or len(before) != len(now) or before.keys() != now.keys():
            old = [before[at] for at in before if at in changed or at not in now]
            last = (last and _brought_up(last, old, [now[at] for at in changed])) or _listing(
                now.values(), last
            )
        self._lately = (*changed, *(at for at in self._lately if at not in changed))[:_LATELY]
        self._is_second = bool(changed) and not self._is_second
        self._due = frozenset(changed if self._is_second else changed | self._in_turn())
        self._last = last
        return last

    def _walk(self, at: str, before: Mapping[str, _Folder], above: _Access | None) -> None:
        """Notes ``at`` and every folder below. ``above``: what counts for it where it says nothing itself."""
        known, stamp = before.get(at), _stamp(at)
        if known and stamp and known.stamp == stamp and at not in self._due:
            access = _Access.of(known.own) if known.own else above
            folder = known if access == known.access else self._listed(at, known, stamp, above)
        else:
            folder = self._listed(at, known, stamp, above)
        self._folders[at] = folder
        for name in folder.below:
            below = os.path.join(at, name)  # noqa: PTH118 - a Path takes some times as long
            try:
                self._walk(below, before, folder.access)
            except OSError:
                shut = _source(Path(below), self._corpus, frozenset(), "folder")
                self._folders[below] = _Folder(None, (shut,))

    def _listed(
        self, at: str, known: _Folder | None, stamp: object, above: _Access | None
    ) -> _Folder:
        with os.scandir(at) as listing:
            entries = list(listing)
        told = access_among([entry.name for entry in entries])
        own = None if told is None else Path(at, told)
        access = _Access.of(own) if own else above
        mark = _mark(entries, access)
        if known and mark is not None and known.mark == mark:
            return known if known.stamp == stamp else replace(known, stamp=stamp)
        entries.sort(key=lambda entry: entry.name)
        below = tuple(_below(entries, is_root=at == os.fspath(self._corpus)))
        files = _files(Path(at), entries, self._corpus, access.path if access else None)
        return _Folder(mark, tuple(files), below, own, access, stamp)

    def _in_turn(self) -> set[str]:
        """The folders that are listed at the next look: as many of them as their files allow, and those that changed
        lately: who edits a note saves it again."""
        folders = list(self._folders.items())
        total = sum(len(folder.files) for _, folder in folders)
        self._spared = min(self._spared + max(_AT_ONCE, total // _TURNS), max(total, _AT_ONCE))
        due = set()
        for i in range(len(folders)):
            at, folder = folders[(self._turn + i) % len(folders)]
            if len(folder.files) > self._spared:
                break
            self._spared -= len(folder.files)
            due.add(at)
        self._turn = (self._turn + len(due)) % max(1, len(folders))
        found = ((at, self._folders.get(at)) for at in self._lately)
        return due | {at for at, of in found if of and len(of.files) <= _AT_ONCE // _LATELY}


_LATELY = 8  # folders
_MANY = 10_000  # files in folders that changed
_AT_ONCE, _TURNS = 2000, 4
"""Files that are asked for their times at each look (some 5 ms), or a fourth of all where that is more."""
_TICK = 3_000_000_000  # nanoseconds for which a folder's time may stay though it changes (FAT: two seconds)


@dataclass(frozen=True, slots=True)
class _Access:
    """What says who may see a folder, and when that was changed; ``told`` is None where that cannot be read."""

    path: Path
    told: tuple[int, int] | None

    @classmethod
    def of(cls, path: Path) -> _Access:
        try:
            about = path.lstat()
            return cls(path, (about.st_size, changed_at(about)))
        except OSError:
            return cls(path, None)


@dataclass(frozen=True, slots=True)
class _Folder:
    """What lies in a folder, without those in it, which are ``below``; ``mark`` changes when it does. None: it was
    changed under the look. ``own`` says who may see it, ``access`` what counts. While ``stamp`` stays, no file has come
    or gone; None where it cannot be relied upon."""

    mark: object
    files: tuple[SourceFile | None, ...]
    below: tuple[str, ...] = ()
    own: Path | None = None
    access: _Access | None = None
    stamp: object = field(default=None, compare=False)


def _stamp(folder: str) -> object:
    """What changes when a file comes or goes; None so soon after that the next might not change it. Raises OSError."""
    about = os.stat(folder)  # noqa: PTH116 - so does its own
    if time.time_ns() - max(about.st_mtime_ns, about.st_ctime_ns) < _TICK:
        return None
    return about.st_dev, about.st_ino, about.st_mtime_ns, about.st_ctime_ns


def _below(entries: Sequence[os.DirEntry[str]], *, is_root: bool) -> Iterator[str]:
    """The folders among the entries that are looked into."""
    names = frozenset(entry.name for entry in entries)
    for entry in entries:
        if entry.is_symlink() or not entry.is_dir() or is_ignored(entry.name):
            continue
        if not _is_beside(entry.name, names, is_root=is_root):
            yield entry.name


def _is_one(folder: _Folder, other: _Folder | None) -> bool:
    return folder is other or folder == other


def _brought_up(last: Listing, old: Sequence[_Folder], new: Sequence[_Folder]) -> Listing | None:
    """The ``last`` listing with the ``new`` folders in the place of the ``old`` ones; None where two files may have one key,
    or so many changed that putting all together costs less."""
    was, now = ([s for folder in folders for s in folder.files if s] for folders in (old, new))
    before, after = ({s.key: s for s in found} for found in (was, now))
    files = list(last.files)
    if (
        len(was) + len(now) > _MANY
        or (len(before), len(after)) != (len(was), len(now))
        or any(_at(files, key)[1] != s or _at(files, f"{key}~")[1] for key, s in before.items())
        or any(_at(files, key)[1] for key in after.keys() - before.keys())
    ):
        return None
    changed = _differences(before, after)
    for key, source in changed.items():
        place, known = _at(files, key)
        files[place : place + bool(known)] = [source] if source else []
    ignored = last.ignored + sum(f.files.count(None) for f in new)
    ignored -= sum(f.files.count(None) for f in old)
    return Listing(tuple(files), ignored, changed)


def _at(files: Sequence[SourceFile], key: str) -> tuple[int, SourceFile | None]:
    """Where ``key`` stands, or would, among ``files`` by key, and the file."""
    place = bisect_left(files, key, key=attrgetter("key"))
    return place, files[place] if place < len(files) and files[place].key == key else None


def _differences(
    was: Mapping[str, SourceFile], now: Mapping[str, SourceFile]
) -> dict[str, SourceFile | None]:
    gone = dict.fromkeys(was.keys() - now.keys())
    return gone | {key: s for key, s in now.items() if (w := was.get(key)) is not s and w != s}


def _listing(folders: Iterable[_Folder], last: Listing | None) -> Listing:
    found: dict[str, SourceFile] = {}
    ignored = 0
    for folder in folders:
        for source in folder.files:
            if source is None:
                ignored += 1
                continue
            key = source.key
            while key in found:  # two spellings of one name (NFC and NFD) side by side
                key += "~"
            found[key] = source if key == source.key else replace(source, key=key)
    changed = None if last is None else _differences({s.key: s for s in last.files}, found)
    return Listing(tuple(found[key] for key in sorted(found)), ignored, changed)


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


def _mark(entries: Sequence[os.DirEntry[str]], access: _Access | None) -> object:
    """A number for names, kinds, sizes and times of the entries of a folder, and of what says who may see it."""
    told: list[object] = []
    try:
        for entry in entries:
            about = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(about.st_mode):
                told.append(entry.name)
            else:
                told.append((entry.name, about.st_mode, about.st_size, changed_at(about)))
    except OSError:
        return None
    return hash((tuple(told), access)) if access is None or access.told else None


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
    return SourceFile(_key(path, corpus), os.fspath(path), size, mtime, sidecar, problem)


def changed_at(of: os.stat_result) -> int:
    """When a file was changed, in nanoseconds. Where the system notes every change (ctime), a time of change that was
    set back hides none; on Windows that is the time it was made."""
    return of.st_mtime_ns if sys.platform == "win32" else of.st_ctime_ns


def _key(path: Path, corpus: Path) -> str:
    below = os.fspath(path).removeprefix(os.fspath(corpus)).lstrip(os.sep)
    spelled = below.replace(os.sep, "/")
    readable = spelled.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return unicodedata.normalize("NFC", readable)
