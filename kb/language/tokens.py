"""The only tokeniser: the same tokens for index, query and vectors."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from kb.language.text import Folded, fold

_KANJI = re.compile("[\u4e00-\u9fff]")
_WORD = re.compile(r"[a-z0-9]+(?:[.'&+_-][a-z0-9]+)*\+*")
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_PIECE = 10_000  # characters that the dictionary sees at once
_SIGNS = re.compile(r"[^\w\s]{64,}")  # no words: rules, leaders, what a broken file repeats
_FUNCTION_POS = frozenset(["助詞", "助動詞", "補助記号", "空白", "感動詞", "記号"])
# Verbs and nouns that only carry grammar in 「〜している」「〜すること」.
_LIGHT = frozenset(
    "為る 居る 有る 成る 出来る 下さる 頂く 貰う 呉れる 置く 仕舞う 行く 来る 見る 言う 事 物 為 様 所 時 因る 於く 関する 就く 就いて 御 等 達 的 此の 其の 何 其れ 此れ".split()
)
# UniDic knows クラウド only as crowd.
_ORIGIN_MENDED = {"クラウド": "cloud"}
_ENGLISH_STOP = frozenset(
    "a an and are as at be been by can could do does did for from had has have how i if in into is it its "
    "me my of on or our out should so such than that the their them then there these they this to up was "
    "we were what when where which who why will with would you your any some about us give show tell "
    "please find".split()
)


_SINGULAR = {"buses": "bus", "viruses": "virus", "campuses": "campus", "statuses": "status",
             "bonuses": "bonus", "gases": "gas", "lenses": "lens", "children": "child"}  # fmt: skip


class Token(NamedTuple):
    """One word (a tuple, because a document has very many). ``start`` and ``end`` are offsets into the text as it was given.

    ``term`` is the form to match on (UniDic lemma, or the folded word), ``reading`` its hiragana
    reading or "", ``origin`` the foreign word a loanword comes from (フォーム → form) or "",
    ``content`` is False for particles, auxiliaries, punctuation and light verbs, ``known`` is False
    for a Japanese word the dictionary lacks, ``place`` is True for a geographic name.
    """

    surface: str
    start: int
    end: int
    term: str
    reading: str
    origin: str
    content: bool
    known: bool
    place: bool = False


_NEW = tuple.__new__  # half the time of Token(…)


def tokenize(text: str) -> tuple[Token, ...]:
    """Tokens of ``text`` in reading order."""
    return tokenize_folded(fold(text))


def tokenize_folded(folded: Folded) -> tuple[Token, ...]:
    """Tokens of a text that is folded already; offsets are into its original.

    The dictionary sees the whole text, for context; a run of Latin letters and digits is one word.
    """
    text, starts, ends = folded.text, folded.starts, folded.ends
    beyond = len(text)
    words = (word.span() for word in _WORD.finditer(text))
    begin, end = next(words, (beyond, beyond))
    taken = -1
    tokens: list[Token] = []
    at = 0
    for piece, found in _nodes(text):
        at = max(at, piece)
        for surface, features in found:
            start = text.index(surface, at)
            at = start + len(surface)
            while end <= start:
                begin, end = next(words, (beyond, beyond))
            if begin <= start and at <= end:
                if begin != taken:
                    tokens.append(_latin(text[begin:end], starts[begin], ends[end - 1]))
                    taken = begin
                continue
            known = _features(surface, features)
            tokens.append(_NEW(Token, (surface, starts[start], ends[at - 1], *known)))
    if len(tokens) == 1 and not tokens[0].content and _KANJI.fullmatch(tokens[0].surface):
        return (tokens[0]._replace(term=tokens[0].surface, content=True),)  # 猪, taken for a prefix
    return tuple(tokens)


def _nodes(text: str) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """What the dictionary finds, surfaces and features, piece by piece with its start: MeCab ends the
    process over half a million characters. A piece ends with a line or a sentence where there is
    one; a long run of signs is left out."""
    start = 0
    for signs in _SIGNS.finditer(text):
        yield from _nodes_between(text, start, signs.start())
        start = signs.end()
    yield from _nodes_between(text, start, len(text))


def _nodes_between(text: str, start: int, stop: int) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    while start < stop:
        end = min(start + _PIECE, stop)
        if end < stop:
            end = next((e for sign in "\n。 " if (e := text.rfind(sign, start, end) + 1)), end)
        with _one_at_a_time:  # the nodes lie in the tagger, and the next text overwrites them
            found = [(node.surface, node.feature_raw) for node in _tagger()(text[start:end])]
        yield start, found
        start = end


def search_terms(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """Terms for BM25: content terms; an unknown word also gives its character pairs."""
    terms: list[str] = []
    for _, _, _, term, _, _, content, known, _ in tokens:
        if content:
            terms.append(term)
            if not known and len(term) > 2:
                terms += map("".join, pairwise(term))
    return tuple(terms)


def meaning_terms(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """Terms for the static model, in order; it shares the content terms with BM25."""
    return search_terms(tokens)


def readings(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """Hiragana readings and foreign origins of the content tokens: kana and English queries."""
    found: list[str] = []
    for _, _, _, term, reading, origin, content, _, _ in tokens:
        if content:
            if reading and reading != term:
                found.append(reading)
            if origin and origin != term:
                found.append(origin)
    return tuple(found)


def _latin(word: str, start: int, end: int) -> Token:
    stop = word in _ENGLISH_STOP
    return Token(word, start, end, stem_english(word), "", "", not stop, True)


@lru_cache(maxsize=65536)
def stem_english(word: str) -> str:
    """``word`` without a plural or possessive ending; nothing cleverer, so that it stays a word."""
    word = word.removesuffix("'s")
    if word in _SINGULAR:
        return _SINGULAR[word]
    if len(word) <= 3 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "ous")):
        return word[:-1]
    return word


_one_at_a_time = threading.Lock()


@lru_cache(maxsize=262144)
def _features(surface: str, raw: str) -> tuple[str, str, str, bool, bool, bool]:
    """(term, reading, origin, content, known, place) from UniDic's comma-separated features."""
    fields = raw.split(",")
    pos, kind = fields[0], fields[1]
    if len(fields) < 12:
        return surface, "", "", pos not in _FUNCTION_POS, False, False
    lemma, _, tail = fields[7].partition("-")
    origin = _ORIGIN_MENDED.get(lemma, tail.lower() if tail.isascii() and tail.isalpha() else "")
    reading = (fields[6] if fields[6] != "*" else "").translate(_KATAKANA_TO_HIRAGANA)
    # UniDic gives names in katakana, which would unite every homophone: names keep their writing.
    term = fields[10] if kind == "固有名詞" or lemma in ("", "*") else lemma
    content = pos not in _FUNCTION_POS and lemma not in _LIGHT
    return term, reading, origin, content, True, fields[2] == "地名"


@cache
def _tagger() -> Any:
    import fugashi
    import unidic_lite

    return fugashi.GenericTagger(f'-d "{unidic_lite.DICDIR}" -r "{unidic_lite.DICDIR}/dicrc"')
