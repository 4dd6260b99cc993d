"""Amounts that stand without their unit, which the head of their table says: 4,200 under 金額（千円）."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ingest.describe.quotes import SourceText
from kb.base.types import Evidence
from kb.language.text import fold_text

_UNIT = re.compile(
    r"[（(](?:単位\s*[:：]?\s*)?(千円|百万円|万円|円)[)）]|単位\s*[:：]?\s*(千円|百万円|万円|円)"
)
_NUMBER = re.compile(r"[1-9]\d{0,2}(?:[,，]\d{3})+|[1-9]\d{0,8}")
_OF = re.compile(r"費|経費|コスト|委託料|使用料|利用料|保守|金額|ライセンス|合計|総額|購入")
_NO_COST = re.compile(r"削減|効果|収入|補助|交付|財源|一般財源|人件費の")


def bare_amounts(told: Iterable[SourceText]) -> Iterator[tuple[str, Evidence]]:
    """Costs of rows, each with the label of its row."""
    unit = ""
    for part in told:
        if own := _UNIT.search(part.heading):
            unit = own[1] or own[2]
        at = 0
        for line in part.text.split("\n"):
            if said := _UNIT.search(line):
                unit = said[1] or said[2]
            cells = [cell.strip() for cell in line.replace("：", "｜").split("｜")]
            label, amount = (part.heading, cells[0]) if len(cells) == 1 else (cells[0], cells[1])
            folded = fold_text(label)
            if (
                unit
                and _NUMBER.fullmatch(fold_text(amount))
                and _OF.search(folded)
                and not _NO_COST.search(folded)
            ):
                found = part.quote("cost", f"{amount}{unit}", at, at + len(line))
                yield label, replace(found, text=f"{label}：{amount}（{unit}）")
            at += len(line) + 1
