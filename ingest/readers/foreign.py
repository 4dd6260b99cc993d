"""Files of other programs, which nothing here opens: by name, with the step that makes them readable."""

from __future__ import annotations

from ingest.readers.content import Content
from kb.base.errors import ReadError

_BY_SUFFIX = {
    ".key": "keynote",
    ".pages": "pages",
    ".numbers": "numbers",
    ".vsdx": "visio",
    ".vsd": "visio",
    ".xdw": "docuworks",
    ".xbd": "docuworks",
    ".epub": "epub",
    ".one": "onenote",
    ".onepkg": "onenote",
}
_ONENOTE = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")  # [MS-ONESTORE] 2.3.1: guidFileType
_EPUB = b"mimetypeapplication/epub+zip"  # EPUB 3.3, 4.2.3: the first member, not compressed


def foreign(content: Content) -> ReadError | None:
    """The error that says what to do with such a file; None for any other."""
    name = _BY_SUFFIX.get(content.suffix) or _by_content(content)
    return ReadError(f"read.unsupported.{name}") if name else None


def _by_content(content: Content) -> str | None:
    if content.data.startswith(_ONENOTE):
        return "onenote"
    if not content.is_zip:
        return None
    if _EPUB in content.data[:200]:
        return "epub"
    if "visio/document.xml" in content.members:
        return "visio"
    return "iwork" if "Index/Document.iwa" in content.members else None
