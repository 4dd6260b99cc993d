"""Cells that a spreadsheet program may open without danger."""

from __future__ import annotations

from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value: object) -> object:
    """``value`` such that no spreadsheet takes it for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.lstrip().startswith(_FORMULA):
        return "'" + value
    return "" if value is None else value


def safe_row(values: Iterable[object]) -> list[object]:
    """A row of safe cells."""
    return [safe(value) for value in values]
