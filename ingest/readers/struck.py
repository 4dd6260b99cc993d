"""Struck-out text (見え消し): what was deleted for all to see is not read, and that there was some is told."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.page import named
from kb.base.messages import Message, message

_FENCED = re.compile(r"^\s*(```|~~~).*?(?:^\s*\1|\Z)", re.DOTALL | re.MULTILINE)
_MARKED = re.compile(
    r"(?P<code>(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?<![~\\])~~(?=[^\s~])(?:(?!\n\s*\n).)+?(?<=[^\s~])~~(?!~)"
    r"|<(?P<tag>s|del|strike)\b[^>]*>(?:(?!\n\s*\n).)*?</(?P=tag)>",
    re.DOTALL | re.IGNORECASE,
)


def struck_in(n: int, pages: Sequence[int] = ()) -> tuple[Message, ...]:
    """The warning that ``n`` pieces of struck-out text, on these pages, were not read; none for none."""
    if not n:
        return ()
    if pages:
        return (message("warn.struck_pages", n=n, pages=named(sorted(set(pages)))),)
    return (message("warn.struck", n=n),)


def unmarked(markdown: str) -> tuple[str, int]:
    """Markdown without what it marks as struck out (``~~…~~``, ``<s>``, ``<del>``), and how many
    pieces those were; code stays as it is."""
    count = 0

    def kept(found: re.Match[str]) -> str:
        nonlocal count
        count += not found["code"]
        return found["code"] or ""

    pieces: list[str] = []
    at = 0
    for fence in _FENCED.finditer(markdown):
        pieces += [_MARKED.sub(kept, markdown[at : fence.start()]), fence.group()]
        at = fence.end()
    pieces.append(_MARKED.sub(kept, markdown[at:]))
    return "".join(pieces), count
