"""The brief as Markdown."""

from __future__ import annotations

import re
from itertools import pairwise

from kb.advice.brief import Brief
from kb.advice.paper import CitedText, PaperHead, Part, SideBySide, all_sources, between, parts
from kb.base.messages import message, render


def markdown(brief: Brief) -> str:
    """The paper as Markdown, then the list of sources. The same brief gives the same text."""
    blocks = [f"# {_plain(brief.title)}", *map(_block, parts(brief))]
    blocks.append(f"## {render(message('brief.sources'), brief.lang)}")
    text = blocks[0]
    for before, block in pairwise(blocks):
        is_list = before.startswith("- ") and block.startswith("- ")
        text += ("\n" if is_list else "\n\n") + block
    for source in all_sources(brief):
        address = f"（{source.link()}）" if source.link() else ""
        text += (
            f"\n{source.number}. {_plain(source.label(brief.lang))} {_plain(source.path)}{address}"
        )
    return text + "\n"


def _block(part: Part) -> str:
    if isinstance(part, PaperHead):
        return f"{'#' * (part.level + 1)} {_plain(part.text)}"
    if isinstance(part, SideBySide):
        rows = [("", *(_plain(head) for head in part.heads)), ("---",) * (len(part.heads) + 1)]
        rows += [
            (_plain(name), *("<br>".join(map(_text, cell)) for cell in cells))
            for name, cells in part.rows
        ]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)
    said = "".join(sign + _text(told) for sign, told in between(part.texts))
    told = f"{_plain(part.label)}: {said}" if part.label else said
    return {"": told, "caution": f"**{told}**"}.get(part.kind, f"- {told}")


def _text(told: CitedText) -> str:
    number = "" if told.number is None else f" [{told.number}]"
    return _plain(told.text) + number


def _plain(text: str) -> str:
    """``text`` such that Markdown and HTML take none of it for markup."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))
