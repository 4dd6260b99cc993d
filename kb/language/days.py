"""A day as people write it: 2024-04-01, 2024/4/1, 2024年4月1日, 令和6年4月1日, R6.4.1."""

from __future__ import annotations

import datetime
import re

from kb.language.eras import ERAS
from kb.language.text import fold_text

_DAY = re.compile(
    r"(?:(?P<west>\d{4})|(?P<era>[a-z]|令和|平成|昭和)\s?(?P<n>元|\d{1,2}))"
    r"\s?[-/.年]\s?(?P<month>\d{1,2})\s?[-/.月]\s?(?P<day>\d{1,2})日?"
)


def iso_day(text: str) -> str:
    """The day that ``text`` is, as ISO 8601; "" when it is none, or none of the calendar."""
    said = _DAY.fullmatch(fold_text(text).strip())
    if said is None or (said["era"] and said["era"] not in ERAS):
        return ""
    year = int(said["west"] or 0) or ERAS[said["era"]] + int(said["n"].replace("元", "1"))
    try:
        return datetime.date(year, int(said["month"]), int(said["day"])).isoformat()
    except ValueError:
        return ""
