"""What Obsidian, Notion and Joplin write beyond Markdown, as plain Markdown."""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

from ingest.page import Block
from ingest.readers.furniture import noted_by_itself

_HIDDEN = (
    (re.compile("<!--"), re.compile("-->")),
    # a line of its own opens a block; within a line both ends stand in it, and 120%% opens nothing
    (re.compile(r"^[ \t]*%%", re.MULTILINE), re.compile("%%")),
    (re.compile(r"(?<![\d%０-９])%%(?=[^%\n]*%%)"), re.compile("%%")),
)
_QUERY = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[ \t]*(?:dataview(?:js)?|tasks|query|mermaid|excalidraw|button|toc|ad-\w+|kanban|chart)\b",
    re.MULTILINE | re.IGNORECASE,
)
_SPANS = (
    (re.compile(r"^:{3,}[ \t]*\w*[ \t]*$", re.MULTILINE), ""),  # a box of HackMD
    (re.compile(r"^[ \t]*(?:[-*][ \t]+)?(?:collapsed|id|created-at|updated-at|heading)::[ \t].*$", re.MULTILINE), ""),  # Logseq's own
    (re.compile(r"\A\s*title::[ \t]*(.+)$", re.MULTILINE), r"# \1"),
    (re.compile(r"^[ \t]*[-*][ \t]+(#{1,6}[ \t]+\S)", re.MULTILINE), r"\1"),
    (re.compile(r"!\[\[[^\[\]\n]{0,300}\]\]"), ""),  # an embedded file
    (re.compile(r"\[\[[^\[\]|\n]{0,300}\|([^\]\n]{1,300})\]\]"), r"\1"),
    (re.compile(r"\[\[#?\^?([^\[\]#|\n]{1,300})(?:#[^\]\n]{0,300})?\]\]"), r"\1"),
    (re.compile(r"==(?=\S)([^=\n]{1,1000}?)(?<=\S)=="), r"\1"),
    (re.compile(r"(?<![ \t])[ \t]+\^[\w-]+[ \t]*$", re.MULTILINE), ""),  # the name of a block
    (re.compile(r"`\$?=[^`\n]{0,1000}`"), ""),  # a field that dataview would fill in
    (re.compile(r"^([ \t]*+[-*]?[ \t]*+)([^\s:：\[\]()]{1,20})::[ \t]*", re.MULTILINE), r"\1\2："),
    (re.compile(r"[\[(]([^\s:：\[\]()]{1,20})::[ \t]*([^\])\n]{0,1000})[\])]"), r"\2"),
    (re.compile(r"(?<![\w/&#(\[`])#(?=[^\W\d])([\w/ー-]+)"), r"\1"),
    (re.compile(r"!\[[^\[\]\n]{0,300}\.(?:png|jpe?g|gif|webp|svg|pdf|heic|mp4)\]\([^)\n]{0,1000}\)", re.IGNORECASE), ""),
    (re.compile(r"<br\s*/?>", re.IGNORECASE), "  \n"),
)  # fmt: skip
_CALLOUT = re.compile(
    r"^(?P<quote>[ \t]*(?:>[ \t]*)+)\[![^\]\n]+\][+-]?[ \t]*(?P<title>.*)$", re.MULTILINE
)
_JOPLIN = re.compile(r"(?<!\n)\n+id: [0-9a-f]{32}\n(?:[a-z_]+:.*\n?)+\Z")
_TABLE = re.compile(r"<(/?)table\b[^<>]*>", re.IGNORECASE)
_PROPERTY = re.compile(r"^(?P<name>[^\s:：|#>*_\[-][^:：|\n]{0,19}): ?(?P<said>.*)$")
_MARK = "\ue000"
"""Stands for a table of HTML until the lines are read."""


class Plain(NamedTuple):
    """Markdown alone: ``text``, where a line of ``_MARK`` and a number stands for ``tables[number]``."""

    text: str
    tables: list[list[Block]]


def plain(body: str) -> Plain:
    """``body`` without what is for the tool and not for the reader, and its HTML tables apart."""
    text = _JOPLIN.sub("", _without_hidden(body))
    text, tables = _without_tables(_without_queries(text))
    for pattern, said in _SPANS:
        text = pattern.sub(said, text)
    text = _CALLOUT.sub(lambda m: f"{m['quote']}{m['title']}\n{m['quote'].rstrip()}", text)
    return Plain(unescape(_with_properties(text)), tables)


def table_number(line: str) -> int | None:
    """The number of the table that stands at ``line``, None for any other line."""
    found = line.strip()
    return int(found[1:]) if found.startswith(_MARK) and found[1:].isdecimal() else None


def _without_hidden(text: str) -> str:
    """``text`` without comments, but for their line ends; one that is never closed is text."""
    for begin, end in _HIDDEN:
        kept, at = list[str](), 0
        while opening := begin.search(text, at):
            closing = end.search(text, opening.end())
            if closing is None:
                break
            start, stop = opening.start(), closing.start()
            kept += [text[at:start], "\n" * text.count("\n", start, stop)]
            at = closing.end()
        text = "".join([*kept, text[at:]])
    return text


def _without_queries(text: str) -> str:
    """``text`` without what the tool would compute, but for its line ends; a fence that is never
    closed is looked for once."""
    kept, at = list[str](), 0
    open_ended = set[str]()
    for query in _QUERY.finditer(text):
        fence = query["fence"]
        if query.start() < at or fence in open_ended:
            continue
        closing = re.compile(rf"^[ \t]*{fence}[ \t]*$", re.MULTILINE).search(text, query.end())
        if closing is None:
            open_ended.add(fence)
            continue
        lines = text.count("\n", query.start(), closing.end())
        kept += [text[at : query.start()], "\n" * lines]
        at = closing.end()
    return "".join([*kept, text[at:]])


def _without_tables(text: str) -> tuple[str, list[list[Block]]]:
    """``text`` with a mark for each table of HTML, and their blocks."""
    out, tables = [], list[list[Block]]()
    at = start = depth = 0
    for tag in _TABLE.finditer(text):
        if not tag[1]:
            start = tag.start() if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                out += [text[at:start], f"\n\n{_MARK}{len(tables)}\n\n"]
                tables.append(_table(text[start : tag.end()]))
                at = tag.end()
    return "".join([*out, text[at:]]), tables


def _table(markup: str) -> list[Block]:
    from lxml import html  # slow to import, and few notes have a table of HTML

    from ingest.readers.html.blocks import blocks

    return blocks(html.fragment_fromstring(markup))


def _with_properties(text: str) -> str:
    """``text`` with the properties that Notion writes under the title as lines of their own, without
    those that say who wrote the note and when."""
    head, sign, rest = text.lstrip("\n").partition("\n")
    if not head.startswith("# ") or not sign:
        return text
    lines = rest.lstrip("\n").split("\n")
    end = next((i for i, line in enumerate(lines) if not line.strip()), len(lines))
    found = [_PROPERTY.match(line) for line in lines[:end]]
    if not found or not all(found):
        return text
    told = [
        f"{m['name'].strip()}：{m['said'].strip()}"
        for m in found
        if m and m["said"] and not noted_by_itself(m["name"], m["said"])
    ]
    return "\n\n".join([head, *told, "\n".join(lines[end:])])
