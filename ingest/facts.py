"""Facts read from a case, each with the words it was read from: status, tools, effects, cost, year."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import zip_longest

from ingest.labels import exact_label
from ingest.years import folded_once, year_mentions
from kb.text import fold_text
from kb.types import CaseDraft, Evidence, Section

_AROUND = 30
"""Characters of text shown on both sides of what was read."""
_MOST = 6
"""Values of one kind kept for a case."""

_TRIED = re.compile(
    r"実証|試行|試験(?:的|導入|運用)|トライアル|お試し|\bpoc\b|社会実験|訓練|モデル(?:事業|地区)|試験配送|パイロット"
)
_DONE = re.compile(
    r"(?:本格|正式)(?:的に)?(?:導入|運用|稼働|実施|展開)|(?:運用|利用|提供|サービス|配信|運行|受付|営業|活用)(?:を|が)?(?:開始|始ま|始め)"
    r"|本稼働|稼働(?:中|し)|実装(?:した|済|され)|全庁(?:展開|導入)|導入(?:し(?:た|、|て)|済|効果|後)|入れ(?:た|、)|取り入れ"
    r"|始めた|開始した|開設|整備した|構築した|移行した|公開した|設けた|オンライン化した|電子化した|届ける|受け付け(?:る|た|て)"
    r"|使(?:われて|って|う)いる|利用されて|利用率|登録者|定着|広げた|増やした|減った|短縮した|削減した|作った|開発した"
)
_PLANNED = re.compile(
    r"(?:導入|実施|開始|整備|実証|構築|展開|公開|稼働|移行)(?:する)?(?:を)?(?:予定|計画|検討|目指)|計画策定|策定(?:中|予定)|当初計画"
    r"|検討(?:中|を進め|している|する)|構想|課題の(?:洗い出し|整理)|仕様書(?:の)?作成|公募実施|現況調査|今後.{0,20}(?:予定|導入)"
)
_UNIT = r"(?:時間|分|秒|か月|カ月|ヶ月|ヵ月|日|週間|人日|人|名|件|枚|回|円|万円|千円|億円|%|割|世帯|台|箇所|か所|ページ)"
_NUM = r"約?(?:\d[\d,.]*)(?:万|千|億)?(?:\d[\d,]*)?"
_LESS_OR_MORE = r"(?:削減|短縮|軽減|縮減|縮ま(?:った)?|節約|節減|減少|減った?|減らした?|効率化|増加|増えた?|向上|上昇|上がった?|伸びた?|改善)"
_MUCH = rf"{_NUM}\s*{_UNIT}(?:\d+{_UNIT})?"
_EFFECT = re.compile(
    rf"{_NUM}\s*{_UNIT}?(?:\d+{_UNIT})?(?:程度|前後|ほど|以上)?\s*(?:から|→|⇒|➡|⇨|->)\s*{_MUCH}"
    # 「6日から8日に」 is a period, not an effect: days need a word that says less or more.
    rf"(?:程度|ほど|以下|未満)?(?:(?:に|へ|まで)?{_LESS_OR_MORE}|(?<!日)(?!{_UNIT}))"
    rf"|(?:年間|年|月間|月|1[件人](?:あたり|当たり)?|平均)?{_MUCH}(?:程度|ほど|相当|以上|近く)?"
    rf"(?:の(?:業務|作業|事務|残業)?(?:時間)?(?:の)?|を|が|も)?{_LESS_OR_MORE}"
)
_COST = re.compile(
    r"(?:総事業費|事業費|予算額?|初期費用|導入(?:費用?|コスト)|運用(?:費用?|コスト)|ランニングコスト|イニシャルコスト|費用|経費|契約(?:金)?額|"
    r"委託(?:料|費)|利用料|使用料|決算額|交付金|補助金|支援)(?:[^。\d]{0,16}?)約?(?P<amount>\d[\d,.]*(?:億|万|千|百万)?(?:\d[\d,]*(?:万|千)?)?\s*円)"
)
_AMOUNT = re.compile(r"約?(?P<amount>\d[\d,.]*(?:億|百万|万|千)?(?:\d[\d,]*(?:万|千)?)?\s*円)")
_STARTS = re.compile(
    r"から|より|開始|始め|始ま|導入|実施|試行|募|設け|設置|入れ|立ち上げ|スタート|稼働|運用|公開|行っ|行う|取り組|実証|整え|移行|"
    r"結び|開い|受け|選ば|増やし|作っ|まで.{0,6}(?:増|減)|本格|提供|配信|参加|締結"
)
_MAIN = re.compile(
    r"本格|(?:運用|運行|提供|利用|サービス)(?:を)?(?:開始|始め)|始めた|開始した|導入した|入れた|移した|稼働"
)
_LED = re.compile(r"協定|協議会|採択|交付|補助|契約|公募|調査|受賞|かけて実証|構想|発表|就任")
_PASSING = re.compile(
    r"^(?:度?末|度?中|\d+日)*[にもは]?(?:現在|時点|の調査|のグッド|のデータ|の人口|国勢調査|問題|までに|に?比べ|比|の予算|度?(?:の)?(?:第\d次)?補正|度?(?:当初)?予算|"
    r"を目標|を目途|をめど|を目指|目標|推計|には?約|の\S{0,12}賞|までの|以降|の市議会|\S{0,3}県推計|\S{0,3}推計|\S{0,3}統計|度末まで|度末の|の市長|の町長|に予定|予定)"
)
_PASSING_BEFORE = re.compile(r"(?:人口|推計|出典|参考|改正|施行|法律|目標|国勢調査)[^。]{0,8}$")
_YEAR_ROLE = {
    "取組": 3.0, "概要": 2.5, "支援内容": 2.0, "推進体制": 1.5, "背景・課題": 1.0, "効果": 1.0,
    "県による支援": 0.8, "工夫・留意点": 0.8, "その他": 0.8, "費用": 0.4,
}  # fmt: skip
_STATUS_ROLES = frozenset(["概要", "取組", "効果", "工夫・留意点", "推進体制", "その他"])


@dataclass(frozen=True, slots=True)
class _Part:
    """A text to read: the case's title (``role`` "") or a section."""

    role: str
    heading: str
    text: str
    page: int | None


def year(draft: CaseDraft) -> Evidence | None:
    """The fiscal year the case is of, as its title, date row or the start of its work says; a year
    only mentioned in passing (a census, a target, a budget) does not count."""
    best: tuple[float, Evidence] | None = None
    order = 0
    for part in _parts(draft):
        mentions = year_mentions(part.text)
        for mention, following in zip_longest(mentions, mentions[1:]):
            order += 1
            clause = part.text[mention.end : following.start if following else None]
            before = fold_text(part.text[max(0, mention.start - 20) : mention.start])
            score = _YEAR_ROLE.get(part.role, 5.0) - 0.05 * order + 0.5 * mention.fiscal
            score += 6.0 * _is_dated(part, mention.start) + _told(before, fold_text(clause[:60]))
            if score > 0 and (best is None or score > best[0]):
                evidence = _evidence("year", str(mention.year), part, mention.start, mention.end)
                best = score, evidence
    return best[1] if best else None


def _told(before: str, after: str) -> float:
    """How much the words around a year make it the year of the work: its start above what led to
    it, and nothing in passing."""
    if _PASSING.match(after) or _PASSING_BEFORE.search(before):
        return -6.0
    clause = after.split("。")[0]
    return (
        1.5 * bool(_STARTS.search(clause)) + bool(_MAIN.search(clause)) - bool(_LED.search(clause))
    )


def status(draft: CaseDraft) -> Evidence | None:
    """計画, 実証 or 実装, by how the text speaks of the work; None where it does not say."""
    weight: Counter[str] = Counter()
    first: dict[str, Evidence] = {}
    for part in _parts(draft):
        if part.role and part.role not in _STATUS_ROLES:
            continue
        folded = folded_once(part.text)
        for name, pattern in (("実証", _TRIED), ("実装", _DONE), ("計画", _PLANNED)):
            for match in pattern.finditer(folded.text):
                weight[name] += 1 if part.role else 4
                span = folded.span(match.start(), match.end())
                first.setdefault(name, _evidence("status", name, part, *span))
    if not weight:
        shown = effects(draft)
        return replace(shown[0], name="status", value="実装") if shown else None
    best = max(("実装", "実証", "計画"), key=lambda name: weight[name])
    return first[best]


def tools(draft: CaseDraft) -> tuple[Evidence, ...]:
    """Known tools that the case names, most often named first; the passing ones of its background
    are left out."""
    counts: Counter[str] = Counter()
    first: dict[str, Evidence] = {}
    for part in _parts(draft):
        if part.role == "背景・課題":
            continue
        folded = folded_once(part.text)
        for match in _tool_pattern().finditer(folded.text):
            name = _tools()[match.group()]
            counts[name] += 1
            span = folded.span(match.start(), match.end())
            first.setdefault(name, _evidence("tools", name, part, *span))
    return tuple(first[name] for name, _ in counts.most_common(_MOST))


def effects(draft: CaseDraft) -> tuple[Evidence, ...]:
    """Effects with figures, as printed: 「30分→5分」, 「年間1,200時間削減」."""
    return _figures(draft, "effect", _EFFECT)


def costs(draft: CaseDraft) -> tuple[Evidence, ...]:
    """Amounts of money that the case cost; in a section on 費用 every amount counts."""
    inside = [s for s in draft.sections if s.role == "費用" or fold_text(s.heading) in ("事業費",)]
    found = list(_figures(draft, "cost", _COST))
    seen = {evidence.value for evidence in found}
    for section in inside:
        for evidence in _matches(_part(section), "cost", _AMOUNT):
            if evidence.value not in seen:
                seen.add(evidence.value)
                found.append(evidence)
    return tuple(found[:_MOST])


def _figures(draft: CaseDraft, name: str, pattern: re.Pattern[str]) -> tuple[Evidence, ...]:
    found: dict[str, Evidence] = {}
    for section in draft.sections:
        for evidence in _matches(_part(section), name, pattern):
            found.setdefault(evidence.value, evidence)
    return tuple(found.values())[:_MOST]


def _matches(part: _Part, name: str, pattern: re.Pattern[str]) -> Iterator[Evidence]:
    folded = folded_once(part.text)
    for match in pattern.finditer(folded.text):
        group = "amount" if "amount" in pattern.groupindex else 0
        start, end = folded.span(match.start(group), match.end(group))
        yield _evidence(name, part.text[start:end], part, start, end)


def _parts(draft: CaseDraft) -> tuple[_Part, ...]:
    first = draft.pages[0] if draft.pages else None
    return (_Part("", "", draft.title, first), *(_part(section) for section in draft.sections))


def _part(section: Section) -> _Part:
    return _Part(section.role, section.heading, section.text, section.page)


def _is_dated(part: _Part, at: int) -> bool:
    """True for a year in a row such as 「実施年度｜令和6年度」."""
    begin = part.text.rfind("\n", 0, at) + 1
    label = exact_label(part.text[begin:at].split("：")[0]) or exact_label(part.heading)
    return label is not None and label.kind == "date"


def _evidence(name: str, value: str, part: _Part, start: int, end: int) -> Evidence:
    left, right = max(0, start - _AROUND), min(len(part.text), end + _AROUND)
    return Evidence(name, value, part.page, " ".join(part.text[left:right].split()))


@cache
def _tools() -> dict[str, str]:
    """Folded spelling → the tool's name."""
    table = resources.files("kb").joinpath("data", "tools.tsv").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            name, others = line.split("\t")
            for spelling in (name, *filter(None, others.split(","))):
                found.setdefault(fold_text(spelling), name)
    return found


@cache
def _tool_pattern() -> re.Pattern[str]:
    longest_first: Sequence[str] = sorted(_tools(), key=lambda word: (-len(word), word))
    return re.compile(
        "|".join(
            rf"(?<![a-z0-9]){re.escape(w)}(?![a-z0-9])" if w.isascii() else re.escape(w)
            for w in longest_first
        )
    )
