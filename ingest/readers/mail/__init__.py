"""Mail: as the standards have it (.eml), and as Outlook saves it (.msg)."""

import re

from ingest.readers.content import Content
from ingest.readers.formats import Format

SUFFIX = ".eml"
"""Of mail as the standards have it."""

_HEADER = re.compile(
    r"(?:From [^\n]{1,200}\r?\n)?(?:[\w-]{1,60}:[^\n]{0,2000}\r?\n(?:[ \t][^\n]*\n)*){2,}"
)
_OF_MAIL = re.compile(r"^(?:received|mail-id|return-path|from|date|subject):", re.I | re.M)


def _is_mail(content: Content) -> bool:
    """Head lines of a mail, unless the name says that it is some text that may quote one."""
    if content.suffix != SUFFIX and (content.named_text or content.suffix):
        return False
    head = _HEADER.match(content.head)
    return head is not None and len(set(_OF_MAIL.findall(head[0].lower()))) >= 2


FORMAT = Format(
    "mail",
    (SUFFIX,),
    "ingest.readers.mail.reader:read_mail",
    _is_mail,
    textual=True,
)

OUTLOOK = Format(
    "msg",
    (".msg",),
    "ingest.readers.mail.outlook:read_msg",
    lambda content: content.has_stream("__properties_version1.0"),
)
