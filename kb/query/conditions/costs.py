"""How much a question lets a case cost: 費用100万円以下, 百万円以内で始める, for under 1 million yen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.base.types import Filters
from kb.language.numerals import NUMBER, number, yen_shown
from kb.query.conditions.bounds import ENGLISH, JAPANESE, bounded, shown, shown_en
from kb.query.conditions.contexts import stands
from kb.query.conditions.found import Found, apart
from kb.query.conditions.typed import Typed

_WHAT = (
    r"(?:(?:総|概算)?事業費|予算額?|(?:初期|導入|運用|整備|開発|年間|全体の?)?(?:費用|コスト|経費)|"
    r"(?:初期|導入|運用|整備|開発)費|(?:ランニング|イニシャル)コスト)"
)
_MUCH = rf"(?:約|およそ)?(?P<n>{NUMBER})円"
_DO = (
    "でき|出来|始め|はじめ|導入|実現|済|すむ|賄|収|おさ|作|つく|構築|整備|開発|行|やれ|やった|実施"
)
_COSTS = re.compile(
    rf"{_WHAT}(?:が|は|も|を|[:：])?\s*(?:年間?|年額|月額|総額)?\s*{_MUCH}\s*(?:(?P<bound>{JAPANESE})|(?=で))"
)
_FOR = re.compile(
    rf"{_MUCH}\s*(?P<bound>{JAPANESE})(?:の(?:予算|費用|経費|事業費|コスト))?で(?={_DO})"
)
_FIRST = re.compile(
    rf"^{_MUCH}\s*(?P<bound>{JAPANESE})で(?!.{{0,6}}(?:随意|随契|入札|契約|課税|所得|年収|補助|給付|融資))"
)
_OF = re.compile(rf"{_MUCH}\s*(?P<bound>{JAPANESE})の(?:予算|費用|経費|事業費|コスト)(?!で)")
_LESS = re.compile(  # 30万円もかけずに, 100万円足らずで
    rf"{_MUCH}(?P<bound>(?:も|と)?(?:かけ(?:ず|ない|なかった)|かから(?:ず|ない|なかった)|出さず|使わず)|足らずで(?={_DO}))"
)
_ENGLISH = re.compile(
    rf"\b(?P<bound>{ENGLISH})\s+(?:(?:¥|jpy\s*)(?P<m>[\d,.]+)|(?P<n>[\d,.]+)\s*(?P<unit>thousand|million)?\s*yen)\b"
)
_YEARLY = re.compile(
    r"(?:(?<![\d元])年(?:に|間|額)?|毎年|月(?:に|額|々)?|毎月|運用|維持|ランニング)\S{0,6}$"
)
_UNITS = {"thousand": 10**3, "million": 10**6}


def costs(typed: Typed) -> tuple[Found, ...]:
    """The costs that a question bounds; an amount of anything else is none."""
    return tuple(apart(_all(typed)))


def _all(typed: Typed) -> Iterator[Found]:
    for pattern in (_COSTS, _FOR, _FIRST, _OF):
        for match in pattern.finditer(typed.folded):
            if pattern is not _COSTS or stands("cost", typed, match.start(), match.start()):
                yield _cost(match, number(match["n"]), match["bound"] or "以下")
    for match in _LESS.finditer(typed.folded):
        yield _cost(match, number(match["n"]), "以下")
    for match in _ENGLISH.finditer(typed.folded):
        figure = (match["m"] or match["n"]).replace(",", "").strip(".")
        if re.fullmatch(r"\d+(?:\.\d+)?", figure):
            yield _cost(match, float(figure) * _UNITS.get(match["unit"], 1), match["bound"])


def _cost(match: re.Match[str], yen: float, bound: str) -> Found:
    low, high = bounded(yen, bound)
    label = f"費用{shown(low, high, yen_shown)}"
    label_en = f"cost {shown_en(low, high, lambda n: f'{n:,} yen')}"
    is_total = not _YEARLY.search(match.string, 0, match.start("n"))  # what is known is the whole
    wanted = Filters(cost_from=low, cost_to=high)
    return Found("cost", *match.span(), label, label_en, wanted, low, high, is_total)
