"""Web pages."""

import re

from ingest.readers.content import Content
from ingest.readers.formats import Format

_HTML = re.compile(
    r"\s*(?:(?:<\?xml[^>]*>|<!--.*?-->)\s*)*<(?:!doctype\s+html|html|head|body|table)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_MHTML = re.compile(r"\A(?:[\w-]+:.*\n(?:[ \t].*\n)*)*?content-type:\s*multipart/related", re.I)


def _is_html(content: Content) -> bool:
    return bool(_HTML.match(content.head) or _MHTML.match(content.head))


FORMAT = Format(
    "html",
    (".html", ".htm", ".xhtml", ".mhtml", ".mht"),
    "ingest.readers.html.reader:read_html",
    _is_html,
    textual=True,
    poses=(".xls", ".doc", ".ppt"),
)
