"""The 分野 that a question names as one: 防災分野の事例, 観光の分野で, 分野は教育."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.base.messages import value_name
from kb.base.record import FIELDS
from kb.base.types import Filters
from kb.query.conditions.found import Found
from kb.query.conditions.typed import Typed

_NAMES = "|".join(sorted(FIELDS[:-1], key=len, reverse=True))
_FIELD = re.compile(rf"(?P<name>{_NAMES})の?分野|分野(?:は|が|[:：])\s*(?P<told>{_NAMES})")


def named_fields(typed: Typed) -> Iterator[Found]:
    """The fields that a question calls 分野; 「防災」 alone is a word to look for."""
    for match in _FIELD.finditer(typed.folded):
        name = match["name"] or match["told"]
        label_en = value_name("field", name, "en")
        yield Found("field", *match.span(), name, label_en, Filters(fields=(name,)))
