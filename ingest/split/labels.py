"""What a printed label says: its numbering, and the role of the text that stands under it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from kb.base.tables import read_table
from kb.language.text import fold_text

_DATA = Path(__file__).parent / "data"
_DIGIT = "[0-9０-９]"
_CIRCLED = "[①-⑳㉑-㉟㊱-㊿❶-❿➊-➓⓪⓵-⓾]"
_KANJI = "[一二三四五六七八九十百]"
# Kinds of numbering from the outermost to the innermost; the order ranks headings of equal print.
_NUMBERS: tuple[tuple[str, str], ...] = (
    ("part", rf"第\s*(?:{_DIGIT}+|{_KANJI}+)\s*[部編]|(?:PART|Part)\s*{_DIGIT}+"),
    ("chapter", rf"第\s*(?:{_DIGIT}+|{_KANJI}+)\s*章|(?:CHAPTER|Chapter)\s*{_DIGIT}+"),
    ("section", rf"第\s*(?:{_DIGIT}+|{_KANJI}+)\s*[節項]"),
    (
        "case",
        r"[【\[［〔（(<＜]?\s*(?:(?:取組|活用|先進|導入|優良|参考|実践|掲載)?事例|取組|取り組み|実践例?"
        rf"|ケース|CASE|Case|case|No\.?|NO\.?|№)\s*[-‐.．:：]?\s*(?:{_DIGIT}+(?:[-‐－]{_DIGIT}+)?|{_CIRCLED})"
        r"\s*[】\]］〕）)>＞]?",
    ),
    ("1-1", rf"{_DIGIT}+(?:[-‐－.．]{_DIGIT}+)+[.．]?(?!{_DIGIT}|[年月日%％])"),
    ("1.", rf"{_DIGIT}{{1,3}}(?:[.．](?!{_DIGIT})|[)）]|(?=[\s　]+\D)|\s*[、:：](?!{_DIGIT}))"),
    ("(1)", rf"[（(]\s*(?:{_DIGIT}{{1,3}}|{_KANJI})\s*[)）]"),
    ("①", _CIRCLED),
    ("■", "[■◆▼□◇●▶★▪◎⬛❖➢◼]"),
)
_NUMBER = tuple((kind, re.compile(rf"\s*(?:{pattern})[\s　:：.．]*")) for kind, pattern in _NUMBERS)
NAMED_CASE = re.compile(r"事例|ケース|case|実践", re.IGNORECASE)
"""A word beside a number that makes it the number of a case; 「取組１」 may be a measure of a plan."""
_CASE_NUMBER = re.compile(_NUMBERS[3][1])
KINDS = tuple(kind for kind, _ in _NUMBERS)
_INNER = re.compile(
    rf"(?<=[\s　】］)）:：]){_CIRCLED}[\s　]*|(?<=[\s　]){_NUMBERS[3][1]}[\s　:：]*"
)
_CONTINUED = re.compile(
    r"[\s　]*[（(【\[［<＜〔]?\s*(?:(?:前頁|前ページ)?(?:の|から)?(?:続き|つづき)|続|承前|cont(?:inue)?d?\.?"
    rf"|{_DIGIT}+\s*[/／]\s*{_DIGIT}+|その(?:{_DIGIT}+|{_KANJI}))\s*[)）】\]］>＞〕]?\s*$",
    re.IGNORECASE,
)
TITLES = frozenset(
    "事例名 取組名 取り組み名 取組事例名 事業名 事業名称 施策名 件名 名称 タイトル 題名 テーマ 取組テーマ 取組タイトル "
    "プロジェクト名 事業・取組名 取組の名称 事例の名称 事業の名称 取組名称 案件名 title name project".split()
)
"""Labels, as :func:`label_key` gives them, of rows and columns that hold the title of a case."""
_TRIM = " \t　:：・‧•|｜■◆▼□◇●▶★▪◎○◯⬛❖➢◼【】[]［］〔〕<>＜＞《》〈〉「」-－―"
_BRACKET_TAIL = re.compile(r"[（(][^（()）]*[)）]$")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A heading taken apart: ``kinds`` of its numbers (outermost first), ``number`` as printed,
    ``rest`` without them, and ``prefix``, words before an inner number (「1. 6市町の取組 ④」)."""

    kinds: tuple[str, ...]
    number: str
    rest: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """What a known label means: its ``role`` and, for a short fact of a case, the fact's ``kind``
    ("place", "date", "fact"; "" for a label of a passage)."""

    role: str
    kind: str


@lru_cache(maxsize=8192)
def numbered(text: str) -> Numbered:
    """``text`` without its numbering; a number inside a heading counts when words precede it."""
    kinds: list[str] = []
    rest = text.strip()
    while found := _leading_number(rest):
        kind, end = found
        if end >= len(rest) or kind in kinds:
            break
        kinds.append(kind)
        rest = rest[end:].lstrip()
    prefix = ""
    inner = _INNER.search(rest, 1)
    if inner and inner.start() <= 24 and inner.end() < len(rest):
        prefix = rest[: inner.start()].strip()
        kinds.append("①" if re.match(_CIRCLED, inner.group()) else "case")
        rest = rest[inner.end() :]
    head = text.strip()
    return Numbered(tuple(kinds), head[: len(head) - len(rest)].strip(), rest.strip(), prefix)


def is_case_number(text: str) -> bool:
    """True for the number of a case on its own: 「事例１」, 「CASE 01」, 「【事例①】」."""
    return bool(_CASE_NUMBER.fullmatch(text.strip()) and NAMED_CASE.search(text))


def is_number(text: str) -> bool:
    """True for a number on its own as cases have it: 「No.1」, too."""
    return bool(_CASE_NUMBER.fullmatch(text.strip()))


def continued(text: str) -> tuple[str, bool]:
    """``text`` without a mark of continuation (「（続き）」「(2/2)」), and whether there was one."""
    short = _CONTINUED.sub("", text)
    return (short, True) if short and short != text else (text, False)


@lru_cache(maxsize=8192)
def label_key(text: str) -> str:
    """A label as it is looked up: folded, without numbering, brackets, colon and continuation."""
    rest = numbered(continued(text)[0]).rest.strip(_TRIM)
    bare = _BRACKET_TAIL.sub("", rest).strip(_TRIM)
    return _folded(bare or rest).strip(_TRIM)


def _folded(text: str) -> str:
    """Folded without spaces; the dots that stand for 中黒 in some fonts are one."""
    return re.sub("[‧•·∙･]", "・", fold_text(text)).replace(" ", "")


def exact_label(text: str) -> Label | None:
    """The meaning of a label that stands in the table as it is, None for any other text."""
    return _labels().get(label_key(text)) if len(text) <= 40 else None


def role_of(text: str) -> str | None:
    """The role of what stands under the heading ``text``: by the whole label, else by the known
    label it ends with, else by the longest one within; None when it has none of them."""
    key = label_key(text)
    labels = _labels()
    if key in labels:
        return labels[key].role
    if not 2 <= len(key) <= 30:
        return None
    for length in range(min(len(key) - 1, 12), 1, -1):
        if label := labels.get(key[-length:]):
            return label.role
    if len(key) > 16:
        return None
    within = [
        (len(name), label.role) for name, label in labels.items() if name in key and not label.kind
    ]
    return max(within)[1] if within and max(within)[0] >= 2 else None


def _leading_number(text: str) -> tuple[str, int] | None:
    for kind, pattern in _NUMBER:
        if match := pattern.match(text):
            return kind, match.end()
    return None


@cache
def _labels() -> dict[str, Label]:
    rows = read_table(_DATA / "roles.tsv", ("label", "role", "kind"), least=2)
    return {_folded(row.cells[0]): Label(*row.cells[1:]) for row in rows}
