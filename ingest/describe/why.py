"""What of a file is in none of its cases, and how its choices were taken: for people who ask why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from ingest.page import Block, Extract
from ingest.split.labels import numbered
from ingest.split.questionnaires import answered
from kb.base.types import CaseDraft
from kb.language.text import fold_text

_SIGNS = str.maketrans(":|・", "   ")
_Row = dict[str, object]


def choices(extract: Extract) -> list[_Row]:
    """Texts with choices as printed (``text``) and as they were taken (``answer``, "" for not at all)."""
    return list(_choices(extract))


def _choices(extract: Extract) -> Iterator[_Row]:
    for before, after in zip(extract.pages, answered(extract).pages, strict=False):
        printed, taken = ([block.text for block in page.blocks] for page in (before, after))
        if printed == taken:
            continue
        for tag, i, j, k, m in SequenceMatcher(None, printed, taken, autojunk=False).get_opcodes():
            if tag in ("replace", "delete"):
                answer = " ".join(taken[k:m])
                yield {"page": before.number, "text": " ".join(printed[i:j]), "answer": answer}


def left_out(extract: Extract, drafts: Sequence[CaseDraft]) -> list[_Row]:
    """Lines and cells of the pages that no case says: running heads, numbers of pages, contents,
    options that nobody ticked."""
    said = _bare(
        "\n".join(
            text
            for draft in drafts
            for text in (
                draft.title, draft.municipality, draft.prefecture, draft.source_url,
                *(f"{s.heading}\n{s.text}" for s in draft.sections), *(e.text for e in draft.evidence),
            )
        )
    )  # fmt: skip
    said += _bare("\n".join(str(choice["text"]) for choice in choices(extract)))
    return [
        {"page": page.number, "text": text}
        for page in extract.pages
        for block in page.blocks
        for text in _texts(block)
        if _bare(numbered(text).rest) not in said
    ]


def _texts(block: Block) -> Iterator[str]:
    """The lines of a block, or of its cells."""
    for cell in block.cells or (block.text,):
        yield from filter(str.strip, cell.splitlines())


def _bare(text: str) -> str:
    return "".join(fold_text(text).translate(_SIGNS).split())
