"""Which format a file has, told by its content first and by its name only where content is mute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.readers.content import Content, locked
from ingest.readers.foreign import foreign
from ingest.readers.formats import Format, never
from kb.base.errors import ReadError
from kb.base.messages import Message, message


@dataclass(frozen=True, slots=True)
class Kind:
    """A file's ``format``; ``warning`` is for people when the name of the file says something else
    than its content."""

    format: Format
    warning: Message | None = None


def kind_among(formats: Sequence[Format], path: Path, data: bytes) -> Kind:
    """The kind of a file; of several formats that are sure of it, the first.

    Raises ReadError: ``empty``, ``unsupported``, ``damaged`` or ``password``.
    """
    if not data:
        raise ReadError("read.empty.bytes")
    suffix = path.suffix.lower()
    named = next((f for f in formats if suffix in f.suffixes), None)
    content = Content(data, suffix, named is not None and named.textual)
    if content.has_stream("EncryptedPackage"):
        raise locked()
    found = next((f for f in formats if f.sniff(content)), None)
    if found is None:
        return Kind(_by_name(formats, named, content))
    if named is None or named is found:
        return Kind(found)
    if found.textual and not named.textual and suffix not in found.poses:
        raise _other_inside(suffix)  # what a server sent instead of the file
    return Kind(found, message("warn.other_inside", suffix=suffix, name=found.title))


def _by_name(formats: Sequence[Format], named: Format | None, content: Content) -> Format:
    suffix = content.suffix
    if told := foreign(content):
        raise told
    if content.is_zip:
        raise ReadError("read.unsupported.archive")
    if named is None:
        if not suffix:
            raise ReadError("read.unsupported.no_suffix")
        raise ReadError("read.unsupported", suffix=suffix)
    if named.textual:
        return named
    posing = next((f for f in formats if suffix in f.poses and f.sniff is never), None)
    if posing and content.is_text:
        return posing
    raise _other_inside(suffix)


def _other_inside(suffix: str) -> ReadError:
    return ReadError("read.damaged.inside", name=suffix.lstrip("."))
