"""Whose money a case was, and how what it needed was bought."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.describe.deciding.stated import stated
from ingest.describe.others import BUDGET
from ingest.describe.quotes import SourceText, distinct, own_parts, squeezed
from kb.base.types import CaseDraft, Evidence
from kb.language.programmes import known_programmes, programme, spelt
from kb.language.text import fold_text

_MOST = 4
_GRANT = r"[一-龥々ァ-ヶーa-z0-9・]{2,30}?(?:交付金|補助金|助成金|負担金|事業債|譲与税|基金)"
_GRANTED = re.compile(_GRANT)
_USED = re.compile(
    r"約?\d[\d,.]*(?:億|百万|万|千)*円|(?:[(][^()]{0,30}[)])?(?:事業)?(?:(?:による|の)?(?:寄附金?|補助金?|交付|助成|支援))?(?:の)?(?:[(][^()]{0,30}[)]|デジタル実装タイプ|type[123sx]|[一-龥]{0,4}タイプ)*"
    r"(?:を|が|に|で|から|として|により|による|も|と)?[^。、を]{0,10}?"
    r"(?:活用し|活用して|活用した|利用し(?:て|た)|充て|充当|(?:主な)?財源(?:に|と|として)|採択され|採択を受け|受けて|受けた|交付され|交付を受け|使っ(?:て|た)|用い(?:て|た)"
    r"|で(?:整備|導入|賄|実施|購入|構築|まかな|行っ)|による(?:整備|導入|実施)|から(?:支出|拠出|充))"
)
_BEFORE = re.compile(
    r"(?:財源|費用|経費|事業費|予算)(?:に)?(?:は|:|として|の(?:うち|一部|\d+割))[^。]{0,40}$"
)
_NOT_USED = re.compile(
    r"[^。]{0,20}?(?:検討|予定|申請中|目指|不採択|見込|要望|活用せず|使わず|使わない|使っていない|なしで|対象外|受けられな|できなかった|たい[。、と]|がなければ|終了後|がなくても)"
)
_RATE = re.compile(
    r"(?:補助率|交付率|負担割合|助成率|充当率)[^\d一-九]{0,4}(?:(?P<up>\d{1,2})/(?P<down>\d{1,2})|(?P<d>\d{1,2})分の(?P<u>\d{1,2})|(?P<p>\d{1,3})%)"
    r"|(?<![\d/])(?P<up2>\d{1,2})/(?P<down2>\d{1,2})(?:の)?補助"
)
_METHODS = (
    ("公募型プロポーザル", r"公募型(?:企画)?プロポーザル(?:方式)?|公募型企画競争"),
    ("指名型プロポーザル", r"指名型?プロポーザル(?:方式)?"),
    ("簡易プロポーザル", r"簡易(?:公募)?型?プロポーザル(?:方式)?"),
    ("プロポーザル", r"(?:企画)?プロポーザル(?:方式|選定)?(?!型)|企画競争"),
    (
        "総合評価一般競争入札",
        r"総合評価(?:落札)?方式?(?:による|の)?(?:一般競争入札)?|総合評価(?:一般競争)?入札",
    ),
    ("一般競争入札", r"(?:条件付き?|制限付き?)?一般競争入札"),
    ("指名競争入札", r"指名競争入札|指名入札"),
    ("随意契約", r"(?:特命)?随意契約|随契"),
    ("見積合わせ", r"見積(?:もり)?合(?:わ)?せ|見積(?:り|もり)?競争"),
    ("共同調達", r"共同(?:で)?(?:調達|発注)"),
    ("デジタルマーケットプレイス", r"デジタルマーケットプレイス|dmp"),
)
_METHOD = re.compile("|".join(f"(?P<m{i}>{pattern})" for i, (_, pattern) in enumerate(_METHODS)))
_CHOSEN = re.compile(
    r"(?:方式)?(?:[(][^()]{0,30}[)])?(?:により|によって|による(?:選定|契約|調達)|を(?:実施し|行い|行っ|経て|採用し|通じ)|で(?:[^。、]{0,12}?)(?:選|契約|調達|決|発注|購入|導入|締結|委託|落札)"
    r"|と(?:し(?:た|て)|なった)|を?締結|を?結(?:ん|び)|(?:し|を)?(?:て|た)(?:業者|事業者)|の(?:結果|うえ|上)|した|して|し、)"
)
_NOT_CHOSEN = re.compile(
    r"[^。]{0,14}?(?:ではなく|によらず|検討|予定|せずに|難し|できず|しない|見送|目指|を原則)"
)


def fundings(draft: CaseDraft) -> tuple[Evidence, ...]:
    """The programmes whose money a case took, with the rate where its sentence says it."""
    told = [
        row.fact("funding", name)
        for row in stated(draft, "funding")
        if not _NOT_USED.match(fold_text(row.value))
        for name in _named(row.value)
    ]
    if BUDGET.search(fold_text(draft.title)):
        return ()
    told += [fact for part in own_parts(draft) for fact in _used(part)]
    return distinct(map(_with_rate, told), _MOST)


def _named(value: str) -> Iterator[str]:
    """The programmes of a row; what is none known must be a grant by its name."""
    for piece in re.split(r"[、,，／/\n｜]+|(?<=金)・", value):
        if known := programme(piece):
            yield known.name
        elif found := _GRANTED.search(piece.strip()):
            yield found[0]


def _used(part: SourceText) -> Iterator[Evidence]:
    folded = squeezed(part.text)
    known = list(known_programmes().spans(folded.text))
    inside = [
        m.span() for m in _GRANTED.finditer(folded.text)
        if not any(m.start() < end and start < m.end() for start, end in known)
    ]  # fmt: skip
    for start, end in sorted(known + inside):
        said = folded.text[start:end]
        used = _USED.match(folded.text, end) or _BEFORE.search(
            folded.text, max(0, start - 60), start
        )
        if not used or _NOT_USED.match(folded.text, end) or _is_given(said, folded.text, start):
            continue
        found = spelt().get(said)
        span = folded.span(start, end)
        yield part.quote("funding", found.name if found else part.text[slice(*span)], *span)


def _is_given(said: str, text: str, start: int) -> bool:
    """True for a grant that has no name of its own, or that the town gives to others."""
    bare = re.fullmatch(
        r"(?:国|県|国県|市|町|村|この|その|同|本)?の?(?:交付金|補助金|助成金|基金|負担金)", said
    )
    return bool(bare) or text[max(0, start - 8) : start].endswith(("独自の", "町独自", "市独自"))


def _with_rate(found: Evidence) -> Evidence:
    known = programme(found.value)
    found = replace(found, code=known.name if known else "")
    said = fold_text(found.text).replace(" ", "")
    rates = list(_RATE.finditer(said))
    if len(rates) != 1 or not known or known.giver == "自治体":
        return found
    before = [
        spelt()[said[slice(*span)]] for span in known_programmes().spans(said[: rates[0].start()])
    ]
    if before and before[-1] != known:
        return found
    up, down, d, u, share, up2, down2 = rates[0].group("up", "down", "d", "u", "p", "up2", "down2")
    over, under = (up or u or up2 or share), (down or d or down2 or "100")
    rate = int(over) / int(under) if int(under) else 2.0
    return replace(found, amount=round(rate, 4), unit="率") if rate <= 1 else found


def procurements(draft: CaseDraft) -> tuple[Evidence, ...]:
    """How the vendor was chosen."""
    told = [
        row.fact("procurement", _METHODS[_which(match)][0])
        for row in stated(draft, "procurement")
        for match in _METHOD.finditer(fold_text(row.value))
        if not _NOT_CHOSEN.match(fold_text(row.value), match.end())
    ]
    for part in own_parts(draft):
        folded = squeezed(part.text)
        for match in _METHOD.finditer(folded.text):
            end = match.end()
            if _CHOSEN.match(folded.text, end) and not _NOT_CHOSEN.match(folded.text, end):
                name = _METHODS[_which(match)][0]
                told.append(part.quote("procurement", name, *folded.span(*match.span())))
    return distinct(told, _MOST)


def _which(match: re.Match[str]) -> int:
    return int(str(match.lastgroup)[1:])
