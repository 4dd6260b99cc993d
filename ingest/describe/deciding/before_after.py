"""Tables with a column for before and one for after: each row is an effect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.describe.deciding.amounts import measured
from ingest.describe.quotes import SourceText
from kb.base.types import Evidence
from kb.language.text import fold_text

_BEFORE = re.compile(
    r"(?:導入|実施|取組|改善|見直し|開始|整備|変更|改修)?前(?:\([^)]*\))?|before|従来|これまで|旧"
)
_AFTER = re.compile(
    r"(?:導入|実施|取組|改善|見直し|開始|整備|変更|改修)?後(?:\([^)]*\))?|after|現在|今|新|現状"
)
_FIGURE = re.compile(
    r"(?:約|およそ)?[▲△]?\d[\d,.]*\s?(?:[一-龥ァ-ヶ%％a-z]{0,6})(?:\d+\s?[分秒])?(?:[(（][^()（）]*[)）])?"
)


def rows_of_change(part: SourceText) -> Iterator[Evidence]:
    """「待ち時間｜30分｜5分」 under 「項目｜導入前｜導入後」 is 待ち時間 30分→5分, measured."""
    heads: list[str] = []
    at = 0
    for line in part.text.split("\n"):
        cells = [cell.strip() for cell in line.split("｜")]
        folded = [fold_text(cell) for cell in cells]
        before = next((i for i, cell in enumerate(folded) if _BEFORE.fullmatch(cell)), 0)
        after = next((i for i, cell in enumerate(folded) if _AFTER.fullmatch(cell)), 0)
        if before and after:
            heads, columns = cells, (before, after)
        elif heads and len(cells) == len(heads):
            was, now = (cells[i] for i in columns)
            if all(_FIGURE.fullmatch(fold_text(value)) for value in (was, now)) and was != now:
                found = measured(part.quote("effect", f"{was}→{now}", at, at + len(line)))
                yield replace(found, value=f"{cells[0]} {found.value}".strip())
        elif len(cells) < 2:
            heads = []
        at += len(line) + 1
