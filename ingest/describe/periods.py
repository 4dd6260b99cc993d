"""How long a case took and from when until when, as printed: 「2022年10月〜12月」「約3か月で構築」."""

from __future__ import annotations

import re

from ingest.describe.quotes import distinct, own_parts
from kb.base.types import CaseDraft, Evidence
from kb.language.dates import MONTH, YEAR

_MOST = 4
"""Periods kept for a case."""

_POINT = rf"(?:{YEAR}度|{YEAR}{MONTH}|{YEAR}[./]\d{{1,2}}(?:[./]\d{{1,2}})?)"
_UNTIL = rf"(?:{_POINT}|(?:翌年|同年)?{MONTH}|\d{{1,2}}日|\d{{1,2}}年度)"
_TO = r"(?:から|[~〜―—–-]|より)"
_RANGE = rf"{_POINT}{_TO}{_UNTIL}(?:まで|にかけて)?"
_LONG = r"(?:約|およそ|わずか)?(?:(?<!\d)\d{1,3}(?:\.\d+)?|半)(?:か月|カ月|ヶ月|ヵ月|箇月|ケ月|年|週|日)(?:間|半)?(?:程度|弱|ほど)?"
_LABEL = r"(?:(?:実施|実証|事業|契約|導入|構築|開発|準備|試行|募集|運用|利用|取組|対象|検証|実験|調査|整備)期間|期間|工期|スケジュール|実施時期|導入時期|実施日程)"
_WORK = r"(?:実証|試行|試験|トライアル|検証|社会実験|導入(?![前後])|構築|開発|準備|移行|整備|試作|完成|稼働|公開|本番|運用開始|実施|内製|リリース)"
_PERIOD = re.compile(
    rf"{_LABEL}(?:[:|]|は、?|が、?)?[\s・]*(?P<labelled>{_RANGE}|{_POINT}{_TO}?|{_LONG}(?!{_TO}|→|⇒|に|へ))"
    rf"|(?P<range>(?>{_RANGE}))(?!の(?:データ|人口|統計|決算|平均|調査|アンケート|集計|実績|利用))"
    rf"|(?P<long>{_LONG})(?=(?:で|の|間の|にわたり|をかけて|かけて|かけ、)[^。、\d]{{0,8}}{_WORK})"
)
_BEFORE = "背景・課題"


def periods(draft: CaseDraft) -> tuple[Evidence, ...]:
    """When and for how long, as printed; what stands in the background was before."""
    told = own_parts(draft, _BEFORE)
    return distinct((found for text in told for found in text.matched("period", _PERIOD)), _MOST)
