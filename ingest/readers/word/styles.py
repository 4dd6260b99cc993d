"""What the styles of a Word file say: heading levels, sizes, bold and hidden text."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = W + "val"

_HEADING = re.compile(r"^(?:heading|見出し)\s*([1-9１-９])$", re.IGNORECASE)
_TITLE = re.compile(r"^(?:title|表題)$", re.IGNORECASE)
_CONTENTS = re.compile(r"^(?:toc|目次)\s*\d$", re.IGNORECASE)
_DEEPEST = 6
_BODY_LEVEL = 9  # w:outlineLvl of text that is no heading (ISO/IEC 29500-1, 17.3.1.20)
_DEFAULT_SIZE = 10.0  # points, where nothing states a size (17.3.2.38)
_MOST_PARENTS = 20
_OFF = frozenset({"0", "false", "off", "none"})


@dataclass(frozen=True, slots=True)
class RunStyle:
    """How a run is set: ``size`` in points, bold or not, hidden or not, struck out or not."""

    size: float = _DEFAULT_SIZE
    bold: bool = False
    hidden: bool = False
    struck: bool = False


@dataclass(frozen=True, slots=True)
class _Style:
    """One style, without what it inherits; None where it says nothing."""

    name: str = ""
    parent: str = ""
    level: int | None = None
    size: float | None = None
    bold: bool | None = None
    hidden: bool | None = None
    struck: bool | None = None
    number: tuple[str, int] | None = None


class Styles:
    """The styles of a file, from ``word/styles.xml`` (None when it has none)."""

    def __init__(self, root: Any) -> None:
        self._styles: dict[str, _Style] = {}
        self._chains: dict[str, tuple[_Style, ...]] = {}
        self._looks: dict[tuple[str, str], RunStyle] = {}
        self._base = _Style()
        self._default = ""
        if root is None:
            return
        run_defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._base = _style(None, run_defaults)
        for item in root.iterfind(W + "style"):
            key = item.get(W + "styleId", "")
            self._styles[key] = _style(item, item.find(W + "rPr"))
            if item.get(W + "type") == "paragraph" and item.get(W + "default") in ("1", "true"):
                self._default = key

    def level(self, properties: Any) -> int:
        """Heading level (1–6) of a paragraph by its ``w:pPr``, 0 for none."""
        direct = _number(properties, "outlineLvl")
        chain = self._chain(style_of(properties, "pStyle") or self._default)
        stated = direct if direct is not None else _first(s.level for s in chain)
        if stated is not None:
            return min(stated + 1, _DEEPEST) if 0 <= stated < _BODY_LEVEL else 0
        for style in chain:
            if match := _HEADING.match(style.name):
                return min(int(match[1]), _DEEPEST)
            if _TITLE.match(style.name):
                return 1
        return 0

    def is_contents(self, properties: Any) -> bool:
        """True for a line of the table of contents."""
        chain = self._chain(style_of(properties, "pStyle"))
        return bool(chain) and bool(_CONTENTS.match(chain[0].name))

    def number(self, properties: Any) -> tuple[str, int] | None:
        """(list id, level in it) of a paragraph, None when it is not numbered."""
        direct = _numbering(properties)
        inherited = _first(s.number for s in self._chain(style_of(properties, "pStyle")))
        if direct is None or not direct[0]:
            return inherited and (inherited[0], direct[1] if direct else inherited[1])
        return direct

    def look(self, paragraph: str, run: Any) -> RunStyle:
        """How a run looks by its ``w:rPr`` in a paragraph of this style."""
        named = style_of(run, "rStyle") if run is not None else ""
        key = (paragraph or self._default, named)
        if key not in self._looks:
            chain = (*self._chain(named), *self._chain(key[0]), self._base, RunStyle())
            self._looks[key] = _look(chain)
        look = self._looks[key]
        if run is None:
            return look
        return _look((_style(None, run), look))

    def _chain(self, key: str) -> tuple[_Style, ...]:
        """A style and those it is based on."""
        if key not in self._chains:
            chain: list[_Style] = []
            at = key
            while at in self._styles and len(chain) < _MOST_PARENTS:
                chain.append(self._styles[at])
                at = self._styles[at].parent
            self._chains[key] = tuple(chain)
        return self._chains[key]


def style_of(properties: Any, kind: str) -> str:
    """The style that ``w:pPr`` or ``w:rPr`` names, "" for none."""
    found = properties.find(W + kind) if properties is not None else None
    return found.get(VAL, "") if found is not None else ""


def _look(chain: tuple[object, ...]) -> RunStyle:
    """What the first says that says anything."""
    return RunStyle(*(_first(getattr(s, f.name) for s in chain) for f in fields(RunStyle)))


def _style(item: Any, run: Any) -> _Style:
    properties = item.find(W + "pPr") if item is not None else None
    return _Style(
        style_of(item, "name"),
        style_of(item, "basedOn"),
        _number(properties, "outlineLvl"),
        _size(run),
        _flag(run, "b"),
        _flag(run, "vanish"),
        _struck(run),
        _numbering(properties),
    )


def _numbering(properties: Any) -> tuple[str, int] | None:
    found = properties.find(W + "numPr") if properties is not None else None
    if found is None:
        return None
    identity = found.find(W + "numId")
    return (identity.get(VAL, "") if identity is not None else "", _number(found, "ilvl") or 0)


def _number(properties: Any, tag: str) -> int | None:
    found = properties.find(W + tag) if properties is not None else None
    value = found.get(VAL, "") if found is not None else ""
    return int(value) if value.isdecimal() and len(value) < 6 else None


def _size(run: Any) -> float | None:
    half_points = _number(run, "sz")
    return half_points / 2 if half_points else None


def _flag(run: Any, tag: str) -> bool | None:
    found = run.find(W + tag) if run is not None else None
    return None if found is None else found.get(VAL, "1") not in _OFF


def _struck(run: Any) -> bool | None:
    """Struck out by one line or two; None where neither is said."""
    said = [flag for tag in ("strike", "dstrike") if (flag := _flag(run, tag)) is not None]
    return any(said) if said else None


def _first(values: Any) -> Any:
    return next((value for value in values if value is not None), None)
