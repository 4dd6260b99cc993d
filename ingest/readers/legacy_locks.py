"""Whether an old Office or OpenDocument file has a password, without opening it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from ingest.readers.content import OLE, ZIP

_SECTOR = 64  # streams of a compound file begin at its multiples, small ones too ([MS-CFB] 2.4)
_FIB = b"\xec\xa5"  # [MS-DOC] 2.5.2: wIdent, which begins the Word document stream
_FIB_VERSIONS = range(0x0065, 0x0201)  # nFib: Word 6 to Word 2007, and LibreOffice's 0x0101
_FIB_FLAGS = 10
_ENCRYPTED = 0x0100  # fEncrypted
_BOF = b"\x09\x08\x10\x00"  # [MS-XLS] 2.4.21: first record of a workbook, 16 bytes long
_FILEPASS = b"\x2f\x00"  # [MS-XLS] 2.4.117, right behind it
_CURRENT_USER = (
    b"\x00\x00\xf6\x0f"  # [MS-PPT] 2.3.2: RecordHeader, then length, size 0x14, headerToken
)
_PPT_TOKEN = bytes.fromhex("14000000dfc4d1f3")
_MOST_MANIFEST = 2**20


def is_locked(content: bytes) -> bool:
    """True when a password is needed; False also where that cannot be told."""
    if content.startswith(OLE):
        return _is_locked_ole(content)
    if content.startswith(ZIP):
        return _is_locked_odf(content)
    return False


def _is_locked_ole(content: bytes) -> bool:
    for at in _sectors(content, _FIB):
        version = int.from_bytes(content[at + 2 : at + 4], "little")
        flags = int.from_bytes(content[at + _FIB_FLAGS : at + _FIB_FLAGS + 2], "little")
        if version in _FIB_VERSIONS and flags & _ENCRYPTED:
            return True
    if any(content[at + 20 : at + 22] == _FILEPASS for at in _sectors(content, _BOF)):
        return True
    at = content.find(_PPT_TOKEN)
    return at >= 8 and content[at - 8 : at - 4] == _CURRENT_USER


def _sectors(content: bytes, head: bytes) -> Iterator[int]:
    """Where these bytes begin a sector."""
    at = content.find(head)
    while at >= 0:
        if at % _SECTOR == 0:
            yield at
        at = content.find(head, at + 1)


def _is_locked_odf(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            info = archive.getinfo("META-INF/manifest.xml")
            return info.file_size < _MOST_MANIFEST and b"encryption-data" in archive.read(info)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, RuntimeError):
        return False
