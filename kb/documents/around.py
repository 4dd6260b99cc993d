"""What lies around a document says who may see it, too: ``_access.yaml`` of its folder or of one above
it (the nearest counts), and files beside it that were meant to be its sidecar but are named otherwise.

``_access.yaml`` gives what no document of its folder may go beyond, unless an admin decided so for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb.base.bounded_yaml import as_mapping
from kb.base.errors import ReadError
from kb.base.files import plain_name, read_regular
from kb.base.messages import Message, message
from kb.base.types import OFFICE, PUBLIC
from kb.base.visibility import KEY, is_stricter, visibility
from kb.documents.stamped import stamped_path
from kb.storage.sidecar import SUFFIX, parse

DECIDED = "decided"
"""Of the sidecar. "upload": its label was chosen when the document was added; where that says something
narrower of itself, this counts. "editor" or "admin": it was chosen by somebody who was shown what the
document says of itself, which counts no more; nor does its folder, where it was an admin."""

UPLOAD = "upload"

_ENDINGS = (".yaml", ".yml")
_ACCESS = frozenset(f"_access{ending}" for ending in _ENDINGS)


@dataclass(frozen=True, slots=True)
class Around:
    """``label``: those who may see the document, whatever it says of itself, are no more than that;
    ``doubts`` say what was not understood or not used; ``decided`` is the label that somebody chose, ""
    where nobody did; ``marks`` are the stamps in the names of the file and its folders; ``is_chosen``: somebody
    who was shown the document chose its label, whatever is stamped on it."""

    label: str = PUBLIC
    doubts: tuple[Message, ...] = ()
    decided: str = ""
    marks: tuple[str, ...] = ()
    is_chosen: bool = False

    @property
    def seal(self) -> bytes:
        """What of it makes two documents of the same bytes different; b"" for nothing."""
        told = (self.label, self.doubts, *([self.marks] if self.marks else []))
        return b"" if self == Around() else repr(told).encode()


def is_access(name: str) -> bool:
    """True for a file that says who may see its folder."""
    return name.lower() in _ACCESS


def access_among(names: Collection[str]) -> str | None:
    """The name of the file among ``names`` that says who may see their folder."""
    if _ACCESS.isdisjoint(
        map(str.lower, names)
    ):  # asked for all files of the corpus again and again
        return None
    return min(filter(is_access, names))


def strays(names: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Of all ``names`` in a folder those that may be misnamed sidecars, by what stands before their
    ending in lower case: asked for once, because a folder may hold tens of thousands of documents."""
    every = frozenset(names)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(every):
        is_own = name.endswith(SUFFIX) and name.removesuffix(SUFFIX) in every
        if name.lower().endswith(_ENDINGS) and not is_own:
            found[name.rpartition(".")[0].lower()].append(name)
    return {base: tuple(of_base) for base, of_base in found.items()}


def misnamed(document: str, among: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The files ``among`` the strays of its folder that look like the sidecar of ``document``."""
    bases = {document.lower(), document.rpartition(".")[0].lower()} - {""}
    alike = sorted(name for base in bases for name in among.get(base, ()))
    return tuple(name for name in alike if name not in (document, document + SUFFIX))


def read_around(access: Path | None, others: Sequence[Path] = (), key: str = "") -> Around:
    """What ``access``, the nearest of the folders' files, ``others``, sidecars by their looks, and the
    names in ``key``, the document's path in the corpus, say."""
    label, doubts = _of_folder(access) if access else (PUBLIC, ())
    for path in others:
        values = _values(path)
        is_held = values is None or visibility(values) != (PUBLIC, ())
        label = OFFICE if is_held and is_stricter(OFFICE, label) else label
        code = "warn.misnamed_held" if is_held else "warn.misnamed"
        doubts = (*doubts, message(code, name=plain_name(path.name)))
    return Around(label, doubts, marks=stamped_path(key))


def access_of(folder: Path, corpus: Path) -> Path | None:
    """The file that counts for ``folder``, which lies in ``corpus`` or will."""
    while folder.is_relative_to(corpus):
        found = [
            path for path in (folder.iterdir() if folder.is_dir() else ()) if is_access(path.name)
        ]
        if found:
            return sorted(found)[0]
        folder = folder.parent
    return None


def around_of(file: Path, corpus: Path) -> Around:
    """What lies around one file of ``corpus``."""
    among = strays(path.name for path in file.parent.iterdir())
    others = [file.with_name(name) for name in misnamed(file.name, among)]
    key = file.relative_to(corpus).as_posix() if file.is_relative_to(corpus) else file.name
    return read_around(access_of(file.parent, corpus), others, key)


def decided(sidecar: Mapping[str, object], around: Around) -> Around:
    """``around`` with what was decided on the screen, which the ``sidecar`` keeps."""
    label, doubts = visibility(sidecar)
    if doubts or not sidecar.get(KEY) or not sidecar.get(DECIDED):
        return around
    if sidecar[DECIDED] == UPLOAD:
        most = label if is_stricter(label, around.label) else around.label
        return replace(around, label=most, is_chosen=True)
    return Around(decided=label) if sidecar[DECIDED] == "admin" else replace(around, decided=label)


def labelled(
    values: Mapping[str, object], around: Around, stamps: Sequence[str] = ()
) -> tuple[str, tuple[Message, ...]]:
    """The label of a document that says these ``values`` itself, and what to know about it. What is
    stamped, and nobody said who may see it, is 庁内."""
    own, doubts = (around.decided, ()) if around.decided else visibility(values)
    label = own if is_stricter(own, around.label) else around.label
    stamps = tuple(dict.fromkeys((*around.marks, *stamps)))
    if stamps and is_stricter(OFFICE, label):
        if not (around.decided or around.is_chosen or values.get(KEY)):
            told = message("warn.stamped_held", stamps=stamps, label=OFFICE)
            return OFFICE, (*doubts, told, *around.doubts)
        doubts = (*doubts, message("warn.stamped", stamps=stamps, label=label))
    if (around.decided or values.get(KEY)) and not doubts and label != own:
        doubts = (message("warn.narrower", own=own, label=label),)
    return label, (*doubts, *around.doubts)


def _of_folder(access: Path) -> tuple[str, tuple[Message, ...]]:
    values = _values(access)
    name = f"{plain_name(access.parent.name)}/{access.name}"
    if values is None or KEY not in values:
        return OFFICE, (message("warn.access_doubt", name=name),)
    label, doubts = visibility(values)
    return label, tuple(message("warn.access_doubt", name=name) for _ in doubts[:1])


def _values(path: Path) -> dict[str, object] | None:
    """What a file of keys and values says; None where it cannot be read."""
    try:
        return as_mapping(parse(read_regular(path), path.name))
    except (ReadError, OSError):
        return None
