"""What went wrong in a case, was rejected or stopped, in the words of its text."""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.describe.deciding.stated import stated
from ingest.describe.others import GUIDE, is_intended
from ingest.describe.quotes import distinct, own_parts
from kb.base.types import CaseDraft, Evidence
from kb.language.text import fold_text, sentences

_MOST = 3
_LONGEST = 160
_BEFORE = "背景・課題"
_OF_CASE = re.compile(r"^(?:今後の)?(?:課題|問題|問題点)|反省|失敗")
"""Headings of its role that may tell of the case itself; 背景 tells of the time before."""
_CODES = (
    ("stopped", r"(?:中止|廃止|打ち切(?:りを決め)?|取りやめ|取り止め|断念|撤退|休止|凍結)(?:し(?:た|、|て|まし)|され|と(?:した|なった|なり)|に(?:至|追い)|った|り、|た)"
     r"|(?:サービス|提供|運用|運行|事業|取組|アプリ|システム|利用|実証|配信|契約)(?:を|は|が)(?:[^。、]{0,12}で)?終了(?:し(?:た|、|て|まし)|した|となった)|使うのをやめ|(?:取組|事業|サービス|実証|運行|運用|配信|アプリ|システム|契約)(?:を|は)[^。、]{0,8}やめた|白紙(?:に|撤回)"),
    ("rejected", r"(?:否決|却下|不採択|不採用|差し戻)(?:され|と(?:なった|なり)|した|に)|(?:導入|計画|予算化|実施|契約)(?:を|が|は)?見送(?:った|られ|り)|(?:議案|予算案?|提案)[^。]{0,12}(?:撤回|認められな)"),
    ("failed", r"(?:不具合|障害|エラー|トラブル|誤り(?!ない)|漏れ(?!ない)|誤(?:送信|交付|配送?|配信|表示|登録|発行)|欠測|故障|破損|事故|遅配|漏えい|漏洩|流出|停止|混乱|遅れ|遅延|手戻り|ミス)(?:が|を|も)[^。、]{0,12}?(?:(?:発生し|起き|起こっ|起こり|生じ|相次ぎ|相次い|続い|続き|判明し|見つか(?:った|り))(?:た|、|て(?!は)|ま|だ)|あった(?!場合|とき))"
     r"|(?:誤(?:送信|交付|配信|表示|発行)し(?:た|て))|(?:利用|登録|申込|応募|参加|件数)[^。、]{0,10}?(?:伸び(?:ず|なかった|悩)|届かなかった|少なかった|低調)|(?:目標|想定|計画|見込み?)に(?:は)?(?:届か(?:なかった|ず)|達し(?:なかった|ず)|達しなかった)|不具合を見(?:逃|落と)し(?:た|て)|別(?:の)?人の[^。]{1,20}(?:出|交付され|表示され|発行され)(?:てきた|た)|確かめられなかった|二重に(?:なった|なり)|折り合わなかった|一度もなかった|(?:利用|登録|参加|目標)[^。]{0,24}(?:だけだった|にとどま(?:った|り)|見当たらな)|(?:受け取れ|出せ|開け|送れ|つながら|読め|取れ)な(?:かった|くなった|くなり)|かえって[^。]{0,20}(?:増え|遅くな|手間が)|(?:想定|目標|見込み?|計画)(?:(?:して(?:い)?た|の)[^。、]{1,10})?を[^。、]{0,6}下回(?:った|り|っ)"
     r"|(?:定着|浸透|普及|活用|利用)(?:せず|しなかった|されず|されなかった)|(?:システム|サービス|受付|運行|配信|利用|稼働|業務|窓口|サーバー?|通信)(?:が|を)[^。、]{0,8}(?:停止し(?:た|、|ま)|止まった|止まり)|使われな(?:く|かった)|使えな(?:く|かった)|開かなく|失敗(?:し|に終わ|だった)|うまくいかなかった|苦情(?:が|も)[^。、]{0,8}(?:寄せ|相次|あった)|動かなかった|間に合わなかった"),
)  # fmt: skip
_WENT = re.compile("|".join(f"(?P<{code}>{pattern})" for code, pattern in _CODES))
_NOT_SO = re.compile(
    r"場合|とき|(?<!\d)時に|理由は|次のように|おそれ|恐れ|懸念|リスク|防[いぐぎ止]|備え|ないよう|避け|可能性|心配|想定し|(?:従来|以前|導入前|これまで)(?:は|の|から)|ていた(?:が|ため)|なければ|紙の[^。]{0,8}(?:廃止|終了)|(?:押印|様式|書類|はがき|窓口受付|郵送)[^。、]{0,8}(?:廃止|終了)|解消|ゼロ|(?:時間|手間|ミス|誤り|遅れ|混雑|行列|トラブル|障害)(?:が|は|も)[^。、]{0,4}なくな|減っ|[?？]|例えば|(?:は|(?<!一度)も)なかった"
)


def troubles(draft: CaseDraft) -> tuple[Evidence, ...]:
    """Sentences that say what stopped, was refused or failed; ``code`` tells which of these. What is
    only feared, avoided, or was so before the case, is none."""
    if GUIDE.search(fold_text(draft.title)):
        return ()
    told = [_coded(row.fact("trouble", row.value)) for row in stated(draft, "trouble")]
    for part in own_parts(draft):
        if is_intended(part.heading) or (
            part.role == _BEFORE and not _OF_CASE.search(part.heading)
        ):
            continue
        for start, end in sentences(part.text):
            said = part.text[start:end].strip(" 　\n・-*")
            if len(said) <= _LONGEST and _WENT.search(said) and not _NOT_SO.search(said):
                told.append(_coded(part.quote("trouble", said.rstrip("。"), start, end)))
    return distinct(told, _MOST)


def _coded(found: Evidence) -> Evidence:
    match = _WENT.search(found.value)
    return replace(found, code=str(match.lastgroup) if match else "")
