"""Struck-out text of web pages: s, strike and del, and line-through of styles."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from ingest.readers.html.main_text import drop

_TAGS = frozenset(("s", "strike", "del"))
_DECORATION = re.compile(r"text-decoration(?:-line)?\s*:\s*([^;]*)", re.IGNORECASE)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_SIMPLE = re.compile(r"(?P<tag>[a-z][a-z0-9]*|\*)?(?P<names>(?:[.#][\w-]+)*)$", re.IGNORECASE)
_MOST = 200  # rules that strike text through


def without_struck(root: Any) -> list[str]:
    """Takes struck-out elements out of the tree and returns what they said."""
    styled = {node for path in _selected(root) for node in root.xpath(path)}
    doomed = [node for node in root.iter(etree.Element) if _is_struck(node, styled)]
    said = []
    for node in doomed:
        parent = node.getparent()
        if parent is not None and not any(above in doomed for above in node.iterancestors()):
            said.append("".join(node.itertext()).strip())
            drop(parent, node)
    return [text for text in said if text]


def _is_struck(node: Any, styled: set[Any]) -> bool:
    own = _DECORATION.search(node.get("style", ""))
    if own:
        return "line-through" in own[1].lower()
    return node in styled or node.tag in _TAGS


def _selected(root: Any) -> list[str]:
    """XPaths of the selectors in the page's styles that strike text through."""
    paths: list[str] = []
    for style in root.iter("style"):
        for selectors, body in _RULE.findall(_COMMENT.sub("", style.text or "")):
            said = _DECORATION.search(body)
            if said and "line-through" in said[1].lower():
                paths += [path for one in selectors.split(",") if (path := _path(one))]
    return paths[:_MOST]


def _path(selector: str) -> str:
    """A selector of tags, classes and ids below each other as XPath, "" for any other."""
    path = ""
    for part in selector.split():
        match = _SIMPLE.match(part)
        if not match or not part:
            return ""
        path += f"//{match['tag'] or '*'}"
        for sign, name in re.findall(r"([.#])([\w-]+)", match["names"]):
            path += (
                f"[@id='{name}']"
                if sign == "#"
                else f"[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"
            )
    return path
