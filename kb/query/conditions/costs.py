"""How much a question lets a case cost: 費用100万円以下, 百万円以内で始める, 300万〜500万円の, under 1 million yen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.base.types import Filters
from kb.language.numerals import NUMBER, number, yen_shown
from kb.query.conditions.bounds import (
    ENGLISH,
    ENGLISH_BEHIND,
    JAPANESE,
    MOST,
    band,
    bounded,
    shown,
    shown_en,
)
from kb.query.conditions.contexts import stands
from kb.query.conditions.found import Found, apart
from kb.query.conditions.typed import Typed

_ABOUT = 1.5
"""What shall cost 「50万円くらい」 may cost one and a half times as much."""

_LEAST = 100_000
"""Yen from which a bounded amount alone is what something costs; less is a fee or a coupon."""

_WHAT = (
    r"(?:(?:総|概算)?事業費|予算額?|(?:初期|導入|運用|整備|開発|年間|全体の?)?(?:費用|コスト|経費)|"
    r"(?:初期|導入|運用|整備|開発)費|(?:ランニング|イニシャル)コスト)"
)
_MUCH = rf"(?:約|およそ)?(?P<n>{NUMBER})円"
_ROUGHLY = "くらい|ぐらい|程度|前後|ほど"
_DO = (
    "でき|出来|始め|はじめ|導入|実現|済|すむ|賄|収|おさ|作|つく|構築|整備|開発|行|やれ|やった|実施"
)
_COSTS = re.compile(
    rf"{_WHAT}(?:が|は|も|を|[:：])?\s*(?:年間?|年額|月額|総額)?\s*{_MUCH}\s*(?:(?P<bound>{JAPANESE}|{_ROUGHLY}|台)|(?=[での\s]|$))"
)
_FOR = re.compile(
    rf"{_MUCH}\s*(?P<bound>{JAPANESE}|{_ROUGHLY}|台)(?:の(?:予算|費用|経費|事業費|コスト))?で(?={_DO})"
)
_RATE = re.compile(  # 月額3万円以下の予約システム, 年30万円くらいで使える
    rf"(?:月額|年額|月々|毎月|年間|(?<![\d一-龥])[年月])(?:に|が|は)?\s*{_MUCH}\s*(?P<bound>{JAPANESE}|{_ROUGHLY})(?=[のでに、\s]|$)"
)
_OF = re.compile(rf"{_MUCH}\s*(?P<bound>{JAPANESE})の(?:予算|費用|経費|事業費|コスト)(?!で)")
_LESS = re.compile(  # 30万円もかけずに, 100万円足らずで
    rf"{_MUCH}(?P<bound>(?:も|と)?(?:かけ(?:ず|ない|なかった)|かから(?:ず|ない|なかった)|出さず|使わず)|足らずで(?={_DO}))"
)
_SPENT = re.compile(  # 500万円以上かかった, 1億円もかけて
    rf"{_MUCH}\s*(?P<bound>{JAPANESE}|も)(?:を|が)?(?:かか[るっり]|かけ[たてる]|投じ|費やし|使った)"
)
_ALONE = re.compile(  # 300万円以下で, 2億円を超える庁舎: no word says that it is a cost
    rf"{_MUCH}\s*(?P<bound>{JAPANESE})(?=[のでに、\s]|$|(?<=[るす])[ァ-ヶ一-龥])"
)
_BETWEEN = re.compile(
    rf"(?:{_WHAT}(?:が|は|も|を|[:：])?\s*)?(?P<low>{NUMBER})円?(?:以上)?(?:から|[~〜-]|(?<=以上))\s*"
    rf"(?P<n>{NUMBER})円(?:以下|以内|(?P<open>未満)|まで|{_ROUGHLY})?(?:の(?:予算|費用|経費|事業費|コスト))?(?=[のでに、\s]|$)"
)
_OTHER_MONEY = re.compile(
    r"の?\S{0,6}?(?:罰金|過料|料|給付|補助|助成|融資|貸付|券|クーポン|ポイント|還元|割引|寄[附付]|税|所得|年収|収入|売上|"
    r"年金|家賃|手当|世帯|会費|月謝|生活費|使用者|工事|入札|契約|随意|随契|物品|備品|購入|買|取引|滞納|未収|残高|被害|損害|賠償|赤字|黒字|債|報酬|賃金|給[料与]|謝礼|賞金|(?:医療|療養)費)"
)
"""What stands behind an amount that is something else than what a case costs."""

_UNITS = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_UNIT = "|".join(_UNITS)
_YEN = r"(?:yen|jpy)\b"
_ENGLISH = re.compile(
    rf"\b(?P<bound>{ENGLISH})\s+(?:(?:¥|jpy\s*)(?P<m>[\d,.]+)(?:\s*(?P<mu>{_UNIT}))?|(?P<n>[\d,.]+)\s*(?P<unit>{_UNIT})?\s*{_YEN})"
)
_ENGLISH_BEHIND = re.compile(
    rf"(?P<n>\d[\d,.]*)\s*(?P<unit>{_UNIT})?\s*{_YEN}\s*(?P<bound>{ENGLISH_BEHIND})\b"
)
_ENGLISH_BETWEEN = re.compile(
    rf"(?:\b(?:between|from)\s+)?(?:¥|jpy\s*)?(?<![\d,.])(?P<low>\d[\d,.]*)\s*(?P<low_unit>{_UNIT})?\s*(?:{_YEN})?\s*(?:and|to|-|~|〜)\s*"
    rf"(?:¥|jpy\s*)?(?P<n>\d[\d,.]*)\s*(?P<unit>{_UNIT})?\s*{_YEN}"
)
_YEARLY = re.compile(
    r"(?:(?<![\d元])年(?:に|間|額)?|毎年|月(?:に|額|々)?|毎月|運用|維持|ランニング)\S{0,6}$"
)


def costs(typed: Typed) -> tuple[Found, ...]:
    """The costs that a question bounds; an amount of anything else is none."""
    return tuple(apart((*_japanese(typed), *_english(typed))))


def _japanese(typed: Typed) -> Iterator[Found]:
    for match in _BETWEEN.finditer(typed.folded):
        high = number(match["n"])
        low = _of_unit(match["low"], match["n"])
        if _LEAST <= low <= high <= MOST and _is_cost(typed, match):
            yield _found(match, round(low), round(high) - bool(match["open"]))
    for pattern in (_COSTS, _FOR, _OF):
        for match in pattern.finditer(typed.folded):
            if pattern is not _COSTS or stands("cost", typed, match.start(), match.start()):
                yield _cost(match, number(match["n"]), match["bound"] or "以下")
    for match in _RATE.finditer(typed.folded):
        if not _OTHER_MONEY.match(typed.folded, match.end()):
            yield _cost(match, number(match["n"]), match["bound"])
    for match in _SPENT.finditer(typed.folded):
        yield _cost(match, number(match["n"]), "以上" if match["bound"] == "も" else match["bound"])
    for match in _LESS.finditer(typed.folded):
        yield _cost(match, number(match["n"]), "以下")
    for match in _ALONE.finditer(typed.folded):
        if number(match["n"]) >= _LEAST and _is_cost(typed, match):
            yield _cost(match, number(match["n"]), match["bound"])


def _is_cost(typed: Typed, match: re.Match[str]) -> bool:
    is_part = typed.before(match.start()) and not re.match(_WHAT, match[0])  # 契約金額, 所得
    return not is_part and not _OTHER_MONEY.match(typed.folded, match.end())


def _of_unit(low: str, high: str) -> float:
    """The first number of 「1〜3億円」, which leaves out the unit of the second: of 「1億5千万」 it is 億."""
    head, large = re.match("([^万億兆]*)([万億兆]?)", high).groups()  # type: ignore[union-attr]
    unit = next((sign for sign in head if sign in "十百千"), "") + large
    is_bare = not low.strip("0123456789,.")
    return number(low) * (number(f"1{unit}") if unit and is_bare else 1)


def _english(typed: Typed) -> Iterator[Found]:
    for match in _ENGLISH_BETWEEN.finditer(typed.folded):
        low = _amount(match["low"], match["low_unit"] or match["unit"])
        high = _amount(match["n"], match["unit"])
        if low is not None and high is not None and low <= high <= MOST:
            yield _found(match, round(low), round(high))
    for pattern in (_ENGLISH, _ENGLISH_BEHIND):
        for match in pattern.finditer(typed.folded):
            told = match.groupdict()
            amount = _amount(told.get("m") or match["n"], told.get("mu") or match["unit"])
            if amount is not None:
                yield _cost(match, amount, match["bound"])


def _amount(figure: str, unit: str | None) -> float | None:
    figure = figure.replace(",", "").strip(".")
    if not re.fullmatch(r"\d{1,15}(?:\.\d+)?", figure):
        return None
    return float(figure) * _UNITS.get(unit or "", 1)


def _cost(match: re.Match[str], yen: float, bound: str) -> Found:
    if bound == "台":
        return _found(match, *band(yen))
    if bound in _ROUGHLY.split("|"):
        return _found(match, *bounded(yen * _ABOUT, "以下"))
    return _found(match, *bounded(yen, bound))


def _found(match: re.Match[str], low: int | None, high: int | None) -> Found:
    label = f"費用{shown(low, high, yen_shown)}"
    label_en = f"cost {shown_en(low, high, lambda n: f'{n:,} yen')}"
    is_total = not _YEARLY.search(match.string, 0, match.start("n"))  # what is known is the whole
    wanted = Filters(cost_from=low, cost_to=high)
    return Found("cost", *match.span(), label, label_en, wanted, low, high, is_total)
