"""The 分野 that a question names as one: 防災分野の事例, 農業の分野で, 分野は教育, 観光以外."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.base.messages import value_name
from kb.base.record import FIELDS
from kb.base.types import Filters
from kb.query.conditions.contexts import OUT
from kb.query.conditions.found import Found
from kb.query.conditions.typed import Typed

_ALSO = {
    **dict.fromkeys(("農業", "林業", "漁業", "水産業", "農林業"), "農林水産"),
    **dict.fromkeys(("福祉", "医療", "健康", "介護", "保健"), "保健福祉"),
    **dict.fromkeys(("物流", "配送"), "配送・物流"),
    **dict.fromkeys(("保育",), "子育て"),
    **dict.fromkeys(("商業", "商工業", "商工"), "産業"),
}
"""What people call a 分野, and which one it belongs to."""

_OFFICE = ("窓口", "申請", "住民サービス", "庁内業務", "人材・体制")
"""分野 whose names are words of many cases of others: 「窓口以外の手続き」 leaves out no 分野."""

_KNOWN = {**{name: name for name in FIELDS[:-1]}, **_ALSO}
_NAMES = "|".join(sorted(_KNOWN, key=len, reverse=True))
_CALLED = re.compile(rf"(?P<name>{_NAMES})の?分野|分野(?:は|が|[:：])\s*(?P<told>{_NAMES})")
_LEFT_OUT = re.compile(
    rf"(?P<name>{'|'.join(n for n in _KNOWN if n not in _OFFICE)})(?={OUT.pattern})"
)
_ENGLISH = {value_name("field", name, "en").lower(): name for name in FIELDS[:-1]}
_CALLED_EN = re.compile(
    rf"\bfields? of (?P<of>{'|'.join(map(re.escape, _ENGLISH))})\b"
    rf"|\b(?P<en>{'|'.join(map(re.escape, _ENGLISH))}) (?:field|sector)\b"
)


def named_fields(typed: Typed) -> Iterator[Found]:
    """The fields that a question calls 分野 or leaves out; 「防災」 alone is a word to look for."""
    for match in _CALLED.finditer(typed.folded):
        yield _field(match, _KNOWN[match["name"] or match["told"]])
    for match in _LEFT_OUT.finditer(typed.folded):
        if not typed.before(match.start()):
            yield _field(match, _KNOWN[match["name"]])
    for match in _CALLED_EN.finditer(typed.folded):
        yield _field(match, _ENGLISH[match["of"] or match["en"]])


def _field(match: re.Match[str], name: str) -> Found:
    label_en = value_name("field", name, "en")
    return Found("field", *match.span(), name, label_en, Filters(fields=(name,)))
