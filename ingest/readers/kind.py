"""Which reader a file needs, told by its content first and by its name only where content is mute."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from kb.base.errors import ReadError
from kb.base.messages import Message, message

SUFFIXES = {
    ".pdf": "pdf",
    **dict.fromkeys((".md", ".markdown", ".txt"), "note"),
    **dict.fromkeys((".docx", ".docm"), "docx"),
    **dict.fromkeys((".pptx", ".pptm"), "pptx"),
    **dict.fromkeys((".xlsx", ".xlsm"), "xlsx"),
    **dict.fromkeys((".csv", ".tsv"), "csv"),
    **dict.fromkeys((".html", ".htm", ".xhtml", ".mhtml", ".mht"), "html"),
    **dict.fromkeys((".doc", ".xls", ".ppt", ".rtf", ".odt", ".ods", ".odp"), "legacy"),
    **dict.fromkeys((".jtd", ".jtt"), "legacy"),
}
"""The suffixes that are read, each with its reader."""


def format_name(reader: str) -> Message:
    """What people call the format that a reader reads."""
    return message(f"name.format.{reader}")


OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # [MS-CFB] 2.2
ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # APPNOTE 4.3.7, 4.3.16 (the latter: no members)

_HEAD = 1024  # bytes within which %PDF may stand (ISO 32000-1, annex H, implementation note 13)
_TEXTUAL = frozenset({"note", "csv", "html"})
_BINARY = frozenset({"pdf", "docx", "pptx", "xlsx"})
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HTML = re.compile(
    r"\s*(?:(?:<\?xml[^>]*>|<!--.*?-->)\s*)*<(?:!doctype\s+html|html|head|body|table)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_MHTML = re.compile(r"\A(?:[\w-]+:.*\n(?:[ \t].*\n)*)*?content-type:\s*multipart/related", re.I)
_FOLDERS = {"word/": "docx", "ppt/": "pptx", "xl/": "xlsx"}
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."  # OpenDocument 1.3, part 2, 3.3: at byte 38
_STREAMS = ("WordDocument", "Workbook", "Book", "PowerPoint Document")
_MOST_MEMBERS = 20_000


@dataclass(frozen=True, slots=True)
class Kind:
    """``reader`` names the reader in the registry; ``warning`` is for people when the
    name of the file says something else than its content."""

    reader: str
    warning: Message | None = None


def kind_of(path: Path, content: bytes) -> Kind:
    """The kind of a file.

    Raises ReadError: ``empty``, ``unsupported``, ``damaged`` or ``password``.
    """
    if not content:
        raise ReadError("read.empty.bytes")
    suffix = path.suffix.lower()
    named = SUFFIXES.get(suffix)
    found = _by_content(content, named)
    if found is None:
        return Kind(_by_name(suffix, content))
    if named is None or named == found:
        return Kind(found)
    if found == "html" and named in _BINARY:  # what a server sent instead of the file
        raise _other_inside(suffix, named)
    return Kind(
        found,
        message("warn.other_inside", suffix=suffix, name=format_name(found)),
    )


def is_note(path: Path, content: bytes) -> bool:
    """True when the file is a Markdown or text note, which is quick and safe to read; cheap to ask."""
    return (
        SUFFIXES.get(path.suffix.lower()) == "note"
        and not content.startswith((OLE, *ZIP))
        and _by_content(content, "note") is None
    )


def _by_content(content: bytes, named: str | None) -> str | None:
    """The reader that the bytes ask for, None where they do not tell."""
    if content.startswith(ZIP):
        return _zipped(content)
    if content.startswith(OLE):
        return _compound(content, named)
    if b"%PDF-" in content[: 5 if named in _TEXTUAL else _HEAD]:
        return "pdf"
    if content.startswith(b"{\\rtf"):
        return "legacy"
    head = _head_text(content)
    if "<?mso-application" in head:  # Word or Excel 2003 XML
        return "legacy"
    if _HTML.match(head) or _MHTML.match(head):
        return "html"
    return None


def _by_name(suffix: str, content: bytes) -> str:
    named = SUFFIXES.get(suffix)
    if named is None:
        if not suffix:
            raise ReadError("read.unsupported.no_suffix")
        raise ReadError("read.unsupported", suffix=suffix)
    if named in _TEXTUAL:
        return named
    if suffix in (".xls", ".xlsx") and _is_text(content):
        return "csv"  # many a system calls its tab-separated text .xls
    raise _other_inside(suffix, named)


def _other_inside(suffix: str, named: str) -> ReadError:
    if named == "legacy":
        return ReadError("read.damaged.inside", name=suffix.lstrip("."))
    return ReadError("read.damaged.inside", name=format_name(named))


def _zipped(content: bytes) -> str:
    """Office Open XML by its folder, OpenDocument by its ``mimetype``."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise ReadError("read.damaged.zip") from error
    if len(names) > _MOST_MEMBERS:
        raise too_large()
    if "xl/workbook.bin" in names or _OPEN_DOCUMENT in content[:200]:
        return "legacy"
    if "[Content_Types].xml" in names:
        for folder, reader in _FOLDERS.items():
            if any(name.startswith(folder) for name in names):
                return reader
    raise ReadError("read.unsupported.archive")


def _compound(content: bytes, named: str | None) -> str | None:
    """Old Office or an encrypted file of the new Office, by the streams it holds; of any other
    compound file, such as a saved mail, only what its name says is known."""
    if has_stream(content, "EncryptedPackage"):
        raise locked()
    return "legacy" if named == "legacy" or any(has_stream(content, s) for s in _STREAMS) else None


def has_stream(content: bytes, name: str) -> bool:
    """True when a compound file has a stream of this name ([MS-CFB] 2.6.1: the name in 64 bytes of
    UTF-16, the length of the name, the type of the object)."""
    spelled = name.encode("utf-16-le")
    entry = spelled.ljust(64, b"\0") + (len(spelled) + 2).to_bytes(2, "little") + b"\x02"
    return entry in content


def locked() -> ReadError:
    """The error for an Office file with a password."""
    return ReadError("read.password")


def too_large() -> ReadError:
    """The error for a file that unpacks to more than any document has."""
    return ReadError("read.too_large")


def _head_text(content: bytes) -> str:
    head = content[: 4 * _HEAD]
    if head.startswith(_UTF16):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    return head.decode("latin-1").removeprefix("\xef\xbb\xbf")


def _is_text(content: bytes) -> bool:
    head = content[: 4 * _HEAD]
    return head.startswith(_UTF16) or b"\0" not in head
