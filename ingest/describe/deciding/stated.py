"""What labels of a case say: rows of forms, lines 「財源：…」, headings with a short text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.describe.quotes import SourceText, own, parts
from ingest.split.labels import label_key
from kb.base.tables import read_table
from kb.base.types import CaseDraft, Evidence

_LABELS = Path(__file__).parents[1] / "data" / "fact_labels.tsv"
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Stated:
    """The ``value`` that stands under a label, in the text that it is from."""

    value: str
    part: SourceText

    def fact(self, name: str, value: str) -> Evidence:
        """A fact that the value says, with the line it stands in."""
        at = self.part.text.find(value)
        at = self.part.text.find(self.value) if at < 0 else at
        return self.part.quote(name, value, max(at, 0), max(at, 0) + len(value))


def stated(draft: CaseDraft, name: str) -> tuple[Stated, ...]:
    """What stands under the labels that mean the fact ``name``; not in parts about others."""
    return tuple(
        Stated(value, part)
        for part in own(parts(draft), draft.municipality)
        for label, value in _labelled(part)
        if value and len(value) <= _LONGEST and _labels().get(label_key(label)) == name
    )


def _labelled(part: SourceText) -> Iterator[tuple[str, str]]:
    """Labels with what stands beside them, or under a heading of their own."""
    for line in part.text.splitlines():
        line = line.strip(" 　・-*")
        label, sign, value = line.replace(":", "：").partition("：")
        if sign and len(label) <= 24:
            yield label, value.strip()
        else:
            yield part.heading, line
        cells = [cell.strip() for cell in line.split("｜")]
        yield from zip(cells[::2], cells[1::2], strict=False)


@cache
def _labels() -> dict[str, str]:
    return {label_key(row.cells[0]): row.cells[1] for row in read_table(_LABELS, ("label", "fact"))}
