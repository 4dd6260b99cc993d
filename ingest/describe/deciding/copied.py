"""Which municipality a case was copied from, and which copied it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.describe.deciding.stated import stated
from ingest.describe.quotes import SourceText, distinct, parts
from kb.base.types import CaseDraft, Evidence
from kb.language.text import fold_text, sentences
from kb.places.gazetteer import load_gazetteer

_MOST = 4
_AND = r"(?:(?:と|、|・|や)[^。、とや]{1,8}[市区町村])*"
_FROM = re.compile(
    _AND
    + r"(?:など|等|や[^。、]{1,12}?)?(?:の|が|で|から|を|に|へ)?[^。、]{0,24}?(?:を?(?:参考|手本|モデル|お手本)(?:に(?:し|、)|と(?:し|、)|とな)|を?視察し(?!たい)|に(?:なら(?:って|い、)|倣(?:って|い)|学(?:び|んで|んだ)|(?:[^。、]{0,12}を)?教わ(?:っ|り))"
    r"|から(?:[^。、]{0,16}?)(?:譲(?:り受け|って)|提供を受け|学(?:び|んだ)|引き継)|を?(?:踏襲|流用)し|をもとに|を基に)"
)
_BY = re.compile(
    _AND
    + r"(?:など|等)?(?:が|も|でも|にも|へ|に|では、?|は、?)[^。、]{0,24}?(?:本市|当市|本町|当町|本村|当村|同市|同町|同村|本県|この(?:取組|仕組み|方式|やり方|アプリ|経緯|経験|事例|例|失敗))"
    r"[^。]{0,20}?(?:参考|モデル|手本|なら|倣|視察|まね|同じ|基に|もとに)"
)
_SPREAD = re.compile(
    _AND
    + r"(?:など|等)?(?:へ|に|にも)(?:も)?(?:横展開(?:し|され)|広が(?:った|り|っ)|波及し|移植し|横展開が)"
)
_SAME = re.compile(
    _AND
    + r"(?:でも|も)[^。]{0,8}?(?:同じ|同様の)(?:仕組み|取組|アプリ|システム|方式|やり方|機器)[^。]{0,10}?(?:導入し|始め|採用し|入れ(?:た|て))"
)
_FOLLOWS = re.compile(
    "参考|手本|モデル|視察|なら|倣|学|譲|提供|踏襲|流用|教わ|もとに|基に|展開|広が|波及|移植|同じ|同様|まね"
)
_NOT_YET = re.compile(r"予定|検討|したい|目指|期待|見込|ではなく|せず|なかった")


def copied(draft: CaseDraft) -> tuple[Evidence, ...]:
    """Municipalities that a case followed or that followed it; ``code`` is theirs where it is sure."""
    told = [fact for part in parts(draft) for fact in _said(part, draft)]
    for name in ("copied_from", "copied_by"):
        for row in stated(draft, name):
            told += [
                replace(row.fact(name, shown), code=code)
                for shown, code, _ in _others(row.value, draft)
            ]
    by_name = [
        distinct((e for e in told if e.name == n), _MOST) for n in ("copied_from", "copied_by")
    ]
    return (*by_name[0], *by_name[1])


def _said(part: SourceText, draft: CaseDraft) -> Iterator[Evidence]:
    for start, end in sentences(part.text):
        sentence = part.text[start:end]
        if not _FOLLOWS.search(sentence) or _NOT_YET.search(sentence):
            continue
        for shown, code, at in _others(sentence, draft):
            after = fold_text(sentence[at:])
            name = (
                "copied_by"
                if _BY.match(after) or _SPREAD.match(after) or _SAME.match(after)
                else "copied_from"
                if _FROM.match(after)
                else ""
            )
            if name:
                yield replace(part.quote(name, shown, start + at - 1, start + at), code=code)


def _others(text: str, draft: CaseDraft) -> Iterator[tuple[str, str, int]]:
    """Other municipalities that a text names: name, code ("" while open), and where the name ends."""
    for mention in load_gazetteer().mentions(text):
        place = mention.place
        name = place.name if place else mention.text
        if name in (draft.municipality, draft.prefecture) or (
            place and place.name == place.prefecture
        ):
            continue
        yield name, place.code if place else "", mention.end
