"""The only normaliser: folds text for matching and keeps the way back to the original."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Kangxi radicals and CJK radical supplements that NFKC leaves alone (U+2E80–2EFF): PDFs written by
# Chromium and some Windows printers carry them in place of the ordinary character.
_RADICALS = str.maketrans(
    {
        "⺅": "亻", "⺌": "小", "⺍": "小", "⺕": "彐", "⺗": "心", "⺝": "月", "⺟": "母", "⺠": "民",
        "⺡": "氵", "⺢": "水", "⺣": "火", "⺤": "爪", "⺥": "爪", "⺨": "犭", "⺩": "王", "⺪": "疋",
        "⺫": "目", "⺬": "示", "⺭": "礻", "⺮": "竹", "⺰": "糸", "⺱": "网", "⺲": "罒", "⺴": "网",
        "⺵": "网", "⺶": "羊", "⺷": "羊", "⺸": "羊", "⺹": "老", "⺺": "聿", "⺻": "聿", "⺼": "肉",
        "⺽": "臼", "⺾": "艹", "⺿": "艹", "⻀": "艹", "⻁": "虎", "⻂": "衤", "⻃": "西", "⻄": "西",
        "⻅": "見", "⻆": "角", "⻇": "角", "⻈": "言", "⻉": "貝", "⻋": "車", "⻌": "辶", "⻍": "辶",
        "⻎": "辶", "⻏": "阝", "⻐": "金", "⻑": "長", "⻒": "長", "⻓": "長", "⻔": "門", "⻖": "阝",
        "⻗": "雨", "⻘": "青", "⻙": "韋", "⻚": "頁", "⻛": "風", "⻜": "飛", "⻝": "食", "⻞": "食",
        "⻟": "食", "⻠": "食", "⻡": "首", "⻢": "馬", "⻣": "骨", "⻤": "鬼", "⻥": "魚", "⻦": "鳥",
        "⻧": "鹵", "⻨": "麦", "⻩": "黄", "⻪": "黽", "⻫": "斉", "⻬": "斉", "⻭": "歯", "⻮": "歯",
        "⻯": "竜", "⻰": "竜", "⻱": "亀", "⻲": "亀", "⻳": "亀", "゛": "\u3099", "゜": "\u309a",
    }
)  # fmt: skip

# Old forms and variants that names and old documents are written with; each pair folds to its second
# character, which the dictionary knows. Not 嶋, 檜 or 釜: others write them as words of their own.
_OLD_KANJI = {
    ord(pair[0]): pair[1]
    for pair in (
        "龍竜 﨑崎 嵜崎 髙高 澤沢 邊辺 邉辺 櫻桜 條条 冨富 黑黒 薗園 惠恵 廣広 國国 嶌島 嶽岳 濱浜 濵浜 瀧滝 縣県 區区 邨村 "
        "齋斎 齊斉 諌諫 驒騨 舘館 渕淵 渊淵 讚讃 巖岩 壽寿 眞真 實実 寶宝 豐豊 總総 榮栄 當当 彌弥 禮礼 靜静 靑青 淸清 "
        "淺浅 綠緑 鄕郷 來来 萬万 與与 會会 鹽塩 藏蔵 莊荘 靏鶴 靍鶴 穗穂 德徳 戶戸 增増 步歩 內内 賴頼 橫横 稻稲 圓円 "
        "關関 觀観 澁渋 兒児 瀨瀬 峯峰 姬姫 龜亀 壹壱 豫予 祿禄 鎭鎮 籔藪 埜野 舩船 鄰隣 彥彦 樂楽 應応 學学 體体 醫医 廳庁 "
        "舊旧 證証 號号 辯弁 豫予 團団 圖図 讀読 變変 鐵鉄 發発 藝芸 驛駅 鷄鶏 壤壌 獨独"
    ).split()
}

_JAPANESE = "\u3005-\u3007\u3041-\u3096\u309d-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff、。「」『』（）・【】〔〕［］"
_LETTER = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_TORN = re.compile(
    rf"(?<=(?<![{_LETTER}])[{_LETTER}])[ \t\u3000]+(?=[{_LETTER}、。])"
    rf"|(?<=[{_LETTER}])[ \t\u3000]+(?=[{_LETTER}](?![{_LETTER}])|[、。])"
)
_IS_JAPANESE = re.compile(f"[{_JAPANESE}]")
_INVISIBLE = dict.fromkeys(
    [
        0x00AD,
        0x200B,
        0x200C,
        0x200D,
        0x2060,
        0xFEFF,
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    ]
)
_BLANK = re.compile(f"[ \u3000{''.join(map(chr, _INVISIBLE))}]")
_SENTENCE_END = re.compile(r"(?:[。！？!?]+|(?<=[a-z0-9)])\.(?=\s+[A-Z]))[」』）)\]”\"]*\s*|\n\s*")


@dataclass(frozen=True, slots=True)
class Folded:
    """Text folded for matching; folded character ``i`` came from ``original[starts[i]:ends[i]]``."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Span in the original text of the folded characters ``start`` to ``end`` (exclusive)."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else (self.ends or (0,))[-1]
            return at, at
        return self.starts[start], self.ends[end - 1]


@lru_cache(maxsize=64)  # the steps of an ingest each look at the same section
def fold(text: str) -> Folded:
    """Fold ``text`` for matching: NFKC, radicals, lower case, invisible characters dropped,
    no space between Japanese characters, every other run of white space one space.

    Folding is idempotent: ``fold(fold(t).text).text == fold(t).text``.
    """
    singles = [_SINGLE[char] for char in text]
    folded = "".join(singles)
    if _JOINING in folded:
        clusters = _clusters(text)
        return _spaced([_fold_cluster(text[start:end]) for start, end in clusters], clusters)
    if len(folded) == len(text) and "" not in singles:  # one for one, as nearly always
        if not _SPACE.search(folded):
            return Folded(folded, range(len(text)), range(1, len(text) + 1))
        keep = _without_needless_space(folded)
        kept = "".join([folded[i] for i in keep])
        return Folded(_SPACE.sub(" ", kept), keep, [i + 1 for i in keep])
    return _spaced(singles, [(i, i + 1) for i in range(len(text))])


def _spaced(folded: list[str], spans: list[tuple[int, int]]) -> Folded:
    """Puts folded clusters together, each with its span in the original, without needless space."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for cluster, (start, end) in zip(folded, spans, strict=True):
        for char in cluster:
            chars.append(char)
            starts.append(start)
            ends.append(end)
    keep = _without_needless_space("".join(chars))
    return Folded(
        "".join([" " if chars[i].isspace() else chars[i] for i in keep]),
        [starts[i] for i in keep],
        [ends[i] for i in keep],
    )


def fold_text(text: str) -> str:
    """The folded text alone; see :func:`fold`."""
    return fold(text).text


def display(text: str) -> str:
    """``text`` without invisible characters and without spaces beside a lone Japanese character
    (均等割付: 「た し ま し た」); its own letters stay as they are. For showing what was read."""
    if not may_be_torn(text) and "\t" not in text:
        return text
    return _TORN.sub("", text.translate(_INVISIBLE))


def may_be_torn(text: str) -> bool:
    """False for a text without invisible characters and spaces; tabs may be there."""
    return bool(_BLANK.search(text))


def is_japanese(char: str) -> bool:
    """True for kana, kanji and Japanese punctuation."""
    return bool(_IS_JAPANESE.match(char))


@lru_cache(maxsize=64)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the sentences of ``text``, trimmed, in order; a line end also ends a sentence."""
    spans = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        spans.append((start, match.end()))
        start = match.end()
    spans.append((start, len(text)))
    trimmed = (
        (s + len(t) - len(t.lstrip()), s + len(t.rstrip())) for s, e in spans if (t := text[s:e])
    )
    return tuple((s, e) for s, e in trimmed if e > s)


def _clusters(text: str) -> list[tuple[int, int]]:
    """Spans of characters that NFKC may compose with each other."""
    borders = [i for i, char in enumerate(text) if char < "\u0300" or not _joins(char)]
    if not borders or borders[0] != 0:
        borders.insert(0, 0)
    borders.append(len(text))
    return [(a, b) for a, b in itertools.pairwise(borders) if b > a]


@lru_cache(maxsize=65536)
def _joins(char: str) -> bool:
    """True when ``char`` can compose with what stands before it."""
    first = unicodedata.normalize("NFKD", char.translate(_RADICALS))[:1] or char
    return (
        unicodedata.combining(first) != 0
        or "\u1160" <= first <= "\u11ff"
        or unicodedata.category(first) in ("Mn", "Mc")
    )


@lru_cache(maxsize=65536)
def _fold_cluster(cluster: str) -> str:
    folded = cluster
    for _ in range(4):  # lower case may need another normalisation (İ), never more than two
        step = unicodedata.normalize(
            "NFKC",
            unicodedata.normalize(
                "NFKC", folded.translate(_INVISIBLE).translate(_RADICALS)
            ).lower(),
        ).translate(_OLD_KANJI)
        if step == folded:
            break
        folded = step
    return folded


class _Singles(dict[str, str]):
    """What a character folds to on its own; _JOINING for one that composes with its neighbour."""

    def __missing__(self, char: str) -> str:
        self[char] = folded = _JOINING if _joins(char) else _fold_cluster(char)
        return folded


_JOINING = "\uffff"  # no character
_SINGLE = _Singles()
_SPACE = re.compile(r"\s")
_SPACES = re.compile(r"\s+")


def _without_needless_space(chars: str) -> list[int]:
    """Positions to keep: no space at the ends, none between Japanese characters, single elsewhere."""
    keep: list[int] = []
    at = 0
    for space in _SPACES.finditer(chars):
        start, end = space.span()
        keep += range(at, start)
        inside = start > 0 and end < len(chars)
        if inside and not (is_japanese(chars[start - 1]) and is_japanese(chars[end])):
            keep.append(start)
        at = end
    keep += range(at, len(chars))
    return keep
