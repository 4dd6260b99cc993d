"""What the bytes of a file show before any reader has them: an archive's members, streams, a head."""

from __future__ import annotations

import codecs
import io
import zipfile
from functools import cached_property

from kb.base.errors import ReadError

OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # [MS-CFB] 2.2
ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # APPNOTE 4.3.7, 4.3.16 (the latter: no members)
HEAD = 1024

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MOST_MEMBERS = 20_000


class Content:
    """A file's ``data`` and ``suffix`` (lower case), for formats to look at; ``named_text`` when its
    name is that of a textual format, in which much may be said about other formats."""

    def __init__(self, data: bytes, suffix: str, named_text: bool = False) -> None:
        self.data = data
        self.suffix = suffix
        self.named_text = named_text
        self.is_zip = data.startswith(ZIP)
        self.is_ole = data.startswith(OLE)

    @cached_property
    def members(self) -> frozenset[str]:
        """The names in an archive, none for another file. Raises ReadError: ``damaged``, ``too_large``."""
        if not self.is_zip:
            return frozenset()
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
            raise ReadError("read.damaged.zip") from error
        if len(names) > _MOST_MEMBERS:
            raise too_large()
        return frozenset(names)

    @cached_property
    def head(self) -> str:
        """The beginning as text, each byte a character unless it is UTF-16."""
        head = self.data[: 4 * HEAD]
        if head.startswith(_UTF16):
            return head[: len(head) // 2 * 2].decode("utf-16", "replace")
        return head.decode("latin-1").removeprefix("\xef\xbb\xbf")

    @cached_property
    def is_text(self) -> bool:
        """True when the beginning has no zeros but those of UTF-16."""
        head = self.data[: 4 * HEAD]
        return head.startswith(_UTF16) or b"\0" not in head

    def is_package(self, folder: str) -> bool:
        """True for an Office Open XML file that keeps its document in ``folder``."""
        is_in = any(name.startswith(folder) for name in self.members)
        return "[Content_Types].xml" in self.members and is_in

    def has_stream(self, *names: str) -> bool:
        """True when a compound file has a stream of one of these names."""
        return self.is_ole and any(has_stream(self.data, name) for name in names)


def has_stream(content: bytes, name: str) -> bool:
    """True when a compound file has a stream of this name ([MS-CFB] 2.6.1: the name in 64 bytes of
    UTF-16, the length of the name, the type of the object)."""
    spelled = name.encode("utf-16-le")
    entry = spelled.ljust(64, b"\0") + (len(spelled) + 2).to_bytes(2, "little") + b"\x02"
    return entry in content


def locked() -> ReadError:
    """The error for an Office file whose password nobody gave."""
    return ReadError("read.password.office")


def too_large() -> ReadError:
    """The error for a file that unpacks to more than any document has."""
    return ReadError("read.too_large")
