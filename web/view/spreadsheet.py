"""Cells that a spreadsheet program may open without danger."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FORMULA = re.compile(
    r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*[=+\-@＝＋－＠﹢﹣﹦﹫−\t\r]"
)
"""Signs at which a program may begin to calculate, full-width ones too, behind what does not show."""


def safe(value: object) -> object:
    """``value`` such that no spreadsheet takes it for a formula; numbers stay numbers."""
    if isinstance(value, str) and _FORMULA.match(value):
        return "'" + value
    return "" if value is None else value


def safe_row(values: Iterable[object]) -> list[object]:
    """A row of safe cells."""
    return [safe(value) for value in values]
