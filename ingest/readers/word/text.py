"""The running text of Word paragraphs: what is printed, not what is deleted, hidden or code."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.drawing import ALTERNATE, CHART, CHOICES, DRAWING
from ingest.readers.word.styles import VAL, RunStyle, Styles, W, style_of

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_VML = "{urn:schemas-microsoft-com:vml}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

DELETED = frozenset({W + "del", W + "moveFrom"})
"""What tracked changes have taken away."""

_SKIPPED = DELETED | {
    W + name for name in ("pPr", "rPr", "sdtPr", "sdtEndPr", "rt", "rubyPr", "delText", "fldData")
}
_SYMBOLS = {  # Wingdings and Symbol fonts: code in the font → the character it shows
    "Wingdings": {
        0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "□", 0x75: "◆", 0x76: "❖", 0x9F: "・", 0xA7: "▪",
        0xA8: "□", 0xD8: "➢", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒",
        0xFE: "☑", 0x28: "☎", 0x2A: "✉", 0x46: "☞", 0x4A: "☺",
    },
    "Symbol": {0xB7: "・", 0xB0: "°", 0xB1: "±", 0xB4: "×", 0xAE: "→", 0xDE: "⇒", 0xA3: "≤", 0xB3: "≥"},
}  # fmt: skip
_OVER = re.compile(r"\\o\s*(?:\\a[dclr]\s*)?\(.*?[,;，、](?P<base>[^()]*)\)\s*$", re.DOTALL)
"""An EQ field that sets one text over another: ruby of old Word and circled characters. What is
printed at full size stands last."""

_LONGEST_CODE = 500
_DEEPEST = 50  # fields within fields


@dataclass(slots=True)
class PageCount:
    """The page that the walk stands on, 1-based, by the breaks that Word left."""

    page: int = 1
    _hard: bool = False

    def hard(self) -> None:
        """A break that the author set."""
        self.page += 1
        self._hard = True

    def rendered(self) -> None:
        """A page's beginning as Word last laid it out; after a hard break it is the same one."""
        self.page += not self._hard
        self._hard = False

    def text(self) -> None:
        """Text stands on the page."""
        self._hard = False


@dataclass(slots=True)
class Paragraph:
    """A paragraph as read: its text with ``\\n`` for line breaks, the ``page`` it begins on, how most
    of it looks, and what hangs on it: text boxes and shapes (elements or plain lines), notes and
    graphics by their ids."""

    page: int
    parts: list[str] = field(default_factory=list)
    looks: Counter[RunStyle] = field(default_factory=Counter)
    boxes: list[Any] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    graphics: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.parts)

    @property
    def look(self) -> RunStyle:
        """Size of most characters; bold when all of them are."""
        if not self.looks:
            return RunStyle()
        size = self.looks.most_common(1)[0][0].size
        return RunStyle(size, all(look.bold for look in self.looks))


@dataclass(slots=True)
class _Field:
    """An open field: its code so far; ``shown`` once its result has begun."""

    code: str = ""
    shown: bool = False


class Inline:
    """Reads paragraphs one after the other; fields may reach over several. ``struck`` are the
    pieces of struck-out text, which are not read."""

    def __init__(self, styles: Styles, pages: PageCount) -> None:
        self.struck: list[str] = []
        self._styles = styles
        self._pages = pages
        self._fields: list[_Field] = []
        self._style = ""
        self._look = RunStyle()
        self._found = Paragraph(1)

    def read(self, paragraph: Any) -> Paragraph:
        """One ``w:p`` (or a DrawingML ``a:p``)."""
        self._found = found = Paragraph(self._pages.page)
        self._style = style_of(paragraph.find(W + "pPr"), "pStyle")
        self._look = self._styles.look(self._style, None)
        self._visit(paragraph)
        while self._fields and not self._fields[-1].shown:
            self._fields.pop()  # a field that is never closed would swallow all that follows
        return found

    def _visit(self, node: Any) -> None:
        for child in node:
            tag = child.tag
            if tag in _SKIPPED or is_prompt(child):
                continue
            if tag == W + "t" or tag == _MATH + "t" or tag == DRAWING + "t":
                self._emit((child.text or "").replace("\n", " "))
            elif tag == W + "r":
                outer, self._look = (
                    self._look,
                    self._styles.look(self._style, child.find(W + "rPr")),
                )
                self._visit(child)
                self._look = outer
            elif tag == ALTERNATE:
                self._visit(choice(child))
            elif not self._mark(tag, child) and not self._hang(tag, child):
                self._visit(child)

    def _emit(self, text: str) -> None:
        if not text or self._look.hidden or any(not field.shown for field in self._fields):
            return
        if self._look.struck:
            self.struck += filter(None, [text.strip()])
            return
        found = self._found
        if text.strip():
            if not found.looks:
                found.page = self._pages.page
            found.looks[self._look] += len(text.strip())
            self._pages.text()
        found.parts.append(text)

    def _mark(self, tag: str, node: Any) -> bool:
        """Takes a mark within the text; False when it is none."""
        if tag == W + "tab" or tag == W + "ptab":
            self._emit("　")
        elif tag == W + "br" and node.get(W + "type") == "page":
            self._pages.hard()
            self._emit("\n")
        elif tag in (W + "br", W + "cr", DRAWING + "br"):
            self._emit("\n")
        elif tag == W + "lastRenderedPageBreak":
            self._pages.rendered()
        elif tag == W + "noBreakHyphen":
            self._emit("-")
        elif tag == W + "sym":
            self._emit(_symbol(node))
        elif tag == W + "fldChar":
            self._field(node.get(W + "fldCharType"))
        elif tag == W + "instrText":
            if self._fields:
                self._fields[-1].code += node.text or ""
        else:
            return False
        return True

    def _hang(self, tag: str, node: Any) -> bool:
        """Takes what hangs on a paragraph; False when it is nothing of the kind."""
        found = self._found
        if tag in (W + "footnoteReference", W + "endnoteReference"):
            found.notes.append((tag[len(W) : -len("Reference")], node.get(W + "id", "")))
        elif tag == W + "txbxContent" or (tag == DRAWING + "p" and len(node)):
            if not self._look.hidden:
                found.boxes.append(node)
        elif tag == _VML + "textpath":
            found.boxes.append(node.get("string", ""))
        elif tag == _DIAGRAM + "relIds":
            found.graphics.append(node.get(_REL + "dm", ""))
        elif tag == CHART + "chart":
            found.graphics.append(node.get(_REL + "id", ""))
        else:
            return False
        return True

    def _field(self, kind: str | None) -> None:
        if kind == "begin" and len(self._fields) < _DEEPEST:
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].shown = True
        elif kind == "end" and self._fields:
            closed = self._fields.pop()
            if not closed.shown and closed.code.strip().upper().startswith("EQ"):
                match = _OVER.search(closed.code.strip()[:_LONGEST_CODE])
                self._emit(match["base"].strip(" )") if match else "")


def is_prompt(node: Any) -> bool:
    """True for a content control that nobody filled in: it shows what to enter."""
    return node.tag == W + "sdt" and node.find(f"{W}sdtPr/{W}showingPlcHdr") is not None


def choice(node: Any) -> Any:
    """The one of several renderings of the same thing that is read."""
    options = [child for child in node if child.tag in CHOICES]
    return next((o for o in options if any(True for _ in o.iter(W + "t"))), options[:1] or ())


def _symbol(node: Any) -> str:
    """What ``w:sym`` shows; nothing for a character of an unknown font."""
    try:
        code = int(node.get(W + "char", ""), 16)
    except ValueError:
        return ""
    font = node.get(W + "font", "")
    table = _SYMBOLS.get(font.rstrip(" 23"), {})
    if (code & 0xFF) in table and (code < 0x100 or code >> 8 == 0xF0):
        return table[code & 0xFF]
    private = 0xE000 <= code < 0xF900 or code < 0x20 or 0xD800 <= code < 0xE000 or code > 0x10FFFF
    return "" if private else chr(code)


def value(node: Any, path: str) -> str:
    """The ``w:val`` of a descendant, "" for none."""
    found = node.find(path)
    return found.get(VAL, "") if found is not None else ""
