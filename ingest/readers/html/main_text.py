"""Which part of a web page is its content, and what belongs to the site around it."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

_NEVER = frozenset(
    "script style noscript template svg canvas iframe object embed audio video map nav dialog "
    "button select option textarea input datalist title base link meta rt rp del".split()
)
_ROLES = frozenset(("navigation", "banner", "contentinfo", "search", "dialog", "alert", "menu"))
_SITE = re.compile(
    r"(?:^|[\s_-])(?:g|global|local|site|page|sub|side)?[_-]?(?:nav|navi|menu|breadcrumbs?|pankuzu|topic-?path|"
    r"sidebar|footer|copyright|sns|share|skip|pagetop|cookie|banner|search|lang|fontsize|voice)"
    r"(?:$|[\s_-]|area|box|list|link)",
    re.IGNORECASE,
)
_HIDING = re.compile(r"(?:^|[\s,}])\.([\w-]+)\s*\{[^{}]*display\s*:\s*none", re.IGNORECASE)
_CONTENT = frozenset(("main", "article"))
_CONTAINERS = frozenset(
    "html body div section article main center form span table tbody tr td font".split()
)
_LEAVES = frozenset("p li td th dt dd h1 h2 h3 h4 h5 h6 pre blockquote figcaption div".split())
_MOST = 0.95  # of what counts as content, which one child holds when the content lies within it
_SHARE = 0.9  # of the page's text outside links, under which a child is only a piece of the content
_LINKS = 0.9  # of a block's text in links, from which it is a menu
_INDEX = 0.5  # of the content's text in links, from which the page is a list of links itself
_EXTRACTED = 2**20
"""Characters up to which trafilatura is asked; it takes about two seconds for them."""
_SPANS = re.compile(r'\s(?:col|row)span="[^"]*"')  # trafilatura lays out every cell that they span
_SHORTEST = "20"  # characters; trafilatura's own 250 suit English


def without_boilerplate(root: Any) -> None:
    """Takes out of the tree what is never content: scripts, navigation, heads and feet of the site,
    hidden elements."""
    hidden = _hidden_classes(root)
    doomed = [
        node
        for node in root.iter(etree.Element)
        if _is_boilerplate(node) or hidden & {*node.get("class", "").split()}
    ]
    for node in doomed:
        parent = node.getparent()
        if parent is not None:
            drop(parent, node)


def main_part(root: Any) -> Any:
    """The element that holds the content: the smallest one with nearly all that trafilatura takes
    for content and most of the page's text outside links."""
    body = root.find("body") if root.tag == "html" else root
    at = body if body is not None else root
    hits, prose = _weights(at, _known(root))
    whole = prose.get(at, 0)
    while True:
        inner = [
            child
            for child in at
            if child.tag in _CONTAINERS
            and prose.get(child, 0) >= _SHARE * whole
            and hits.get(child, 0) >= _MOST * hits.get(at, 0)
        ]
        if len(inner) != 1 or not whole or _is_data(inner[0]) or _sections(at, inner[0], prose):
            break
        at = inner[0]
    _drop_menus(at, hits)
    return at


def _hidden_classes(root: Any) -> frozenset[str]:
    """The classes that the page's own style sheet does not show."""
    sheets = "".join(node.text or "" for node in root.iter("style"))
    return frozenset(_HIDING.findall(sheets))


def _is_boilerplate(node: Any) -> bool:
    if node.tag in _NEVER or node.get("role") in _ROLES:
        return True
    if node.get("hidden") is not None or node.get("aria-hidden") == "true":
        return True
    if re.search(r"display\s*:\s*none", node.get("style", "")):
        return True
    if node.tag in ("html", "body", "main", "article"):
        return False
    if node.tag in ("header", "footer", "aside"):
        return not any(True for _ in node.iter("h1")) and _outside_content(node)
    names = f"{node.get('id', '')} {node.get('class', '')}"
    return bool(_SITE.search(names)) and not any(True for _ in node.iter("h1", "main", "article"))


def _outside_content(node: Any) -> bool:
    return not any(above.tag in _CONTENT for above in node.iterancestors())


def drop(parent: Any, node: Any) -> None:
    """Removes an element and keeps the text behind it."""
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def _known(root: Any) -> frozenset[str]:
    """The blocks of text that trafilatura takes for content; none when it finds nothing or fails."""
    source = _SPANS.sub("", etree.tostring(root, encoding="unicode", method="html"))
    if len(source) > _EXTRACTED:
        return frozenset()
    from trafilatura import bare_extraction
    from trafilatura.settings import use_config

    config = use_config()
    for name in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
        config.set("DEFAULT", name, _SHORTEST)
    try:
        found = bare_extraction(
            source, favor_recall=True, include_comments=False, include_tables=True, config=config
        )
    except Exception:  # it is only asked for its opinion
        return frozenset()
    body = getattr(found, "body", None)
    return frozenset(_dense(node) for node in body.iter()) if body is not None else frozenset()


def _weights(top: Any, known: frozenset[str]) -> tuple[dict[Any, int], dict[Any, int]]:
    """(characters of known blocks, characters outside links) within each element."""
    hits: dict[Any, int] = {}
    prose: dict[Any, int] = {}
    for _, node in etree.iterwalk(top, events=("end",)):
        dense = "".join((node.text or "").split())
        own = 0 if node.tag == "a" else len(dense)
        inner = sum(prose[child] + _tail(child) for child in node) if node.tag != "a" else 0
        prose[node] = own + inner
        hits[node] = sum(hits[child] for child in node)
        if not hits[node] and node.tag in _LEAVES and (text := _dense(node)) in known:
            hits[node] = len(text)
    return hits, prose


def _tail(node: Any) -> int:
    return len("".join((node.tail or "").split()))


def _dense(node: Any) -> str:
    return "".join("".join(node.itertext()).split())


def _sections(parent: Any, inner: Any, prose: dict[Any, int]) -> bool:
    """True when the page's title, or a heading with text below it, stands beside ``inner``."""
    for child in parent:
        headings = [h for h in child.iter("h1", "h2", "h3", "h4") if child is not inner]
        below = prose.get(child, 0) - sum(len(_dense(heading)) for heading in headings)
        if headings and (below > 0 or any(heading.tag == "h1" for heading in headings)):
            return True
    return False


def _is_data(node: Any) -> bool:
    """True for a table that shows data, not one that lays out the page."""
    if node.tag != "table":
        return False
    if any(next(head.iterancestors("table"), None) is node for head in node.iter("th")):
        return True
    return not any(True for inner in node.iter("table", "h1", "h2", "h3", "p") if inner is not node)


def _drop_menus(top: Any, hits: dict[Any, int]) -> None:
    """Takes out lists of links that are no part of the content; a page of links keeps them."""
    if sum(len(_dense(link)) for link in top.iter("a")) > _INDEX * len(_dense(top)):
        return
    for node in [n for n in top.iter("ul", "ol", "div", "table") if not hits.get(n, 0)]:
        links = [_dense(link) for link in node.iter("a")]
        parent = node.getparent()
        if len(links) < 3 or parent is None or node is top:
            continue
        if sum(map(len, links)) >= _LINKS * len(_dense(node)):
            drop(parent, node)
