"""Whose money a question asks for: デジ田交付金を使った, 過疎債でやった, 企業版ふるさと納税を財源に."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.base.types import Filters
from kb.language.programmes import asked, known_programmes, lineage, programmes, spelt
from kb.query.conditions.contexts import OUT
from kb.query.conditions.found import Found, apart
from kb.query.conditions.typed import Typed

_GRANT = re.compile(
    r"[ァ-ヶー一-龥・0-9a-z]{1,24}?(?:交付金|補助金|助成金|基金|譲与税|交付税|事業債)|寄附金?"
)
_USED = re.compile(
    r"(?:[をが]?(?:使|活用|利用|財源|充て|あて|元手|受け)|で(?:でき|出来|やっ|やり|行|整備|導入|実施|実現|始め|はじめ|作|つく|賄|まかな|入れ|買|購入|整え|建て|進め)|による)"
)
_COVID = re.compile(
    r"コロナ(?:禍|対策|対応)?(?:の|で|に)?(?:国(?:から|の)\S{0,4}?)?(?:お金|資金|財源|補助金|予算)"
)
_OUR = re.compile(r"国の|県の|都の")
_ENGLISH = re.compile(
    r"(?:with|using|funded by|paid by) (?:the |a )?(?P<name>digital garden city)[\w -]*?(?:grants?|subsid(?:y|ies)|funds?)\b"
)
_COVID_GRANT = "新型コロナウイルス感染症対応地方創生臨時交付金"
_GARDEN_CITY = "デジタル田園都市国家構想交付金"


def fundings(typed: Typed) -> Iterator[Found]:
    """The money that a question says was used; 「補助金の申請」 asks about no money of a case. A
    programme is also answered by what it was before."""
    yield from apart(_japanese(typed))
    for match in _ENGLISH.finditer(typed.folded):
        yield _funding(match.span("name"), _GARDEN_CITY, _GARDEN_CITY)


def _japanese(typed: Typed) -> Iterator[Found]:
    for start, end in known_programmes().spans(typed.folded):
        if _USED.match(typed.folded, end) or OUT.match(typed.folded, end):
            name = spelt()[typed.folded[start:end]].name
            yield _funding((start, end), typed.text[slice(*typed.span(start, end))], name)
    for match in _COVID.finditer(typed.folded):
        if _USED.match(typed.folded, match.end()):
            yield _funding(
                match.span(), typed.text[slice(*typed.span(*match.span()))], _COVID_GRANT
            )
    for match in _GRANT.finditer(typed.folded):
        own = _OUR.match(match[0])
        start = match.start() + (own.end() if own else 0)
        if _USED.match(typed.folded, match.end()):
            name = typed.text[slice(*typed.span(start, match.end()))]
            yield _funding((start, match.end()), name, name)


def _funding(span: tuple[int, int], label: str, name: str) -> Found:
    known = programmes().get(name)
    says = tuple(w for one in lineage(known) for w in one.written) if known else (name,)
    return Found("funding", *span, label, label, Filters(fundings=asked((name,))), says=says)
