"""What labels of a case say: rows of forms, lines 「財源：…」, headings with a short text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from ingest.describe.quotes import SourceText, own, parts
from ingest.split.labels import label_key
from kb.base.record import LINKS
from kb.base.tables import read_table
from kb.base.types import CaseDraft, Evidence

_LABELS = Path(__file__).parents[1] / "data" / "fact_labels.tsv"
_LONGEST = 200
_LABEL = 16
_WITHIN = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("copied_from", "参考(?:に|と)し|視察先|モデル(?:に|と)し"),
        ("copied_by", "横展開"),
        ("procurement", "調達|契約(?:方|形態)|入札|業者.{0,2}選定"),
        ("funding", "財源|^(?:活用|利用|国|県).{0,4}(?:補助|交付金)"),
        ("ordinance", "根拠(?:法令|条例|例規|要綱|規程)|例規|^(?:関連|関係)?(?:条例|要綱)"),
        ("contact", "問い?合わ?せ先|担当(?:課|部署|部局|所属)|所管(?:課|部)|主管"),
        ("staff", "従事職員|担当職員|人員体制"),
        ("department", "(?:関係|連携|参加)(?:課|部署|部局)"),
    )
)
"""What a label that is not in the table says."""


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
    return tuple(row for kind, row in _rows(draft, name in LINKS) if kind == name)


@lru_cache(maxsize=4)
def _rows(draft: CaseDraft, of_others: bool) -> tuple[tuple[str, Stated], ...]:
    """Every labelled value with the fact that its label means; ``of_others``: also in parts about others."""
    found = parts(draft) if of_others else own(parts(draft), draft.municipality)
    return tuple(
        (kind, Stated(value, part))
        for part in found
        for label, value in _labelled(part)
        if value and len(value) <= _LONGEST and (kind := _meant(label))
    )


def _meant(label: str) -> str:
    """The fact that a label means, by the whole of it or by what it says."""
    key = label_key(label)
    if len(key) > _LABEL:
        return ""
    if key in _labels():
        return _labels()[key]
    return next((name for name, pattern in _WITHIN if pattern.search(key)), "")


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
