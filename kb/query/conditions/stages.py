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
_ENDED = r"(?<![がをはもの])(?:終了した|廃止した|中止した|撤退した|打ち切(?:った|られた)|取りやめた|断念した|中断した|凍結した|見送った)(?=[ァ-ヶ一-龥])(?!後|時|場合|際|年|日|月|理由|原因|経緯)"
_PLANNED = r"(?:計画段階|計画中|検討段階|検討中|構想段階)(?=の(?=[ァ-ヶー一-龥])(?!課題|費用|予算|体制|評価|注意|留意|進め|効果|結果|内容|経緯|資料))"
_IN_USE = r"(?<![がをはもの])(?:(?:本格|正式に?)(?:導入|実装|運用|稼働)|社会実装|実用化)(?:した|された|している|済み?の)(?=[ァ-ヶ一-龥])(?!後|時|場合|際|年|日|月|理由|原因|経緯)"
_STOPPED = r"\b(?:stopped|gave up|quit) (?=using\b|running\b|offering\b|operating\b)"
_OUT = rf"(?={OUT.pattern})"
_ON_TRIAL = r"(?:実証段階|実証中|試行段階|試行中)(?=の(?!課題|費用|予算|体制|評価|注意|留意|進め|効果|失敗|結果))"
_STAGES = (
    ("終了", "ended", rf"(?:終了した|廃止した|中止した|撤退した|打ち切った|やめた|止めた|取りやめた|断念した|中断した|凍結した|見送った|終了済み|(?:中止|終了|廃止|取りやめ)(?:に|と)なった|終わった|(?:中止|廃止)された){_CASES}|{_ENDED}|(?:終了|中止|廃止)(?:済み?)?{_OUT}"
     r"|\b(?:discontinued|abandoned|stopped)(?= (?:cases|projects|services|initiatives))"
     rf"|{_STOPPED}"
     r"|\b(?:that|which) (?:(?:was|were|got|has been|have been) (?:later )?)?(?:cancell?ed|discontinued|abandoned|stopped|shut down|ended|given up)\b"),
    ("実証", "trial", rf"(?:実証段階|実証中|試行段階|試行中){_CASES}|{_ON_TRIAL}|(?:実証|試行)(?:実験)?(?:段階|中)?{_OUT}|\bpilot(?= (?:cases|projects))"),
    ("実装", "in use", rf"(?:実装済み?|実装した|本格運用中|本格運用済み|運用中){_CASES}|{_IN_USE}|(?:実装|運用)(?:済み?|中)?{_OUT}"),
    ("計画", "planned", rf"(?:計画段階|計画中|検討段階|検討中){_CASES}|{_PLANNED}|(?:計画|検討)(?:段階|中){_OUT}|\bplanned(?= (?:cases|projects))"),
)  # fmt: skip
_SELF = re.compile(f"{_ENDED}|{_ON_TRIAL}|{_PLANNED}|{_IN_USE}|{_STOPPED}|[^の]{{2,6}}{_OUT}")
_PATTERNS = tuple((ja, en, re.compile(pattern)) for ja, en, pattern in _STAGES)


def stages(typed: Typed) -> Iterator[Found]:
    """The stages that a question names with a word for cases behind: 実証実験の進め方 names none."""
    for label, label_en, pattern in _PATTERNS:
        for match in pattern.finditer(typed.folded):
            start, end = match.span()
            if _SELF.match(typed.folded, start) or stands("stage", typed, start, end):
                yield Found("status", start, end, label, label_en, Filters(statuses=(label,)))
