"""The tools and vendors that a case names, with the words that name them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from string import ascii_lowercase, digits

from ingest.describe.others import REQUEST
from ingest.describe.quotes import SourceText, own, parts
from ingest.describe.years import folded_once
from ingest.split.labels import label_key
from ingest.split.tables import line_pair
from kb.base.tables import read_table
from kb.base.types import CaseDraft, Evidence
from kb.language.known_words import KnownWords
from kb.language.text import fold_text

_DATA = Path(__file__).parent / "data"
_FILES = {"tools": "tools.tsv", "vendor": "vendors.tsv"}
TOOL_LABELS = frozenset(
    "ツール 使用ツール 導入ツール 活用ツール 利用ツール 使った道具 使った仕組み システム 導入システム 使用システム 利用システム "
    "システム名 サービス名 製品名 ツール名 アプリ名 導入サービス 利用サービス 使用製品 導入製品 使用ソフト tools".split()
)
"""Labels, as :func:`ingest.split.labels.label_key` gives them, of rows that name the tools."""
_GIVEN = re.compile("譲渡|売却|貸付|寄[附付]")
"""Headings of parts whose companies are given something."""
VENDOR_LABELS = frozenset(
    "ベンダー ベンダ 導入ベンダー 事業者 受託者 委託先 委託事業者 開発事業者 提供事業者 導入事業者 連携事業者 連携企業 協力企業 "
    "実施事業者 提供企業 開発元 製造元 パートナー企業".split()
)
"""The same of rows that name the vendors."""
_MOST = 6
"""Values of one kind kept for a case."""
_LONGEST = 40
_NAMED = re.compile(
    r"(?:ツール|システム|サービス|アプリ|ソフト(?:ウェア)?|プラットフォーム|クラウド|ロボット|仕組み)(?:名)?(?:は|には?|として)?、?「(?P<a>[^「」。、]{2,20})」"
    r"|「(?P<b>[^「」。、]{2,20})」(?:という|の)?(?:アプリ|システム|ツール|サービス|クラウド)"
)
_NAME = r"[A-Za-zＡ-Ｚａ-ｚ0-9０-９一-鿿々ァ-ヶー・＆&.-]"
_COMPANY = re.compile(
    rf"(?:株式会社|有限会社|合同会社|\(株\)|（株）|㈱)[ 　]?(?P<a>{_NAME}{{2,20}})"
    rf"|(?:株式会社|有限会社|合同会社)(?P<c>[ぁ-ん]{{1,9}}(?![がをはにとのでへも])[ぁ-ん][ァ-ヶーA-Za-zＡ-Ｚａ-ｚ]{{2,15}}|[ぁ-ん]{{2,10}}?)(?=(?:の|が|は|と|を|に|で|へ|から)?(?:[^ぁ-ん]|$))"
    rf"|(?<!{_NAME})(?P<b>(?!(?:再?委託|受託|契約|発注|開発|導入|提供|保守|運営)(?:先|者|元|会社|事業者|業者)?[ 　]){_NAME}{{2,20}})[ 　]?(?:株式会社|\(株\)|（株）|㈱)"
)
"""Companies by their kind; those with 損 (損害保険, 損保) insure."""
_SIGNS = re.compile(r"[、,，／/\n・]+")


def tools(draft: CaseDraft) -> tuple[Evidence, ...]:
    """The tools of a case: those of a row such as 「使用ツール：…」, products named in 「」 behind what
    they are, and known ones, most often named first; the passing ones of its background are left
    out."""
    if REQUEST.search(fold_text(draft.title)):
        return ()
    mine = list(own(parts(draft), draft.municipality))
    stated = [e for part in mine for e in _rows(part, "tools", TOOL_LABELS)]
    told = [part for part in mine if part.role != "背景・課題"]
    known = _known(told, "tools")
    covered = {fold_text(e.value) for e in (*stated, *known)}
    named = [
        e for part in told for e in _groups(part, "tools", _NAMED) if not _is_known(e, covered)
    ]
    return _first([*stated, *named, *known])


def vendors(draft: CaseDraft) -> tuple[Evidence, ...]:
    """The companies that a case names as its vendors: in a row, by their kind (株式会社), or known."""
    mine = list(own(parts(draft), draft.municipality))
    stated = [e for part in mine for e in _rows(part, "vendor", VENDOR_LABELS)]
    told = [p for p in mine if p.role != "背景・課題" and not _GIVEN.search(p.heading)]
    named = [e for p in told for e in _groups(p, "vendor", _COMPANY) if "損" not in e.value]
    covered = " ".join(fold_text(e.value) for e in (*stated, *named))
    is_somebodys = bool(
        draft.municipality or draft.prefecture
    )  # else companies are named in passing
    known = [e for e in _known(told, "vendor") if fold_text(e.value) not in covered]
    return _first([*stated, *named, *(known if is_somebodys else ())])


def _rows(part: SourceText, name: str, labels: frozenset[str]) -> Iterator[Evidence]:
    """The values of the rows and lines of a section under one of ``labels``."""
    texts = [part.text] if label_key(part.heading) in labels else []
    for line in part.text.splitlines():
        label, _, content = line.partition("：")
        found = (label, content) if content else line_pair(line)
        if found and label_key(found[0]) in labels:
            texts.append(found[1])
    for text in texts:
        for value in _SIGNS.split(text):
            value = value.strip(" 　。")
            if 2 <= len(value) <= _LONGEST and value in part.text:
                at = part.text.index(value)
                yield part.quote(name, value, at, at + len(value))


def _groups(part: SourceText, name: str, pattern: re.Pattern[str]) -> Iterator[Evidence]:
    for match in pattern.finditer(part.text):
        value = next(filter(None, match.groups())).strip("・-. ")
        at = part.text.index(value, match.start())
        if name == "vendor":
            value = match.group().strip()
            at = match.start()
        yield part.quote(name, value, at, at + len(value))


def _is_known(found: Evidence, covered: set[str]) -> bool:
    value = fold_text(found.value)
    return any(known in value for known in covered)


def _known(told: Sequence[SourceText], name: str) -> list[Evidence]:
    table = _table(name)
    counts: Counter[str] = Counter()
    first: dict[str, Evidence] = {}
    for part in told:
        folded = folded_once(part.text)
        for start, end in _words(name).spans(folded.text):
            value = table[folded.text[start:end]]
            counts[value] += 1
            span = folded.span(start, end)
            first.setdefault(value, part.quote(name, value, *span))
    return [first[value] for value, _ in counts.most_common()]


def _first(found: Sequence[Evidence]) -> tuple[Evidence, ...]:
    values: dict[str, Evidence] = {}
    for evidence in found:
        values.setdefault(fold_text(evidence.value), evidence)
    return tuple(values.values())[:_MOST]


@cache
def _table(name: str) -> dict[str, str]:
    """Folded spelling → the name as it is shown."""
    found: dict[str, str] = {}
    for row in read_table(_DATA / _FILES[name], ("name", "other spellings"), least=1):
        for spelling in (row.cells[0], *row.words(1, ",")):
            found.setdefault(fold_text(spelling), row.cells[0])
    return found


@cache
def _words(name: str) -> KnownWords:
    return KnownWords(_table(name), joining=ascii_lowercase + digits)
