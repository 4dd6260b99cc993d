"""How far the cases shall be that a question asks for: やめた取組, 実証段階の事例, discontinued projects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.base.types import Filters
from kb.query.conditions.contexts import OUT, stands
from kb.query.conditions.found import Found
from kb.query.conditions.typed import Typed

_CASES = r"(?=の?(?:取り?組|事例|事業(?![者所費])|案件|自治体|市町村|もの|施策|例))"
# 「終了したドローン配送」 asks for ended ones; 「紙をやめた窓口」 and 「業務が終了した後」 do not.
_GIVEN_UP = (  # 途中でやめた地域通貨; 「紙をやめた自治体」 tells of a case that goes on
    r"(?:(?:^|(?<=[\s、。])|(?<=で)|(?<=後に)|(?<=(?:導入|運用|利用|実証|事業)を))(?:やめた|止めた)"
    r"|(?:運用|サービス|提供|運行|事業)を(?:終え|終了し|廃止し)た)"
    r"(?=[ァ-ヶ一-龥a-z])(?!後|時|場合|際|年|日|月|理由|原因|経緯|方|人|職員|分)"
)
_OLD_WAY = "".join(
    rf"(?<!{way}を)"
    for way in (
        "紙",
        "印",
        "判子",
        "ハンコ",
        "はんこ",
        "電話",
        "fax",
        "手書き",
        "郵送",
        "現金",
        "対面",
        "印鑑",
    )
)
_ENDED = r"(?<![がをはもの])(?:終了した|廃止した|中止した|撤退した|打ち切(?:った|られた)|取りやめた|断念した|頓挫した|中断した|凍結した|見送った)(?=[ァ-ヶ一-龥a-z])(?!後|時|場合|際|年|日|月|理由|原因|経緯)"
_TO_COME = (  # of cases and places only: who asks plans things, too
    r"(?:(?:導入|開始|運用|実装|実施|稼働|整備)予定の|(?:まだ|未だに?)(?:導入|実装|運用|実施)して(?:い)?ない|未(?:導入|実施|実装)の"
    r"|(?:導入|実施|実装|整備)を(?:検討|計画|予定)(?:中の|して(?:い)?る))"
    r"(?=取り?組|事例|案件|自治体|市町村|町村|団体|ところ|市(?![民役])|町(?![民内役])|村(?![民役]))"
    r"(?!\S{1,6}(?:です|だが|なの|なん))"
)
_PLANNED = r"(?:計画段階|計画中|検討段階|検討中|構想段階)(?=の(?=[ァ-ヶー一-龥a-z])(?!課題|費用|予算|体制|評価|注意|留意|進め|効果|結果|内容|経緯|資料))"
_IN_USE = r"(?<![がをはもの])(?:(?:本格|正式に?)(?:導入|実装|運用|稼働)|社会実装|実用化)(?:した|された|している|済み?の)(?=[ァ-ヶ一-龥a-z])(?!後|時|場合|際|年|日|月|理由|原因|経緯)"
_STOPPED = r"\b(?:stopped|gave up|quit) (?=using\b|running\b|offering\b|operating\b)"
_OUT = rf"(?={OUT.pattern})"
_TRYING = "(?:実証|試行)(?:実験|事業|運行|運用|導入)?(?:段階|中)"
_ONLY_TRIED = r"(?:実証|試行)(?:実験|事業|運行)?(?:だけ|のみ)?(?:で終わ(?:った|って(?:い)?る)|止まり|どまり|にとどま(?:った|って(?:い)?る))の?(?=[ァ-ヶ一-龥a-z])(?!後|理由|原因)"
_ON_TRIAL = rf"{_TRYING}(?=の(?!課題|費用|予算|体制|評価|注意|留意|進め|効果|失敗|結果))"
_STAGES = (
    ("終了", "ended", rf"(?:終了した|廃止した|中止した|撤退した|打ち切った|{_OLD_WAY}(?:やめた|止めた)|取りやめた|断念した|中断した|凍結した|見送った|終了済み|(?:中止|終了|廃止|取りやめ)(?:に|と)なった|終わった|(?:中止|廃止)された){_CASES}|{_ENDED}|{_GIVEN_UP}|(?:終了|中止|廃止)(?:済み?)?{_OUT}"
     r"|\b(?:discontinued|abandoned|stopped)(?= (?:cases|projects|services|initiatives))"
     rf"|{_STOPPED}"
     r"|\b(?:that|which) (?:(?:was|were|got|has been|have been) (?:later )?)?(?:cancell?ed|discontinued|abandoned|stopped|shut down|ended|given up)\b"),
    ("実証", "trial", rf"{_TRYING}{_CASES}|{_ON_TRIAL}|{_ONLY_TRIED}|(?:実証|試行)(?:実験)?(?:段階|中)?{_OUT}|\bpilot(?= (?:cases|projects))"),
    ("実装", "in use", rf"(?:実装済み?|実装した|本格運用中|本格運用済み|運用中){_CASES}|{_IN_USE}|実装済み?の(?=[ァ-ヶ一-龥a-z])|(?:実装|運用)(?:済み?|中)?{_OUT}"),
    ("計画", "planned", rf"(?:計画段階|計画中|検討段階|検討中){_CASES}|{_PLANNED}|{_TO_COME}|(?:計画|検討)(?:段階|中){_OUT}|\bplanned(?= (?:cases|projects))|\bstill (?:being )?planned\b|\b(?:that|which) are (?:being )?planned\b|\bnot yet (?:introduced|implemented|launched|in use)\b"),
)  # fmt: skip
_SELF = re.compile(
    f"{_ENDED}|{_GIVEN_UP}|{_ONLY_TRIED}|{_TO_COME}|{_ON_TRIAL}|{_PLANNED}|{_IN_USE}|実装済|{_STOPPED}|[^の]{{2,6}}{_OUT}"
)
_PATTERNS = tuple((ja, en, re.compile(pattern)) for ja, en, pattern in _STAGES)


def stages(typed: Typed) -> Iterator[Found]:
    """The stages that a question names with a word for cases behind: 実証実験の進め方 names none."""
    for label, label_en, pattern in _PATTERNS:
        for match in pattern.finditer(typed.folded):
            start, end = match.span()
            if _SELF.match(typed.folded, start) or stands("stage", typed, start, end):
                yield Found("status", start, end, label, label_en, Filters(statuses=(label,)))
