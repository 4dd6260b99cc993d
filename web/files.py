"""From a document's path in the store to the file on disk, never outside the corpus."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath

from kb.base.errors import NotFoundError

INLINE_TYPES = {
    ".pdf": "application/pdf",
    ".md": "text/plain; charset=utf-8",
    ".markdown": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
"""What a browser may show; everything else is offered for download. A note is shown as text, so
that nothing in it can run."""

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')  # what Windows allows in no file name
DOWNLOAD_TYPE = "application/octet-stream"


def locate(corpus: Path, path: str) -> Path:
    """The file of a ledger path. Raises NotFoundError when it is gone, is a link, or would lie
    outside ``corpus``."""
    root = corpus.resolve()
    parts = PurePosixPath(path).parts
    if not parts or any(part in ("/", "..") for part in parts):
        raise _gone(path)
    found = root
    for part in parts:
        found = _child(found, part, path)
    resolved = found.resolve()
    if found.is_symlink() or not resolved.is_relative_to(root) or not resolved.is_file():
        raise _gone(path)
    return resolved


def content_type(path: Path) -> tuple[str, bool]:
    """The type to send a file as, and whether the browser may show it."""
    known = INLINE_TYPES.get(path.suffix.lower())
    return (known, True) if known else (DOWNLOAD_TYPE, False)


def attachment_name(title: str, suffix: str) -> str:
    """The name under which a browser keeps a file that is called ``title``."""
    return f"{_UNSAFE.sub('_', title)}.{suffix}"


def as_utf8(content: bytes) -> bytes:
    """A text file's bytes as UTF-8, from UTF-8, UTF-16 with its mark, or Shift_JIS."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace").encode("utf-8")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding).encode("utf-8")
        except UnicodeDecodeError:
            continue
    return content


def _child(folder: Path, name: str, path: str) -> Path:
    """The entry of ``folder`` that the ledger, which spells names in NFC, calls ``name``."""
    direct = folder / name
    if direct.exists():
        return direct
    try:
        entries = [e for e in folder.iterdir() if unicodedata.normalize("NFC", e.name) == name]
    except OSError:
        entries = []
    if not entries:
        raise _gone(path)
    return entries[0]


def _gone(path: str) -> NotFoundError:
    return NotFoundError("usage.file_missing", path=path)
