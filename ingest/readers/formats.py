"""What a reader says about itself. Looking at a format imports nothing that is slow to import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from ingest.page import Extract
from ingest.readers.content import Content
from kb.base.messages import Message, message

Read = Callable[[Path, bytes, str | None], Extract]
"""Reads (path, bytes, password); raises ReadError."""


def never(content: Content) -> bool:
    """For formats that any text may be: their name tells."""
    return False


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be read. ``name`` is that of :class:`~ingest.page.Extract`'s reader, and its
    words in both languages are ``name.format.<name>`` of the catalogue; ``sniff`` is True for content that is surely of this format, whatever
    its name; ``reader`` ("module:function") is imported when there is a file to read.

    ``textual`` content is told by its name where no other format is sure of it; ``poses`` are suffixes
    of other formats that many a system gives it all the same.
    """

    name: str
    suffixes: tuple[str, ...]
    reader: str
    sniff: Callable[[Content], bool] = never
    textual: bool = False
    poses: tuple[str, ...] = ()

    @property
    def title(self) -> Message:
        """What people call it."""
        return message(f"name.format.{self.name}")

    def load(self) -> Read:
        """The function that reads it."""
        module, _, function = self.reader.partition(":")
        read: Read = getattr(import_module(module), function)
        return read
