"""Whose money a question asks for: デジ田交付金を使った, 過疎債でやった, 企業版ふるさと納税を財源に."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.base.types import Filters
from kb.query.conditions.found import Found
from kb.query.conditions.typed import Typed

_ALSO = {
    "デジ田": ("デジタル田園都市国家構想", "デジ田"),
    "デジタル田園": ("デジタル田園都市国家構想", "デジ田"),
    "過疎債": ("過疎対策事業債", "過疎債"),
    "辺地債": ("辺地対策事業債", "辺地債"),
    "緊防債": ("緊急防災・減災事業債", "緊防債"),
    "コロナ交付金": ("地方創生臨時交付金", "コロナ交付金"),
    "ガバメントクラウドファンディング": ("クラウドファンディング",),
}
"""How documents write what people call by a shorter name."""

_NAME = (
    r"(?:デジ田|デジタル田園都市国家構想|(?:企業版)?ふるさと納税|(?:ガバメント)?クラウドファンディング|過疎債|辺地債|緊防債|寄附金?"
    r"|[ァ-ヶー一-龥・0-9a-z]{1,24}?(?:交付金|補助金|助成金|基金|譲与税|交付税|事業債))"
)
_USED = r"(?=(?:[をが]?(?:使|活用|利用|財源|充て|あて|元手|受け)|で(?:でき|出来|やっ|やり|行|整備|導入|実施|実現|始め|作|つく|賄|まかな)|による))"
_TAKEN = re.compile(rf"(?:国の|県の|都の)?(?P<name>{_NAME}){_USED}")
_ENGLISH = re.compile(
    r"(?:with|using|funded by|paid by) (?:the |a )?(?P<name>digital garden city)[\w -]*?(?:grants?|subsid(?:y|ies)|funds?)\b"
)


def fundings(typed: Typed) -> Iterator[Found]:
    """The money that a question says was used; 「補助金の申請」 asks about no money of a case."""
    for match in _TAKEN.finditer(typed.folded):
        name = typed.text[slice(*typed.span(*match.span("name")))]
        names = next((also for key, also in _ALSO.items() if key in match["name"]), (name,))
        yield _funding(match, name, names)
    for match in _ENGLISH.finditer(typed.folded):
        yield _funding(match, "デジタル田園都市国家構想交付金", _ALSO["デジ田"])


def _funding(match: re.Match[str], name: str, names: tuple[str, ...]) -> Found:
    wanted = Filters(fundings=names)
    return Found("funding", *match.span("name"), name, name, wanted, says=names)
