"""Tables that a spreadsheet program may open without danger."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from flask import Response

_FORMULA = re.compile(
    r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*[=+\-@＝＋－＠﹢﹣﹦﹫−\t\r]"
)
"""Signs at which a program may begin to calculate, full-width ones too, behind what does not show."""


def safe(value: object) -> object:
    """``value`` such that no spreadsheet takes it for a formula; numbers stay numbers."""
    if isinstance(value, str) and _FORMULA.match(value):
        return "'" + value
    return "" if value is None else value


def csv_download(name: str, rows: Iterable[Iterable[object]]) -> Response:
    """Rows of safe cells as a CSV file to keep."""
    target = io.StringIO()
    csv.writer(target).writerows(map(safe, row) for row in rows)
    return Response(
        "\ufeff" + target.getvalue(),  # the mark without which Excel reads Japanese as Shift_JIS
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
