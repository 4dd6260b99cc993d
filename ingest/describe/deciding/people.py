"""Who did it: how many of the staff, which sections, which section to ask; never a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.describe.deciding.stated import stated
from ingest.describe.quotes import distinct, own_parts, squeezed
from kb.base.types import CaseDraft, Evidence
from kb.language.numerals import NUMBER, number
from kb.language.text import fold_text

_MOST = 6
_SUFFIX = r"(?:課|室|係|局|(?<!支)部|班|チーム|本部|事務局|委員会|担当(?!者|職員|課|部))"
_ASKED = (
    r"(?:課|室|係|局|部|班|センター|チーム|グループ|本部|事務局|支所|委員会|担当(?!者|職員|課|部))"
)
_WORDS = r"こども|子ども|まちづくり|むらづくり|いじめ|くらし|ふるさと|みらい|みどり|すこやか|いきいき|しごと|にぎわい|つながり"
_SIGN = r"[一-龥々ァ-ヶーA-Za-zＡ-Ｚａ-ｚ0-9]"
_SECTION = re.compile(
    rf"(?:{_WORDS}|{_SIGN})(?:{_WORDS}|{_SIGN}|・){{0,19}}?{_SUFFIX}(?![長員題程税金品屋門分会])"
)
_NAME = rf"(?:{_WORDS}|{_SIGN}){{1,16}}?{_SUFFIX}(?![長員題程税])"
_DID = re.compile(
    rf"(?P<list>{_NAME}(?:(?:と|、|・|や){_NAME})*)"
    r"(?:の(?:職員|担当者?|若手|有志|[0-9０-９]+(?:人|名))|が[^。、]{0,12}?(?:内製|開発|主導|担当|事務局|中心|作成|取り?まとめ))"
)
_IN_CHARGE = re.compile(rf"(?P<name>{_NAME})が(?:主に)?担当(?:し(?:た|て|、)|する(?!予定)|。|$)")
_CUT = re.compile(r"[（(]|電話|℡|☎|TEL|Tel|ＴＥＬ|FAX|内線|メール|E-?mail|https?:|〒")
_BARE = re.compile(
    rf"(?:担当|主管|所管|関係|各|全|原|庁内|当該|本|同|他の?|関連|実施|利用|プロジェクト|作業|検討)?{_SUFFIX}|各課.*|全(?:課|庁).*"
)
_OUTSIDE = re.compile(
    r"^[一-龥]{2,3}[県府](?!民)|^(?:株|一般|公益|国(?!保|際|民|体|勢|土)|総務省|内閣|経済産業[省局])|大学|株式|会社|振興局|県民局|支庁|(?:労働|整備|法務|農政|財務|運輸)局"
)
_PEOPLE = re.compile(
    rf"(?P<who>(?:専任の?|兼任の?|兼務の?|担当の?|専従の?|会計年度任用|正規)?(?<!教)(?:職員|担当者?|係員|メンバー|推進員|リーダー|スタッフ|人員|専任|兼任|兼務|体制))(?:は|が|を|の|:|として|数は?)?(?:計|合計|約|わずか)?(?P<n>(?<![\d.]){NUMBER})(?:人|名)"
    rf"|(?:(?:担当|従事)(?:者|した|する)?(?:の)?)は、?[^。、\d]{{0,16}}?(?P<k>(?<![\d.]){NUMBER})(?:人|名)(?!ず)"
    rf"|(?<![\d.])(?P<m>{NUMBER})(?:人|名)(?:の)?(?:体制|専任|兼任|専従|(?:職員|担当)で(?:運営|対応|担当|開発|内製))"
)
_DOES = re.compile(
    r"(?:で(?:運営|担当|対応|開発|内製|進め|行|支え|回し|受け持)|を(?:置|配置|充て|専従)|が(?:専任|[^。、]{0,16}?(?:担当|開発|内製|作|運営|対応|従事|専従|兼|中心|常駐|試|進め|設計|構築|行っ|当た))|で、外部|を?配置|体制|のみ|だけ)"
)
_COUNT = re.compile(
    rf"(?:[一-龥]{{0,10}}(?:職員|担当|専任|兼任|兼務|係員|課|室|係|人員))?(?<![\d.])(?:約|計)?(?P<n>{NUMBER})(?:人|名)"
)
_NOT_STAFF = re.compile(
    r"[^。、]{0,6}(?:研修|受講|参加|回答|対象|アンケート|削減|減|異動|採用予定|利用|訓練|調査)"
)
_TEAM = frozenset({"推進体制"})


def contacts(draft: CaseDraft) -> tuple[Evidence, ...]:
    """The sections in charge, as the rows that name them have it, without persons and numbers."""
    found = [
        row.fact("contact", name)
        for row in stated(draft, "contact")
        for name in _asked(row.value, draft)
    ]
    found += [
        part.quote("contact", name, *match.span("name"))
        for part in own_parts(draft)
        for match in _IN_CHARGE.finditer(part.text)
        for name in _sections(match["name"])
    ]
    return distinct(found, 2)


def _asked(value: str, draft: CaseDraft) -> Iterator[str]:
    """「企画総務部 情報政策課（電話 079…）担当 山田」 is 企画総務部 情報政策課."""
    for piece in re.split(r"[、，,／/｜・]", _CUT.split(value)[0]):
        words = []
        if _OUTSIDE.search(piece.strip()) and not piece.strip().startswith(
            draft.prefecture or "\n"
        ):
            continue
        for word in piece.split():
            match = re.match(rf".{{1,24}}{_ASKED}(?![長員題程税])", word)
            bare = (
                match[0].removeprefix(draft.prefecture).removeprefix(draft.municipality)
                if match
                else ""
            )
            bare = re.sub(r"^(?:役場|役所|市役所|町役場|村役場|県庁)", "", bare)
            if bare and not _BARE.fullmatch(bare):
                words.append(bare)
        if words:
            yield " ".join(words)


def departments(draft: CaseDraft) -> tuple[Evidence, ...]:
    """The sections that took part, of rows and parts that tell who did."""
    told = [
        row.fact("department", name)
        for row in stated(draft, "department")
        for name in _sections(row.value)
    ]
    for part in own_parts(draft):
        lists = [part.text] if part.role in _TEAM else [m["list"] for m in _DID.finditer(part.text)]
        told += [
            part.quote("department", name, at, at + len(name))
            for names in lists
            for name in _sections(names)
            if (at := part.text.find(name)) >= 0
        ]
    return distinct(told, _MOST)


def _sections(text: str) -> Iterator[str]:
    for match in _SECTION.finditer(text):
        if not _BARE.fullmatch(match[0]) and not _OUTSIDE.search(match[0]) and len(match[0]) >= 3:
            yield match[0]


def staff(draft: CaseDraft) -> tuple[Evidence, ...]:
    """How many people of the municipality did the work."""
    told = []
    for part in own_parts(draft):
        folded = squeezed(part.text)
        for match in _PEOPLE.finditer(folded.text):
            end, who = match.end(), match["who"] or "専任"
            is_sure = (part.role in _TEAM and who != "職員") or re.match("専|兼|担当", who)
            if _NOT_STAFF.match(folded.text, end) or not (is_sure or _DOES.match(folded.text, end)):
                continue
            span = folded.span(*match.span())
            found = part.quote("staff", part.text[slice(*span)], *span)
            told.append(
                replace(found, amount=number(match["n"] or match["m"] or match["k"]), unit="人")
            )
    for row in stated(draft, "staff"):
        for count in _COUNT.finditer(fold_text(row.value)):
            fact = row.fact("staff", count[0])
            told.append(replace(fact, amount=number(count["n"]), unit="人"))
    return distinct(told, 3)
