"""Markdown and plain text notes, with their front matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from ingest.page import Block, Extract, Page
from ingest.readers.furniture import without_furniture
from ingest.readers.notes.chat import messages
from ingest.readers.notes.dialects import plain, table_number
from ingest.readers.notes.text import decode
from ingest.readers.notes.threads import pasted
from ingest.readers.struck import struck_in, unmarked, unpaged
from kb.base.bounded_yaml import YamlError, as_mapping, read_entries
from kb.base.errors import ReadError
from kb.base.visibility import KEY
from kb.documents.stamped import is_stamp
from kb.language.text import is_japanese

_LABEL = re.compile(
    r"^\W{0,8}(?:visibility|公開\s?範囲|閲覧\s?範囲|公開\s?区分)\W{0,4}?[:：=]\s*"
    r"(?P<value>.*(?:庁内|県内|部外|限り|取り?扱|機密|intern|confid|restrict|private).*)$",
    re.IGNORECASE | re.MULTILINE,
)
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_SETEXT = re.compile(r"^ {0,3}(=+|-{3,})\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+]\s+|[・●○■□◆◇※▶]\s*|\d+[.)．）]\s*|[（(]\d+[)）]\s*|[①-⑳]\s*)")
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_RULE = re.compile(r"^\s*\|?[\s:|-]*-[\s:|-]*\|?\s*$")
_LABELLED = re.compile(
    r"(?:\d{1,2}[.．)）][ 　]*)?[^\s\d:：。、「」（(|][^:：。、「」|\n]{0,14}[:：](?!//)[ 　]*\S"
)
_FEWEST = 2
_WHOSE = re.compile(r"(?:\S{1,6}年度?[ 　]*)?\S{1,8}[都道府県市区町村]|\S{1,6}年度?")
"""Lines of label and content in a paragraph, from which each stands alone: 「団体名：…」 over 「事業名：…」."""
_TEXT_HEADING = re.compile(
    r"^(?:【[^】]{1,40}】|[■●◆□○◇]\s*\S.{0,38}|第[0-9０-９一二三四五六七八九十]+[章節].{0,40})$"
)
_INLINE = (
    (re.compile(r"!\[([^\]]{0,300})\]\([^)]{0,1000}\)"), r"\1"),
    (re.compile(r"\[([^\]]{1,300})\]\([^)]{0,1000}\)"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^>\s]{1,1000})>"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^>]{0,1000}>"), ""),
    (re.compile(r"(\*\*|__)(?=\S)(.{1,1000}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![*\w])\*(?=\S)([^*]{1,1000}?)(?<=\S)\*(?!\*)"), r"\1"),
    (re.compile(r"`([^`]{1,1000})`"), r"\1"),
    (re.compile(r"\[\^[^\]]{1,300}\]:?\s?"), ""),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>])"), r"\1"),
)


def read_note(path: Path, content: bytes, password: str | None = None) -> Extract:
    """A note as one unpaged page of blocks, with its front matter.

    Raises ReadError: ``encoding``, ``front_matter`` (naming the line) or ``empty``.
    """
    decoded = decode(content)
    front, body = _front_matter(decoded.text)
    markdown = path.suffix.lower() != ".txt"
    body, said = unmarked(body) if markdown else (body, [])
    subject, body = pasted(body)
    if subject:
        front.setdefault("title", subject)
    struck = unpaged(said)
    every = _all_blocks(body, markdown=markdown)
    found = tuple(without_furniture(every, of_site=False) or every)
    if not any(block.text.strip() for block in found):
        raise ReadError("read.empty.note")
    title = _title(found)
    if title:
        front.setdefault("title", title)
    return Extract(
        "note",
        (Page(None, found),),
        front,
        note=True,
        warnings=(*decoded.warnings, *struck_in(struck)),
        struck=struck,
    )


def _title(blocks: Sequence[Block]) -> str:
    """The first of the highest headings; on a cover, whose it is and when stand above it."""
    first = next((i for i, b in enumerate(blocks) if b.level == 1 and not is_stamp(b.text)), None)
    if first is None:
        return ""
    below = blocks[first + 1] if first + 1 < len(blocks) else None
    is_cover = below is not None and below.level == 1 and _WHOSE.fullmatch(blocks[first].text)
    return blocks[first + 1 if is_cover else first].text


def _label(head: str) -> dict[str, object]:
    """Who may see a note that says so at its head in some other way: between ``+++`` or ``- - -``, in a fence."""
    found = _LABEL.search("\n".join(head[:2000].split("\n")[:12]))
    return {KEY: found["value"].strip(" '\"")} if found else {}


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    """(values, body) of a text that may begin with ``---``."""
    head = text.lstrip("\n \t\u3000")
    blank = text.count("\n", 0, len(text) - len(head))
    lines = head.split("\n")
    if lines[0].rstrip() != "---":
        return _label(head), text
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), None)
    if end is None:
        if len(lines) > 1 and re.match(r"^[\w]+\s*:", lines[1]):
            raise ReadError("read.front_matter.open")
        return {}, text
    if not any(line.strip() for line in lines[1:end]):
        return {}, "\n".join(lines[end + 1 :])
    try:
        values = as_mapping(read_entries("\n" * (blank + 1) + "\n".join(lines[1:end])))
    except YamlError as error:
        if str(error) == "text" and ":" not in "".join(lines[1:end]):
            return {}, text  # a horizontal rule, not front matter
        at = error.line or 1
        raise ReadError("read.front_matter", line=at) from error
    return values, "\n".join(lines[end + 1 :])


def text_blocks(lines: list[str]) -> list[Block]:
    """The blocks of plain text."""
    return _Lines(markdown=False).blocks(lines)


def _all_blocks(body: str, *, markdown: bool) -> list[Block]:
    """The blocks of a note: of what was said in a conversation, else of its lines."""
    if said := messages(body):
        titled = "：" not in said[0]
        return [Block(text, level=1 if titled and i == 0 else 0) for i, text in enumerate(said)]
    if not markdown:
        return text_blocks(body.split("\n"))
    text, tables = plain(body)
    return _Lines(markdown=True, tables=tables).blocks(text.split("\n"))


class _Lines:
    """Lines as headings, rows, bullets and paragraphs in order; numbers the tables as it goes."""

    def __init__(self, *, markdown: bool, tables: Sequence[Sequence[Block]] = ()) -> None:
        self._markdown = markdown
        self._tables = tables
        self._found: list[Block] = []
        self._paragraph: list[str] = []
        self._table = -1
        self._fenced = False

    def blocks(self, lines: list[str]) -> list[Block]:
        for line in lines:
            if self._markdown and _FENCE.match(line):
                self._close()
                self._fenced = not self._fenced
            elif self._fenced:
                self._found.append(Block(line))
            else:
                self._line(line)
        self._close()
        return [block for block in self._found if block.text.strip()]

    def _line(self, line: str) -> None:
        number = table_number(line) if self._markdown else None
        if number is not None:
            self._of_html(self._tables[number])
        elif self._markdown and _ROW.match(line):
            self._close()
            self._table += not (self._found and self._found[-1].kind == "row")
            self._found += _row(line, self._table)
        elif not line.strip():
            self._close()
        elif level := _level(line, self._paragraph, markdown=self._markdown):
            setext = self._markdown and bool(_SETEXT.match(line))
            text = self._paragraph.pop() if setext else _heading_text(line, markdown=self._markdown)
            self._close()
            self._found.append(Block(_inline(text) if self._markdown else text, level=level))
        elif not (self._markdown and _RULE.match(line) and not self._paragraph):
            self._text(line)

    def _text(self, line: str) -> None:
        text = re.sub(r"^\s*(?:>\s?)+", "", line) if self._markdown else line
        if not text.strip() or _BULLET.match(text):
            self._close()
        breaks = self._markdown and text.endswith(("  ", "\\"))
        shown = _inline(text.strip().removesuffix("\\")) if self._markdown else text.strip()
        self._paragraph.append(f"{shown}\n" if breaks else shown)

    def _of_html(self, blocks: Sequence[Block]) -> None:
        self._close()
        self._table += 1
        self._found += [
            replace(block, table=self._table) if block.kind == "row" else block for block in blocks
        ]

    def _close(self) -> None:
        labelled = [bool(_LABELLED.match(line)) for line in self._paragraph]
        runs = groupby(zip(self._paragraph, labelled, strict=True), lambda told: told[1])
        for is_label, run in runs if sum(labelled) >= _FEWEST else [(False, zip(self._paragraph))]:
            lines = [told[0] for told in run]
            texts = lines if is_label else [self._joined(lines)] if lines else []
            self._found += [Block(text.strip("\n")) for text in texts]
        self._paragraph.clear()

    def _joined(self, lines: list[str]) -> str:
        return _joined(lines) if self._markdown else "\n".join(lines)


def _level(line: str, paragraph: list[str], *, markdown: bool) -> int:
    """Heading level of a line, 0 for none."""
    if markdown:
        if match := _HEADING.match(line):
            return len(match.group(1))
        if paragraph and len(paragraph) == 1 and (match := _SETEXT.match(line)):
            return 1 if match.group(1)[0] == "=" else 2
        return 0
    return 2 if _TEXT_HEADING.match(line.strip()) else 0


def _heading_text(line: str, *, markdown: bool) -> str:
    if markdown and (match := _HEADING.match(line)):
        return match.group(2)
    return re.sub(r"^【(.*)】$", r"\1", line.strip().lstrip("■●◆□○◇ "))


def _row(line: str, table: int) -> list[Block]:
    if _RULE.match(line):
        return []
    cells = tuple(_inline(cell.strip()) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")))
    if len(cells) < 2:
        return [Block(cells[0])] if cells else []
    return [Block("\t".join(cells), kind="row", cells=cells, table=table)]


def _inline(text: str) -> str:
    """Text without Markdown's signs."""
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return re.sub(r"^[-*+]\s+", "・", text)


def _joined(lines: list[str]) -> str:
    """Soft-wrapped lines as one, without a space between Japanese."""
    text = lines[0]
    for line in lines[1:]:
        closed = text and line and (is_japanese(text[-1]) or is_japanese(line[0]))
        between = "" if closed or text.endswith("\n") else " "
        text += between + line
    return text
