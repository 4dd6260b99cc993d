"""Mail saved from Outlook (.msg, [MS-OXMSG]): made a mail of the standards, which the reader of those reads."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from ingest.page import Extract
from ingest.readers.mail.reader import read_mail
from ingest.readers.notes.text import decode_as
from ingest.readers.ooxml import damaged

_PROPERTIES = "__properties_version1.0"

# properties by their numbers, [MS-OXPROPS]
_SUBJECT, _BODY, _HTML = "0037", "1000", "1013"
_ATTACHED, _LONG_NAME, _NAME, _SHOWN_NAME = "3701", "3707", "3704", "3001"
_TIMES = (bytes.fromhex("40003900"), bytes.fromhex("4000060e"))  # sent, delivered
_UNICODE, _BYTES, _BINARY, _OBJECT = "001F", "001E", "0102", "000D"
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_HEADS = (32, 24)  # bytes before the properties of a message, of one within another: 2.4.1
_DEEPEST = 5


def read_msg(path: Path, content: bytes, password: str | None = None) -> Extract:
    """A mail with what is attached, as :func:`~ingest.readers.mail.read_mail` gives it.

    Raises ReadError: ``damaged``, and what that raises.
    """
    from olefile import OleFileIO

    try:
        with OleFileIO(io.BytesIO(content)) as file:
            mail = _mail(file, (), 0)
    except Exception as error:  # of a damaged file it raises whatever it meets
        raise damaged() from error
    return read_mail(path, mail.as_bytes())


def _mail(file: Any, folder: tuple[str, ...], depth: int) -> EmailMessage:
    """The message in ``folder`` of a compound file, with the messages attached to it."""
    mail = EmailMessage()
    mail["Subject"] = " ".join(_text(file, folder, _SUBJECT).split())
    if sent := _sent(file, folder, _HEADS[bool(folder)]):
        mail["Date"] = format_datetime(sent)
    if (body := _text(file, folder, _BODY)).strip():
        mail.set_content(body)
    else:
        mail.set_content(_text(file, folder, _HTML), subtype="html")
    within = len(folder)
    for entry in sorted({tuple(e[: within + 1]) for e in file.listdir()}):
        if entry[:within] == folder and entry[-1].startswith("__attach_version1.0_"):
            _attach(mail, file, entry, depth)
    return mail


def _attach(mail: EmailMessage, file: Any, entry: tuple[str, ...], depth: int) -> None:
    inner = (*entry, f"__substg1.0_{_ATTACHED}{_OBJECT}")
    names = (_text(file, entry, number).strip() for number in (_LONG_NAME, _NAME, _SHOWN_NAME))
    name = next(filter(None, names), "")
    if file.exists([*inner, _PROPERTIES]):
        if depth < _DEEPEST:
            mail.add_attachment(_mail(file, inner, depth + 1))
    elif data := _stream(file, entry, _ATTACHED + _BINARY):
        mail.add_attachment(data, "application", "octet-stream", filename=name or "添付")


def _text(file: Any, folder: tuple[str, ...], number: str) -> str:
    """A property of text: as UTF-16, or as bytes in whatever encoding they turn out to be."""
    if found := _stream(file, folder, number + _UNICODE):
        return found.decode("utf-16-le", "replace").rstrip("\0")
    found = _stream(file, folder, number + _BYTES) or _stream(file, folder, number + _BINARY)
    return decode_as(found, []).text.rstrip("\0") if found.strip() else ""


def _stream(file: Any, folder: tuple[str, ...], number: str) -> bytes:
    name = [*folder, f"__substg1.0_{number}"]
    return bytes(file.openstream(name).read()) if file.exists(name) else b""


def _sent(file: Any, folder: tuple[str, ...], head: int) -> datetime | None:
    """When it was sent: 100 nanoseconds since 1601, in the last eight of a property's 16 bytes."""
    table = bytes(file.openstream([*folder, _PROPERTIES]).read())
    rows = [table[at : at + 16] for at in range(head, len(table) - 15, 16)]
    for kind in _TIMES:
        for row in rows:
            if row.startswith(kind):
                return _EPOCH + timedelta(microseconds=int.from_bytes(row[8:], "little") // 10)
    return None
