"""Struck-out text (見え消し): what was deleted for all to see is not read, and that there was some is told."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.page import Struck, named
from kb.base.messages import Message, message

_FENCED = re.compile(r"^[^\S\n]*(```|~~~).*?(?:^[^\S\n]*\1|\Z)", re.DOTALL | re.MULTILINE)
_OPENING = re.compile(r"`+|(?<![~\\])~~(?=[^\s~])|<(?P<tag>s|del|strike)\b[^<>]*>", re.IGNORECASE)
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n")


def struck_in(found: Sequence[Struck]) -> tuple[Message, ...]:
    """The warning that these pieces of struck-out text were not read; none for none."""
    if not found:
        return ()
    if pages := {page for page, _ in found if page}:
        return (message("warn.struck_pages", n=len(found), pages=named(sorted(pages))),)
    return (message("warn.struck", n=len(found)),)


def unpaged(texts: Sequence[str]) -> tuple[Struck, ...]:
    """Struck-out texts of a source without pages."""
    return tuple((None, text) for text in texts)


def unmarked(markdown: str) -> tuple[str, list[str]]:
    """Markdown without what it marks as struck out (``~~…~~``, ``<s>``, ``<del>``), and those pieces;
    code stays as it is."""
    pieces: list[str] = []
    said: list[str] = []
    at = 0
    ends = [(fence.start(), fence.end()) for fence in _FENCED.finditer(markdown)]
    for start, end in (*ends, (len(markdown), len(markdown))):
        kept, struck = _unmarked(markdown[at:start])
        pieces += [kept, markdown[start:end]]
        said += struck
        at = end
    return "".join(pieces), said


def _unmarked(text: str) -> tuple[str, list[str]]:
    """The same of text without fences, in one pass: where a mark was looked for in vain, it is not
    looked for again."""
    pieces: list[str] = []
    said: list[str] = []
    at = 0
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
            said.append(text[opening.end() : closing.start()])
        else:
            pieces.append(text[at : closing.end()])
        at = closing.end()
    return "".join([*pieces, text[at:]]), said


def _closing(mark: str) -> re.Pattern[str]:
    """What ends a piece that ``mark`` begins: as many signs, or the tag's own end."""
    if mark[0] == "`":
        return re.compile(rf"(?<!`){mark}(?!`)")
    return re.compile(r"(?<=[^\s~])~~(?!~)" if mark == "~~" else f"</{mark}>", re.IGNORECASE)
