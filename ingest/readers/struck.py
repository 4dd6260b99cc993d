"""Struck-out text (見え消し): what was deleted for all to see is not read, and that there was some is told."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.page import named
from kb.base.messages import Message, message

_FENCED = re.compile(r"^[^\S\n]*(```|~~~).*?(?:^[^\S\n]*\1|\Z)", re.DOTALL | re.MULTILINE)
_OPENING = re.compile(r"`+|(?<![~\\])~~(?=[^\s~])|<(?P<tag>s|del|strike)\b[^<>]*>", re.IGNORECASE)
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n")


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
    pieces: list[str] = []
    count = at = 0
    ends = [(fence.start(), fence.end()) for fence in _FENCED.finditer(markdown)]
    for start, end in (*ends, (len(markdown), len(markdown))):
        kept, struck = _unmarked(markdown[at:start])
        pieces += [kept, markdown[start:end]]
        count += struck
        at = end
    return "".join(pieces), count


def _unmarked(text: str) -> tuple[str, int]:
    """The same of text without fences, in one pass: where a mark was looked for in vain, it is not
    looked for again."""
    pieces: list[str] = []
    count = at = 0
    in_vain: dict[str, int] = {}
    for opening in _OPENING.finditer(text):
        mark = (opening["tag"] or opening.group()).lower()
        if opening.start() < max(at, in_vain.get(mark, 0)):
            continue
        is_code = mark[0] == "`"
        end = len(text)
        if not is_code and (paragraph := _PARAGRAPH_END.search(text, opening.end())):
            end = paragraph.start()
        closing = _closing(mark).search(text, opening.end(), end)
        if closing is None:
            in_vain[mark] = end
            continue
        if not is_code:
            pieces.append(text[at : opening.start()])
            count += 1
        else:
            pieces.append(text[at : closing.end()])
        at = closing.end()
    return "".join([*pieces, text[at:]]), count


def _closing(mark: str) -> re.Pattern[str]:
    """What ends a piece that ``mark`` begins: as many signs, or the tag's own end."""
    if mark[0] == "`":
        return re.compile(rf"(?<!`){mark}(?!`)")
    return re.compile(r"(?<=[^\s~])~~(?!~)" if mark == "~~" else f"</{mark}>", re.IGNORECASE)
