"""The ordinance or rules that a case made or stands on."""

from __future__ import annotations

import re

from ingest.describe.deciding.stated import stated
from ingest.describe.quotes import distinct, own_parts
from kb.base.types import CaseDraft, Evidence

_MOST = 4
_KIND = r"(?:条例|要綱|要領|規則|規程|取扱基準)"
_CHARS = r"(?:[一-龥々ァ-ヶーＡ-Ｚａ-ｚA-Za-z0-9・]|の(?!条例|要綱)|に関する|における|に係る|に基づく|等(?!の))"
_DONE = (
    r"(?:の一部)?(?:[（(][^（）()]{0,24}[)）])?(?:を|が|に|で|も|により|によって)(?:[^。、]{0,14}?)"
    r"(?:制定(?:し|され)|施行(?:し|され)|定め(?:た|て|ら|、)|改正(?:し|され)|整備(?:し|され)|策定(?:し|され)|公布(?:し|され)|可決|根拠|基づ(?:き|い|く)|作(?:った|り|成し)|設け(?:た|て)|位置[づ付]け)"
)
_NAMED = re.compile(
    rf"「(?P<q>[^「」。]{{3,60}}?{_KIND})」?(?={_DONE}|」{_DONE})|(?P<n>{_CHARS}{{2,45}}?{_KIND})(?={_DONE})"
)
_ROW = re.compile(rf"[^、，,。｜\n「」]{{2,60}}?{_KIND}")
_NO_NAME = re.compile(
    rf"(?:同|本|当該|この|その|関係|関連|各|新|新たな|必要な|独自の?|庁内|運用|実施|交付|根拠|一部)?の?{_KIND}|(?:国|県|総務省|文部科学省|厚生労働省|国土交通省|農林水産省|内閣府|デジタル庁|経済産業省).*|.*法令条例"
)
_LATER = re.compile(r"[^。]{0,30}?(?:予定|検討|目指|見込|必要がある|していない|せず|なかった|方針)")


def ordinances(draft: CaseDraft) -> tuple[Evidence, ...]:
    """Names of ordinances, rules and the like, as printed; those of the state are not the case's."""
    told = [
        row.fact("ordinance", match[0].strip())
        for row in stated(draft, "ordinance")
        for match in _ROW.finditer(row.value)
        if not _NO_NAME.fullmatch(match[0].strip())
    ]
    for part in own_parts(draft):
        for match in _NAMED.finditer(part.text):
            group = "q" if match["q"] else "n"
            if not _NO_NAME.fullmatch(match[group]) and not _LATER.match(part.text, match.end()):
                told.append(part.quote("ordinance", match[group], *match.span(group)))
    return distinct(told, _MOST)
