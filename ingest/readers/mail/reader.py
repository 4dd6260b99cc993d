"""Mail saved from a mail program (.eml): its text, and what is attached as documents of their own."""

from __future__ import annotations

import datetime
import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ingest.page import Block, Extract, Page
from ingest.readers.mail import SUFFIX
from ingest.readers.notes.note import text_blocks
from ingest.readers.notes.text import decode, decode_as
from ingest.readers.notes.threads import told_apart
from kb.base.errors import ReadError
from kb.base.messages import Message, message

if TYPE_CHECKING:
    from email.message import Message as Mail

_MOST_BYTES = 128 * 2**20
_MOST_BOUNDARIES = 100  # levels of parts within parts are no more than these
_MOST_PARTS = 500
_MOST_READ = 50  # attachments
_DEEPEST = 3  # mails attached to mails
_LONGEST_FIELD = 2_000  # characters of a head line; parsing one is quadratic
_BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)
_ENCODED = re.compile(r"=\?[^?\s]{1,40}\?[bBqQ]\?[^?\s]*\?=")
_SIGNATURE = "-- "  # RFC 3676, 4.3
_QUOTED = re.compile(r"^(?:> ?)+")


@dataclass(slots=True)
class _Parts:
    """What a mail is made of, as far as it is read."""

    body: list[Block] = field(default_factory=list)
    attached: list[Extract] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)


def read_mail(path: Path, content: bytes, password: str | None = None) -> Extract:
    """A mail as a note: its subject as the title, its text; ``attached`` are the files that came with it
    and can be read, the others are named in the warnings.

    Raises ReadError: ``too_large``, ``damaged`` or ``empty``.
    """
    return _read(content, 0)


def _read(content: bytes, depth: int) -> Extract:
    if len(content) > _MOST_BYTES or len(_BOUNDARY.findall(content)) > _MOST_BOUNDARIES:
        raise ReadError("read.too_large.mail")
    try:
        mail = email.message_from_bytes(content.lstrip())
        found = _Parts()
        _gather(mail, found, depth)
    except RecursionError as error:
        raise _damaged() from error
    subject = _shown(_field(mail, "subject"))
    values: dict[str, object] = {"title": subject} if subject else {}
    if date := _date(mail):
        values |= {
            "created": date.isoformat(),
            "source_title": f"メール（{date.year}年{date.month}月{date.day}日）",
        }
    if found.names:
        found.body.append(Block("添付: " + "、".join(found.names)))
    if not found.body and not found.attached:
        raise ReadError("read.empty.mail")
    return Extract(
        "mail",
        (Page(None, tuple(found.body)),),
        values,
        note=True,
        warnings=tuple(found.warnings),
        attached=tuple(found.attached),
    )


def _gather(mail: Mail, found: _Parts, depth: int) -> None:
    for count, part in enumerate(_parts(mail)):
        if count >= _MOST_PARTS:
            found.warnings.append(message("warn.mail_parts", most=_MOST_PARTS))
            return
        name = _name(part)
        is_text = part.get_content_maintype() == "text"
        if is_text and not name and "attachment" not in _field(part, "content-disposition").lower():
            found.body += _text(part, found.warnings)
        elif name or part.get_content_type() == "message/rfc822":
            _attach(part, name or "転送されたメール.eml", found, depth)


def _parts(mail: Mail) -> Iterator[Mail]:
    """The leaves in order; of several renderings of one text, the plain one if it says anything. A mail
    in a mail is a leaf."""
    _mend(mail)
    kind = mail.get_content_type()
    children = cast("list[Mail]", mail.get_payload()) if mail.is_multipart() else []
    if kind == "message/rfc822" or not children:
        yield mail
    elif kind == "multipart/alternative":
        renderings = [list(_parts(child)) for child in children]
        renderings.sort(key=_rank)
        yield from renderings[0] if renderings else ()
    else:
        for child in children:
            yield from _parts(child)


def _mend(mail: Mail) -> None:
    """Head lines that say how to read a part: raw bytes as text, and what nobody writes left out."""
    for name in ("content-type", "content-disposition", "content-transfer-encoding"):
        value = _field(mail, name)
        if len(value) == _LONGEST_FIELD:
            del mail[name]
        elif not value.isascii():
            mail.replace_header(name, _raw(value))


def _rank(leaves: list[Mail]) -> int:
    """0 for plain text that says something, 2 for what says nothing."""
    if not any(_content(leaf).strip() for leaf in leaves):
        return 2
    return int(leaves[0].get_content_type() != "text/plain")


def _text(part: Mail, warnings: list[Message]) -> list[Block]:
    """The blocks of a text part; one that cannot be read is told."""
    content = _content(part)
    if not content.strip():
        return []
    try:
        decoded = decode_as(content, _charsets(part))
        if part.get_content_subtype() == "html":
            from ingest.readers.html.reader import read_html

            marked = b"\xef\xbb\xbf" + decoded.text.encode("utf-8", "replace")
            return list(read_html(Path("mail.html"), marked).pages[0].blocks)
    except ReadError as error:
        warnings.append(message("warn.mail_text", reason=error.told))
        return []
    warnings += decoded.warnings
    return text_blocks(_unwrapped(decoded.text, part))


def _charsets(part: Mail) -> list[str]:
    stated = part.get_content_charset()
    return [str(stated)] if stated else []


def _unwrapped(text: str, part: Mail) -> list[str]:
    """The lines without signature and marks of quotation; soft line ends joined (RFC 3676)."""
    stated = _field(part, "content-type").lower()
    is_flowed = "format=flowed" in stated.replace('"', "")
    joins = "" if "delsp=yes" in stated.replace('"', "") else " "
    lines: list[str] = []
    is_open = False
    for line in told_apart(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
        if line == _SIGNATURE:
            break
        said = _QUOTED.sub("", line)
        if is_flowed and said == line:
            said = said.removeprefix(" ")
        if is_open and said:
            lines[-1] += said
        else:
            lines.append(said)
        is_open = is_flowed and said.endswith(" ")
        if is_open:
            lines[-1] = lines[-1][:-1] + joins
    return lines


def _attach(part: Mail, name: str, found: _Parts, depth: int) -> None:
    """Reads an attachment as a document of its own."""
    from ingest.readers import read

    found.names.append(name)
    try:
        if len(found.attached) >= _MOST_READ or depth >= _DEEPEST:
            raise ReadError("read.too_large.attachments")
        content = _content(part)
        is_mail = Path(name).suffix.lower() == SUFFIX or part.is_multipart()
        extract = _read(content, depth + 1) if is_mail else read(Path(name), content)
    except ReadError as error:
        found.warnings.append(message("warn.attachment_unread", name=name, reason=error.told))
        return
    found.warnings += [
        message("warn.attachment_said", name=name, said=told) for told in extract.warnings
    ]
    front = {"default_title": Path(name).stem, "source_title": f"添付「{name}」"}
    readable = tuple(page for page in extract.pages if page.is_readable)
    if len(readable) < len(extract.pages):
        found.warnings.append(message("warn.attachment_pictures", name=name))
    if readable:
        found.attached.append(
            replace(extract, pages=readable, front_matter=front | extract.front_matter, attached=())
        )
    found.attached += extract.attached


def _content(part: Mail) -> bytes:
    if part.is_multipart():
        return cast("list[Mail]", part.get_payload())[0].as_bytes()
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _name(part: Mail) -> str:
    """The name of an attached file: RFC 2231, or the encoded words that many a program writes."""
    given = part.get_filename() or ""
    name = _shown(given).replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in name if char.isprintable())[:120].strip()


def _field(mail: Mail, name: str) -> str:
    """A head line as it was sent, shortened to what anybody reads."""
    for key, value in mail.raw_items():
        if key.lower() == name:
            return str(value)[:_LONGEST_FIELD]
    return ""


def _shown(value: str) -> str:
    """A head line with its encoded words (RFC 2047) read, its raw bytes by what they look like."""
    value = value[:_LONGEST_FIELD]
    if not _ENCODED.search(value):
        return " ".join(_raw(value).split())
    text: list[str] = []
    for piece, charset in _joined(value):
        if isinstance(piece, str):
            text.append(piece)
            continue
        try:
            text.append(decode_as(piece, [charset] if charset else []).text)
        except ReadError:
            text.append(piece.decode("ascii", "replace"))
    return " ".join("".join(text).split())


def _raw(value: str) -> str:
    """A head line of bytes that are no ASCII, by what they look like."""
    raw = value.encode("utf-8", "surrogateescape")
    try:
        return decode(raw).text
    except ReadError:
        return raw.decode("utf-8", "replace")


def _joined(value: str) -> list[tuple[bytes | str, str | None]]:
    """The pieces of a head line; neighbours of one encoding as one, since programs cut characters."""
    from email.errors import HeaderParseError
    from email.header import decode_header

    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return [(value, None)]
    joined: list[tuple[bytes | str, str | None]] = []
    for piece, charset in pieces:
        last = joined[-1] if joined else None
        if last and isinstance(piece, bytes) and isinstance(last[0], bytes) and charset == last[1]:
            joined[-1] = last[0] + piece, charset
        else:
            joined.append((piece, charset))
    return joined


def _date(mail: Mail) -> datetime.date | None:
    """The day it was sent, None for none that can be."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(_field(mail, "date")).date()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _damaged() -> ReadError:
    return ReadError("read.damaged.mail")
