"""What the words of a fact amount to: 月額4千円 is 4,000 円 a 月, 「30分→5分」 was 30 and is 5 分."""

from __future__ import annotations

import re
from dataclasses import replace

from kb.base.record import LINKS
from kb.base.types import Evidence
from kb.language.numerals import NUMBER, number, yen
from kb.language.programmes import programme
from kb.language.text import fold_text
from kb.places.gazetteer import load_gazetteer

_INITIAL = re.compile(
    r"初期|イニシャル|導入[:：]?$|導入(?:時|費|費用|コスト|経費|に(?:要した|かかった))|構築|(?<!運用)開発(?:費|委託)|整備費|購入|改修|設置|初年度"
)
_RUNNING = re.compile(
    r"運用|ランニング|保守|利用料|使用料|維持|管理費|通信費|ライセンス|サブスク|年額|月額|毎年|毎月|(?<!\d)年間|月[々あ]|次年度以降"
)
_TOTAL = re.compile(r"総事業費|総額|合計|全体")
_EACH = re.compile(
    r"1([^\s\d。、]{1,6}?)(?:あたり|当たり|につき|月額|年額)|/(人|件|台|id|回|校|世帯|年|月)"
)
_YEARLY, _MONTHLY = (
    re.compile(r"単年度|(?<!\d)年間|年額|毎年|/年|(?<!\d)年(?=[約\d])"),
    re.compile(r"(?<![\dかヶカヵ])月間|月額|毎月|月々|/月|(?<!\d)月(?=[約\d])"),
)
_FREE = re.compile(r"無料|無償|ゼロ|(?:かか|掛か)(?:らな|って(?:い)?な)|不要|発生しな|なし")
_UNIT = r"時間|分|秒|か月|カ月|ヶ月|ヵ月|日|週間|人日|人|名|件|枚|回|円|%|割|世帯|台|箇所|か所|ページ|通|団体|施設|ポイント|倍|頭|戸|棟|店|社|校|本|冊|便"
_MUCH = re.compile(rf"(?P<n>{NUMBER})(?P<unit>{_UNIT})?(?:(?P<m>\d+)(?P<small>分|秒))?")
_CHANGED = re.compile(r"→|⇒|➡|⇨|->|から|かかって|かけて|だった|[がは](?=.*\d)")
_AT_ONCE = re.compile(r"(?:即日|当日|即時|ゼロ)")
_EACH_BEFORE = re.compile(r"1([件人日回台棟枚校戸])(?:あたり|当たり|につき|の)?(?=約?\d)")
_VAGUE = re.compile(r"数[十百千万億]|\d[万千億]?円?[~〜–]\d")
_ASIDE = re.compile(r"[(][^()]*[)]|(?:(?:令和|平成)(?:元|\d{1,2})|20\d\d)年度?末?")
"""Of an effect: what is said beside it (月20時間(年240時間)), and the year of an amount."""
_BESIDE = re.compile(r"(?<=円)\([^()]*円[^()]*\)")
"""Of a cost: another amount beside it, 671万3千円(1件あたり16,254円)."""
_UNCOUNTED = re.compile(r"半日|一瞬|数分")
_LESS, _MORE = (
    re.compile(r"削減|短縮|短く|軽減|縮減|縮ま|減|節|圧縮|時短|▲|△|▼"),
    re.compile(r"増|向上|上昇|伸び|拡大"),
)
_SECONDS = {"秒": 1, "分": 60, "時間": 3600}


def measured(found: Evidence, label: str = "") -> Evidence:
    """``found`` with what its words amount to; ``label`` stands before them (初期費用). Facts of other
    kinds, those measured already, and amounts that are none (数百万円), stay as they are."""
    if found.amount is not None:
        return found
    if found.name == "cost":
        return _cost(found, fold_text(label))
    if found.name == "effect":
        return _effect(found)
    if found.name in LINKS and len(places := load_gazetteer().find(found.value)) == 1:
        return replace(found, code=places[0].code)
    if found.name == "funding" and (known := programme(found.value)):
        return replace(found, code=known.name)
    return found


def _cost(found: Evidence, label: str) -> Evidence:
    said = fold_text(found.value).replace(" ", "")
    said = _BESIDE.sub("", said)
    each = _EACH.search(said)
    period = _period(said) or _period(label)
    period = (each[1] or each[2]) if each and not period else period
    amounts = () if _VAGUE.search(said) else yen(said)
    amount = amounts[0] if amounts else 0 if _FREE.search(said) else None
    told = next(
        (t for t in (said, label) if _INITIAL.search(t) or _RUNNING.search(t) or _TOTAL.search(t)),
        "",
    )
    code = "total" if _TOTAL.search(told) else "initial" if _INITIAL.search(told) else ""
    code = "running" if _RUNNING.search(told) or (period and not code) else code
    return replace(
        found, amount=amount, unit="円" if amount is not None else "", period=period, code=code
    )


def _period(said: str) -> str:
    return "年" if _YEARLY.search(said) else "月" if _MONTHLY.search(said) else ""


def _effect(found: Evidence) -> Evidence:
    said = _ASIDE.sub("", fold_text(found.value).replace(" ", ""))
    each = _EACH_BEFORE.match(said)
    said = said[each.end() :] if each else said
    period = (
        each[1]
        if each
        else "年"
        if said.startswith("年")
        else "月"
        if said.startswith("月")
        else ""
    )
    if _UNCOUNTED.search(said):
        return found
    much = [_amount(match) for match in _MUCH.finditer(said)]
    if _AT_ONCE.search(said) and len(much) == 1 and _CHANGED.search(said):
        return replace(found, amount=0, before=much[0][0], unit=much[0][1], period=period)
    if len(much) == 2 and _CHANGED.search(said):
        (before, unit), (after, last) = much
        was: float | None = before
        if unit and unit != last:
            was, after, last = _same_time(before, unit, after, last)
        return replace(found, amount=after, before=was, unit=last, period=period)
    if len(much) != 1 or not much[0][1] or "分の" in said or "/" in said:
        return found
    code = "less" if _LESS.search(said) else "more" if _MORE.search(said) else ""
    return replace(found, amount=much[0][0], unit=much[0][1], period=period, code=code)


def _amount(match: re.Match[str]) -> tuple[float, str]:
    value, unit = number(match["n"]), match["unit"] or ""
    if match["m"] and unit in _SECONDS:  # 1時間30分 is 90 分
        small = match["small"]
        return value * _SECONDS[unit] / _SECONDS[small] + int(match["m"]), small
    return value, unit


def _same_time(
    before: float, unit: str, after: float, last: str
) -> tuple[float | None, float, str]:
    """Both in the smaller unit; ``before`` is None where that is no matter of counting (日 of work)."""
    if unit not in _SECONDS or last not in _SECONDS:
        return None, after, last
    small = min(unit, last, key=lambda one: _SECONDS[one])
    each = [
        value * _SECONDS[one] / _SECONDS[small] for value, one in ((before, unit), (after, last))
    ]
    return each[0], each[1], small
